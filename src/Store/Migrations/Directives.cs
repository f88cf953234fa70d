using System.Text.RegularExpressions;
using Ringwright.Store.Postgres;
using Ringwright.Store.Sqlite;

namespace Ringwright.Store.Migrations;

/// <summary>Expands what differs between databases. One set of migrations serves all.</summary>
internal static partial class Directives
{
    private const string Text = "text collate \"C\"";

    /// <summary>Values that SQLite compares one by one where they stand in a list.</summary>
    private const int MostListed = 2;

    public static string ForSqlite(string sql)
    {
        sql = For("sqlite", sql);
        var types = Types(sql);
        sql = Declared().Replace(sql, "");
        sql = Native().Replace(sql, match =>
            Compare(match.Groups["column"].Value, types[match.Groups["type"].Value]));
        sql = sql.Replace("-- @time", "text").Replace("-- @json", "text").Replace("-- @seq", "integer primary key autoincrement");
        sql = Filter().Replace(sql, match => SqliteDocuments.FilterOf(match.Groups["path"].Value));
        return Enum().Replace(sql, match => Compare(match.Groups["column"].Value, match.Groups["values"].Value));
    }

    /// <summary>Text is compared by its code points, as SQLite does it, whatever language the database was made for.</summary>
    public static string ForPostgres(string sql)
    {
        sql = For("postgres", sql);
        sql = Declared().Replace(sql,
            match => $"create type {match.Groups["type"].Value} as enum ({Values(match.Groups["values"].Value)});");
        sql = Native().Replace(sql, match => $"{match.Groups["column"].Value} {match.Groups["type"].Value}");
        sql = sql.Replace("-- @time", "timestamptz").Replace("-- @json", "json")
            .Replace("-- @seq", "bigint generated always as identity primary key");
        sql = Filter().Replace(sql, match => PostgresDocuments.IndexOf(match.Groups["path"].Value));
        sql = Enum().Replace(sql, match => Check(match.Groups["column"].Value, Text, match.Groups["values"].Value));
        return TextColumn().Replace(sql, match => match.Groups["before"].Value + Text);
    }

    private static string For(string database, string sql) =>
        Only().Replace(sql, match => match.Groups["database"].Value == database ? match.Groups["sql"].Value : "");

    /// <summary>
    /// SQLite makes a table of a longer list for each row that is checked, which costs more than the rest of a short row.
    /// A file of before has such lists: they say the same.
    /// </summary>
    private static string Compare(string column, string values) => values.Split('|') is { Length: > MostListed } each
        ? $"{column} text check ({string.Join(" or ", each.Select(value => $"{column} = '{value}'"))})"
        : Check(column, "text", values);

    private static string Check(string column, string type, string values) => $"{column} {type} check ({column} in ({Values(values)}))";

    private static string Values(string values) => string.Join(", ", values.Split('|').Select(value => $"'{value}'"));

    private static Dictionary<string, string> Types(string sql) =>
        Declared().Matches(sql).Concat(Known().Matches(sql))
            .ToDictionary(match => match.Groups["type"].Value, match => match.Groups["values"].Value);

    // Whole statements that the databases have no common form of, such as triggers.
    [GeneratedRegex(@"^-- @only (?<database>sqlite|postgres)\n(?<sql>.*?)^-- @end\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Only();

    // A type of the database's own where it has such, and a check where it has none: the values, in their order.
    [GeneratedRegex(@"^-- @type (?<type>[a-z_]+) (?<values>[a-z_|]+)$", RegexOptions.Multiline)]
    private static partial Regex Declared();

    // The same of a type that an earlier migration has made.
    [GeneratedRegex(@"^-- @known (?<type>[a-z_]+) (?<values>[a-z_|]+)$", RegexOptions.Multiline)]
    private static partial Regex Known();

    [GeneratedRegex(@"(?<column>[a-z_]+) -- @native (?<type>[a-z_]+)")]
    private static partial Regex Native();

    [GeneratedRegex(@"(?<column>[a-z_]+) -- @enum (?<values>[A-Za-z_|]+)")]
    private static partial Regex Enum();

    // In an index of rw_resource: what is at a path of the document, as lists that name it ask for it.
    [GeneratedRegex(@"-- @filter (?<path>[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")]
    private static partial Regex Filter();

    // A column's type stands right behind its name, at the start of a line or of an added column.
    [GeneratedRegex(@"(?<before>(?:^[ \t]+|add column )[a-z_0-9]+ )text\b(?! collate)", RegexOptions.Multiline)]
    private static partial Regex TextColumn();
}
