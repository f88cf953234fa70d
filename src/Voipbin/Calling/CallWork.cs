using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin.Calling;

/// <summary>What goes on beside requests: groups of calls, callers who wait in queues, agents who are rung.</summary>
public sealed class CallWork
{
    private const int MostOpen = 10_000;
    /// <summary>What this process seems to have forgotten is given that long: it may just be beginning.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private readonly VoipbinParts _parts;
    private readonly AgentPool _agents;

    public CallWork(VoipbinParts parts, Contract contract)
    {
        _parts = parts;
        Hooks = new(parts);
        Projector = new CallProjector(Hooks, parts.Notation);
        Groupcalls = new(parts, contract, Calling.Groupcalls.Stored, "Groupcall", "groupcall");
        Queuecalls = new(parts, contract, Queueing.Queuecalls.Stored, "Queuecall", "queuecall");
        Queues = new(parts, contract, VoipbinQueues.Stored, "Queue", "queue");
        Presence = new(parts, contract);
        Floor = new(parts, this);
        _agents = new(parts, this);
        parts.CustomerChanged = Hooks.Keep;
        parts.AgentsChanged = tenant =>
        {
            Floor.Wake(tenant);
            parts.AgentsFreed();
        };
    }

    /// <summary>What customers are told of their calls.</summary>
    public IProjector Projector { get; }

    /// <summary>Who could take a call of a queue, for campaigns.</summary>
    public IQueueAgents QueueAgents => _agents;

    /// <summary>A program of this API for an application that is none of <see cref="CreateProgram"/>'s own.</summary>
    public Func<Application, ICallProgram?> Programs { get; set; } = static _ => null;

    internal CustomerHooks Hooks { get; }
    internal Rings Rings { get; } = new();
    internal LiveRows Groupcalls { get; }
    internal LiveRows Queuecalls { get; }
    internal LiveRows Queues { get; }
    internal AgentPresence Presence { get; }
    internal QueueFloor Floor { get; }
    internal TimeProvider Time => _parts.Store.Time;
    internal VoipbinParts Parts => _parts;

    /// <summary>A new program for legs that ring for this API, or that one of its flows commands; null for all others.</summary>
    public ICallProgram? CreateProgram(Application application) => Rings.CreateProgram(application) ?? Programs(application);

    /// <summary>To be called before anything is told.</summary>
    public Task ReadAsync(CancellationToken stop) => Hooks.ReadAsync(stop);

    /// <summary>
    /// Closes what processes have left that are no more, and ends what was asked for at another node. At the start of a node its calls of
    /// before have ended already.
    /// </summary>
    public async Task SweepAsync(CancellationToken stop)
    {
        await Hooks.ReadAsync(stop);
        string[] kinds = [Queuecalls.Kind.RecordType, Groupcalls.Kind.RecordType, Agents.RecordType];
        foreach (var open in await _parts.Store.States.DueAsync(kinds, Time.GetUtcNow(), MostOpen, stop))
        {
            var rows = open.Kind == kinds[0] ? Queuecalls : open.Kind == kinds[1] ? Groupcalls : Presence.Rows;
            if (await rows.FindAsync(open.Tenant, open.Id, stop) is not { } row) continue;
            if ((string?)row.Body[LiveRows.Owner] is not { } owner)
            {
                if (open.Kind == kinds[2]) await Presence.WakeAsync(row.Tenant, row.Id, Time.GetUtcNow(), stop);
                continue;
            }
            bool isOurs = owner == _parts.Owner;
            if (isOurs && row.Body.ContainsKey(LiveRows.Kicked)) End(open.Kind == kinds[0], row);
            if (isOurs ? IsAtWork(open.Kind, row) || Time.GetUtcNow() - row.UpdatedAt < Young : _parts.IsAlive(owner)) continue;
            if (open.Kind == kinds[0]) await Queueing.Queuecalls.CloseAsync(this, row, stop);
            else if (open.Kind == kinds[1])
                await Groupcalls.ChangeAsync(row.Tenant, row.Id, static body => body.Remove(LiveRows.Owner) && Set(body), RingGroup.Hangup,
                    stop);
            else await Presence.LetGoAsync(row, stop);
        }
    }

    /// <summary>Whoever looks after it is told, where that is this process.</summary>
    internal void End(bool isQueuecall, ResourceRow row)
    {
        if (isQueuecall) Floor.Find(row.Id)?.Tell(new QueuedNews.Kicked());
        else Rings.Find(row.Id)?.Dismiss();
    }

    private bool IsAtWork(string kind, ResourceRow row) => kind == Groupcalls.Kind.RecordType ? Rings.Find(row.Id) is not null
        : Floor.Find(kind == Agents.RecordType ? AgentPresence.WorkOf(row) ?? "" : row.Id) is not null;

    private static bool Set(JsonObject body)
    {
        body["status"] = RingGroup.Hangup;
        return true;
    }
}
