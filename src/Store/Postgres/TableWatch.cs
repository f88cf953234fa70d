using Npgsql;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Hears of changes that other connections make: triggers on the tables notify, in the transaction of the change, so nothing is told that did not happen
/// and nothing that did is forgotten. It hears other channels of the server in the same way.
/// </summary>
internal sealed class TableWatch : IAsyncDisposable
{
    private const string Channel = "ringwright_tables";
    private const int AnswerSeconds = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1), UsualPulse = TimeSpan.FromSeconds(15);

    private readonly PostgresEngine _engine;
    private readonly string _channel;
    private readonly Func<string, bool> _isMeant;
    private readonly Func<Task> _changed;
    private readonly TimeSpan _pulse;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="pulse">After so long a silence the server is asked whether it is still there; of a connection that only one end believes in nobody would hear.</param>
    public TableWatch(PostgresEngine engine, int node, Func<Task> changed, TimeSpan? pulse = null)
        : this(engine, Channel, said => said != PostgresEngine.NameOf(node), changed, pulse) { }

    /// <param name="isMeant">Which of the notices on the channel are heard.</param>
    public TableWatch(PostgresEngine engine, string channel, Func<string, bool> isMeant, Func<Task> changed, TimeSpan? pulse = null)
    {
        _pulse = pulse ?? UsualPulse;
        (_engine, _channel, _isMeant) = (engine, channel, isMeant);
        _changed = changed;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Makes the triggers; again and again is fine. The notice carries the name of the application that made the change.</summary>
    public static string Install(IReadOnlyList<string> tables) => $"""
        begin; select pg_advisory_xact_lock({PostgresEngine.MigrationLock});
        create or replace function ringwright_tell() returns trigger language plpgsql as $tell$
            begin perform pg_notify('{Channel}', current_setting('application_name')); return null; end $tell$;
        {string.Concat(tables.Select(table => $"""
            drop trigger if exists ringwright_tell on {table};
            create trigger ringwright_tell after insert or update or delete on {table} for each statement execute function ringwright_tell();

            """))}
        commit;
        """;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception)
            {
                // The writer says what is wrong with the server; here it is only waited for.
                await Task.Delay(BetweenTries, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        await using var connection = _engine.Open();
        bool isForeign = false;
        connection.Notification += (_, notice) => isForeign |= _isMeant(notice.Payload);
        connection.Run($"listen {_channel};");
        // What happened before this moment was not heard.
        await _changed().ConfigureAwait(false);
        while (true)
        {
            if (!await connection.WaitAsync(_pulse, stop).ConfigureAwait(false)) await AskAsync(connection, stop).ConfigureAwait(false);
            if (isForeign)
            {
                isForeign = false;
                await _changed().ConfigureAwait(false);
            }
        }
    }

    private static async Task AskAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = ("select 1", AnswerSeconds);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
