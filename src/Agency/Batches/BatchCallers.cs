using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>By whom a batch talks and from which numbers it calls: whether that may be, when it is made and when it is changed.</summary>
internal sealed class BatchCallers(AgencyParts parts)
{
    private const string AgentField = "agent_mapping_id", NumberField = "from_number", PoolField = "from_pool";

    /// <summary>Why an agent does not talk on the calls of a client; null where it does.</summary>
    public static Problem? FaultOf(AgentRow agent, string client) =>
        agent.VoiceProvider is not AgentRow.Internal
            ? AgencyText.Bad(AgentField, "The agent is a provider's: batches of the node call by agents of the node.")
        : agent.ClientId is not null && agent.ClientId != client
            ? AgencyText.Bad(AgentField, "The agent is another client's than the campaign.") : null;

    /// <summary>Why nothing calls from a number; null where something does.</summary>
    /// <param name="number">Null where there is no active one.</param>
    public static Problem? FaultOf(string field, AgencyNumber? number) =>
        number is null ? AgencyText.Bad(field, $"{field} is no active number of the agency.")
        : !number.IsOutboundAllowed ? AgencyText.Bad(field, "The number may not call: outbound_allowed is false.") : null;

    /// <summary>The same for the calls of a client.</summary>
    public static Problem? OwnerFault(string field, AgencyNumber number, string client) =>
        number.ClientId is null || number.ClientId == client ? null
            : AgencyText.Bad(field, "The number is another client's than the campaign.");

    /// <summary>Numbers from which somebody may call, as he sees them.</summary>
    public async ValueTask<List<AgencyNumber>> ListAsync(AgencyScope scope, CancellationToken stop) =>
    [
        .. (await parts.Numbers.ListAsync(scope.Agency, stop))
            .Where(one => one.Status is AgencyNumber.Active && scope.Sees(one.ClientId)),
    ];

    /// <param name="pool">Each once.</param>
    /// <returns>What is wrong with a pool, if it is for a client.</returns>
    public static Problem? ReadPool(JsonObject body, IReadOnlyCollection<AgencyNumber> usable, string client, out List<AgencyNumber> pool)
    {
        pool = [];
        foreach (var (place, id) in (body[PoolField] as JsonArray ?? []).Index())
        {
            string field = $"{PoolField}/{place}";
            var number = Guid.TryParse((string?)id, out var named) ? usable.FirstOrDefault(one => one.Id == named) : null;
            if ((FaultOf(field, number) ?? OwnerFault(field, number!, client)) is { } fault) return fault;     // it is there, or a fault
            if (!pool.Contains(number!)) pool.Add(number!);
        }
        return null;
    }

    /// <summary>What a batch's row has of a pool.</summary>
    public static string? Written(IReadOnlyCollection<AgencyNumber> pool) =>
        // Digits and a '+', which are found in it as they stand.
        pool.Count == 0 ? null : $"[{string.Join(',', pool.Select(number => $"\"{number.Text}\""))}]";

    /// <summary>The ids of the numbers of a batch's pool.</summary>
    public static JsonArray Show(BatchRow batch) =>
        new([.. batch.Pool.Select(number => (JsonNode)AgencyNumberTable.IdOf(batch.TenantId, number).ToString())]);

    /// <summary>The same without those from which its client may not call any more; all where none is left.</summary>
    /// <param name="usable">Those from which somebody may call.</param>
    public static JsonArray ShowLeft(BatchRow batch, IReadOnlyCollection<AgencyNumber> usable)
    {
        var left = batch.Pool.Select(text => usable.FirstOrDefault(one => one.Text == text)).OfType<AgencyNumber>()
            .Where(one => (FaultOf(PoolField, one) ?? OwnerFault(PoolField, one, batch.ClientId)) is null).ToList();
        return Show(left.Count == 0 ? batch : batch with { FromPool = Written(left) });
    }

    /// <summary>Whether agent and numbers of a batch may be changed: while nobody is called, and the agent before anybody was.</summary>
    /// <param name="isAgent">The agent is to be another one: calls that were placed are shown as the agent's whom the batch has.</param>
    public static bool IsChangeable(BatchRow batch, bool isAgent) =>
        batch.Status is BatchRow.Scheduled or BatchRow.Paused && (!isAgent || batch.StartedAt is null);

    /// <summary>What a change says of the agent and the numbers of a batch.</summary>
    /// <returns>The row as it is to be, of one that is read again; null, and maybe a refusal, where nothing of them is to change.</returns>
    public async ValueTask<(Func<BatchRow, BatchRow>? Change, Reply? Refusal)> ReadAsync(OperationContext op, BatchRow batch,
        JsonObject body)
    {
        string? named = AgencyText.Text(body, AgentField), number = AgencyText.Text(body, NumberField);
        bool hasPool = body[PoolField] is JsonArray;
        if (named is null && number is null && !hasPool) return (null, null);
        var scope = AgencyScope.Of(op);
        var agent = batch.AgentMappingId;
        if (named is not null)
        {
            agent = Guid.Parse(named);
            if (await parts.Agents.FindAsync(scope.Agency, agent, op.Stop) is not { } found || !scope.Sees(found.ClientId))
                return (null, op.Unknown(AgentField));
            if (FaultOf(found, batch.ClientId) is { } unfit) return (null, op.Fail(unfit));
        }
        var usable = await ListAsync(scope, op.Stop);
        string from = number is null ? batch.FromNumber : AgencyText.NumberOr(number);
        if (number is not null)
        {
            var caller = usable.Find(one => one.Text == from);
            if ((FaultOf(NumberField, caller) ?? OwnerFault(NumberField, caller!, batch.ClientId)) is { } mute)      // as above
                return (null, op.Fail(mute));
        }
        if (ReadPool(body, usable, batch.ClientId, out var pool) is { } stray) return (null, op.Fail(stray));
        if (!IsChangeable(batch, agent != batch.AgentMappingId))
            return (null, op.Fail(Fault.WrongState,
                "Numbers of a batch are changed while it is scheduled or paused, and its agent before it has called anybody."));
        return (row => row with
        {
            AgentMappingId = named is null ? row.AgentMappingId : agent,
            FromNumber = number is null ? row.FromNumber : from,
            FromPool = hasPool ? Written(pool) : row.FromPool,
        }, null);
    }

    /// <summary>
    /// What has come between since agent and numbers were looked at, within the write that gives them to a batch: nobody talks on the calls
    /// of a client by what has become another one's.
    /// </summary>
    public Problem? FaultOf(IDbConnection db, BatchRow batch)
    {
        TenancyTable.TakeTurn(db, batch.TenantId);
        bool IsFor(string? client) => client is null || client == batch.ClientId;
        if (AgentTable.Find(db, batch.TenantId, batch.AgentMappingId) is not { } agent || !IsFor(agent.ClientId))
            return new("invalid_state", "The agent is gone, or has become another client's, meanwhile.");
        var usable = parts.Numbers.List(db, batch.TenantId)
            .Where(one => one.Status is AgencyNumber.Active && one.IsOutboundAllowed && IsFor(one.ClientId)).Select(one => one.Text)
            .ToHashSet(StringComparer.Ordinal);
        return batch.Callers.All(usable.Contains) ? null
            : new("invalid_state", "A number is not active any more, or has become another client's, meanwhile.");
    }
}
