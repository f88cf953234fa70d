using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>The numbers of the agency and of its clients, and whom they are assigned to.</summary>
internal sealed class AgencyNumbers(AgencyParts parts)
{
    public const string RecordType = "agency_number";

    /// <summary>As some lists of the kind call it.</summary>
    private const string Suspended = "suspended";

    /// <summary>Of those to whom a number may be given.</summary>
    private const int MostAgents = 200;

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        string? status = op.Query["status"] is Suspended ? AgencyNumber.Inactive : op.Query["status"];
        string? agent = op.Query["agent_id"]?.ToLowerInvariant(), search = op.Query["search"]?.Trim();
        bool showsReleased = status is AgencyNumber.Released || op.Query["include_released"] is "true";
        var seen = (await parts.Numbers.ListAsync(scope.Agency, op.Stop))
            .Where(number => client.Length == 0 || number.ClientId == client).ToList();
        var fitting = seen
            .Where(number => status is null ? showsReleased || number.Status is not AgencyNumber.Released : number.Status == status)
            .Where(number => agent is null || number.Agent?.ToString() == agent)
            .Where(number => op.Query["assigned"] is not { } assigned || number.Agent is not null == (assigned is "true"))
            .Where(number => op.Query["unassigned"] is not { } free || number.Agent is null == (free is "true"))
            .Where(number => string.IsNullOrEmpty(search) || NumberPart.Of(search).Fits(number.Text)
                || number.FriendlyName?.Contains(search, StringComparison.OrdinalIgnoreCase) is true)
            .ToList();
        var page = fitting.Skip(op.List.Offset).Take(op.List.Size).ToList();
        var shown = new JsonObject
        {
            ["numbers"] = new JsonArray([.. page.Select(number => (JsonNode)Show(number, scope))]),
            ["pagination"] = AgencyForm.PageOf(op.List, page.Count, fitting.Count),
            ["summary"] = Summary([.. seen.Where(number => number.Status is not AgencyNumber.Released)]),
        };
        if (op.Query["include_agents"] is "false") return op.Ok(shown);
        var (agents, _) = await parts.Agents.ListAsync(scope.Agency, new(client), 0, MostAgents, op.Stop);
        shown["available_agents"] = new JsonArray([.. agents.Select(one => (JsonNode)new JsonObject
        {
            ["id"] = one.Id.ToString(), ["name"] = one.Name, ["client_id"] = one.ClientId,
        })]);
        return op.Ok(shown);
    }

    /// <summary>Of all that there are, whatever page of which of them is shown.</summary>
    private static JsonObject Summary(IReadOnlyCollection<AgencyNumber> numbers)
    {
        int Of(string status) => numbers.Count(number => number.Status == status);
        int assigned = numbers.Count(number => number.Agent is not null);
        return new()
        {
            ["total"] = numbers.Count, ["active"] = Of(AgencyNumber.Active), ["pending"] = Of(AgencyNumber.Pending),
            ["inactive"] = Of(AgencyNumber.Inactive), ["assigned"] = assigned, ["unassigned"] = numbers.Count - assigned,
        };
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } number ? op.Ok(Show(number, AgencyScope.Of(op))) : op.Unknown("id");

    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (await FindAsync(op) is not { } number) return op.Unknown("id");
        if (Gone(number) is { } gone) return op.Fail(gone);
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        string? client = body.ContainsKey("client_id") ? AgencyText.Text(body, "client_id")?.ToLowerInvariant() : number.ClientId;
        if (client is not null && await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is null) return op.Unknown("client_id");
        if (number.Account != scope.Agency && client != number.ClientId)
            return op.Fail(Wrong("The number is of the client's own account, and stays with it."));
        if (client != number.ClientId && number.Agent is { } held
                && await parts.Agents.FindAsync(scope.Agency, held, op.Stop) is { ClientId: { } owner } && owner != client)
            return op.Fail(Wrong("An agent of another client has the number: it must be taken from it first."));
        if (client != number.ClientId && await parts.Room.ForNumberAsync(op, client) is { } crowded) return op.Fail(crowded);
        if (body["status"] is not null && Unready(number) is { } early) return op.Fail(early);
        bool? disables = body["status"] is { } status ? (string?)status is AgencyNumber.Inactive : null;
        if (disables is false && number is { Status: AgencyNumber.Inactive, IsDisabled: false })
            return op.Fail(Wrong("The account that has the number is switched off."));
        return await ChangeAsync(op, number, "updated", before => before with
        {
            FriendlyName = body.ContainsKey("friendly_name") ? AgencyText.Text(body, "friendly_name") : before.FriendlyName,
            Direction = AgencyText.Text(body, "direction") ?? before.Direction,
            ClientId = client,
            IsOutboundAllowed = (bool?)body["outbound_allowed"] ?? before.IsOutboundAllowed,
            DailyCallCap = body.ContainsKey("daily_call_cap") ? (long?)body["daily_call_cap"] : before.DailyCallCap,
            IsDisabled = disables ?? before.IsDisabled,
            // One of an account that is switched off is inactive whatever is said.
            Status = disables is null || before is { Status: AgencyNumber.Inactive, IsDisabled: false } ? before.Status
                : disables is true ? AgencyNumber.Inactive : AgencyNumber.Active,
        });
    }

    /// <summary>The agent that had it has it no more, and the one that gets it answers its calls.</summary>
    public async ValueTask<Reply> Assign(OperationContext op)
    {
        if (await FindAsync(op) is not { } number) return op.Unknown("id");
        if (Unready(number) is { } wrong) return op.Fail(wrong);
        if (number.IsBrought) return op.Fail(Wrong("The number's own carrier has it: whoever calls it is not rung here."));
        var scope = AgencyScope.Of(op);
        var id = Guid.Parse((string)op.ReadObject()["agent_mapping_id"]!);       // required
        if (await parts.Agents.FindAsync(scope.Agency, id, op.Stop) is not { } agent) return op.Unknown("agent_mapping_id");
        if (agent.ClientId is not null && number.ClientId is not null && agent.ClientId != number.ClientId)
            return op.Fail(Wrong("The agent is another client's than the number."));
        var reply = await ChangeAsync(op, number, "assigned", before => before with { Agent = id });
        await AgentLines.JoinAsync(op, parts, [number]);
        return reply;
    }

    public async ValueTask<Reply> Unassign(OperationContext op)
    {
        if (await FindAsync(op) is not { } number) return op.Unknown("id");
        return Unready(number) is { } wrong ? op.Fail(wrong)
            : await ChangeAsync(op, number, "unassigned", before => before with { Agent = null });
    }

    /// <summary>
    /// Rows are made to say what the node knows of their numbers, and what was ordered is looked after now: other lists see it at once.
    /// </summary>
    public async ValueTask<Reply> Reconcile(OperationContext op)
    {
        var agency = AgencyScope.Of(op).Agency;
        var said = await parts.Numbers.SaidStatusesAsync(agency, op.Stop);
        await new LateOrders(parts).RunAsync(agency, op.Stop);
        var numbers = await parts.Numbers.ReconcileAsync(agency, Times.Cut(op.Now), op.Stop);
        var corrected = new JsonArray(
        [
            .. numbers.Where(number => said.TryGetValue(number.Id, out string? was) && was != number.Status)
                .Select(number => (JsonNode)new JsonObject
                {
                    ["id"] = number.Id.ToString(), ["phone_number"] = number.Text, ["was"] = said[number.Id], ["status"] = number.Status,
                }),
        ]);
        var stats = new JsonObject { ["checked"] = numbers.Count, ["corrected"] = corrected.Count };
        var note = op.Note("reconciled", RecordType, agency.ToString(), null, stats.DeepClone().AsObject()) with { Tenant = agency };
        if (corrected.Count > 0) await parts.Store.Audit.AppendAsync(note, op.Stop);
        return op.Ok(new JsonObject
        {
            ["message"] = $"{numbers.Count} numbers were compared with those of the node, and {corrected.Count} corrected.",
            ["stats"] = stats, ["corrected"] = corrected,
        });
    }

    private async ValueTask<Reply> ChangeAsync(OperationContext op, AgencyNumber number, string name,
        Func<AgencyNumber, AgencyNumber> change)
    {
        var scope = AgencyScope.Of(op);
        // Its row is there: by that who moves numbers and who makes batches take turns.
        await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop);
        // A client has its row before anything refers to it.
        if (number.ClientId is { } client) await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop);
        Problem? refused = null;
        var after = await parts.Numbers.ChangeAsync(scope.Agency, number.Id, before => change(before) with { UpdatedAt = op.Now },
            (before, now) => op.Note(name, RecordType, number.Id.ToString(), Show(before, scope), Show(now, scope)) with
            {
                Tenant = scope.Agency,
            }, op.Stop, (db, before, now) => (refused = FaultOf(db, scope.Agency, before, now)) is null);
        return after is not null ? op.Ok(Show(after, scope)) : refused is not null ? op.Fail(refused) : op.Unknown("id");
    }

    /// <summary>Why a number is not disabled, and does not come to another client: a batch calls from it, or there is no room.</summary>
    private Problem? FaultOf(IDbConnection db, TenantId agency, AgencyNumber before, AgencyNumber after)
    {
        bool isDisabled = after.IsDisabled && !before.IsDisabled;
        string? client = after.ClientId == before.ClientId ? null : after.ClientId;
        if (!isDisabled && client is null) return null;
        TenancyTable.TakeTurn(db, agency);
        return isDisabled && AgencyNumberTable.IsCalling(db, agency, after.Text)
            ? new("number_in_use", "A batch that is not over calls from the number.")
            : client is not null && AgencyNumberTable.IsCallingForOthers(db, agency, after.Text, client)
            ? new("number_in_use", "A batch of another client, which is not over, calls from the number.")
            : parts.Room.FaultOfNumbers(db, agency, client);
    }

    private static Problem? Gone(AgencyNumber number) =>
        number.Status is AgencyNumber.Released ? Wrong("The number is no longer the agency's.") : null;

    private static Problem? Unready(AgencyNumber number) => Gone(number)
        ?? (number.Status is AgencyNumber.Pending ? Wrong("The operator has not made the number ready yet.") : null);

    private static Problem Wrong(string sentence) => new("invalid_state", sentence);

    private async ValueTask<AgencyNumber?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id)
            && (await parts.Numbers.ListAsync(scope.Agency, op.Stop)).FirstOrDefault(number => number.Id == id) is { } found
            && scope.Sees(found.ClientId) ? found : null;
    }

    public static JsonObject Show(AgencyNumber number, AgencyScope scope) => new()
    {
        ["id"] = number.Id.ToString(), ["agency_id"] = scope.Agency.ToString(), ["client_id"] = number.ClientId,
        ["phone_number"] = number.Text, ["friendly_name"] = number.FriendlyName, ["country_code"] = number.Country,
        ["carrier"] = number.IsBrought ? BroughtNumbers.Carrier : BroughtNumbers.Node,
        ["direction"] = number.Direction, ["status"] = number.Status, ["is_active"] = number.Status is not AgencyNumber.Released,
        ["outbound_allowed"] = number.IsOutboundAllowed, ["daily_call_cap"] = number.DailyCallCap,
        ["agent_mapping_id"] = number.Agent?.ToString(),
        ["order_id"] = number.Order?.ToString(), ["customer_reference"] = number.CustomerReference,
        ["purchased_at"] = AgencyText.Time(number.PurchasedAt), ["released_at"] = AgencyText.Time(number.ReleasedAt),
        ["created_at"] = AgencyText.Time(number.CreatedAt), ["updated_at"] = AgencyText.Time(number.UpdatedAt),
    };
}
