using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Calls;

namespace Ringwright.Agency.Figures;

/// <summary>
/// Counts of some calls, and the rates that follow from them. Rates are of a hundred, with one decimal, half away from zero; one of nothing
/// is 0. Pure.
/// </summary>
internal sealed record Kpis
{
    private const int SecondsPerMinute = 60, RatioDigits = 4, MeanDigits = 2;
    private const string Booked = "appointment_booked", Resolved = "resolved", Escalated = "escalated", Voicemail = "voicemail";

    /// <summary>What a person says of a call in which somebody was talked to.</summary>
    private static readonly string[] Talks =
        ["conversation", Booked, "callback_requested", "not_interested", Resolved, Escalated, "unresolved"];

    /// <summary>Ends by a fault of the line or of the node.</summary>
    private static readonly string[] Faults = ["connection_error", "system_error"];

    public long Total { get; init; }
    /// <summary>Outgoing calls: every dial is one.</summary>
    public long Attempts { get; init; }
    public long Answered { get; init; }
    public long AnsweredOut { get; init; }
    /// <summary>Answered, and over.</summary>
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Unanswered { get; init; }
    /// <summary>Answered, and by no machine.</summary>
    public long Connected { get; init; }
    public long ConnectedOut { get; init; }
    public long Conversations { get; init; }
    public long Qualified { get; init; }
    public long Meetings { get; init; }
    public long ResolvedIssues { get; init; }
    public long Escalations { get; init; }
    public long DurationSeconds { get; init; }
    public long BilledSeconds { get; init; }
    /// <summary>Calls that say how satisfied somebody was, and their stars together.</summary>
    public long Rated { get; init; }
    public long Stars { get; init; }
    /// <summary>Connected, and not by the first try.</summary>
    public long ConnectedLater { get; init; }
    /// <summary>Completed calls of which nobody has said what they came to by what was said.</summary>
    public long Unjudged { get; init; }
    /// <summary>What models have said that it cost to judge the calls, in millionths of a US dollar.</summary>
    public long LlmMicros { get; init; }

    public static Kpis Of(IEnumerable<CallSum> sums)
    {
        var all = new Kpis();
        foreach (var sum in sums)
        {
            bool isOut = sum.Direction is "outbound", isAnswered = sum.Answered != 0, isOver = sum.Ended != 0;
            bool hasFailed = isOver && EndOf(sum) is { } end && Faults.Contains(end);
            long one = sum.Calls, connected = isAnswered && sum.Disposition is not Voicemail ? one : 0;
            long If(bool holds) => holds ? one : 0;
            all = new()
            {
                Total = all.Total + one, Attempts = all.Attempts + If(isOut), Answered = all.Answered + If(isAnswered),
                AnsweredOut = all.AnsweredOut + If(isOut && isAnswered), Completed = all.Completed + If(isAnswered && isOver),
                Failed = all.Failed + If(hasFailed), Unanswered = all.Unanswered + If(isOver && !isAnswered && !hasFailed),
                Connected = all.Connected + connected, ConnectedOut = all.ConnectedOut + (isOut ? connected : 0),
                Conversations = all.Conversations + (Talks.Contains(sum.Disposition) ? connected : 0),
                Qualified = all.Qualified + (sum.Disposition is Booked ? connected : Math.Min(connected, Math.Max(sum.Leads, sum.Booked))),
                Meetings = all.Meetings + (sum.Disposition is Booked ? connected : Math.Min(connected, sum.Booked)),
                ResolvedIssues = all.ResolvedIssues + (sum.Disposition is Resolved ? connected : Math.Min(connected, sum.Resolved)),
                Escalations = all.Escalations + (sum.Disposition is Escalated ? connected : Math.Min(connected, sum.Escalated)),
                Rated = all.Rated + sum.Rated, Stars = all.Stars + sum.Stars,
                ConnectedLater = all.ConnectedLater + Math.Min(connected, sum.Retried),
                DurationSeconds = all.DurationSeconds + (isAnswered && isOver ? sum.Talk : 0),
                BilledSeconds = all.BilledSeconds + sum.Billed,
                Unjudged = all.Unjudged + (isAnswered && isOver ? one - sum.Analyzed : 0), LlmMicros = all.LlmMicros + sum.LlmMicros,
            };
        }
        return all;
    }

