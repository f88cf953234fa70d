using System.Data.Common;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Forwarding;

/// <summary>
/// Says to the other nodes of the database what this one uses, hears what they do, and asks the database for a place while there are
/// others. While there are none it says so once a second, off everybody's way, so that a node that starts knows it at once.
/// </summary>
public sealed class SharedUse : ISharedUse, IAsyncDisposable
{
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(1), AmongOthers = TimeSpan.FromMilliseconds(250),
        BetweenReloads = TimeSpan.FromSeconds(5);

    private const long Unknown = -1;

    private readonly Database _database;
    private readonly ILogger _logger;
    private readonly NodeLease _lease;
    private readonly CancellationTokenSource _stop = new();
    /// <summary>The connection is one question's at a time.</summary>
    private readonly SemaphoreSlim _turn = new(1);
    /// <summary>What the others were told last; for whose turn it is.</summary>
    private Dictionary<string, long> _said = new(StringComparer.Ordinal);
    private IUseSession? _session;
    private bool _wasConnected;
    private Task _round = Task.CompletedTask;

    private SharedUse(Database database, ILogger logger) => (_database, _logger, _lease) = (database, logger, database.Outbox.Lease);

    /// <summary>Null where there are no other nodes.</summary>
    public static SharedUse? Of(Database database, ILogger logger) => database.Sql.Engine.IsShared ? new(database, logger) : null;

    public bool HasOthers => _lease.Alive.Length > 0;

    /// <param name="mine">All that this node uses, by its name.</param>
    /// <param name="heard">Hears what the others use, together.</param>
    /// <param name="reload">Reads again what the others write into the ledger of money.</param>
    public void Start(Func<IReadOnlyList<Use>> mine, Action<IReadOnlyDictionary<string, long>> heard, Func<Task> reload) =>
        _round = Task.Run(() => RepeatAsync(mine, heard, reload));

    public ValueTask<int?> TakeAsync(string group, Func<IReadOnlyList<Use>> uses, Action<int?> told, CancellationToken stop) =>
        WithSessionAsync(async session =>
        {
            var asked = uses();
            int? full = await session.TakeAsync(group, asked, _lease.Alive, stop).ConfigureAwait(false);
            if (full is null)
                foreach (var use in asked) _said[use.Name] = use.Mine;
            told(full);
            return full;
        }, stop);

    /// <summary>One round: what has changed is said, what others use is heard.</summary>
    internal async Task ExchangeAsync(Func<IReadOnlyList<Use>> mine, Action<IReadOnlyDictionary<string, long>> heard,
        CancellationToken stop)
    {
        var others = await WithSessionAsync(async session =>
        {
            var now = mine().ToDictionary(use => use.Name, use => use.Mine, StringComparer.Ordinal);
            List<Use> changed = [.. now.Where(use => _said.GetValueOrDefault(use.Key) != use.Value)
                .Select(use => new Use(use.Key, use.Value, null)),
                .. _said.Where(use => use.Value != 0 && !now.ContainsKey(use.Key)).Select(use => new Use(use.Key, 0, null))];
            if (changed.Count > 0) await session.SayAsync(changed, stop).ConfigureAwait(false);
            _said = now;
            return HasOthers ? await session.HearAsync(_lease.Alive, stop).ConfigureAwait(false) : new Dictionary<string, long>();
        }, stop).ConfigureAwait(false);
        heard(others);
    }

    /// <summary>Does not wait for a server that says nothing: then what this node uses counts until it counts as dead.</summary>
    public async ValueTask DisposeAsync() => await PatientEnd.EndsAsync(EndAsync).ConfigureAwait(false);

    private async Task EndAsync()
    {
        await PatientEnd.CancelAsync(_stop).ConfigureAwait(false);
        await _round.ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        if (_session is not { } session) return;
        try
        {
            // What stands there then is of whoever has taken the node's place.
            if (!_database.IsReplaced) await session.ForgetAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is DbException or InvalidOperationException)
        {
            // It counts as dead soon.
        }
        await session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RepeatAsync(Func<IReadOnlyList<Use>> mine, Action<IReadOnlyDictionary<string, long>> heard, Func<Task> reload)
    {
        long reloadedAt = _database.Time.GetTimestamp();
        bool isSaid = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ExchangeAsync(mine, heard, _stop.Token).ConfigureAwait(false);
                isSaid = false;
                if (HasOthers && _database.Time.GetElapsedTime(reloadedAt) >= BetweenReloads)
                {
                    reloadedAt = _database.Time.GetTimestamp();
                    await reload().ConfigureAwait(false);
                }
            }
            catch (Exception failed) when (failed is StoreUnavailableException or StoreException)
            {
                if (!isSaid) _logger.UseNotShared(failed);
                isSaid = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(HasOthers ? AmongOthers : Alone, _database.Time,
                _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <exception cref="StoreUnavailableException">The database does not answer: nobody knows.</exception>
    private async ValueTask<T> WithSessionAsync<T>(Func<IUseSession, Task<T>> ask, CancellationToken stop)
    {
        if (_database.IsReplaced) throw new StoreUnavailableException(null);
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var session = _session ??= await Task.Run(ConnectAsync, stop).ConfigureAwait(false);
            return await ask(session).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is DbException or InvalidOperationException or OperationCanceledException)
        {
            // Whatever is under way on it is nobody's any more.
            if (_session is { } broken) await broken.DisposeAsync().ConfigureAwait(false);
            _session = null;
            if (failed is OperationCanceledException) throw;
            throw new StoreUnavailableException(failed);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IUseSession> ConnectAsync()
    {
        var session = _database.Sql.Engine.OpenUse(_lease.Node) ?? throw new InvalidOperationException("the database is one node's alone");
        // What an earlier process said is not so any more; what a connection said that broke may not have arrived, and is said again.
        if (!_wasConnected) await session.ForgetAsync(_stop.Token).ConfigureAwait(false);
        foreach (string name in _said.Keys.ToList()) _said[name] = Unknown;
        _wasConnected = true;
        return session;
    }
}
