using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Where a campaign is when its list is exhausted.</summary>
public enum ListEnd { Stop, Continue }

/// <summary>What sets how fast a campaign calls.</summary>
public enum Pacing
{
    /// <summary>Its calls per second, and its queue's free agents where it has a queue.</summary>
    Fixed,
    /// <summary>So many calls for each free agent as are needed until one is answered, by the rate of answers so far.</summary>
    Progressive,
    /// <summary>Also for agents who are about to be free, as far as the share of abandoned calls allows it.</summary>
    Predictive,
}

/// <summary>After a result: wait so long, and only so often.</summary>
/// <param name="Reason">A word of <see cref="DialAttempt.Reason"/>: "callee_busy".</param>
/// <param name="Most">Attempts that may end so before the target is done; null for as many as there are tries.</param>
public sealed record OutcomeRule(string Reason, TimeSpan Interval, int? Most)
{
    /// <summary>
    /// Rules with the same word count their attempts together: a face may have one word for several reasons. Null counts its own alone.
    /// </summary>
    public string? Group { get; init; }
}

/// <summary>
/// How a campaign calls: what is stored as <see cref="Campaign.Terms"/>. Each face has its own words for it; these are the store's.
/// </summary>
public sealed record CampaignTerms
{
    public const int MostTries = 100;
    public const double MostCallsPerSecond = 1_000;