    public JsonObject Write() => new()
    {
        ["total_calls"] = Total, ["attempts"] = Attempts, ["answered_calls"] = Answered, ["completed_calls"] = Completed,
        ["failed_calls"] = Failed, ["unanswered_calls"] = Unanswered, ["answer_rate"] = Rate(AnsweredOut, Attempts),
        ["connected_calls"] = Connected, ["contact_rate"] = Rate(Connected, Total), ["machine_calls"] = Answered - Connected,
        ["machine_rate"] = Rate(Answered - Connected, Answered), ["conversations_had"] = Conversations,
        ["conversation_rate"] = Rate(Conversations, Connected), ["qualified_leads"] = Qualified,
        ["qualification_rate"] = Rate(Qualified, Conversations), ["meetings_booked"] = Meetings,
        ["booking_rate"] = Rate(Meetings, Qualified),
        ["overall_conversion_rate"] = Rate(Meetings, Total), ["resolved_issues"] = ResolvedIssues,
        ["resolution_rate"] = Rate(ResolvedIssues, Conversations), ["escalations"] = Escalations,
        ["escalation_rate"] = Rate(Escalations, Conversations), ["total_duration_seconds"] = DurationSeconds,
        ["avg_duration_seconds"] = Mean, ["minutes_billed"] = Minutes,
        ["attempts_per_connect"] = ConnectedOut == 0 ? null
            : Math.Round((decimal)Attempts / ConnectedOut, 2, MidpointRounding.AwayFromZero),
        ["retry_lift"] = Connected == 0 ? 0
            : Math.Round((decimal)ConnectedLater / Connected, RatioDigits, MidpointRounding.AwayFromZero),
        ["csat"] = Rated == 0 ? null : Math.Round((decimal)Stars / Rated, MeanDigits, MidpointRounding.AwayFromZero),
        ["csat_calls"] = Rated,
    };

    /// <param name="isOfService">A campaign of customer success ends in issues that are resolved.</param>
    public (JsonObject Funnel, JsonObject Rates) Funnel(bool isOfService)
    {
        var funnel = new JsonObject { ["total_calls"] = Total, ["connected"] = Connected, ["conversation"] = Conversations };
        var rates = new JsonObject
        {
            ["contact_rate"] = Rate(Connected, Total), ["connected_to_conversation"] = Rate(Conversations, Connected),
        };
        if (isOfService)
        {
            funnel["resolved"] = ResolvedIssues;
            rates["conversation_to_resolved"] = Rate(ResolvedIssues, Conversations);
            rates["overall_conversion"] = Rate(ResolvedIssues, Conversations);
            return (funnel, rates);
        }
        (funnel["qualified"], funnel["appointment_booked"]) = (Qualified, Meetings);
        rates["conversation_to_qualified"] = Rate(Qualified, Conversations);
        rates["qualified_to_booked"] = Rate(Meetings, Qualified);
        rates["overall_conversion"] = Rate(Meetings, Total);
        return (funnel, rates);
    }

    /// <summary>Of completed calls, in whole seconds.</summary>
    public long Mean => Completed == 0 ? 0 : (long)Math.Round((decimal)DurationSeconds / Completed, MidpointRounding.AwayFromZero);

    public decimal Minutes => Math.Round((decimal)BilledSeconds / SecondsPerMinute, 2, MidpointRounding.AwayFromZero);

    public static decimal Rate(long part, long whole) =>
        whole == 0 ? 0 : Math.Round(100m * part / whole, 1, MidpointRounding.AwayFromZero);

    /// <summary>The outcome of calls that are over, as their own page has it; null where it is none.</summary>
    public static string? OutcomeOf(CallSum sum) => WordOf(sum, AgencyCall.Outcomes) is not AgencyCall.None and var word ? word : null;

    private static string? EndOf(CallSum sum) => WordOf(sum, AgencyCall.Ends);

    private static string? WordOf(CallSum sum, FaceWords words) => sum.Ended == 0 || sum.Cause is not { } cause ? null
        : words[new(AgencyCall.CauseOf(cause), sum.Direction is "outbound" ? Direction.Outbound : Direction.Inbound, sum.Answered != 0)];
}
