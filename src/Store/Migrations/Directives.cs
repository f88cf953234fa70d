using System.Text.RegularExpressions;

namespace Ringwright.Store.Migrations;

/// <summary>Expands what differs between databases. One set of migrations serves all; a second database is a second of these.</summary>
internal static partial class Directives
{
    public static string ForSqlite(string sql)
    {
        sql = sql.Replace("-- @time", "text").Replace("-- @json", "text").Replace("-- @seq", "integer primary key autoincrement");
        return Enum().Replace(sql, match =>
        {
            string column = match.Groups["column"].Value;
            string values = string.Join(", ", match.Groups["values"].Value.Split('|').Select(v => $"'{v}'"));
            return $"{column} text check ({column} in ({values}))";
        });
    }

    [GeneratedRegex(@"(?<column>[a-z_]+) -- @enum (?<values>[a-z_|]+)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Enum();
}
