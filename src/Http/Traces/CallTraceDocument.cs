using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Http.Traces;

/// <summary>
/// A call's trace as the operator and the call's own account read it: each leg's messages, commands, events and webhooks in
/// the order of their times, and the verdict.
/// </summary>
public static class CallTraceDocument
{
    /// <param name="routing">Says whether the digits of a leg's connection are shown.</param>
    public static JsonObject Show(CallTrace trace, RoutingSnapshot routing) => new()
    {
        ["record_type"] = "call_trace",
        ["session_id"] = trace.Session.ToString(),
        ["account"] = new JsonObject { ["id"] = trace.Tenant.Id.ToString(), ["name"] = trace.Tenant.Name },
        ["legs"] = new JsonArray([.. trace.Legs.Select(leg => (JsonNode)Show(leg, routing))]),
    };

    private static JsonObject Show(LegTrace trace, RoutingSnapshot routing)
    {
        var leg = trace.Leg;
        bool showsDigits = routing.FindConnection(leg.Tenant, leg.Connection) is { IsDtmfRedacted: false };
        return new()
        {
            ["id"] = leg.Uuid.ToString(),
            ["direction"] = SnakeName.Of(leg.Direction),
            ["from"] = leg.From,
            ["to"] = leg.To,
            ["state"] = SnakeName.Of(leg.State),
            ["started_at"] = Time(leg.StartedAt, "fff"),
            ["entries"] = new JsonArray([.. Entries(trace, showsDigits).OrderBy(e => e.At).Select(e => (JsonNode)e.Entry)]),
            ["verdict"] = trace.Verdict is { } ended ? Show(ended) : null,
        };
    }

    private static IEnumerable<(DateTimeOffset At, JsonObject Entry)> Entries(LegTrace trace, bool showsDigits)
    {
        foreach (var entry in trace.Entries) yield return (entry.At, Show(entry));
        foreach (var row in trace.Events) yield return (row.At, Show(row, showsDigits));
        foreach (var webhook in trace.Webhooks)
        {
            foreach (var attempt in webhook.Attempts) yield return (attempt.StartedAt, Show(webhook, attempt));
            if (webhook.Attempts.Count == 0)
                yield return (webhook.OccurredAt, Entry("webhook", webhook.OccurredAt, webhook.EventType, ("outcome", webhook.Outcome)));
        }
    }

    private static JsonObject Show(TraceEntry entry) => entry.Kind switch
    {
        TraceKind.Sip =>
            Entry("sip", entry.At, entry.Name, ("outgoing", entry.IsOutgoing),
                ("transport", SnakeName.Of(entry.Transport ?? SipTransport.Udp)),
                ("local", entry.Local), ("remote", entry.Remote), ("message", entry.Text)),
        TraceKind.Command => Entry("command", entry.At, entry.Name, ("command_id", entry.CommandId), ("outcome", entry.Outcome)),
        _ => Entry("note", entry.At, entry.Name),
    };

    /// <summary>How it ended; words are the customer's business, and only counted.</summary>
    private static string GatherDetail(CallEvent.GatherEnded ended, string digits)
    {
        string text = $"{SnakeName.Of(ended.Status)} {digits}".TrimEnd();
        if (ended.Speech is { } speech) text += $", {speech.Length} characters said";
        return ended.SpeechFailure is { } failure ? $"{text}; speech was not listened to: {failure}" : text;
    }

