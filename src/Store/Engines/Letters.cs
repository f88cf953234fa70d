using System.Text;

namespace Ringwright.Store.Engines;

/// <summary>
/// Statements that compare in any case. The lower case of databases is that of the 26 letters alone: SQLite's is, and that of the collation
/// in which columns are compared.
/// </summary>
internal static class Letters
{
    private const string Lower = "lower(";

    /// <param name="sql">No parenthesis stands within quotes in what <c>lower</c> is given.</param>
    /// <returns>The same with the small letters of all languages.</returns>
    public static string Fold(string sql, IEngine engine)
    {
        var folded = new StringBuilder(sql.Length);
        int done = 0;
        for (int at; (at = sql.IndexOf(Lower, done, StringComparison.Ordinal)) >= 0;)
        {
            int begin = at + Lower.Length, end = EndOf(sql, begin);
            folded.Append(sql, done, at - done).Append(engine.Fold(sql[begin..end]));
            done = end + 1;
        }
        return folded.Append(sql, done, sql.Length - done).ToString();
    }

    /// <summary>Where the parenthesis is that closes what was opened before.</summary>
    private static int EndOf(string sql, int begin)
    {
        for (int at = begin, open = 1; at < sql.Length; at++)
        {
            if (sql[at] is '(') open++;
            else if (sql[at] is ')' && --open == 0) return at;
        }
        throw new ArgumentException($"Nothing ends what stands at {begin}: {sql}", nameof(sql));
    }
}
