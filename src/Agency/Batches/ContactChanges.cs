using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>Who a contact is and when its first call is due; whom it is called at stays.</summary>
internal sealed class ContactChanges(AgencyParts parts)
{
    /// <summary>The trail stays when the contact goes: it says that these were changed, and not from what to what.</summary>
    private static readonly string[] Personal = ["first_name", "last_name", "email", "company", "title", "custom_data", "external_id"];

    public async ValueTask<Reply> Update(OperationContext op)
    {
        var (scope, body) = (AgencyScope.Of(op), op.ReadObject());
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Contacts.FindAsync(scope.Agency, id, op.Stop) is not { } contact
                || await parts.Campaigns.FindAsync(scope.Agency, contact.CampaignId, op.Stop) is not { } campaign
                || !scope.Sees(campaign.ClientId))
            return op.Unknown("id");
        string? zone = AgencyText.Text(body, "timezone") is { } named ? ContactZones.Of(named, contact.PhoneNumber) : null;
        if (zone is not null && !ZoneSet.TryParse(zone, out _, out string? fault)) return op.Fail(AgencyText.Bad("timezone", fault));
        var data = body["custom_data"] as JsonObject ?? [];
        if (Encoding.UTF8.GetByteCount(data.ToJsonString()) > ContactReading.MostData)
            return op.Fail(AgencyText.Bad("custom_data", $"custom_data has at most {ContactReading.MostData} bytes."));
        // It would be kept, and he called: as of a row of a list, whoever sends it is told. What is there already is no news.
        if (data.Any(word => ContactReading.IsDoNotCall(word) && !JsonNode.DeepEquals(word.Value, contact.CustomData[word.Key])))
            return op.Fail(AgencyText.Bad("custom_data", "custom_data says that nobody is to call the contact, which keeps no call away: "
                + "put the number onto the do-not-call list (POST /dnc) and leave that word out."));
        string? clock = body.ContainsKey("timezone") ? zone : contact.Timezone;
        if (ContactDue.Read(body, op.Now, out var scheduled, out _, clock, contact.PhoneNumber) is not null)
            return op.Fail(AgencyText.Bad("scheduled_for", "scheduled_for is a moment such as 2026-02-20T10:00:00Z, within 30 days."));
        bool isTimed = body.ContainsKey("scheduled_for");
        if (isTimed && !contact.IsUntried)
            return op.Fail(Fault.WrongState, "Somebody has tried the contact, or it is over: a callback says when it is called again.");
        string? Of(string field, string? was) => body.ContainsKey(field) ? AgencyText.Text(body, field) : was;
        var now = await parts.Contacts.ChangeAsync(scope.Agency, id, before => ContactDue.PutAnew(before, before with
        {
            FirstName = Of("first_name", before.FirstName),
            LastName = Of("last_name", before.LastName),
            Email = Of("email", before.Email),
            Company = Of("company", before.Company),
            Title = Of("title", before.Title),
            Timezone = body.ContainsKey("timezone") ? zone : before.Timezone,
            CustomData = body.ContainsKey("custom_data") ? data.DeepClone().AsObject() : before.CustomData,
            ExternalId = Of("external_id", before.ExternalId),
            Priority = (long?)body["priority"] ?? before.Priority,
            ScheduledFor = isTimed ? scheduled : before.ScheduledFor,
            UpdatedAt = op.Now,
        }), BatchTerms.TargetOf, (before, after) => op.Note("updated", "campaign_contact", id.ToString(), Said(before), Said(after),
            Personal) with
        {
            Tenant = scope.Agency,
        }, op.Stop);
        return now is null ? op.Unknown("id") : op.Ok(AgencyContacts.Show(now, isMasked: false, phase: null));
    }

    private static JsonObject Said(ContactRow contact) => new()
    {
        ["first_name"] = contact.FirstName, ["last_name"] = contact.LastName, ["email"] = contact.Email, ["company"] = contact.Company,
        ["title"] = contact.Title, ["timezone"] = contact.Timezone, ["custom_data"] = contact.CustomData.DeepClone(),
        ["scheduled_for"] = AgencyText.Time(contact.ScheduledFor), ["priority"] = contact.Priority, ["external_id"] = contact.ExternalId,
    };
}
