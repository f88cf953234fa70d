using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Callbacks;

/// <summary>Fields of callbacks that tell how a call goes.</summary>
internal static class StatusFields
{
    public static IEnumerable<KeyValuePair<string, string>> OfEnd(CallEvent.LegEnded ended, DateTimeOffset at, DateTimeOffset startedAt)
    {
        var (leg, words) = (ended.Leg, HangupMap.Of(ended));
        var talked = leg.AnsweredAt is { } answered ? ended.EndedAt() - answered : TimeSpan.Zero;
        yield return new("CallDuration", ((long)Math.Ceiling(talked.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        yield return new("HangupCause", words.Cause);
        yield return new("HangupSource", words.Source);
        if (leg.AnsweredAt is { } began) yield return new("AnsweredTime", Time(startedAt + (began - leg.StartedAt)));
        yield return new("EndTime", Time(at));
        yield return new("OccurredAt", Time(at));
        yield return new("OrganizationId", leg.Tenant.ToString());
        yield return new("CallLegId", leg.Uuid.ToString());
        yield return new("CallSessionId", leg.Session.ToString());
        if (leg.Labels[TexmlLabels.ErrorCode] is { } code) yield return new("ErrorCode", code);
        if (leg.Labels[TexmlLabels.ErrorMessage] is { } message) yield return new("ErrorMessage", message);
        if (ended.Quality is { } quality) yield return new("CallQualityStats", Quality(quality));
    }

    public static IEnumerable<KeyValuePair<string, string>> OfConfidence(double? confidence) => confidence is { } known
        ? [new("Confidence", known.ToString("0.###", CultureInfo.InvariantCulture))] : [];

    public static string Word(bool isSo) => isSo ? "true" : "false";

    /// <summary>The callbacks' set of words, for who is asked for nothing but the verdict.</summary>
    public static string Word(MachineVerdict verdict) => verdict switch
    {
        MachineVerdict.Human or MachineVerdict.Residence or MachineVerdict.Business => "human",
        MachineVerdict.Machine => "machine_start",
        MachineVerdict.Fax => "fax",
        _ => "unknown",
    };

    public static string Word(GreetingEnd end) => end switch
    {
        GreetingEnd.BeepDetected => "machine_end_beep",
        GreetingEnd.Ended => "machine_end_silence",
        _ => "machine_end_other",
    };

    public static string Time(DateTimeOffset at) => TelnyxTime.Micros(at);

    private static string Quality(MediaQuality quality) => new JsonObject
    {
        ["packets_received"] = quality.PacketsReceived, ["packets_lost"] = quality.PacketsLost,
        ["packets_skipped"] = quality.PacketsSkipped, ["packets_sent"] = quality.PacketsSent,
        ["mos"] = Math.Round(quality.Mos, 2), ["jitter"] = Math.Round(quality.JitterMaxMilliseconds, 2), ["packet_loss"] = Loss(quality),
    }.ToJsonString(TelnyxJson.Plain);

    /// <summary>In percent of what was sent to us.</summary>
    private static double Loss(MediaQuality quality) => quality.PacketsReceived + quality.PacketsLost is > 0 and var sent
        ? Math.Round(100d * quality.PacketsLost / sent, 2) : 0;
}
