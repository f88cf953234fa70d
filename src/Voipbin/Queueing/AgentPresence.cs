using System.Globalization;
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
    /// <summary>Where the queue frees him behind his talk: for whom he talks, and how many milliseconds he is left alone then.</summary>
    private const string Serves = "serves", Rest = "rest";
    /// <summary>Somebody has said meanwhile what his status is.</summary>
    private const string Stays = "stays";
    private const int Most = 10_000;

    public LiveRows Rows => _rows;

    private readonly LiveRows _rows = new(parts, contract, Agents.Stored, "Agent", Agents.Noun);

    /// <summary>Those of the queue who could be rung at this moment, in no order.</summary>
    public async ValueTask<IReadOnlyList<ResourceRow>> FreeAsync(ResourceRow queue, CancellationToken stop) =>
        [.. (await ListAsync(queue, Available, stop)).Where(agent => IsFree(agent.Body))];

    /// <summary>Those of the queue who talk, or rest behind a talk.</summary>
    public ValueTask<IReadOnlyList<ResourceRow>> BusyAsync(ResourceRow queue, CancellationToken stop) => ListAsync(queue, Busy, stop);

    private async ValueTask<IReadOnlyList<ResourceRow>> ListAsync(ResourceRow queue, string status, CancellationToken stop)
    {
        var tags = Tags(queue.Body);
        return [.. (await _rows.ListAsync(queue.Tenant, Most, stop, new ResourceFilter("status", "eq", [status])))
            .Where(agent => ResourceKind.DeletedAt(agent) is null && (tags.Count == 0 || tags.Overlaps(Tags(agent.Body))))];
    }

    /// <summary>From available to ringing. False when he is not there any more, or somebody else was quicker.</summary>
    public async ValueTask<bool> TakeAsync(TenantId tenant, string agent, string what, CancellationToken stop) =>
        await _rows.ChangeAsync(tenant, agent, body =>
        {
            if (!IsFree(body)) return false;
            Forget(body);
            (body["status"], body[Taken], body[LiveRows.Owner]) = (Ringing, what, parts.Owner);
            return true;
        }, StatusUpdated, stop) is (_, true);

    /// <summary>He did not answer, and is there again.</summary>
    public async ValueTask ReleaseAsync(TenantId tenant, string agent, string what, CancellationToken stop)
    {
        if (await SettleAsync(tenant, agent, what, hasAnswered: false, rest: null, stop)) parts.AgentsChanged(tenant);
    }

    /// <summary>He talks, and is busy until somebody says otherwise.</summary>
    /// <param name="rest">How long he is left alone behind his talk, before he is there again by himself; null for ever.</param>
    public async ValueTask ServeAsync(TenantId tenant, string agent, string what, TimeSpan? rest, CancellationToken stop) =>
        await SettleAsync(tenant, agent, what, hasAnswered: true, rest, stop);

    /// <summary>His talk is over.</summary>
    public async ValueTask RestAsync(TenantId tenant, string agent, string what, CancellationToken stop)
    {
        var now = parts.Store.Time.GetUtcNow();
        var rests = await _rows.ChangeAsync(tenant, agent, body =>
        {
            if ((string?)body[Serves] != what) return false;
            var until = now + TimeSpan.FromMilliseconds((long?)body[Rest] ?? 0);
            bool isSaid = body.ContainsKey(Stays);
            Forget(body);
            body.Remove(LiveRows.Owner);
            if (!isSaid) body[LiveRows.Due] = until.ToString("O", CultureInfo.InvariantCulture);
            return true;
        }, name: null, stop);
        if (rests is (var row, true) && LiveRows.DueOf(row.Body) is { } at) _ = WaitAsync(tenant, agent, at);
    }

    /// <summary>He is there again, when he has been left alone for as long as his queue says.</summary>
    public async ValueTask WakeAsync(TenantId tenant, string agent, DateTimeOffset now, CancellationToken stop)
    {
        var woken = await _rows.ChangeAsync(tenant, agent, body =>
        {
            if (!IsDue(body, now) || body.ContainsKey(Stays) || (string?)body["status"] is not Busy) return false;
            Forget(body);
            body["status"] = Available;
            return true;
        }, StatusUpdated, stop);
        if (woken is (_, true)) parts.AgentsChanged(tenant);
        // Another status has been set meanwhile, which stays.
        else await _rows.ChangeAsync(tenant, agent, body => IsDue(body, now) && Forget(body), name: null, stop);
    }

    /// <summary>The process that looked after him is no more, or has forgotten him.</summary>
    public ValueTask LetGoAsync(ResourceRow agent, CancellationToken stop) => (string?)agent.Body[Taken] is { } what
        ? ReleaseAsync(agent.Tenant, agent.Id, what, stop) : RestAsync(agent.Tenant, agent.Id, WorkOf(agent) ?? "", stop);

    /// <summary>What an agent is rung for, or talks for, maybe by a process that is no more.</summary>
    public static string? WorkOf(ResourceRow agent) => (string?)agent.Body[Taken] ?? (string?)agent.Body[Serves];

    /// <summary>Somebody says what his status is: no talk's end changes it.</summary>
    public static void Keep(JsonObject agent)
    {
        if (agent.ContainsKey(Serves) || agent.ContainsKey(LiveRows.Due)) agent[Stays] = true;
    }

    private const string StatusUpdated = "status_updated";

    /// <summary>In this process at that moment; where it dies, or the database is away, whoever sweeps does it.</summary>
    private async Task WaitAsync(TenantId tenant, string agent, DateTimeOffset until)
    {
        try
        {
            var left = until - parts.Store.Time.GetUtcNow();
            if (left > TimeSpan.Zero) await Task.Delay(left, parts.Store.Time);
            await WakeAsync(tenant, agent, until, CancellationToken.None);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            // He is swept.
        }
    }

    private async ValueTask<bool> SettleAsync(TenantId tenant, string agent, string what, bool hasAnswered, TimeSpan? rest,
        CancellationToken stop)
    {
        var settled = await _rows.ChangeAsync(tenant, agent, body => Settle(body, what, hasAnswered, rest, isMeant: true), StatusUpdated,
            stop);
        // Somebody has set another status meanwhile, which stays.
        if (settled is (_, false))
            settled = await _rows.ChangeAsync(tenant, agent, body => Settle(body, what, hasAnswered, rest, isMeant: false), name: null,
                stop);
        return settled is (_, true);
    }

    private static bool IsDue(JsonObject body, DateTimeOffset now) => LiveRows.DueOf(body) is { } at && at <= now;

    private static bool Forget(JsonObject body)
    {
        foreach (string name in (string[])[Serves, Rest, Stays, LiveRows.Due]) body.Remove(name);
        return true;
    }

    private static bool Settle(JsonObject body, string what, bool hasAnswered, TimeSpan? rest, bool isMeant)
    {
        if ((string?)body[Taken] != what) return false;
        // Who says that he is available while he takes a call is not.
        bool changes = (string?)body["status"] is Ringing || hasAnswered && (string?)body["status"] is Available;
        if (changes != isMeant) return false;
        if (changes) body["status"] = hasAnswered ? Busy : Available;
        body.Remove(Taken);
        if (hasAnswered && rest is { } time)
        {
            // This process looks after him until his talk is over.
            body[Serves] = what;
            body[Rest] = (long)time.TotalMilliseconds;
            if (!changes) body[Stays] = true;
        }
        else body.Remove(LiveRows.Owner);
        return true;
    }

    private static bool IsFree(JsonObject agent) => (string?)agent["status"] is Available && !agent.ContainsKey(Taken)
        && agent["addresses"] is JsonArray addresses && addresses.Any(address => address is JsonObject one && AgentAddress.IsRingable(one));

    /// <summary>Of a queue or an agent; a queue without any takes every agent.</summary>
    public static HashSet<string> Tags(JsonObject body) =>
        [.. (body["tag_ids"] as JsonArray ?? []).Select(tag => (string?)tag ?? "").Where(tag => tag.Length > 0)];
}
