using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>
/// Who is there to take a call. Whoever wants to ring an agent takes him first, in the database: his row says for what he is rung, and
/// nobody else takes him until that is over, whichever node asks and whatever status is set meanwhile.
/// </summary>
internal sealed class AgentPresence(VoipbinParts parts, Contract contract)
{
    public const string Available = "available", Ringing = "ringing", Busy = "busy";

    /// <summary>Of an agent's row: for what he is rung.</summary>
    private const string Taken = "rung_for";
    private const int Most = 10_000;

    public LiveRows Rows => _rows;

    private readonly LiveRows _rows = new(parts, contract, Agents.Stored, "Agent", Agents.Noun);

    /// <summary>Those of the queue who could be rung at this moment, in no order.</summary>
    public async ValueTask<IReadOnlyList<ResourceRow>> FreeAsync(ResourceRow queue, CancellationToken stop)
    {
        var tags = Tags(queue.Body);
        return [.. (await _rows.ListAsync(queue.Tenant, Most, stop, new ResourceFilter("status", "eq", [Available])))
            .Where(agent => IsFree(agent.Body)
                && ResourceKind.DeletedAt(agent) is null && (tags.Count == 0 || tags.Overlaps(Tags(agent.Body))))];
    }

    /// <summary>From available to ringing. False when he is not there any more, or somebody else was quicker.</summary>
    public async ValueTask<bool> TakeAsync(TenantId tenant, string agent, string what, CancellationToken stop) =>
        await _rows.ChangeAsync(tenant, agent, body =>
        {
            if (!IsFree(body)) return false;
            (body["status"], body[Taken], body[LiveRows.Owner]) = (Ringing, what, parts.Owner);
            return true;
        }, StatusUpdated, stop) is (_, true);

    /// <summary>He talks, and is busy until somebody says otherwise; or he did not answer, and is there again.</summary>
    public async ValueTask ReleaseAsync(TenantId tenant, string agent, string what, bool hasAnswered, CancellationToken stop)
    {
        var settled = await _rows.ChangeAsync(tenant, agent, body => Settle(body, what, hasAnswered, isMeant: true), StatusUpdated, stop);
        // Somebody has set another status meanwhile, which stays.
        if (settled is (_, false))
            settled = await _rows.ChangeAsync(tenant, agent, body => Settle(body, what, hasAnswered, isMeant: false), name: null, stop);
        if (settled is (_, true) && !hasAnswered) parts.AgentsChanged(tenant);
    }

    /// <summary>What an agent is rung for, by a process that is no more.</summary>
    public static string? TakenFor(ResourceRow agent) => (string?)agent.Body[Taken];

    private const string StatusUpdated = "status_updated";

    private static bool Settle(JsonObject body, string what, bool hasAnswered, bool isMeant)
    {
        if ((string?)body[Taken] != what) return false;
        // Who says that he is available while he takes a call is not.
        bool changes = (string?)body["status"] is Ringing || hasAnswered && (string?)body["status"] is Available;
        if (changes != isMeant) return false;
        if (changes) body["status"] = hasAnswered ? Busy : Available;
        body.Remove(Taken);
        body.Remove(LiveRows.Owner);
        return true;
    }

    private static bool IsFree(JsonObject agent) => (string?)agent["status"] is Available && !agent.ContainsKey(Taken)
        && agent["addresses"] is JsonArray addresses && addresses.Any(address => address is JsonObject one && AgentAddress.IsRingable(one));

    /// <summary>Of a queue or an agent; a queue without any takes every agent.</summary>
    public static HashSet<string> Tags(JsonObject body) =>
        [.. (body["tag_ids"] as JsonArray ?? []).Select(tag => (string?)tag ?? "").Where(tag => tag.Length > 0)];
}
