using System.Data;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// Whether a client may have more of what its agency has limited. It is asked before something is given, so that nothing is begun in vain,
/// and once more in the write that gives it, in which the client's row is held: of two who find the last place one has it. What a client
/// has already stays its own, whatever the limit becomes.
/// </summary>
internal sealed class ClientRoom(AgencyParts parts)
{
    /// <param name="client">Null for what is the agency's own.</param>
    public ValueTask<Problem?> ForAgentAsync(OperationContext op, string? client) =>
        FaultAsync(op, client, ClientLimits.Agents, "agents", 1, (agency, id) => CountAgentsAsync(agency, id, op.Stop));

    /// <inheritdoc cref="ForAgentAsync"/>
    public ValueTask<Problem?> ForNumberAsync(OperationContext op, string? client) =>
        FaultAsync(op, client, ClientLimits.Numbers, "numbers", 1, (agency, id) => CountNumbersAsync(agency, id, op.Stop));

    public ValueTask<Problem?> ForContactsAsync(OperationContext op, string client, int more) => FaultAsync(op, client,
        ClientLimits.Contacts, "contacts", more, (agency, id) => parts.Tenancy.CountContactsAsync(agency, id, op.Stop));

    /// <summary>Within the write that gives it one agent.</summary>
    /// <param name="client">Null for what is the agency's own.</param>
    public static Problem? FaultOfAgents(IDbConnection db, TenantId agency, string? client) =>
        HeldFault(db, agency, client, ClientLimits.Agents, "agents", 1, id => AgentTable.CountOf(db, agency, id));

    /// <summary>Within the write that gives it one number.</summary>
    /// <param name="client">Null for what is the agency's own.</param>
    public Problem? FaultOfNumbers(IDbConnection db, TenantId agency, string? client) => HeldFault(db, agency, client, ClientLimits.Numbers,
        "numbers", 1, id => CountOf(parts.Numbers.List(db, agency), id));

    /// <summary>Within the write that gives it contacts.</summary>
    /// <param name="more">Those who are new; where nobody is there is always room.</param>
    public static Problem? FaultOfContacts(IDbConnection db, TenantId agency, string client, int more) => HeldFault(db, agency, client,
        ClientLimits.Contacts, "contacts", more, id => TenancyTable.CountContactsOf(db, agency, id));

    /// <summary>Whether it may talk any more this month.</summary>
    public async ValueTask<Problem?> ForCallsAsync(OperationContext op, string client) =>
        await HasMinutesAsync(AgencyScope.Of(op).Agency, client, op.Now, op.Stop) ? null
            : new("plan_limit", "The client has talked for all the minutes that its agency allows for the month.");

    /// <summary>It has talked for less than its agency allows for the month, which is one of the agency's clock.</summary>
    public async ValueTask<bool> HasMinutesAsync(TenantId agency, string client, DateTimeOffset now, CancellationToken stop)
    {
        if (await parts.Tenancy.ClientAsync(agency, client, stop) is not { } row || MostOf(row, ClientLimits.Minutes) is not { } most)
            return true;
        return await MinutesOfMonthAsync(agency, new(row.Id), now, stop) < most;
    }

    /// <summary>For how many minutes its calls have talked in the month of the agency's clock.</summary>
    public async ValueTask<decimal> MinutesOfMonthAsync(TenantId agency, TenantId client, DateTimeOffset now, CancellationToken stop)
    {
        var month = FigurePeriod.MonthOf(now, (await parts.Tenancy.AgencyAsync(agency, stop)).Timezone);
        return Kpis.Of(await parts.Figures.SumAsync(FigureQuestions.During(new(agency, [client]), month), stop)).Minutes;
    }

    public async ValueTask<long> CountAgentsAsync(TenantId agency, string client, CancellationToken stop) =>
        (await parts.Agents.ListAsync(agency, new(client), 0, 1, stop)).Total;

    /// <summary>Those that are released are no longer its own.</summary>
    public async ValueTask<long> CountNumbersAsync(TenantId agency, string client, CancellationToken stop) =>
        CountOf(await parts.Numbers.ListAsync(agency, stop), client);

    private static int CountOf(IReadOnlyList<AgencyNumber> numbers, string client) =>
        numbers.Count(one => one.ClientId == client && one.Status is not AgencyNumber.Released);

    private async ValueTask<Problem?> FaultAsync(OperationContext op, string? client, string limit, string noun, int more,
        Func<TenantId, string, ValueTask<long>> count)
    {
        var agency = AgencyScope.Of(op).Agency;
        if (client is null || await parts.Tenancy.ClientAsync(agency, client, op.Stop) is not { } row || MostOf(row, limit) is not { } most)
            return null;
        return FaultOf(await count(agency, row.Id.ToString()), most, noun, more);
    }

    private static Problem? HeldFault(IDbConnection db, TenantId agency, string? client, string limit, string noun, int more,
        Func<string, long> count)
    {
        if (client is null) return null;
        if (!TenancyTable.Holds(db, agency, client)) return new("invalid_state", "The client has been deleted.");
        return TenancyTable.FindClient(db, agency, client) is { } row && MostOf(row, limit) is { } most
            ? FaultOf(count(client), most, noun, more) : null;
    }

    private static Problem? FaultOf(long has, int most, string noun, int more) => more == 0 || has + more <= most ? null
        : new("plan_limit", $"The client has {has} {noun}, and its agency allows {most}: there is no room for {more} more.");

    /// <returns>Null for as many as anybody likes.</returns>
    private static int? MostOf(ClientRow row, string limit) =>
        (string?)row.Limits?[ClientLimits.Overage] is ClientLimits.Allow ? null : ClientLimits.NumberOf(row.Limits?[limit]);
}
