using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>How the node dials for a batch: what its campaign, its agent and the batch itself say. Pure.</summary>
internal static class BatchTerms
{
    /// <summary>Until somebody for whom a machine has answered is called again; campaigns of older nodes do not say.</summary>
    public const int UsualVoicemail = 24 * 60 * 60;

    private const double SecondsPerMinute = 60;
    private static readonly TimeSpan LastMinute = TimeSpan.FromMinutes(1);
    /// <summary>Until somebody is looked at again who was on the line already.</summary>
    private static readonly TimeSpan AfterLiveCall = TimeSpan.FromMinutes(10);

    /// <summary>Of a number, whose attempts are capped by the day: calls within any 168 hours, and the rest between two.</summary>
    private const int WeeklyCalls = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromHours(4);

    /// <summary>By which call whoever is busy and whoever does not answer is called again, and whoever cannot be called is not.</summary>
    private static readonly string[] NotAnswered = ["ring_timeout", "remote_timeout", "first_command_timeout", "api_cancel", "api_hangup"],
        Never = ["callee_declined", "not_found", "bad_destination", "emergency_number", "premium_number", "country",
            "whitelisted_destinations", "loop", "emergency_destination", "premium_destination", "country_not_allowed", "target_forbidden"];

    public static CampaignTerms Of(AgencyCampaign campaign, AgentRow agent, BatchRow batch) =>
        Voiced(batch, agent, Paced(batch, With(campaign, new()
        {
            From = batch.Callers,
            Tries = [(int)campaign.MaxAttempts, 0, 0, 0, 0],
            StartsAt = batch.ScheduledFor,
        })));

    /// <summary>From the numbers of the batch, and by its agent as it is now.</summary>
    public static CampaignTerms Voiced(BatchRow batch, AgentRow agent, CampaignTerms terms) => terms with
    {
        From = batch.Callers,
        TimeLimit = TimeSpan.FromSeconds(agent.MaxDurationSeconds),
        Message = agent.FirstSpeakerText,
        Machines = agent.VoicemailPolicy switch
        {
            AgentRow.HangUp => new(Message: null),
            AgentRow.LeaveMessage => new(agent.VoicemailMessage),
            _ => null,
        },
        Agent = agent is { SystemPrompt: null, Script: null } ? null : agent.Id,
        Language = agent.LanguageHint,
    };

    /// <summary>Whoever tries an agent out calls as often as he likes; other calls wait for his as for any.</summary>
    public static CampaignTerms Capped(BatchRow batch, CampaignTerms terms) => batch.IsTest ? terms with { Caps = null } : terms;

    /// <summary>As fast, and as long, as the batch says.</summary>
    public static CampaignTerms Paced(BatchRow batch, CampaignTerms terms) => Capped(batch, terms) with
    {
        CallsPerSecond = batch.CallsPerMinute / SecondsPerMinute,
        ConcurrentCalls = (int)batch.MaxConcurrent,
        EndsAt = batch.WindowEnd,
    };

    /// <summary>With what the campaign says now; how often at most stays what it was when the batch was made.</summary>
    public static CampaignTerms With(AgencyCampaign campaign, CampaignTerms terms)
    {
        var faults = new List<WindowFault>();
        var windows = CampaignTerms.WindowsOf(new JsonObject { ["windows"] = campaign.CallingWindows.DeepClone() }, faults);
        TimeSpan After(string field) => TimeSpan.FromSeconds((long)campaign.RetryPolicy[field]!);        // filled in when it was made
        var afterMachine = TimeSpan.FromSeconds((long?)campaign.RetryPolicy["voicemail_seconds"] ?? UsualVoicemail);
        return terms with
        {
            RetryInterval = After("error_seconds"),
            RetryRules =
            [
                new("callee_busy", After("busy_seconds"), null),
                new(MachineTerms.Machine, afterMachine, null),
                // Whoever has a message is not called again.
                new(MachineTerms.Left, TimeSpan.Zero, 1),
                .. NotAnswered.Select(reason => new OutcomeRule(reason, After("no_answer_seconds"), null)),
                .. Never.Select(reason => new OutcomeRule(reason, TimeSpan.Zero, 1)),
            ],
            Consent = campaign.ConsentRequired is AgencyCampaign.NoConsent ? null
                : ContactWords.Parse<ConsentKind>(campaign.ConsentRequired),
            Caps = campaign.DailyAttemptCap is { } most
                ? new() { MaxPerDay = (int)most, MaxPerWeek = Math.Max(WeeklyCalls, (int)most), MinGap = Rest, IsWeekShared = true }
                : null,
            Windows = new() { Windows = [.. windows.Windows.Select(window => Shortened(window, windows.Windows))] },
            // What nobody can read opens nothing, and neither does no window.
            HasUnreadableRules = faults.Count > 0 || windows.Windows.Count == 0,
            IsMarketing = campaign.Type is AgencyCampaign.Sales,
            AfterLiveCall = AfterLiveCall,
            EndsUnknownZones = true,
            LegalOverride = campaign.LegalOverride,
        };
    }

    /// <summary>Nobody is called in the last minute of a window, unless another one begins with its end.</summary>
    private static CallingWindow Shortened(CallingWindow window, IReadOnlyList<CallingWindow> all)
    {
        var day = TimeSpan.FromDays(1);
        var next = window.End == day ? TimeSpan.Zero : window.End;
        if (all.Any(other => other.Start == next)) return window;
        var end = window.End >= LastMinute ? window.End - LastMinute : window.End - LastMinute + day;
        return end == window.Start ? window : new(window.Days, window.Start, end);
    }

    /// <summary>By whom the node dials a contact.</summary>
    public static Target TargetOf(BatchRow batch, ContactRow contact) => new()
    {
        Id = contact.Id, Tenant = batch.Account, List = batch.ListId,
        Name = string.Join(' ', new[] { contact.FirstName, contact.LastName }.Where(part => part is not null)),
        Data = DataOf(contact), TimeZone = contact.Timezone, IdentityKey = contact.PhoneNumber,
        Destinations = [contact.PhoneNumber, null, null, null, null], DueAt = ContactDue.Of(contact), CreatedAt = contact.CreatedAt,
        UpdatedAt = contact.CreatedAt,
    };

    /// <summary>What an agent's text may put in, beside the name: words of the contact, and those of its own data.</summary>
    public static string DataOf(ContactRow contact) => JsonScratch.Text(contact, static (json, contact) =>
    {
        (string Name, string? Value)[] words =
        [
            ("first_name", contact.FirstName), ("last_name", contact.LastName), ("email", contact.Email),
            ("company", contact.Company), ("title", contact.Title), ("phone_number", contact.PhoneNumber),
        ];
        json.WriteStartObject();
        foreach (var (name, value) in contact.CustomData)
        {
            if (Array.Exists(words, word => word.Value is not null && word.Name == name)) continue;
            json.WritePropertyName(name);
            if (value is null) json.WriteNullValue();
            else value.WriteTo(json);
        }
        foreach (var (name, value) in words)
            if (value is not null) json.WriteString(name, value);
        json.WriteEndObject();
    });
}
