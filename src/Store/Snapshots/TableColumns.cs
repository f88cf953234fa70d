using System.Text.RegularExpressions;
using Ringwright.Store.Migrations;

namespace Ringwright.Store.Snapshots;

/// <summary>What a column holds, whatever type a database has for it.</summary>
internal enum ColumnKind { Text, Whole, Truth, Time, Json, Position }

/// <param name="IsRequired">A row needs a value: the column takes no null and has no default.</param>
internal sealed record TableColumn(string Name, ColumnKind Kind, bool IsRequired);

/// <summary>The columns of our tables, read from the migrations, which say the same for every database.</summary>
internal static partial class TableColumns
{
    private static readonly Lazy<OrderedDictionary<string, IReadOnlyList<TableColumn>>> Read = new(() => Of(Migration.Embedded()));

    /// <summary>By table, the oldest first: a table refers only to older ones.</summary>
    public static OrderedDictionary<string, IReadOnlyList<TableColumn>> All => Read.Value;

    internal static OrderedDictionary<string, IReadOnlyList<TableColumn>> Of(IReadOnlyList<Migration> migrations)
    {
        var tables = new OrderedDictionary<string, List<TableColumn>>(StringComparer.Ordinal);
        foreach (var migration in migrations)
        {
            foreach (Match table in Table().Matches(migration.Text))
                tables.Add(table.Groups["name"].Value, [.. Column().Matches(table.Groups["body"].Value).Select(Parse)]);
            foreach (Match renamed in RenamedColumn().Matches(migration.Text))
            {
                var columns = tables[renamed.Groups["table"].Value];
                int at = columns.FindIndex(c => c.Name == renamed.Groups["name"].Value);
                columns[at] = columns[at] with { Name = renamed.Groups["to"].Value };
            }
            foreach (Match added in AddedColumn().Matches(migration.Text)) tables[added.Groups["table"].Value].Add(Parse(added));
            foreach (Match dropped in DroppedColumn().Matches(migration.Text)) tables[dropped.Groups["table"].Value].RemoveAll(c => c.Name == dropped.Groups["name"].Value);
            foreach (Match dropped in DroppedTable().Matches(migration.Text)) tables.Remove(dropped.Groups["table"].Value);
        }

        return new(tables.Select(t => KeyValuePair.Create(t.Key, (IReadOnlyList<TableColumn>)t.Value)), StringComparer.Ordinal);
    }

    private static TableColumn Parse(Match column)
    {
        string rest = column.Groups["rest"].Value;
        bool isRequired = rest.Contains("not null", StringComparison.Ordinal) && !rest.Contains("default", StringComparison.Ordinal);
        return new(column.Groups["name"].Value, KindOf(column.Groups["type"].Value), isRequired);
    }

    private static ColumnKind KindOf(string type) => type switch
    {
        "-- @time" => ColumnKind.Time,
        "-- @json" => ColumnKind.Json,
        "-- @seq" => ColumnKind.Position,
        "text" or "-- @enum" => ColumnKind.Text,
        "integer" or "bigint" => ColumnKind.Whole,
        "boolean" => ColumnKind.Truth,
        _ => throw new FormatException($"'{type}' is no type of a column that migrations use."),
    };

    private const string NameAndType = @"(?<name>[a-z_0-9]+) (?<type>-- @[a-z]+|[a-z]+)(?<rest>[^\n]*)";
    private const int Patience = 1_000;

    [GeneratedRegex(@"^create table (?<name>[a-z_0-9]+) \((?<body>.*?)^\);", RegexOptions.Multiline | RegexOptions.Singleline, Patience)]
    private static partial Regex Table();

    // What is no column is a rule over several.
    [GeneratedRegex(@"^    (?!primary key|unique|foreign key|check|constraint|--)" + NameAndType, RegexOptions.Multiline, Patience)]
    private static partial Regex Column();

    [GeneratedRegex(@"^alter table (?<table>[a-z_0-9]+) add column " + NameAndType, RegexOptions.Multiline, Patience)]
    private static partial Regex AddedColumn();

    [GeneratedRegex(@"^alter table (?<table>[a-z_0-9]+) rename column (?<name>[a-z_0-9]+) to (?<to>[a-z_0-9]+)", RegexOptions.Multiline, Patience)]
    private static partial Regex RenamedColumn();

    [GeneratedRegex(@"^alter table (?<table>[a-z_0-9]+) drop column (?<name>[a-z_0-9]+)", RegexOptions.Multiline, Patience)]
    private static partial Regex DroppedColumn();

    [GeneratedRegex(@"^drop table (?<table>[a-z_0-9]+)", RegexOptions.Multiline, Patience)]
    private static partial Regex DroppedTable();
}
