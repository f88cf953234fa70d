using System.Buffers;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>
/// A single call is a batch of one, which calls once: by the one dialler, with all of its rules. Those that forbid it at this moment are
/// told at once.
/// </summary>
internal sealed class SingleCalls(AgencyParts parts, BatchMaking making)
{
    private const long MostPace = 60, OneAtATime = 1;

    /// <summary>In place of a number: whoever asks.</summary>
    private const string Browser = "web";

    /// <summary>For so long a page calls.</summary>
    private static readonly TimeSpan Tried = TimeSpan.FromMinutes(30);

    private static readonly SearchValues<char> Dialled = SearchValues.Create("+0123456789");

    public async ValueTask<Reply> Place(OperationContext op)
    {
        var (scope, body) = (AgencyScope.Of(op), op.ReadObject());
        var agent = await parts.Agents.FindAsync(scope.Agency, Guid.Parse((string)body["agent_mapping_id"]!), op.Stop);
        return agent is null || !scope.Sees(agent.ClientId) ? op.Unknown("agent_mapping_id")
            : await PlaceAsync(op, body, agent, isTest: false);
    }

    /// <summary>An agent is tried out: the same call, by the same rules, and in no figure.</summary>
    public async ValueTask<Reply> Test(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        if (!Guid.TryParse(op.Path("id"), out var id)
            || await parts.Agents.FindAsync(scope.Agency, id, op.Stop) is not { } agent || !scope.Sees(agent.ClientId))
            return op.Unknown("id");
        var body = op.ReadObject();
        return IsForBrowser(body) ? await BrowseAsync(op, body, agent) : await PlaceAsync(op, body, agent, isTest: true);
    }

    /// <param name="body">Of a test call.</param>
    internal static bool IsForBrowser(JsonObject body) => AgencyText.Text(body, "to_number") is Browser;

    /// <summary>Nobody is called: whoever asks calls a number of the agent's by a page.</summary>
    private async ValueTask<Reply> BrowseAsync(OperationContext op, JsonObject body, AgentRow agent)
    {
        if (parts.Browse is not { } browse)
            return op.Fail(new Problem("not_implemented", "A browser calls by the lab, which this node has not: to_number is a number.")
            {
                Pointer = "/to_number",
            });
        var agency = AgencyScope.Of(op).Agency;
        string? text = AgencyText.Number(((string)body["from_number"]!).Trim());       // required
        var number = (await parts.Numbers.ListAsync(agency, op.Stop)).FirstOrDefault(one => one.Text == text);
        if (number is not { Status: AgencyNumber.Active } || number.Agent != agent.Id || !AgentLines.Answers(op.Routing, number))
            return op.Fail(AgencyText.Bad("from_number", "A browser calls a number that the agent has, and that no other API answers."));
        if (browse(agency, number.Text, Tried) is not var (path, until))
            return op.Fail(Fault.Unavailable, "There are as many such pages as there may be: wait until one expires.");
        await parts.Store.Audit.AppendAsync(op.Note("created", "agency_try_link", agent.Id.ToString(), null, new()
        {
            ["phone_number"] = number.Text, ["expires_at"] = AgencyText.Time(until),
        }) with
        { Tenant = agency }, op.Stop);
        return op.Ok(new JsonObject
        {
            ["agency_id"] = agency.ToString(), ["client_id"] = number.ClientId, ["agent_mapping_id"] = agent.Id.ToString(),
            ["from_number"] = number.Text, ["to_number"] = Browser, ["url"] = op.Links.To(path),
            ["expires_at"] = AgencyText.Time(until), ["created_at"] = AgencyText.Time(op.Now),
        });
    }

    private async ValueTask<Reply> PlaceAsync(OperationContext op, JsonObject body, AgentRow agent, bool isTest)
    {
        if (parts.Check is not { } check) return op.Fail(Fault.Unavailable, "Nothing is dialled here.");
        string text = ((string)body["to_number"]!).Trim();       // required
        // Short numbers are asked about, too: they are those that nobody may call.
        string number = AgencyText.Number(text) ?? text;
        if (number.Length == 0 || number.AsSpan().ContainsAnyExcept(Dialled))
            return op.Fail(AgencyText.Bad("to_number", "to_number is a number such as +12125550100."));
        if ((AgencyText.Text(body, "campaign_id") ?? agent.CampaignId) is not { } campaign)
            return op.Fail(AgencyText.Bad("campaign_id", "A call is of a campaign: name it, or give the agent one."));
        string? zone = AgencyText.Text(body, "timezone") is { } named ? ContactZones.Of(named, number) : null;
        if (zone is not null && !ZoneSet.TryParse(zone, out _, out string? fault)) return op.Fail(AgencyText.Bad("timezone", fault));
        var given = new JsonObject
        {
            ["phone_number"] = number, ["timezone"] = zone, ["custom_data"] = body["variables"]?.DeepClone(),
        };
        var (made, refusal) = await making.MakeAsync(op, new()
        {
            ["agent_mapping_id"] = agent.Id.ToString(), ["from_number"] = body["from_number"]!.DeepClone(), ["campaign_id"] = campaign,
            ["name"] = isTest ? "test call" : "single call", ["calls_per_minute"] = MostPace, ["max_concurrent"] = OneAtATime,
            ["contacts"] = new JsonArray(given.DeepClone()),
        }, async (batch, of) => await BlockedAsync(op, check, batch, of, number, zone) ?? Unreadable(op, given), tries: 1, isTest);
        if (made is null) return refusal!;        // one of both is there
        var (placed, contact) = (made.Batch, made.Contacts[0]);       // all was found good
        return op.Ok(new JsonObject
        {
            ["batch_id"] = placed.Id.ToString(), ["contact_id"] = contact.Id.ToString(), ["agency_id"] = placed.TenantId.ToString(),
            ["client_id"] = placed.ClientId, ["campaign_id"] = placed.CampaignId.ToString(),
            ["agent_mapping_id"] = placed.AgentMappingId.ToString(), ["from_number"] = placed.FromNumber, ["to_number"] = number,
            ["status"] = contact.Status, ["created_at"] = AgencyText.Time(placed.CreatedAt),
        });
    }

    /// <summary>What makes it no contact, in the words of a call.</summary>
    private static Reply? Unreadable(OperationContext op, JsonObject given)
    {
        var read = ContactReading.Read(new JsonArray(given.DeepClone()), new() { CreatedAt = op.Now });
        if (read.Accepted.Count > 0) return null;
        return op.Fail((string?)read.Sample[0]!["reason"] is ContactReading.TooLarge        // it is told why
            ? AgencyText.Bad("variables", $"variables have at most {ContactReading.MostData} bytes.")
            : AgencyText.Bad("to_number", "to_number is a number such as +12125550100."));
    }

    private static async ValueTask<Reply?> BlockedAsync(OperationContext op, DialCheck check, BatchRow batch, AgencyCampaign campaign,
        string number, string? zone)
    {
        var terms = BatchTerms.Paced(batch, BatchTerms.With(campaign, new() { From = [batch.FromNumber] }));
        var outlook = await check.AskAsync(batch.Account, terms, batch.FromNumber, number,
            zone, op.Now, op.Stop);
        return outlook.Decision is DialDecision.Allow ? null
            : op.Fail(new Problem("compliance_blocked", $"{ContactProgress.BlockOf(outlook.Reason ?? "unknown")}: {outlook.Detail}")
            {
                Pointer = "/to_number",
            });
    }
}
