using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost.Control;

/// <summary>Each <see cref="MediaEvent"/> of a port as a frame: owner and port, then its fields in the order of the record.</summary>
internal static class EventFrames
{
    public static void Write(FrameWriter into, MediaEvent happened)
    {
        _ = happened switch
        {
            MediaEvent.PlayEnded e => Begin(into, FrameKind.PlayEnded, e).Id(e.Id).Flag(e.IsFailed),
            MediaEvent.Digit e => Begin(into, FrameKind.Digit, e).U16(e.Key).I32(e.Milliseconds),
            MediaEvent.KeyPassed e => Begin(into, FrameKind.KeyPassed, e).U16(e.Key),
            MediaEvent.DigitsSent e => Begin(into, FrameKind.DigitsSent, e).Id(e.Id),
            MediaEvent.Voice e => Begin(into, FrameKind.Voice, e).Flag(e.IsTalking),
            MediaEvent.MachineJudged e => Texts(Begin(into, FrameKind.MachineJudged, e).Choice(e.Verdict), e.Evidence),
            MediaEvent.GreetingEnded e => Begin(into, FrameKind.GreetingEnded, e).Choice(e.End).Text(e.Evidence),
            MediaEvent.Talking e => Begin(into, FrameKind.Talking, e).Flag(e.IsTalking),
            MediaEvent.RemoteLearnt e => Begin(into, FrameKind.RemoteLearnt, e).EndPoint(e.Remote),
            MediaEvent.Silent e => Begin(into, FrameKind.Silent, e),
            MediaEvent.RecordEnded e => Begin(into, FrameKind.RecordEnded, e).Id(e.Id).Choice(e.Reason).At(e.StartedAt).At(e.EndedAt),
            MediaEvent.Closed e => Statistics(Begin(into, FrameKind.Closed, e), e.Statistics),
            MediaEvent.Lost => throw new UnreachableException("The API process says it, when media is gone."),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Null when the kind is no event's. Whether all fields were there is the reader's to say.</summary>
    public static MediaEvent? Read(FrameKind kind, ref FrameReader from)
    {
        var owner = from.Subject();
        var port = new PortId(from.U64());
        return kind switch
        {
            FrameKind.PlayEnded => new MediaEvent.PlayEnded(owner, port, from.Id(), from.Flag()),
            FrameKind.Digit => new MediaEvent.Digit(owner, port, (char)from.U16(), from.I32()),
            FrameKind.KeyPassed => new MediaEvent.KeyPassed(owner, port, (char)from.U16()),
            FrameKind.DigitsSent => new MediaEvent.DigitsSent(owner, port, from.Id()),
            FrameKind.Voice => new MediaEvent.Voice(owner, port, from.Flag()),
            FrameKind.MachineJudged => new MediaEvent.MachineJudged(owner, port, from.Choice<MachineVerdict>(), Texts(ref from)),
            FrameKind.GreetingEnded => new MediaEvent.GreetingEnded(owner, port, from.Choice<GreetingEnd>(), from.Text()),
            FrameKind.Talking => new MediaEvent.Talking(owner, port, from.Flag()),
            FrameKind.RemoteLearnt => new MediaEvent.RemoteLearnt(owner, port, from.EndPoint()),
            FrameKind.Silent => new MediaEvent.Silent(owner, port),
            FrameKind.RecordEnded =>
                new MediaEvent.RecordEnded(owner, port, from.Id(), from.Choice<RecordEndReason>(), from.At(), from.At()),
            FrameKind.Closed => new MediaEvent.Closed(owner, port, Statistics(ref from)),
            _ => null,
        };
    }

    private static FrameWriter Begin(FrameWriter into, FrameKind kind, MediaEvent happened) =>
        into.Begin(kind).Subject(happened.Owner).U64(happened.Port.Value);

    private static FrameWriter Texts(FrameWriter into, IReadOnlyList<string> texts)
    {
        into.U16((ushort)texts.Count);
        foreach (string text in texts) into.Text(text);
        return into;
    }

    private static string[] Texts(ref FrameReader from)
    {
        var texts = new string[from.Count(sizeof(ushort))];
        for (int i = 0; i < texts.Length; i++) texts[i] = from.Text();
        return texts;
    }

    private static FrameWriter Statistics(FrameWriter into, PortStatistics counted) =>
        into.I64(counted.PacketsReceived).I64(counted.PacketsLost).I64(counted.PacketsSkipped).I64(counted.PacketsSent)
            .Real(counted.JitterMaxMilliseconds).Real(counted.Mos);

    private static PortStatistics Statistics(ref FrameReader from) =>
        new(from.I64(), from.I64(), from.I64(), from.I64(), from.Real(), from.Real());
}
