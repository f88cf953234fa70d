using System.Globalization;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Switch;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Legs;

namespace Ringwright.Simulation;

/// <summary>The last things that happened, kept as they were and put into words only when a scenario fails.</summary>
internal sealed class MessageLog
{
    private const int Bound = 400;

    private readonly (Instant At, string Where, object What)[] _entries = new (Instant, string, object)[Bound];
    private long _count;

    public void Add(Instant at, string where, object what) => _entries[_count++ % Bound] = (at, where, what);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (_count > Bound) text.Append(CultureInfo.InvariantCulture, $"… {_count - Bound} earlier lines left out\n");
        for (long i = Math.Max(0, _count - Bound); i < _count; i++)
        {
            var (at, where, what) = _entries[i % Bound];
            text.Append(CultureInfo.InvariantCulture, $"{at.Nanos / 1e9 - SimWorld.StartSeconds,11:F6}  {where,-18} {Describe(what)}\n");
        }
        return text.ToString();
    }

    public static string Name(LegId leg) => string.Create(CultureInfo.InvariantCulture, $"leg {leg.Shard}/{(uint)(leg.Value >> 48)}");

    public static string FirstLine(ReadOnlyMemory<byte> datagram)
    {
        SipParser.TryParse(datagram.Span, out var message);
        return message switch
        {
            SipRequest r => $"{r.MethodName.AsText()} {r.RequestUri.AsText()} [{r.CSeq.Number}, {Short(r)}{Sdp(r)}]",
            SipResponse r => $"{r.Status} {r.Reason} [{r.CSeq.Number} {r.CSeq.Method.AsText()}, {Short(r)}{Sdp(r)}]",
            _ => $"{datagram.Length} bytes that are not SIP",
        };
    }

    private static string Short(SipMessage message)
    {
        string call = message.CallId.AsText(), tag = message.To.Tag.AsText();
        return $"call {call[^Math.Min(6, call.Length)..]}, to {tag[^Math.Min(4, tag.Length)..]}";
    }

    private static string Sdp(SipMessage message)
    {
        if (message.Body.IsEmpty) return "";
        string body = message.Body.AsText();
        foreach (string direction in (ReadOnlySpan<string>)["sendonly", "recvonly", "inactive"])
            if (body.Contains("a=" + direction, StringComparison.Ordinal)) return ", sdp " + direction;
        return ", sdp";
    }

    private static string Describe(object what) => what switch
    {
        string text => text,
        ReadOnlyMemory<byte> datagram => FirstLine(datagram),
        ShardMessage.Received message => $"from {message.From}: {FirstLine(message.Bytes)}",
        LegMessage.Command message => $"{Name(message.Leg)}: {message.What.GetType().Name} command",
        LegMessage.Dial message => $"{Name(message.Leg.Id)}: dial {message.Request.To}",
        LegMessage.Committed message => $"{Name(message.Leg)}: committed {message.IsCommitted}",
        LegMessage.PromptReady message => $"{Name(message.Leg)}: prompt {message.Correlation} {message.Result.Failure}",
        LegMessage.Resolved message => $"{Name(message.Leg)}: resolved {string.Join(' ', message.Flows)}",
        BridgeMessage.Form message => $"bridge of {string.Join(" and ", message.Terms.Members.Select(member => Name(member.Leg)))}",
        BridgeMessage.Noted message => $"bridge {message.Bridge.Value >> 48 & 0xFFFF}: {Name(message.From)} {message.Note.GetType().Name}",
        LegMessage.Ordered message => $"{Name(message.Leg)}: bridge {message.Bridge.Value >> 48 & 0xFFFF} says {message.Order}",
        LegMessage.Media message => $"{Name(new LegId(message.What.Owner.Value))}: media {Words(message.What)}",
        Effect.Transmit effect => $"to {effect.Datagram.To}: {FirstLine(effect.Datagram.Bytes)}",
        Effect.Append { Happened: CallEvent call } => $"{Name(call.Leg.Id)}: event {Words(call)}",
        LegMessage.Conferred message => $"{Name(message.Leg)}: conference says {message.Order}",
        LegMessage.Supervised message => $"{Name(message.Leg)}: supervised by {Name(message.By.Leg)} as {message.By.Role}",
        LegMessage.Supervises message => $"{Name(message.Leg)}: of {Name(message.Of)} {message.Order}",
        Effect.Append { Happened: ConferenceEvent conference } =>
            $"conference {conference.Conference.Name}: event {conference.GetType().Name}",
        Effect.PreparePrompt effect => $"{effect.For}: prepare {effect.Correlation}",
        Effect.Resolve effect => $"{Name(effect.Leg)}: resolve {effect.Place.Host}",
        Effect.Send effect => $"to shard {effect.Shard}: {Describe(effect.Message)}",
        Effect.Media effect => $"port {effect.Command.Port}: {effect.Command.GetType().Name}",
        Effect.GateLeave effect => $"{Name(effect.Leg)}: leaves the gate",
        Effect.Acknowledge effect => $"ack {effect.Correlation}: {effect.Ack.Refusal}",
        Effect.Failed effect => $"FAILED {effect.Error}",
        _ => what.ToString() ?? "",
    };

    private static string Words(object record)
    {
        string name = record.GetType().Name;
        return record switch
        {
            CallEvent.LegEnded e => $"{name} {e.Cause} by {e.By} ({e.SipStatus}): {e.Evidence}",
            CallEvent.DigitReceived e => $"{name} {e.Digit}",
            CallEvent.GatherEnded e => $"{name} {e.Status} '{e.Digits}'",
            CallEvent.PlaybackEnded e => $"{name} {e.Status}",
            CallEvent.SpeakEnded e => $"{name} {e.Status}",
            CallEvent.LegHeld e => $"{name} {e.IsHeld}",
            _ => name,
        };
    }
}

/// <summary>A broken invariant or a scenario that never came to its point.</summary>
public sealed class SimulationException(string message) : Exception(message);
