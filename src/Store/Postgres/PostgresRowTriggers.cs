using Npgsql;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Triggers on the watched tables that tell which rows change.
/// Other nodes hear of it when the change is committed, by a notice to the channel with the name of the application that made it;
/// a connection that asked for it hears of its own changes before the statement is answered.
/// </summary>
internal static class PostgresRowTriggers
{
    public const string Channel = "ringwright_tables";
    /// <summary>The server refuses a notice of 8000 bytes.</summary>
    private const int MostBytes = 7_000;
    private const string Setting = "ringwright.hears_rows";
    private const char Mark = '\x1f';

    /// <summary>
    /// Makes the triggers; again and again is fine. That of earlier versions goes: it told the application's name alone, and nodes of those
    /// versions take these notices for another's.
    /// </summary>
    public static string Install(IReadOnlyList<WatchedTable> tables) => $"""
        begin; select pg_advisory_xact_lock({PostgresEngine.MigrationLock});
        create or replace function ringwright_tell_row(said text) returns void language plpgsql as $tell$
            begin
                if octet_length(said) > {MostBytes} then said := ''; end if;
                perform pg_notify('{Channel}', current_setting('application_name') || chr({(int)Mark}) || said);
                if current_setting('{Setting}', true) = 'on' then raise info '%', '{Channel}' || chr({(int)Mark}) || said; end if;
            end $tell$;
        {string.Concat(tables.Select(table => $"""
            create or replace function ringwright_tell_{table.Name}() returns trigger language plpgsql as $tell$
                begin
                    if tg_op <> 'INSERT' then perform ringwright_tell_row({Row(table, "old")}); end if;
                    if tg_op <> 'DELETE' then perform ringwright_tell_row({Row(table, "new")}); end if;
                    return null;
                end $tell$;
            drop trigger if exists ringwright_tell on {table.Name};
            drop trigger if exists ringwright_tell_row on {table.Name};
            create trigger ringwright_tell_row after insert or update or delete on {table.Name}
                for each row execute function ringwright_tell_{table.Name}();

            """))}
        commit;
        """;

    /// <summary>From now on <paramref name="changes"/> has what the connection's statements change.</summary>
    public static void Hear(NpgsqlConnection connection, RowChanges changes)
    {
        connection.Notice += (_, told) =>
        {
            string text = told.Notice.MessageText;
            if (text.StartsWith($"{Channel}{Mark}", StringComparison.Ordinal)) changes.Add(Read(text.Split(Mark)));
        };
        connection.Run($"set {Setting} = 'on';");
    }

    /// <summary>A notice of the channel.</summary>
    public static (string Application, ChangedRow Row) Read(string payload) => (payload.Split(Mark)[0], Read(payload.Split(Mark)));

    /// <summary>Whoever says it otherwise, as earlier versions do, has changed anything.</summary>
    private static ChangedRow Read(string[] parts) =>
        parts is [_, { Length: > 0 } table, var first, var second] ? new(table, first, second) : ChangedRow.All;

    private static string Row(WatchedTable table, string row) =>
        $"'{table.Name}' || chr({(int)Mark}) || {Text(table, row, 0)} || chr({(int)Mark}) || {Text(table, row, 1)}";

    private static string Text(WatchedTable table, string row, int column) =>
        table.Key.Count > column ? $"coalesce(cast({row}.{table.Key[column]} as text), '')" : "''";
}
