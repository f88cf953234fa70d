using Ringwright.Store.Engines;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// Tells which rows of the watched tables the writer's statements change: triggers of its connection alone, which are nothing of the file.
/// </summary>
internal static class SqliteRowTriggers
{
    private const string Function = "ringwright_changed";

    public static void Install(PreparingConnection connection, IReadOnlyList<WatchedTable> tables, RowChanges changes)
    {
        connection.CreateFunction(Function, (string table, string first, string second) =>
        {
            changes.Add(new(table, first, second));
            return 0;
        });
        connection.Run(string.Concat(tables.Select(table => $"""
            create temp trigger tell_insert_{table.Name} after insert on main.{table.Name} begin {Call(table, "new")} end;
            create temp trigger tell_update_{table.Name} after update on main.{table.Name} begin {Call(table, "old")} {Call(table, "new")} end;
            create temp trigger tell_delete_{table.Name} after delete on main.{table.Name} begin {Call(table, "old")} end;

            """)));
    }

    private static string Call(WatchedTable table, string row) =>
        $"select {Function}('{table.Name}', {Text(table, row, 0)}, {Text(table, row, 1)});";

    private static string Text(WatchedTable table, string row, int column) =>
        table.Key.Count > column ? $"coalesce(cast({row}.{table.Key[column]} as text), '')" : "''";
}
