using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Windows;
using Ringwright.Store;

namespace Ringwright.Agency.Batches;

/// <summary>
/// When the first call of a contact is due, and who goes before whom. The dialler takes whoever has been due for longest, so that a
/// priority is a time that has passed (ADR 211). Pure.
/// </summary>
internal static class ContactDue
{
    public const int MostPriority = 100;
    public const string BadTime = "invalid_scheduled_for", BadPriority = "invalid_priority";

    public static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(30);

    /// <summary>Of a batch that takes contacts for as long as this each priority is still one of its own.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromDays(365);

    /// <summary>Those who come together are made within less, and so soon nobody is called.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(250), StepBehind = TimeSpan.FromMilliseconds(5);

    /// <summary>When the dialler may call it first, unless windows or lists put it off.</summary>
    public static DateTimeOffset Of(ContactRow contact) =>
        // Of one moment the higher priority is first, and none is before it.
        contact.ScheduledFor is { } at && at > contact.CreatedAt ? at.AddMicroseconds(MostPriority - contact.Priority)
        : contact.Priority > 0 ? contact.CreatedAt - contact.Priority * Step
        : contact.Priority < 0 ? contact.CreatedAt + Behind - contact.Priority * StepBehind
        : contact.CreatedAt;

    /// <summary>Of a target that nobody has tried: it stands where its contact was put, and nothing has put it off.</summary>
    public static bool IsWhereItWasPut(DialledTarget target) =>
        target.Tries == 0 && target.DueAt <= target.CreatedAt + Behind + MostPriority * StepBehind;

    /// <summary>As one stands whom nobody has tried; who is over stays so.</summary>
    public static ContactRow Put(ContactRow contact) => contact.IsOver ? contact
        : contact.ScheduledFor > contact.CreatedAt ? contact with { Status = ContactRow.Scheduled, NextAttemptAt = Of(contact) }
        : contact with { Status = ContactRow.Pending, NextAttemptAt = null };

    /// <summary>One that has changed: where it stands anew when nobody has tried it; else its time stays what it was.</summary>
    public static ContactRow PutAnew(ContactRow before, ContactRow after) =>
        !before.IsUntried ? after with { ScheduledFor = before.ScheduledFor }
        : before.ScheduledFor == after.ScheduledFor && before.Priority == after.Priority ? after : Put(after);

    /// <summary>Reads <c>scheduled_for</c> and <c>priority</c> of a contact, as JSON and as files have them.</summary>
    /// <param name="scheduled">Null for no time.</param>
    /// <param name="zone">Of the contact, by its IANA id: by its clock, or those of its <paramref name="number"/>, a day begins.</param>
    /// <returns>What is wrong: <see cref="BadTime"/> or <see cref="BadPriority"/>; null for nothing.</returns>
    public static string? Read(JsonObject given, DateTimeOffset now, out DateTimeOffset? scheduled, out int priority, string? zone = null,
        string? number = null)
    {
        (scheduled, priority) = (null, 0);
        if (given["priority"] is JsonValue said && !TryPriority(said, out priority)) return BadPriority;
        if (AgencyText.Text(given, "scheduled_for") is not { } text) return null;
        if (Moment(text, zone, number) is not { } moment || moment > now + FarthestAhead) return BadTime;
        scheduled = Times.Cut(moment);
        return null;
    }

    /// <summary>When somebody wants a contact to be called; of a day alone when that begins where the contact is.</summary>
    /// <param name="zone">Of the contact, by its IANA id.</param>
    /// <returns>Null for what is no moment.</returns>
    public static DateTimeOffset? Moment(string text, string? zone, string? number) => AgencyText.Moment(text) is not { } moment ? null
        : AgencyText.DayAlone(text) is { } day && RecipientZones.Where(zone, number) is { } place ? place.StartOf(day) : moment;

    public static bool TryPriority(string text, out int priority) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority) && IsPriority(priority);

    private static bool TryPriority(JsonValue said, out int priority) => said.TryGetValue(out string? text)
        ? TryPriority(text, out priority) : said.TryGetValue(out priority) && IsPriority(priority);

    private static bool IsPriority(int priority) => priority is >= -MostPriority and <= MostPriority;
}
