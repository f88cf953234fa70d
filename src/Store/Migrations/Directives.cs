using System.Text.RegularExpressions;

namespace Ringwright.Store.Migrations;

/// <summary>Expands what differs between databases. One set of migrations serves all; a second database is a second of these.</summary>
internal static partial class Directives
{
    public static string ForSqlite(string sql)
    {
        sql = Time().Replace(sql, "text");
        sql = Json().Replace(sql, "text");
        sql = Sequence().Replace(sql, "integer primary key autoincrement");
        return Enum().Replace(sql, match =>
        {
            string column = match.Groups["column"].Value;
            string values = string.Join(", ", match.Groups["values"].Value.Split('|').Select(v => $"'{v}'"));
            return $"{column} text check ({column} in ({values}))";
        });
    }

    [GeneratedRegex(@"-- @time\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"-- @json\b")]
    private static partial Regex Json();

    [GeneratedRegex(@"-- @seq\b")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"(?<column>[a-z_]+) -- @enum (?<values>[a-z_|]+)")]
    private static partial Regex Enum();
}
