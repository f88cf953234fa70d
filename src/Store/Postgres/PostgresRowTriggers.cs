using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
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

    /// <summary>The triggers that are there, each with what it was made by.</summary>
    private const string SelectMade = """
        select c.relname as name, obj_description(t.oid, 'pg_trigger') as "by" from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where t.tgname = 'ringwright_tell_row' and t.tgenabled = 'O'
            and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
        """;

    /// <summary>
    /// What makes the triggers that are not there yet, to be run one by one: beside nodes that are at work nothing is made again, and
    /// whoever waits for one table holds no other, so that no node's write and no node's start wait for each other.
    /// </summary>
    public static IReadOnlyList<string> Lacking(IReadOnlyList<WatchedTable> tables, IDbConnection db)
    {
        var made = db.Query<Made>(SelectMade).ToDictionary(one => one.Name, one => one.By, StringComparer.Ordinal);
        return
        [
            .. from table in tables
               let text = Make(table)
               let mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
               where made.GetValueOrDefault(table.Name) != mark
               select $"""
                   begin; select pg_advisory_xact_lock({PostgresEngine.MigrationLock});
                   {text}
                   comment on trigger ringwright_tell_row on {table.Name} is '{mark}';
                   commit;
                   """,
        ];
    }

    /// <summary>
    /// The trigger of earlier versions goes: it told the application's name alone, and nodes of those versions take these notices for
    /// another's.
    /// </summary>
    private static string Make(WatchedTable table) => $"""
        create or replace function ringwright_tell_row(said text) returns void language plpgsql as $tell$
            begin
                if octet_length(said) > {MostBytes} then said := ''; end if;
                perform pg_notify('{Channel}', current_setting('application_name') || chr({(int)Mark}) || said);
                if current_setting('{Setting}', true) = 'on' then raise info '%', '{Channel}' || chr({(int)Mark}) || said; end if;
            end $tell$;
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

    private sealed record Made
    {
        public string Name { get; init; } = "";
        /// <summary>Null for one of an earlier version.</summary>
        public string? By { get; init; }
    }
}