    /// <summary>Caller ids, each for one call after the other; a target is always called from the same one. At least one.</summary>
    public required IReadOnlyList<string> From { get; init; }
    /// <summary>Shown beside the caller id; null for nothing.</summary>
    public string? CallerName { get; init; }
    /// <summary>What places the calls; default for the account's default profile.</summary>
    public ConnectionId Connection { get; init; }
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>From the answer on.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);
    /// <summary>From the end of an attempt to the next one to the same target.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>Whom somebody of the account's tree is on the line with already is looked at again so much later.</summary>
    public TimeSpan AfterLiveCall { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>By place of the destination.</summary>
    public IReadOnlyList<int> Tries { get; init; } = [1, 0, 0, 0, 0];
    public IReadOnlyList<OutcomeRule> RetryRules { get; init; } = [];
    public double CallsPerSecond { get; init; } = 2;
    /// <summary>Null for as many as there are.</summary>
    public int? ConcurrentCalls { get; init; }
    public ListEnd End { get; init; }
    /// <summary>The campaign that runs when this one's list is exhausted.</summary>
    public Guid? Next { get; init; }
    public DateTimeOffset? StartsAt { get; init; }
    public DateTimeOffset? EndsAt { get; init; }
    /// <summary>Nobody is called without a consent of this kind or a stronger one.</summary>
    public ConsentKind? Consent { get; init; }
    /// <summary>It sells: who is on a national do-not-call registry is not called without a written consent.</summary>
    public bool IsMarketing { get; init; }
    /// <summary>By the clocks of whom it calls.</summary>
    public CallingWindows Windows { get; init; } = CallingWindows.Always;
    /// <summary>Null for as often as anybody likes.</summary>
    public FrequencyCaps? Caps { get; init; }
    /// <summary>Rules are there and say nothing that can be read: nobody is called.</summary>
    public bool HasUnreadableRules { get; init; }
    /// <summary>Whoever's time zone nobody knows is never called where local time matters; else he waits until somebody knows it.</summary>
    public bool EndsUnknownZones { get; init; }
    /// <summary>Who answers for windows beyond those of the law, as the face has it: each attempt keeps it. Null for nobody.</summary>
    public JsonObject? LegalOverride { get; init; }
    /// <summary>Whose agents take the calls; null for no queue.</summary>
    public Guid? Queue { get; init; }
    /// <summary>Per cent: calls that may be out for a hundred free agents of <see cref="Queue"/>.</summary>
    public int ServiceLevel { get; init; } = 100;
    public Pacing Pacing { get; init; }
    /// <summary>What is said to whoever answers; null where <see cref="Application"/> commands the calls.</summary>
    public string? Message { get; init; }
    /// <summary>
    /// An agent of the face's, which talks with whoever answers as it is then, where it thinks by steps or a language model thinks on the
    /// node; elsewhere <see cref="Message"/> is said.
    /// </summary>
    public Guid? Agent { get; init; }
    /// <summary>What becomes of a machine that answers; null where nobody finds out who has answered.</summary>
    public MachineTerms? Machines { get; init; }
    /// <summary>BCP 47.</summary>
    public string Language { get; init; } = "en-US";
    /// <summary>Commands the calls.</summary>
    public Application? Application { get; init; }
    /// <summary>Nobody is called: <see cref="Application"/> is carried out for each target without a call.</summary>
    public bool IsAlone { get; init; }
    /// <summary>What each attempt keeps of the face's documents as they are when it is made; null for a campaign of no face.</summary>
    public JsonObject? Refs { get; init; }

    public static CampaignTerms Read(JsonObject terms)
    {
        var faults = new List<WindowFault>();
        var windows = WindowsOf(terms, faults);
        return ReadPlain(terms) with { Windows = windows, HasUnreadableRules = faults.Count > 0 || (bool?)terms["unreadable"] is true };
    }

    /// <summary>The windows of a document with the members <c>windows</c> and <c>excluded_dates</c>.</summary>
    public static CallingWindows WindowsOf(JsonObject document, ICollection<WindowFault> faults) => new()
    {
        Windows = CallingWindowJson.ReadWindows(document["windows"], "windows", faults),
        ExcludedDates = CallingWindowJson.ReadDates(document["excluded_dates"], "excluded_dates", faults),
    };

    private static CampaignTerms ReadPlain(JsonObject terms) => new()
    {
        // What is missing here was written by another version, or by nobody.
        From = [.. terms["from"]?.AsArray().Select(one => (string)one!) ?? []],
        CallerName = (string?)terms["caller_name"],
        Connection = new((long?)terms["connection"] ?? 0),
        RingTimeout = Milliseconds(terms, "ring_timeout_ms") ?? TimeSpan.FromSeconds(30),
        TimeLimit = Milliseconds(terms, "time_limit_ms") ?? TimeSpan.FromHours(1),
        RetryInterval = Milliseconds(terms, "retry_interval_ms") ?? TimeSpan.FromMinutes(10),
        AfterLiveCall = Milliseconds(terms, "after_live_call_ms") ?? TimeSpan.FromSeconds(15),
        Tries = [.. terms["tries"]?.AsArray().Select(one => (int)one!) ?? [1, 0, 0, 0, 0]],
        RetryRules =
        [
            .. terms["retry_rules"]?.AsArray().Select(one => new OutcomeRule((string)one!["reason"]!,
                TimeSpan.FromMilliseconds((long)one["interval_ms"]!), (int?)one["most"]) { Group = (string?)one["group"] }) ?? [],
        ],
        CallsPerSecond = (double?)terms["calls_per_second"] ?? 2,
        ConcurrentCalls = (int?)terms["concurrent_calls"],
        End = (string?)terms["end"] is "continue" ? ListEnd.Continue : ListEnd.Stop,
        Next = (string?)terms["next"] is { } next ? Guid.Parse(next) : null,
        StartsAt = Moment(terms, "starts_at"),
        EndsAt = Moment(terms, "ends_at"),
        Consent = (string?)terms["consent"] is { } consent ? ContactWords.Parse<ConsentKind>(consent) : null,
        Caps = terms["caps"] is JsonObject caps ? new()
        {
            MaxPerDay = (int?)caps["max_per_day"], MaxDialsPerDay = (int?)caps["max_dials_per_day"],
            MaxPerWeek = (int?)caps["max_per_week"], MinGap = Milliseconds(caps, "min_gap_ms"),
            IsWeekShared = (bool?)caps["week_shared"] is true,
        } : null,
        Queue = (string?)terms["queue"] is { } queue ? Guid.Parse(queue) : null,
        ServiceLevel = (int?)terms["service_level"] ?? 100,
        Pacing = (string?)terms["pacing"] switch
        {
            "progressive" => Pacing.Progressive,
            "predictive" => Pacing.Predictive,
            _ => Pacing.Fixed,
        },
        Message = (string?)terms["message"],
        Agent = (string?)terms["agent"] is { } agent ? Guid.Parse(agent) : null,
        Machines = terms["machines"] is JsonObject machines ? new((string?)machines["message"]) : null,
        Language = (string?)terms["language"] ?? "en-US",
        Application = (string?)terms["application"] is { } kind ? new(kind, (string?)terms["application_target"] ?? "") : null,
        IsAlone = (bool?)terms["alone"] is true,
        Refs = terms["refs"] as JsonObject,
        EndsUnknownZones = (bool?)terms["ends_unknown_zones"] is true,
        IsMarketing = (bool?)terms["marketing"] is true,
        LegalOverride = terms["legal_override"] as JsonObject,
    };

    public JsonObject Write()
    {
        var terms = new JsonObject
        {
            ["from"] = new JsonArray([.. From.Select(one => (JsonNode)one)]),
            ["caller_name"] = CallerName,
            ["connection"] = Connection == default ? null : Connection.Value,
            ["ring_timeout_ms"] = (long)RingTimeout.TotalMilliseconds,
            ["time_limit_ms"] = (long)TimeLimit.TotalMilliseconds,
            ["retry_interval_ms"] = (long)RetryInterval.TotalMilliseconds,
            ["after_live_call_ms"] = (long)AfterLiveCall.TotalMilliseconds,
            ["tries"] = new JsonArray([.. Tries.Select(one => (JsonNode)one)]),
            ["retry_rules"] = new JsonArray([.. RetryRules.Select(rule => (JsonNode)Write(rule))]),
            ["calls_per_second"] = CallsPerSecond,
            ["concurrent_calls"] = ConcurrentCalls,
            ["end"] = End is ListEnd.Continue ? "continue" : "stop",
            ["next"] = Next?.ToString(),
            ["starts_at"] = StartsAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["ends_at"] = EndsAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["consent"] = Consent is { } consent ? ContactWords.Of(consent) : null,
            ["windows"] = Windows.Windows.Count == 0 ? null : CallingWindowJson.Write(Windows.Windows),
            ["unreadable"] = HasUnreadableRules ? true : null,
            ["excluded_dates"] = Windows.ExcludedDates.Count == 0 ? null : CallingWindowJson.Write(Windows.ExcludedDates),
            ["caps"] = Caps is null ? null : new JsonObject
            {
                ["max_per_day"] = Caps.MaxPerDay, ["max_dials_per_day"] = Caps.MaxDialsPerDay, ["max_per_week"] = Caps.MaxPerWeek,
                ["min_gap_ms"] = (long?)Caps.MinGap?.TotalMilliseconds, ["week_shared"] = Caps.IsWeekShared ? true : null,
            },
            ["queue"] = Queue?.ToString(),
            ["service_level"] = ServiceLevel,
            ["pacing"] = Pacing is Pacing.Fixed ? null : Pacing.ToString().ToLowerInvariant(),
            ["message"] = Message,
            ["agent"] = Agent?.ToString(),
            ["machines"] = Machines is null ? null : new JsonObject { ["message"] = Machines.Message },
            ["language"] = Language,
            ["application"] = Application?.Kind,
            ["application_target"] = Application?.Target,
            ["alone"] = IsAlone ? true : null,
            ["refs"] = Refs?.DeepClone(),
            ["ends_unknown_zones"] = EndsUnknownZones ? true : null,
            ["marketing"] = IsMarketing ? true : null,
            ["legal_override"] = LegalOverride?.DeepClone(),
        };
        foreach (string name in terms.Where(one => one.Value is null).Select(one => one.Key).ToList()) terms.Remove(name);
        return terms;
    }

    /// <summary>From the end of an attempt that ended for this reason to the next one.</summary>
    public TimeSpan GapAfter(string? reason) => RetryRules.FirstOrDefault(rule => rule.Reason == reason)?.Interval ?? RetryInterval;

    /// <summary>The reasons whose attempts count for a rule.</summary>
    public IReadOnlyList<string> CountedBy(OutcomeRule rule) => rule.Group is not { } group ? [rule.Reason]
        : [.. RetryRules.Where(one => one.Group == group).Select(one => one.Reason)];

    private static JsonObject Write(OutcomeRule rule)
    {
        var written = new JsonObject
        {
            ["reason"] = rule.Reason, ["interval_ms"] = (long)rule.Interval.TotalMilliseconds, ["most"] = rule.Most,
        };
        if (rule.Group is { } group) written["group"] = group;
        return written;
    }

    private static TimeSpan? Milliseconds(JsonObject terms, string name) =>
        (long?)terms[name] is { } span ? TimeSpan.FromMilliseconds(span) : null;

    private static DateTimeOffset? Moment(JsonObject terms, string name) => (string?)terms[name] is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
        : null;
}