    private static JsonObject Show(LedgerRow row, bool showsDigits) => row.ToEvent() switch
    {
        CallEvent.LegRinging e => Entry("event", row.At, row.Type, ("detail", $"SIP {e.SipStatus}")),
        CallEvent.LegAnswered e => Entry("event", row.At, row.Type, ("detail", e.Codec)),
        CallEvent.DigitReceived e => Entry("event", row.At, row.Type, ("detail", showsDigits ? e.Digit.ToString() : "*")),
        CallEvent.InfoReceived e => Entry("event", row.At, row.Type, ("detail", e.ContentType)),
        CallEvent.LegEnqueued e => Entry("event", row.At, row.Type, ("detail", $"queue {e.Name}, place {e.Position}")),
        CallEvent.LegDequeued e => Entry("event", row.At, row.Type,
            ("detail", $"queue {e.Name}, place {e.Position}: {SnakeName.Of(e.Reason)} after {e.Waited.TotalSeconds:F0} s")),
        CallEvent.ReferAsked e => Entry("event", row.At, row.Type, ("detail", e.Target)),
        CallEvent.ReferEnded e => Entry("event", row.At, row.Type, ("detail", $"SIP {e.SipStatus}: {e.Evidence}")),
        CallEvent.GatherEnded e => Entry("event", row.At, row.Type,
            ("detail", GatherDetail(e, showsDigits ? e.Digits : new string('*', e.Digits.Length)))),
        CallEvent.PlaybackEnded e => Entry("event", row.At, row.Type, ("detail", $"{SnakeName.Of(e.Status)} {e.Detail}".TrimEnd())),
        CallEvent.SpeakStarted { Warning: { } warning } => Entry("event", row.At, row.Type, ("detail", warning)),
        CallEvent.SpeakEnded e => Entry("event", row.At, row.Type, ("detail", SnakeName.Of(e.Status))),
        CallEvent.RecordingStarted e =>
            Entry("event", row.At, row.Type,
                ("detail", $"{e.Plan.Id} {SnakeName.Of(e.Plan.Format)} {(e.Plan.Channels == 2 ? "dual" : "single")}")),
        CallEvent.RecordingSaved e =>
            Entry("event", row.At, row.Type, ("detail", string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{e.Plan.Id} {e.Length.TotalSeconds:F1} s, "
                + $"{SnakeName.Of(e.Reason)}{(e.Gaps.Count == 0 ? "" : $", {e.Gaps.Sum(gap => gap.Length.TotalSeconds):F1} s missing")}"))),
        CallEvent.RecordingFailed e => Entry("event", row.At, row.Type, ("detail", $"{e.Recording} {e.Detail}")),
        CallEvent.RecordingTranscribed e => Entry("event", row.At, row.Type,
            ("detail", $"{e.Recording} {e.Failure ?? $"{e.Text.Length} characters"}")),
        CallEvent.LegHeld e => Entry("event", row.At, row.Type, ("detail", e.IsHeld ? "on hold" : "off hold")),
        CallEvent.MachineDetected e =>
            Entry("event", row.At, row.Type, ("detail", $"{SnakeName.Of(e.Verdict)}: {string.Join("; ", e.Evidence)}")),
        CallEvent.MachineGreetingEnded e => Entry("event", row.At, row.Type, ("detail", $"{SnakeName.Of(e.End)}: {e.Evidence}")),
        CallEvent.LegEnded e => Entry("event", row.At, row.Type, ("detail", SnakeName.Of(e.Cause))),
        CallEvent.LegInitiated { Attestation: { } attestation } => Entry("event", row.At, row.Type, ("detail", attestation.ToString())),
        CallEvent.StreamStarted e => Entry("event", row.At, row.Type, ("detail", HostOf(e.Url))),
        CallEvent.StreamStopped e => Entry("event", row.At, row.Type, ("detail", HostOf(e.Url))),
        CallEvent.StreamFailed e => Entry("event", row.At, row.Type, ("detail", $"{HostOf(e.Url)}: {e.Reason}")),
        CallEvent.TranscriptionStarted e => Entry("event", row.At, row.Type, ("detail", SnakeName.Of(e.Tracks))),
        CallEvent.SpeechTranscribed e => Entry("event", row.At, row.Type,
            ("detail", $"{SnakeName.Of(e.Track)}, {(e.IsFinal ? "final" : "interim")}, {e.Text.Length} characters")),
        CallEvent.LegUnbridged e => Entry("event", row.At, row.Type, ("detail", e.Peer.ToString())),
        CallEvent.Noted e => Entry("event", row.At, row.Type,
            ("detail", e.Kind is NoteKind.Warning ? $"warning: {e.Text}" : e.Text)),
        CallEvent.GatherHeard e => Entry("event", row.At, row.Type,
            ("detail", $"{(e.IsFinal ? "final" : "interim")}, {e.Text.Length} characters")),
        CallEvent.TranscriptionEnded e => Entry("event", row.At, row.Type, ("detail", e.Failure)),
        CallEvent.ForkStarted e => Entry("event", row.At, row.Type,
            ("detail", string.Join(" and ", new[] { e.Terms.Said, e.Terms.Heard }.OfType<string>().Distinct()))),
        CallEvent.SiprecStarted e => Entry("event", row.At, row.Type, ("detail", e.Connector)),
        CallEvent.SiprecStopped e => Entry("event", row.At, row.Type, ("detail", e.Connector)),
        CallEvent.SiprecFailed e => Entry("event", row.At, row.Type, ("detail", $"{e.Connector}: {e.Reason}")),
        CallEvent.ForkStopped e => Entry("event", row.At, row.Type, ("detail", e.Problem)),
        CallEvent.AgentStarted e => Entry("event", row.At, row.Type, ("detail", $"{e.Terms.Assistant} {e.Terms.Conversation}".TrimStart())),
        CallEvent.AgentEnded e => Entry("event", row.At, row.Type,
            ("detail", $"{e.Reason} after {e.Lasted.TotalSeconds:F0} s, {e.Terms.Conversation}")),
        CallEvent.AgentTold e => Entry("event", row.At, row.Type, ("detail",
            $"{e.Messages.Count} messages{(e.Messages.AnswersNow ? ", to answer at once" : "")}, {e.Terms.Conversation}")),
        // What was said, and gathered, is its customer's.
        CallEvent.AgentGathering e => Entry("event", row.At, row.Type, ("detail", $"{SnakeName.Of(e.Change)}, {e.Terms.Conversation}")),
        CallEvent.AgentGatherEnded e => Entry("event", row.At, row.Type,
            ("detail", $"{(e.State.IsComplete ? "complete" : "not complete")}, {e.Terms.Conversation}")),
        CallEvent.LegHandedOver e => Entry("event", row.At, row.Type, ("detail", e.Leg.Application.Kind)),
        CallEvent.LegInitiated or CallEvent.LegBridged or CallEvent.LegCharged or CallEvent.LabelsChanged or CallEvent.VoiceChanged
            or CallEvent.PlaybackStarted or CallEvent.SpeakStarted or CallEvent.ReferStarted =>
            Entry("event", row.At, row.Type),
        _ => throw new UnreachableException(),
    };

    private static JsonObject Show(WebhookTrace webhook, DeliveryAttempt attempt) => Entry("webhook", attempt.StartedAt, webhook.EventType,
        ("attempt", attempt.Number), ("url", HostOf(attempt.Url)), ("outcome", attempt.IsDelivered ? "delivered" : "failed"),
        ("status", attempt.ResponseStatus), ("errors", new JsonArray([.. attempt.Errors.Select(code => (JsonNode)code)])),
        ("milliseconds", (long)(attempt.FinishedAt - attempt.StartedAt).TotalMilliseconds));

    /// <summary>The path or query of a webhook or a media stream may be a secret of the customer's.</summary>
    private static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}" : "";

    private static JsonObject Show(CallEvent.LegEnded ended)
    {
        var verdict = new JsonObject
        {
            ["ended_by"] = SnakeName.Of(ended.By),
            ["cause"] = SnakeName.Of(ended.Cause),
            ["sip_status"] = ended.SipStatus,
            ["sip_reason"] = ended.Reason,
            ["timer"] = ended.Timer,
            ["command_id"] = ended.CommandId,
            ["evidence"] = ended.Evidence,
        };
        if (ended.Quality is { } rtp)
        {
            verdict["rtp"] = new JsonObject
            {
                ["packets_received"] = rtp.PacketsReceived,
                ["packets_lost"] = rtp.PacketsLost,
                ["packets_skipped"] = rtp.PacketsSkipped,
                ["packets_sent"] = rtp.PacketsSent,
                ["jitter_max_ms"] = Math.Round(rtp.JitterMaxMilliseconds, 2),
                ["mos"] = Math.Round(rtp.Mos, 2),
            };
        }
        return verdict;
    }

    private static JsonObject Entry(string kind, DateTimeOffset at, string name, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var entry = new JsonObject { ["kind"] = kind, ["at"] = Time(at, "ffffff"), ["name"] = name };
        foreach (var (field, value) in fields)
            if (value is not null) entry[field] = value;
        return entry;
    }

    private static string Time(DateTimeOffset at, string fraction) =>
        at.UtcDateTime.ToString($"yyyy-MM-dd'T'HH:mm:ss.{fraction}'Z'", CultureInfo.InvariantCulture);
}
