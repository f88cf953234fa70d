using System.Buffers;
using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Compliance;

/// <summary>Whether a number would be called, by those who would call it.</summary>
internal sealed class ComplianceCheck(AgencyParts parts)
{
    private static readonly SearchValues<char> Dialled = SearchValues.Create("+0123456789");

    public async ValueTask<Reply> Ask(OperationContext op)
    {
        if (parts.Check is not { } check) return op.Fail(Fault.Unavailable, "Nothing is dialled here.");
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        string text = ((string)body["to_number"]!).Trim();       // required
        // Short numbers are asked about, too: they are those that nobody may call.
        string number = AgencyText.Number(text) ?? text;
        if (number.Length == 0 || number.AsSpan().ContainsAnyExcept(Dialled))
            return op.Fail(AgencyText.Bad("to_number", "to_number is a number such as +12125550100."));
        string? zone = AgencyText.Text(body, "timezone") is { } named ? ContactZones.Of(named, number) : null;
        if (zone is not null && !ZoneSet.TryParse(zone, out _, out string? fault)) return op.Fail(AgencyText.Bad("timezone", fault));
        string? moment = AgencyText.Text(body, "at");
        if (moment is not null && AgencyText.Moment(moment) is null)
            return op.Fail(AgencyText.Bad("at", "at is a moment such as 2026-02-20T10:00:00Z."));
        var (campaign, account, refusal) = await CallerAsync(op, scope, body);
        if (refusal is not null) return refusal;
        string? client = ListOwner.ClientOf(scope.Agency, account);
        string? from = AgencyText.Text(body, "from_number") is { } said ? AgencyText.NumberOr(said) : null;
        bool MayCall(AgencyNumber one) => one is { Status: AgencyNumber.Active, IsOutboundAllowed: true }
            && (one.ClientId is null || one.ClientId == client) && (from is null || one.Text == from && scope.Sees(one.ClientId));
        var shown = (await parts.Numbers.ListAsync(scope.Agency, op.Stop)).FirstOrDefault(MayCall);
        if (from is not null && shown is null)
            return op.Fail(AgencyText.Bad("from_number", "from_number is no active number that may call here."));

        var at = AgencyText.Moment(moment) ?? op.Now;
        string caller = shown?.Text ?? "";
        var terms = campaign is null ? null : BatchTerms.With(campaign, new() { From = [caller] });
        var outlook = await check.AskAsync(account, terms, caller, number, zone, at, op.Stop);
        if (shown is null && outlook.Decision is DialDecision.Allow)
            outlook = new(DialDecision.Defer, "no_from_number", null, "There is no active number that may call.", []);
        return op.Ok(new JsonObject
        {
            ["to_number"] = number, ["client_id"] = client, ["campaign_id"] = campaign?.Id.ToString(), ["at"] = AgencyText.Time(at),
            ["decision"] = outlook.Decision switch
            {
                DialDecision.Allow => "allow",
                DialDecision.Defer => "defer",
                _ => "block",
            },
            ["reason"] = outlook.Reason is { } reason ? ContactProgress.BlockOf(reason) : null, ["message"] = outlook.Detail,
            ["until"] = AgencyText.Time(outlook.Until), ["evidence"] = outlook.Evidence.DeepClone(),
        });
    }

    /// <summary>Whose call it would be: the campaign's client's, else the client's or the agency's own.</summary>
    private async ValueTask<(AgencyCampaign? Campaign, TenantId Account, Reply? Refusal)> CallerAsync(OperationContext op,
        AgencyScope scope, JsonObject body)
    {
        if (AgencyText.Text(body, "campaign_id") is not { } id)
        {
            var (owner, refusal) = await ListOwner.ReadAsync(op, parts, body, asked: null);
            return (null, owner, refusal);
        }
        if (await parts.Campaigns.FindAsync(scope.Agency, Guid.Parse(id), op.Stop) is not { } campaign || !scope.Sees(campaign.ClientId))
            return (null, default, op.Unknown("campaign_id"));
        if (AgencyText.Text(body, "client_id") is { } client && client.ToLowerInvariant() != campaign.ClientId)
            return (null, default, op.Fail(AgencyText.Bad("client_id", "The campaign is another client's.")));
        return campaign.Status is AgencyCampaign.Active ? (campaign, new(Guid.Parse(campaign.ClientId)), null)
            : (null, default, op.Fail(Fault.WrongState, $"The campaign is {campaign.Status}."));
    }
}
