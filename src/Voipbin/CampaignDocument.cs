using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows.Actions;

namespace Ringwright.Voipbin;

/// <summary>
/// A campaign's document, and what whoever dials reads of it. It has a copy of what its plan says (<see cref="Plan"/>), which follows the
/// plan, so that all that a campaign dials by is in one row.
/// </summary>
internal static class CampaignDocument
{
    public const string Plan = "plan", Flow = "flow_id";
    /// <summary>True where the list that it names was taken from it since, by a request of the list's own.</summary>
    public const string Lost = "list_is_lost";
    /// <summary>What somebody hears who was called and finds no agent.</summary>
    public const string AbandonedMessage = "abandoned_message";

    private const int DateLetters = 10, LeastRing = 1_000, MostRing = 600_000, UsualRing = 60_000;

    /// <summary>Of a plan: what a campaign copies.</summary>
    private static readonly string[] PlanFields =
    [
        "source", "dial_timeout", "try_interval", "max_try_count_0", "max_try_count_1", "max_try_count_2", "max_try_count_3",
        "max_try_count_4", "windows", "retry_rules",
    ];

    public static JsonObject PlanOf(ResourceRow plan)
    {
        var copy = new JsonObject();
        foreach (string field in PlanFields)
            if (plan.Body[field] is { } value) copy[field] = value.DeepClone();
        return copy;
    }

    public static CampaignFace Read(ResourceRow row)
    {
        var terms = TermsOf(row.Body);
        var list = VoipbinShape.IdOf(row.Body["outdial_id"]);
        // Without a plan, or with one that allows no try, nobody is called, and nobody is done for that.
        bool calls = row.Body[Plan] is not null && terms.Tries.Any(most => most > 0);
        return new((string?)row.Body["name"] ?? "", calls ? list : null, (bool?)row.Body[Lost] is true ? null : list, terms.Write(),
            ResourceKind.DeletedAt(row));
    }

    public static CampaignTerms TermsOf(JsonObject body)
    {
        var plan = body[Plan] as JsonObject ?? [];
        var source = plan["source"] as JsonObject ?? [];
        var faults = new List<WindowFault>();
        return new()
        {
            From = [CallerOf(source)],
            CallerName = VoipbinAddress.CallerNameOf(source),
            RingTimeout = TimeSpan.FromMilliseconds((int?)plan["dial_timeout"] is > 0 and var ring
                ? Math.Clamp(ring, LeastRing, MostRing) : UsualRing),
            RetryInterval = TimeSpan.FromMilliseconds((int?)plan["try_interval"] ?? 0),
            Tries = [.. Enumerable.Range(0, Target.MostDestinations).Select(place => (int?)plan[$"max_try_count_{place}"] ?? 0)],
            RetryRules = RetryRules.Read(plan["retry_rules"] as JsonArray),
            Windows = CampaignTerms.WindowsOf(plan, faults),
            // What nobody can read opens nothing.
            HasUnreadableRules = faults.Count > 0,
            CallsPerSecond = (double?)body["max_calls_per_second"] ?? 2,
            ConcurrentCalls = (int?)body["max_concurrent_calls"],
            End = (string?)body["end_handle"] is "continue" ? ListEnd.Continue : ListEnd.Stop,
            Next = VoipbinShape.IdOf(body["next_campaign_id"]),
            StartsAt = Moment(body["start_at"]),
            EndsAt = Moment(body["stop_at"]),
            Queue = VoipbinShape.IdOf(body["queue_id"]),
            ServiceLevel = (int?)body["service_level"] ?? 0,
            Pacing = (string?)body["pacing"] switch
            {
                "progressive" => Pacing.Progressive,
                "predictive" => Pacing.Predictive,
                _ => Pacing.Fixed,
            },
            IsAlone = (string?)body["type"] is "flow",
            Application = new(ApplicationKind.Flow, (string?)body[Flow] ?? VoipbinShape.Nobody),
            Refs = new()
            {
                ["outplan_id"] = (string?)body["outplan_id"], ["queue_id"] = (string?)body["queue_id"], [Flow] = (string?)body[Flow],
                ["source"] = source.DeepClone(),
            },
        };
    }

    /// <summary>The private flow: the campaign's actions, and its queue behind them.</summary>
    public static JsonObject FlowOf(JsonObject body)
    {
        var actions = new JsonArray();
        foreach (var action in body["actions"] as JsonArray ?? [])
        {
            var own = action!.DeepClone().AsObject(); // an object, as it was checked
            if ((string?)own["id"] is null or "" || (string?)own["id"] == VoipbinShape.Nobody) own["id"] = Guid.NewGuid().ToString();
            actions.Add(own);
        }
        if (VoipbinShape.IdOf(body["queue_id"]) is { } queue)
        {
            var option = new JsonObject { ["queue_id"] = queue.ToString() };
            if ((string?)body[AbandonedMessage] is { Length: > 0 } said) option[QueueJoinAction.AbandonedText] = said;
            actions.Add(new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString(), ["next_id"] = VoipbinShape.Nobody, ["type"] = "queue_join", ["option"] = option,
                ["tm_execute"] = null,
            });
        }
        return new()
        {
            ["type"] = "campaign", ["name"] = (string?)body["name"] ?? "", ["detail"] = "The actions of a campaign.", ["actions"] = actions,
            ["on_complete_flow_id"] = VoipbinShape.Nobody, ["direct_hash"] = "",
        };
    }

    /// <summary>A moment in one of the two notations, or with an offset; null for none.</summary>
    public static DateTimeOffset? Moment(JsonNode? text) => TryMoment((string?)text, out var at) ? at : null;

    /// <summary>The date is there, and its year is first: which month 05/06 is, nobody knows.</summary>
    public static bool TryMoment(string? text, out DateTimeOffset at)
    {
        at = default;
        return text is { Length: >= DateLetters }
            && DateOnly.TryParseExact(text[..DateLetters], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
    }

    /// <summary>Whom the called see; empty where that is neither a number nor a SIP address, and then nobody is called.</summary>
    private static string CallerOf(JsonObject source) => (string?)source["target"] is { Length: > 0 }
        && VoipbinAddress.TypeOf(source) is "tel" or "sip" ? TargetDocument.TextOf(source) : "";
}
