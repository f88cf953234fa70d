using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Talking;

/// <summary>What a call came to: the model's answer, with what is known without it in its place. Pure.</summary>
internal sealed record CallAnalysis
{
    private const int LongestSummary = 800, LongestText = 500, MostListed = 50, Thousand = 1_000, Unhappy = 1, Happy = 5;
    private const string OptedOut = "dnc_requested";

    /// <summary>As it is kept and shown.</summary>
    public required JsonObject Document { get; init; }
    public required string Disposition { get; init; }
    public required string Sentiment { get; init; }
    /// <summary>The agent's share of what was said, by its characters, in thousandths.</summary>
    public long TalkPermille { get; init; }
    public long Interruptions { get; init; }
    public long Objections { get; init; }
    public long ObjectionsHandled { get; init; }
    public long BuyingSignals { get; init; }
    /// <summary>Null where the campaign wins nobody, or where the model left it out.</summary>
    public bool? IsQualified { get; init; }
    public bool? HasMeeting { get; init; }
    /// <summary>The same of a campaign that serves customers; and how satisfied whoever was called was, 1 to 5.</summary>
    public bool? IsResolved { get; init; }
    public bool? IsEscalated { get; init; }
    public int? Satisfaction { get; init; }
    /// <summary>The person wants no more calls, as the model found; one that an agent put onto the list needs nobody to find it.</summary>
    public bool WantsNoCalls { get; init; }
    public double Confidence { get; init; }
    /// <summary>How far the agent has done what it was told, in thousandths; null where nobody knows what that was.</summary>
    public long? ScriptPermille { get; init; }

    /// <summary>A person said something that was understood, and did not only press the key for no more calls.</summary>
    public static bool IsJudged(IEnumerable<TurnRow> turns) =>
        turns.Any(turn => turn is { Role: TurnRow.User, Body: not (TurnRow.OptOutKey or TurnRow.Unrecognised) });

    /// <param name="answer">Fits the schema of <see cref="CallQuestion"/>.</param>
    /// <param name="hasScript">Somebody knows what the agent was told.</param>
    public static CallAnalysis Of(JsonObject answer, IReadOnlyList<TurnRow> turns, bool hasScript = false)
    {
        answer = Readable(answer)!.AsObject();      // an object
        bool hasOptedOut = turns.Any(turn => turn.Tool is TalkDefinition.OptOut);
        var objections = ListOf(answer, "objections");
        var signals = ListOf(answer, "buying_signals");
        long agent = LengthOf(turns, TurnRow.Agent), person = LengthOf(turns, TurnRow.User);
        long talk = agent + person == 0 ? 0 : agent * Thousand / (agent + person);
        double confidence = Math.Clamp((double)answer["confidence"]!, 0, 1);
        long interruptions = (long)Math.Clamp((double)answer["interruptions"]!, 0, turns.Count);
        bool wants = (bool)answer[OptedOut]!;
        var document = answer.DeepClone().AsObject();
        string disposition = hasOptedOut ? OptedOut : (string)answer["disposition"]!;
        document["summary"] = Clipped.Of((string)answer["summary"]!, LongestSummary);
        (document["disposition"], document[OptedOut]) = (disposition, wants || hasOptedOut);
        (document["objections"], document["buying_signals"]) = (objections, signals);
        foreach (string name in (string[])["key_points", "action_items"]) document[name] = ListOf(answer, name);
        (document["confidence"], document["interruptions"]) = (confidence, interruptions);
        document["talk_ratio"] = talk / (double)Thousand;
        document["listen_ratio"] = (Thousand - talk) / (double)Thousand;
        document["sentiment_score"] = Math.Clamp((double)answer["sentiment_score"]!, -1, 1);
        double? adherence = hasScript && answer["script_adherence"] is { } kept ? Math.Clamp((double)kept, 0, 1) : null;
        document["script_adherence"] = adherence;
        TakeIn(document);
        return new()
        {
            Document = document, Disposition = disposition, Sentiment = (string)answer["sentiment"]!, TalkPermille = talk,
            Interruptions = interruptions, Objections = objections.Count,
            ObjectionsHandled = objections.Count(one => (bool)one!["handled"]!), BuyingSignals = signals.Count,
            IsQualified = (bool?)answer["qualified"], HasMeeting = (bool?)answer["meeting_booked"],
            IsResolved = (bool?)answer["issue_resolved"], IsEscalated = (bool?)answer["escalated"],
            Satisfaction = (int?)document["satisfaction"],
            WantsNoCalls = wants && !hasOptedOut, Confidence = confidence,
            ScriptPermille = adherence is { } share ? (long)Math.Round(share * Thousand) : null,
        };
    }

    /// <summary>
    /// Within their bounds, and no longer than a person would read; a moment that is none is left to the words, and so is one of which
    /// nobody knows by whose clock it is.
    /// </summary>
    private static void TakeIn(JsonObject document)
    {
        if (document["callback"] is JsonObject callback)
        {
            foreach (string name in (string[])["at_text", "at_iso"]) callback[name] = Short(callback[name]);
            if ((string?)callback["at_iso"] is { } at && (AgencyText.Moment(at) is null || !AgencyText.HasOffset(at)))
                callback["at_iso"] = null;
        }
        foreach (string name in (string[])["qualification", "extracted"])
            if (document[name] is JsonObject found)
                document[name] = new JsonObject(found.Select(one => KeyValuePair.Create(one.Key, Short(one.Value))));
        foreach (string name in (string[])["meeting_time", "next_step", "issue_category", "escalation_reason"])
            if (document[name] is { } text) document[name] = Short(text);
        if (document["competitor_mentions"] is JsonArray) document["competitor_mentions"] = ListOf(document, "competitor_mentions");
        if (document["satisfaction"] is { } stars) document["satisfaction"] = (int)Math.Clamp((double)stars, Unhappy, Happy);
    }

    /// <summary>Figures read very many analyses at once: none is longer than a person would read.</summary>
    private static JsonArray ListOf(JsonObject answer, string name) =>
        new([.. answer[name]!.AsArray().Take(MostListed).Select(one => one is JsonObject fields
            ? new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Short(field.Value)))) : Short(one))]);

    /// <summary>
    /// Models write zeros where a letter has a mark (<c>caf\u0000e9</c>). JSON may have one; PostgreSQL looks into no document that does.
    /// </summary>
    private static JsonNode? Readable(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(one => KeyValuePair.Create(one.Key, Readable(one.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Readable)]),
        JsonValue value when value.TryGetValue(out string? text) && text.Contains('\0', StringComparison.Ordinal) =>
            JsonValue.Create(text.Replace('\0', '\uFFFD')),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Short(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? Clipped.Of(text, LongestText) : node?.DeepClone();

    private static long LengthOf(IEnumerable<TurnRow> turns, string role) =>
        turns.Where(turn => turn.Role == role && turn.Body is not TurnRow.Unrecognised).Sum(turn => (long)turn.Body.Length);
}
