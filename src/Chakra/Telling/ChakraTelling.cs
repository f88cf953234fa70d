using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Chakra.Calling;
using Ringwright.Chakra.Clicks;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Chakra.Telling;

/// <summary>
/// Tells teams of what happens to their calls, whoever does it: the ledger, an agent, another API; and keeps those that ring an agent
/// first in step with their legs.
/// </summary>
public sealed class ChakraTelling
{
    private readonly ChakraFollower _follower;

    public ChakraTelling(Database store, ILogger log)
    {
        Hooks = new(store);
        Desk = new(log);
        Users = new(store, new(store, this), log);
        _follower = new(store, this);
    }

    /// <summary>How links in what is told begin.</summary>
    public PublicLinks Links { get; set; } = PublicLinks.Relative;

    /// <summary>Only notes whose calls have changed: it has no messages.</summary>
    public IProjector Projector => _follower;

    internal ChakraHooks Hooks { get; }

    internal ClickDesk Desk { get; }

    internal CallUsers Users { get; }

    /// <summary>Calls can be made: those that ring an agent first go on.</summary>
    public void Begin(ICallControl calls) => Desk.Calls = calls;

    /// <summary>Who is told, as all nodes have it.</summary>
    public Task ReadAsync(CancellationToken stop) => Hooks.ReadAsync(stop);

    /// <summary>Tells what the ledger has got since the last look, and then whose calls are whose.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        await _follower.LookAsync(stop);
        await Users.LookAsync(stop);
    }

    /// <summary>What has happened to a call is told before what is said of it next.</summary>
    internal Task CatchUpAsync(ChakraCall call, CancellationToken stop) => call.Leg is { } leg ? _follower.CatchUpAsync(leg, stop)
        : ClickMerge.IsClick(call.Note) ? _follower.CatchUpAsync(call.Note!.TenantId, call.Id, stop) : Task.CompletedTask;

    /// <summary>What is told of what was said of a call, in the transaction in which that is written.</summary>
    /// <param name="before">Null for a new one.</param>
    internal IReadOnlyList<OutboxMessage> Messages(string name, ChakraCall? before, ChakraCall after)
    {
        var note = after.Note!;         // it is what has changed
        return Hooks.Of(note.TenantId) is not { Count: > 0 } hooks ? []
            : [.. ChakraEvents.Of(hooks, new(name, after.Id, before?.Write(Links), after.Write(Links), note.UpdatedAt)
            {
                Disposition = name is ChakraEvents.Disposed ? ChakraDisposing.Show(note) : null,
            })];
    }
}
