using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Forwarding;

/// <summary>Looks names up in the rows that each node writes of what it has. While a node is alone it asks nobody.</summary>
public sealed class SharedNames : ISharedNames
{
    /// <summary>A caller waits for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly NodeLease _lease;

    private SharedNames(Database database) => (_database, _lease) = (database, database.Outbox.Lease);

    /// <summary>Null where there are no other nodes.</summary>
    public static SharedNames? Of(Database database) => database.Sql.Engine.IsShared ? new(database) : null;

    public ValueTask<bool> IsElsewhereAsync(SubjectKind kind, TenantId account, string name, CancellationToken stop) =>
        IsAlone ? new(false) : AskAsync(() => LookAsync(kind, account, name, stop), stop);

    public ValueTask<bool> IsElsewhereAsync(SubjectKind kind, LegId asker, string name, CancellationToken stop) => IsAlone ? new(false)
        : AskAsync(async () => await _database.Legs.FindAccountAsync(asker, stop).ConfigureAwait(false) is { } account
            && await LookAsync(kind, account, name, stop).ConfigureAwait(false), stop);

    public ValueTask<bool> HasEndedAsync(Subject there, CancellationToken stop) => AskAsync(async () =>
        await _database.ForwardedCommands.FindEpochAsync(there.Address.Node, stop).ConfigureAwait(false) != there.Address.Epoch
            || await HasEndedAsync(_database, there, stop).ConfigureAwait(false), stop);

    /// <summary>A leg or a conference, by its row: that of what still lives on a node that has died says that it lives.</summary>
    internal static ValueTask<bool> HasEndedAsync(Database database, Subject there, CancellationToken stop) =>
        there.Kind is SubjectKind.Leg
            ? database.Legs.HasEndedAsync(new(there.Value), stop)
            : database.Conferences.HasEndedAsync(new(there.Value), stop);

    private bool IsAlone => _lease.Alive.Length == 0;

    private async ValueTask<bool> AskAsync(Func<Task<bool>> ask, CancellationToken stop)
    {
        try
        {
            return await ask().WaitAsync(Patience, _database.Time, stop).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is TimeoutException or StoreUnavailableException)
        {
            return false;
        }
    }

    private async Task<bool> LookAsync(SubjectKind kind, TenantId account, string name, CancellationToken stop)
    {
        var named = kind is SubjectKind.Conference
            ? await _database.Conferences.ListLiveOfNameAsync(account, name, stop).ConfigureAwait(false)
            : await _database.Queues.ListOfNameAsync(account, name, stop).ConfigureAwait(false);
        var here = _database.Node;
        // Two of a name begin where two nodes made them in the same moment: each has its own then.
        if (named.Any(one => one.Address.Node == here.Node && one.Address.Epoch == here.Epoch)) return false;
        foreach (var place in named.Select(one => one.Address))
        {
            // What a dead node, or an earlier start, has left in its rows is nowhere.
            if (_lease.Alive.Contains(place.Node)
                && await _database.ForwardedCommands.FindEpochAsync(place.Node, stop).ConfigureAwait(false) == place.Epoch) return true;
        }
        return false;
    }
}
