using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Edge.Detection;

/// <summary>What the engine made of one item: its sound as PCMU in RTP, some packets lost, into a media shard.</summary>
internal sealed record DetectionRun(CorpusItem Item, MachineVerdict? Verdict, double VerdictAt, double? BeepAt, IReadOnlyList<string> Evidence) : IComparable<DetectionRun>
{
    private const int FrameSamples = 160, HeaderBytes = 12;

    private static readonly IPEndPoint Phone = new(IPAddress.Parse("192.0.2.7"), 4_000);
    private static readonly Codec Codec = Codecs.Find("PCMU")!;      // spoken by every build

    public bool IsRight => Verdict == Item.Kind switch
    {
        SoundKind.Person => MachineVerdict.Human,
        SoundKind.Silence => MachineVerdict.NotSure,
        _ => MachineVerdict.Machine,
    };

    /// <summary>The beep was told within half a second of its end.</summary>
    public bool FoundBeep => Item.BeepEnd is { } end && BeepAt is { } at && at > end - 0.1 && at < end + 0.5;

    public static DetectionRun Of(CorpusItem item)
    {
        var now = new Instant(1_000_000_000);
        var shard = new MediaShard(new() { Capacity = 1, SendsSilence = false }, new NoPrompts());
        var port = PortId.Compose(1, 0);
        shard.Open(port, new(1), now);
        shard.Handle(new MediaCommand.Connect(port, new() { Codec = new(Codec.Name, Codec.PayloadType, Codec.ClockRate, Codec.SampleRate), Remote = Phone, IsRemoteTrusted = true }), now);
        shard.Handle(new MediaCommand.DetectMachine(port, new(MachineMode.DetectBeep)), now);

        var random = new Rng(item.Seed);
        var encoder = Codec.CreateEncoder();
        byte[] packet = new byte[HeaderBytes + FrameSamples];
        var run = new DetectionRun(item, null, 0, null, []);
        for (int frame = 0; (frame + 1) * FrameSamples <= item.Samples.Length; frame++)
        {
            encoder.Encode(item.Samples.AsSpan(frame * FrameSamples, FrameSamples), packet.AsSpan(HeaderBytes));
            (packet[0], packet[1]) = (0x80, Codec.PayloadType);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)frame);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(frame * FrameSamples));
            if (!random.Chance(item.Loss)) shard.HandlePacket(0, isControl: false, packet, MediaAddress.From(Phone), now);
            now += TimeSpan.FromMilliseconds(20);
            shard.Tick(now);
            while (shard.TryPoll(out OutgoingPacket _)) { }
            double seconds = (frame + 1) * 0.02;
            while (shard.TryPoll(out MediaEvent happened))
            {
                if (happened is MediaEvent.MachineJudged judged) run = run with { Verdict = judged.Verdict, VerdictAt = seconds, Evidence = judged.Evidence };
                if (happened is MediaEvent.GreetingEnded { End: GreetingEnd.BeepDetected }) run = run with { BeepAt = seconds };
            }
        }
        return run;
    }

    public int CompareTo(DetectionRun? other) => Item.Seed.CompareTo(other?.Item.Seed ?? 0);

    private sealed class NoPrompts : IPromptFrames
    {
        public PromptState Find(string file, out byte[] frames)
        {
            frames = [];
            return PromptState.Failed;
        }
    }
}
