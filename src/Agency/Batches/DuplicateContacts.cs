using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>What becomes of a contact whose number is there: it is left out, or laid over who is there, or refused with all.</summary>
internal enum OnDuplicate { Skip, Update, Refuse }

/// <summary>Reads that, and lays one contact over another. Pure.</summary>
internal static class DuplicateContacts
{
    public static OnDuplicate Of(JsonObject body) => AgencyText.Text(body, "on_duplicate") switch
    {
        "update" => OnDuplicate.Update,
        "refuse" => OnDuplicate.Refuse,
        _ => OnDuplicate.Skip,
    };

    /// <summary>Null where none is there already.</summary>
    public static Problem? Refusal(int many) => many == 0 ? null
        : new("already_exists", $"{many} of the contacts are there already, or stand in the list twice, and on_duplicate is refuse.");

    /// <summary>Who is there, with all that the other one says; what it does not say stays, and whoever is over stays as he is.</summary>
    public static ContactRow Laid(ContactRow before, ContactRow given)
    {
        if (before.IsOver) return before;
        var after = before with
        {
            FirstName = given.FirstName ?? before.FirstName,
            LastName = given.LastName ?? before.LastName,
            Email = given.Email ?? before.Email,
            Company = given.Company ?? before.Company,
            Title = given.Title ?? before.Title,
            Timezone = given.Timezone ?? before.Timezone,
            ExternalId = given.ExternalId ?? before.ExternalId,
            CustomData = given.CustomData.Count > 0 ? given.CustomData.DeepClone().AsObject() : before.CustomData,
            Priority = given.Priority != 0 ? given.Priority : before.Priority,
            ScheduledFor = given.ScheduledFor ?? before.ScheduledFor,
            UpdatedAt = given.UpdatedAt,
        };
        return ContactDue.PutAnew(before, after);
    }
}
