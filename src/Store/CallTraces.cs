using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>All that is known of one call: its legs, each with its messages, commands, events and webhooks.</summary>
public sealed record CallTrace(SessionId Session, Tenant Tenant, IReadOnlyList<LegTrace> Legs);

public sealed record LegTrace(LegRow Leg, IReadOnlyList<TraceEntry> Entries, IReadOnlyList<LedgerRow> Events,
    IReadOnlyList<WebhookTrace> Webhooks)
{
    /// <summary>Null while the leg lives.</summary>
    public CallEvent.LegEnded? Verdict => Events.LastOrDefault(row => row.Type == "leg_ended")?.ToEvent() as CallEvent.LegEnded;
}

/// <summary>One event's webhook with its attempts, oldest first. <paramref name="Outcome"/> is delivered, failed or pending.</summary>
public sealed record WebhookTrace(string EventType, DateTimeOffset OccurredAt, string Outcome, IReadOnlyList<DeliveryAttempt> Attempts);

/// <summary>Finds a call by whatever names it and puts its trace together.</summary>
/// <param name="readToken">A dialect's own id of a leg, when the text is one of that account's.</param>
public sealed class CallTraces(Database database, Func<TenantId, string, LegId?> readToken)
{
    /// <param name="id">A call control id, a leg's UUID, a session's UUID, or a leg's id in hex.</param>
    /// <returns>Null when no account has such a call. For the operator.</returns>
    public async ValueTask<CallTrace?> FindAsync(string id, CancellationToken stop)
    {
        foreach (var tenant in await database.Tenants.ListAsync(stop).ConfigureAwait(false))
            if (await FindAsync(tenant, id, stop).ConfigureAwait(false) is { } found) return found;
        return null;
    }

    /// <returns>Null when this account has no such call.</returns>
    public async ValueTask<CallTrace?> FindAsync(Tenant tenant, string id, CancellationToken stop)
    {
        var legs = await LegsAsync(tenant.Id, id, stop).ConfigureAwait(false);
        if (legs.Count == 0) return null;
        List<LegTrace> traces = [];
        foreach (var leg in legs) traces.Add(await TraceAsync(leg, stop).ConfigureAwait(false));
        return new(legs[0].Session, tenant, traces);
    }

    /// <summary>Its legs alone, for whoever wants nothing of what has happened in them.</summary>
    /// <param name="id">As <see cref="FindAsync(string, CancellationToken)"/> takes it.</param>
    /// <returns>Empty when no account has such a call. For the operator.</returns>
    public async ValueTask<IReadOnlyList<LegRow>> FindLegsAsync(string id, CancellationToken stop)
    {
        foreach (var tenant in await database.Tenants.ListAsync(stop).ConfigureAwait(false))
            if (await LegsAsync(tenant.Id, id, stop).ConfigureAwait(false) is { Count: > 0 } found) return found;
        return [];
    }

    private async ValueTask<IReadOnlyList<LegRow>> LegsAsync(TenantId tenant, string id, CancellationToken stop)
    {
        LegRow? one = null;
        if (readToken(tenant, id) is { } token) one = await database.Legs.FindAsync(tenant, token, stop).ConfigureAwait(false);
        else if (id.Length == 32 && LegId.TryParse(id, out var leg))
            one = await database.Legs.FindAsync(tenant, leg, stop).ConfigureAwait(false);
        else if (Guid.TryParse(id, out var uuid))
        {
            one = await database.Legs.FindByUuidAsync(tenant, uuid, stop).ConfigureAwait(false);
            if (one is null) return await database.Legs.ListSessionAsync(tenant, new(uuid), stop).ConfigureAwait(false);
        }
        return one is null ? [] : [one];
    }

    private async ValueTask<LegTrace> TraceAsync(LegRow leg, CancellationToken stop) => new(
        leg,
        await database.Traces.ListLegAsync(leg.Tenant, leg.Id, stop).ConfigureAwait(false),
        await database.Events.ListLegAsync(leg.Tenant, leg.Id, stop).ConfigureAwait(false),
        await database.Deliveries.ListOrderAsync(leg.Tenant, leg.Id.ToString(), stop).ConfigureAwait(false));
}
