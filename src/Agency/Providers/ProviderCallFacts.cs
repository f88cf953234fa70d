using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Agency.Providers;

/// <summary>
/// What an event of a provider says of a call: as much of the call that it brings as the event is believed for, so that what comes late or
/// twice changes nothing. Pure.
/// </summary>
internal sealed record ProviderCallFacts
{
    public const string Started = "call.started", Joined = "call.joined", Ended = "call.ended", Billed = "call.billed";
    /// <summary>No event: the call as the provider shows it when it is asked.</summary>
    public const string Whole = "call";

    public static readonly IReadOnlyList<string> Events = [Started, Joined, Ended, Billed];

    private const int LongestText = 255, LongestSummary = 16_000, FewestWithoutPlus = 11, MostDigits = 15;

    /// <summary>Who called, of a call that came by SIP: the provider writes it down among the call's metadata.</summary>
    private const string CallerBySip = "ultravox.sip.caller_id";
    private const string Sip = "sip:";

    public string CallId { get; private init; } = "";
    public DateTimeOffset? StartedAt { get; private init; }
    public DateTimeOffset? JoinedAt { get; private init; }
    public DateTimeOffset? EndedAt { get; private init; }
    public string? EndReason { get; private init; }
    /// <summary>What ended its SIP session, which may be known with the bill alone.</summary>
    public string? SipReason { get; private init; }
    public string? ShortSummary { get; private init; }
    public string? Summary { get; private init; }
    /// <summary>Rounded up.</summary>
    public long? BilledSeconds { get; private init; }
    public string? BillingStatus { get; private init; }
    public string? AgentId { get; private init; }
    public string? AgentName { get; private init; }
    public bool IsOutbound { get; private init; }
    /// <summary>It came by telephone. Of one that is neither, as by a carrier's stream, nobody has said which way it went.</summary>
    public bool IsInbound { get; private init; }
    /// <summary>Empty where the call was by no telephone, or nobody has said who called.</summary>
    public string From { get; private init; } = "";
    public string To { get; private init; } = "";
    /// <summary>As whoever made the call has said, who may be anybody.</summary>
    public Guid? BatchId { get; private init; }
    public Guid? ContactId { get; private init; }

    /// <param name="said">The event, or <see cref="Whole"/>.</param>
    /// <param name="at">When it came: of what has happened, and does not say when.</param>
    /// <exception cref="FormatException">A field is not what it is by the provider's description; the text names it.</exception>
    public static ProviderCallFacts Read(string said, JsonObject call, DateTimeOffset at)
    {
        var agent = call["agent"] as JsonObject;
        var metadata = call["metadata"] as JsonObject ?? [];
        var medium = call["medium"] as JsonObject;
        var outgoing = WayOf(medium, "outgoing");
        string from = PartyOf(outgoing is null ? SaidOf(metadata, CallerBySip) : TextOf(outgoing, "from", LongestText));
        bool isEnd = said is Ended or Whole, isBill = said is Billed or Whole;
        var joined = said is Joined or Ended or Whole ? MomentOf(call, "joined") : null;
        var ended = isEnd ? MomentOf(call, "ended") : null;
        return new()
        {
            CallId = TextOf(call, "callId", LongestText) ?? throw new FormatException("callId is no text"),
            StartedAt = MomentOf(call, "created"),
            JoinedAt = said is Joined ? joined ?? at : joined,
            EndedAt = said is Ended ? ended ?? at : ended,
            EndReason = isEnd ? TextOf(call, "endReason", LongestText) : null,
            SipReason = (isEnd || isBill) && call["sipDetails"] is JsonObject sip ? TextOf(sip, "terminationReason", LongestText) : null,
            ShortSummary = isEnd ? TextOf(call, "shortSummary", LongestSummary) : null,
            Summary = isEnd ? TextOf(call, "summary", LongestSummary) : null,
            BilledSeconds = isBill ? SecondsOf(TextOf(call, "billedDuration", LongestText)) : null,
            BillingStatus = isBill ? TextOf(call, "billingStatus", LongestText) : null,
            AgentId = TextOf(call, "agentId", LongestText) ?? (agent is null ? null : TextOf(agent, "agentId", LongestText)),
            AgentName = agent is null ? null : TextOf(agent, "name", LongestText),
            IsOutbound = outgoing is not null,
            IsInbound = outgoing is null && (from.Length > 0 || WayOf(medium, "incoming") is not null),
            From = from,
            To = outgoing is null ? "" : PartyOf(TextOf(outgoing, "to", LongestText)),
            BatchId = IdOf(metadata, "batch_id"), ContactId = IdOf(metadata, "contact_id"),
        };
    }

    /// <summary>Nobody will ever say what became of the call: it ends by a fault.</summary>
    /// <param name="at">Its last sign of life.</param>
    public static ProviderCallFacts Lost(string callId, DateTimeOffset at) =>
        new() { CallId = callId, EndedAt = at, EndReason = "system_error" };

    /// <summary>Of whichever carrier: a medium has one member, and in it the way out where the call was placed, or the way in.</summary>
    private static JsonObject? WayOf(JsonObject? medium, string name) =>
        medium?.Select(way => (way.Value as JsonObject)?[name]).OfType<JsonObject>().FirstOrDefault();

    private static string? TextOf(JsonObject of, string name, int longest)
    {
        if (of[name] is not { } value) return null;
        string text = value is JsonValue plain && plain.TryGetValue(out string? read) ? read
            : throw new FormatException($"{name} is no text");
        return Clipped.Of(text, longest);
    }

    private static DateTimeOffset? MomentOf(JsonObject call, string name) => TextOf(call, name, LongestText) is not { } text ? null
        : AgencyText.Moment(text) ?? throw new FormatException($"{name} is no time");

    /// <summary>Such as <c>12.5s</c>.</summary>
    private static long? SecondsOf(string? text) => text is null ? null
        : decimal.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds < int.MaxValue ? (long)Math.Ceiling(seconds) : throw new FormatException("billedDuration is no time");

    /// <summary>The number, also of a SIP URI whose user it is: whoever is looked for or wants no more calls is known by it.</summary>
    private static string PartyOf(string? text)
    {
        if (text is null) return "";
        int end = text.IndexOf('@', StringComparison.Ordinal);
        bool isUri = end > Sip.Length && text.StartsWith(Sip, StringComparison.OrdinalIgnoreCase);
        string party = isUri ? text[Sip.Length..end] : text;
        return AgencyText.Number(party) ?? WithPlus(party) ?? text;
    }

    /// <summary>Many carriers leave the plus out. Of fewer digits nobody knows whether the first are a country's code.</summary>
    private static string? WithPlus(string party)
    {
        if (party.Length is < FewestWithoutPlus or > MostDigits || party.AsSpan().ContainsAnyExceptInRange('0', '9')) return null;
        var plans = NumberingPlans.Load();
        int code = plans.CallingCodeLength(party);
        return code > 0 && plans.Fits(party[..code], party.AsSpan(code)) ? AgencyText.Number("+" + party) : null;
    }

    /// <summary>Metadata are anybody's: what is no text there is none.</summary>
    private static string? SaidOf(JsonObject metadata, string name) =>
        metadata[name] is JsonValue value && value.TryGetValue(out string? text) ? Clipped.Of(text, LongestText) : null;

    /// <summary>What is no id there is none.</summary>
    private static Guid? IdOf(JsonObject metadata, string name) => Guid.TryParseExact(SaidOf(metadata, name), "D", out var id) ? id : null;
}
