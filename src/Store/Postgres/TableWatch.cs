using Npgsql;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Hears of changes that other nodes make: triggers on the tables notify (<see cref="PostgresRowTriggers"/>), in the transaction of the
/// change, so nothing is told that did not happen and nothing that did is forgotten. It hears other channels of the server in the same way.
/// </summary>
internal sealed class TableWatch : IAsyncDisposable
{
    private const int AnswerSeconds = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1), UsualPulse = TimeSpan.FromSeconds(15),
        Gathering = TimeSpan.FromMilliseconds(5);

    private readonly PostgresEngine _engine;
    private readonly string _channel;
    private readonly Func<string, bool> _isMeant;
    private readonly Action _missed;
    private readonly Func<Task> _changed;
    private readonly TimeSpan _pulse;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Action? _lost;

    /// <param name="changes">Gets the rows that others have changed; everything, where some may not have been heard of.</param>
    /// <param name="changed">Called when there are some.</param>
    /// <param name="pulse">After so long a silence the server is asked whether it is still there;
    /// of a connection that only one end believes in nobody would hear.</param>
    public TableWatch(PostgresEngine engine, int node, RowChanges changes, Func<Task> changed, TimeSpan? pulse = null)
        : this(engine, PostgresRowTriggers.Channel, said => Note(changes, said, PostgresEngine.NameOf(node)),
            () => changes.AddEnded(ChangedRow.All), changed, pulse)
    {
    }

    /// <param name="isMeant">Which of the notices on the channel are heard.</param>
    /// <param name="lost">Called when nothing is heard any more, until <paramref name="changed"/> is called again.</param>
    public TableWatch(PostgresEngine engine, string channel, Func<string, bool> isMeant, Func<Task> changed, Action? lost = null)
        : this(engine, channel, isMeant, static () => { }, changed, pulse: null, lost) { }

    private TableWatch(PostgresEngine engine, string channel, Func<string, bool> isMeant, Action missed,
        Func<Task> changed, TimeSpan? pulse, Action? lost = null)
    {
        _lost = lost;
        _pulse = pulse ?? UsualPulse;
        (_engine, _channel, _isMeant, _missed, _changed) = (engine, channel, isMeant, missed, changed);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Does not wait for a server that says nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await PatientEnd.EndsAsync(EndAsync).ConfigureAwait(false)) _stop.Dispose();
    }

    private async Task EndAsync()
    {
        await PatientEnd.CancelAsync(_stop).ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
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
                _lost?.Invoke();
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
        _missed();
        await _changed().ConfigureAwait(false);
        while (true)
        {
            if (!await connection.WaitAsync(_pulse, stop).ConfigureAwait(false)) await AskAsync(connection, stop).ConfigureAwait(false);
            if (isForeign)
            {
                // Those of one transaction come one behind the other: they are read together.
                for (int more = 0; more < RowChanges.Most && await connection.WaitAsync(Gathering, stop).ConfigureAwait(false);) more++;
                isForeign = false;
                await _changed().ConfigureAwait(false);
            }
        }
    }

    /// <returns>False for what this node has changed itself.</returns>
    private static bool Note(RowChanges changes, string said, string own)
    {
        var (application, row) = PostgresRowTriggers.Read(said);
        if (application == own) return false;
        changes.AddEnded(row);
        return true;
    }

    private static async Task AskAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = ("select 1", AnswerSeconds);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
