using System.Text.RegularExpressions;
using Ringwright.Store.Postgres;
using Ringwright.Store.Sqlite;

namespace Ringwright.Store.Migrations;

/// <summary>Expands what differs between databases. One set of migrations serves all.</summary>
internal static partial class Directives
{
    private const string Text = "text collate \"C\"";

    public static string ForSqlite(string sql)
    {
        sql = sql.Replace("-- @time", "text").Replace("-- @json", "text").Replace("-- @seq", "integer primary key autoincrement");
        sql = Filter().Replace(sql, match => SqliteDocuments.FilterOf(match.Groups["path"].Value));
        return Enum().Replace(sql, match => Check(match, "text"));
    }

    /// <summary>Text is compared by its code points, as SQLite does it, whatever language the database was made for.</summary>
    public static string ForPostgres(string sql)
    {
        sql = sql.Replace("-- @time", "timestamptz").Replace("-- @json", "json")
            .Replace("-- @seq", "bigint generated always as identity primary key");
        sql = Filter().Replace(sql, match => PostgresDocuments.IndexOf(match.Groups["path"].Value));
        sql = Enum().Replace(sql, match => Check(match, Text));
        return TextColumn().Replace(sql, match => match.Groups["before"].Value + Text);
    }

    private static string Check(Match match, string type)
    {
        string column = match.Groups["column"].Value;
        string values = string.Join(", ", match.Groups["values"].Value.Split('|').Select(v => $"'{v}'"));
        return $"{column} {type} check ({column} in ({values}))";
    }

    [GeneratedRegex(@"(?<column>[a-z_]+) -- @enum (?<values>[a-z_|]+)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Enum();

    // In an index of rw_resource: what is at a path of the document, as lists that name it ask for it.
    [GeneratedRegex(@"-- @filter (?<path>[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Filter();

    // A column's type stands right behind its name, at the start of a line or of an added column.
    [GeneratedRegex(@"(?<before>(?:^[ \t]+|add column )[a-z_0-9]+ )text\b(?! collate)", RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TextColumn();
}
