using System.Buffers.Binary;
using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Edge.Detection;

/// <summary>
/// What the engine made of a sound: it comes as PCMU in RTP, some packets lost, into a media shard
/// that waits for a beep, or for what it is told to. Times are seconds.
/// </summary>
internal sealed record Hearing(MachineVerdict? Verdict, double VerdictAt, IReadOnlyList<string> Evidence, GreetingEnd? End,
    double EndAt, string Rule)
{
    private const int FrameSamples = 160, HeaderBytes = 12;

    private static readonly IPEndPoint Phone = new(IPAddress.Parse("192.0.2.7"), 4_000);
    private static readonly Codec Codec = Codecs.Find("PCMU")!;      // spoken by every build

    /// <summary>When a beep was told, if one was.</summary>
    public double? BeepAt => End is GreetingEnd.BeepDetected ? EndAt : null;

    /// <param name="samples">8 kHz.</param>
    /// <param name="isLost">Asked for each packet.</param>
    /// <param name="terms">Of the detection; with the defaults and for a beep when null.</param>
    public static Hearing Of(ReadOnlySpan<short> samples, Func<bool> isLost, MachineDetection? terms = null)
    {
        var now = new Instant(1_000_000_000);
        var shard = new MediaShard(new() { Capacity = 1, SendsSilence = false }, new NoPrompts());
        var port = PortId.Compose(1, 0);
        shard.Open(port, new LegId(1), now);
        shard.Handle(new MediaCommand.Connect(port,
            new() { Codec = new(Codec.Name, Codec.PayloadType, Codec.ClockRate, Codec.SampleRate), Remote = Phone }), now);
        shard.Handle(new MediaCommand.DetectMachine(port, terms ?? new(MachineMode.DetectBeep)), now);

        var encoder = Codec.CreateEncoder();
        byte[] packet = new byte[HeaderBytes + FrameSamples];
        var heard = new Hearing(null, 0, [], null, 0, "");
        for (int frame = 0; (frame + 1) * FrameSamples <= samples.Length; frame++)
        {
            encoder.Encode(samples.Slice(frame * FrameSamples, FrameSamples), packet.AsSpan(HeaderBytes));
            (packet[0], packet[1]) = (0x80, Codec.PayloadType);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)frame);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(frame * FrameSamples));
            if (!isLost()) shard.HandlePacket(0, isControl: false, packet, MediaAddress.From(Phone), now);
            now += TimeSpan.FromMilliseconds(20);
            shard.Tick(now);
            while (shard.TryPoll(out OutgoingPacket _)) { }
            double seconds = (frame + 1) * 0.02;
            while (shard.TryPoll(out MediaEvent happened))
            {
                if (happened is MediaEvent.MachineJudged judged)
                    heard = heard with { Verdict = judged.Verdict, VerdictAt = seconds, Evidence = judged.Evidence };
                if (happened is MediaEvent.GreetingEnded ended)
                    heard = heard with { End = ended.End, EndAt = seconds, Rule = ended.Evidence };
            }
        }
        return heard;
    }

    private sealed class NoPrompts : IPromptFrames
    {
        public PromptState Find(string file, out byte[] frames)
        {
            frames = [];
            return PromptState.Failed;
        }
    }
}
