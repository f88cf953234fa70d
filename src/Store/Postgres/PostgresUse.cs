using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

/// <summary>
/// A connection of its own, for what must not wait for the writer's batch. A question is one round trip that the server carries to its end
/// by itself: a node that stands still holds no lock. What is said here need not survive the server, so no commit waits for its disk.
/// </summary>
internal sealed class PostgresUse : IUseSession
{
    private const string Setting = "set synchronous_commit = off; set lock_timeout = '1s'; set statement_timeout = '2s';";
    private const string Function = """
        create function pg_temp.ringwright_take(asked text, me integer, names text[], mine bigint[], most bigint[], alive integer[]) returns integer language plpgsql as $$
        declare others bigint;
        begin
            perform pg_advisory_xact_lock(hashtextextended('use of ' || asked, 0));
            for i in 1 .. array_length(names, 1) loop
                if most[i] is not null then
                    select coalesce(sum(used), 0) into others from rw_use where name = names[i] and node <> me and node = any(alive);
                    if others + mine[i] > most[i] then return i; end if;
                end if;
            end loop;
            insert into rw_use (name, node, used) select unnest(names), me, unnest(mine)
            on conflict (name, node) do update set used = excluded.used;
            return 0;
        end $$
        """;
    private const string Take = "select pg_temp.ringwright_take(@asked, @me, @names, @mine, @most, @alive)";
    private const string Say = """
        insert into rw_use (name, node, used) select unnest(@names), @me, unnest(@mine) on conflict (name, node) do update set used = excluded.used
        """;
    private const string Clear = "delete from rw_use where node = @me and used = 0";
    private const string ClearAll = "delete from rw_use where node = @me";
    private const string SelectOthers = "select name, sum(used) from rw_use where node <> @me and node = any(@alive) group by name";

    private readonly NpgsqlConnection _connection;
    private readonly int _node;

    public PostgresUse(PostgresEngine engine, int node)
    {
        _node = node;
        _connection = engine.Open();
        try
        {
            _connection.Run(Setting);
            _connection.Run(Function);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public async ValueTask<int?> TakeAsync(string group, IReadOnlyList<Use> uses, int[] alive, CancellationToken stop)
    {
        await using var command = Command(Take, uses);
        command.Parameters.AddWithValue("asked", group);
        command.Parameters.AddWithValue("most", NpgsqlDbType.Array | NpgsqlDbType.Bigint, uses.Select(use => use.Most).ToArray());
        command.Parameters.AddWithValue("alive", alive);
        int full = Convert.ToInt32(await command.ExecuteScalarAsync(stop).ConfigureAwait(false), CultureInfo.InvariantCulture);
        return full == 0 ? null : full - 1;
    }

    public async ValueTask SayAsync(IReadOnlyList<Use> uses, CancellationToken stop)
    {
        await using (var command = Command(Say, uses)) await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        if (uses.Any(use => use.Mine == 0))
            await _connection.ExecuteAsync(new CommandDefinition(Clear, new { me = _node }, cancellationToken: stop)).ConfigureAwait(false);
    }

    public async ValueTask ForgetAsync(CancellationToken stop) =>
        await _connection.ExecuteAsync(new CommandDefinition(ClearAll, new { me = _node }, cancellationToken: stop)).ConfigureAwait(false);

    public async ValueTask<IReadOnlyDictionary<string, long>> HearAsync(int[] alive, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(SelectOthers, _connection);
        command.Parameters.AddWithValue("me", _node);
        command.Parameters.AddWithValue("alive", alive);
        await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var heard = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await rows.ReadAsync(stop).ConfigureAwait(false)) heard[rows.GetString(0)] = (long)rows.GetDecimal(1);
        return heard;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private NpgsqlCommand Command(string text, IReadOnlyList<Use> uses)
    {
        var command = new NpgsqlCommand(text, _connection);
        command.Parameters.AddWithValue("me", _node);
        command.Parameters.AddWithValue("names", uses.Select(use => use.Name).ToArray());
        command.Parameters.AddWithValue("mine", uses.Select(use => use.Mine).ToArray());
        return command;
    }
}
