using System.Data;
using System.Text.RegularExpressions;
using Ringwright.Store.Postgres;
using Ringwright.Store.Sqlite;

namespace Ringwright.Store.Engines;

/// <summary>
/// One statement of those that every call runs many times. Its values are bound by their places: Dapper makes an object of all of them and
/// a parameter of each, and costs more than the statement does. On the writer's connection only.
/// </summary>
public sealed partial class Statement
{
    /// <summary>How an insertion of one row asks for that row's number.</summary>
    private const string AskedNumber = "returning seq";

    private readonly string _named, _placed, _strict, _filed;
    private readonly bool _isNumbered;
    private readonly int _places;

    public Statement(string text)
    {
        var names = Parameter().Matches(text).Select(match => match.Value).Distinct().ToList();
        (_named, _places) = (text, names.Count);
        _placed = Parameter().Replace(text, match => $"${names.IndexOf(match.Value) + 1}");
        // What changed nothing divides by nothing, so that the server itself undoes the transaction: the commit may be in the same message.
        _strict = $"with changed as ({_placed} returning 1) select 1 / count(*) from changed";
        // SQLite makes a trigger of such a clause, and keeps a copy of each page that a statement with one changes. It knows the number.
        _isNumbered = text.StartsWith("insert ", StringComparison.Ordinal) && text.EndsWith(AskedNumber, StringComparison.Ordinal)
            && !text.Contains("on conflict", StringComparison.Ordinal);
        _filed = _isNumbered ? text[..^AskedNumber.Length] : text;
    }

    /// <summary>Whether the database is a file, which is nearest row by row; to a server each statement is a way.</summary>
    public static bool IsOfFile(IDbConnection db) => db is PreparingConnection;

    /// <param name="values">Text, also as <see cref="Utf8Text"/>, whole numbers, truth values or null, for each parameter in the order in
    /// which the text first names them.</param>
    /// <returns>Rows that it inserted, updated or deleted.</returns>
    public int Run(IDbConnection db, params ReadOnlySpan<object?> values) =>
        db is PipelinedConnection server ? server.Run(_placed, Checked(values)) : File(db).Run(_filed, values).Changed;

    /// <summary>The same for an insertion that returns a number.</summary>
    public long Insert(IDbConnection db, params ReadOnlySpan<object?> values) =>
        db is PipelinedConnection server ? server.Insert(_placed, Checked(values)) : InsertIntoFile(db, values);

    /// <summary>
    /// The same where nobody asks what it changed: a server may get it later, together with what follows in the transaction.
    /// </summary>
    public void Post(IDbConnection db, params ReadOnlySpan<object?> values)
    {
        if (db is PipelinedConnection server) server.Post(_placed, Checked(values));
        else File(db).Run(_filed, values);
    }

    /// <summary>
    /// As <see cref="Post"/> for one that changes a row as a rule. Where it may be sent later true is taken for granted;
    /// when that was wrong, the server undoes the batch and the writer runs it once more with answers.
    /// </summary>
    /// <returns>False when it changed none.</returns>
    public bool PostOne(IDbConnection db, params ReadOnlySpan<object?> values)
    {
        if (db is not PipelinedConnection { Gathers: true } server) return Run(db, values) > 0;
        server.Post(_strict, Checked(values), returned: static _ => { });
        return true;
    }

    /// <summary>As <see cref="Post"/> for an insertion that returns a number.</summary>
    /// <param name="returned">Hears it now, or before the transaction is committed.</param>
    public void PostInsert(IDbConnection db, Action<long> returned, params ReadOnlySpan<object?> values)
    {
        if (db is PipelinedConnection server) server.Post(_placed, Checked(values), returned: returned);
        else returned(InsertIntoFile(db, values));
    }

    private long InsertIntoFile(IDbConnection db, ReadOnlySpan<object?> values) =>
        _isNumbered ? File(db).Insert(_filed, values) : File(db).Run(_filed, values).Returned;

    private static PreparingConnection File(IDbConnection db) => (PreparingConnection)db;

    private ReadOnlySpan<object?> Checked(ReadOnlySpan<object?> values) => values.Length == _places ? values
        : throw new ArgumentException($"{values.Length} values for {_places} parameters: {_named}", nameof(values));

    [GeneratedRegex("@[A-Za-z]+")]
    private static partial Regex Parameter();
}
