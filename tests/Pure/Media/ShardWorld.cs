using System.Net;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

/// <summary>A packet that the shard sent.</summary>
internal sealed record Sent(PortId Port, bool IsControl, IPEndPoint To, byte[] Bytes)
{
    public byte PayloadType => (byte)(Bytes[1] & 0x7F);
    public bool HasMarker => (Bytes[1] & 0x80) != 0;
    public ushort Sequence => (ushort)(Bytes[2] << 8 | Bytes[3]);
    public uint Timestamp => (uint)(Bytes[4] << 24 | Bytes[5] << 16 | Bytes[6] << 8 | Bytes[7]);
    public uint Source => (uint)(Bytes[8] << 24 | Bytes[9] << 16 | Bytes[10] << 8 | Bytes[11]);
    public ReadOnlySpan<byte> Payload => Bytes.AsSpan(RtpPacket.HeaderBytes);
}

/// <summary>One shard, one clock, files in a dictionary, and a far end that speaks RTP.</summary>
internal sealed class ShardWorld : IPromptFrames
{
    public static readonly IPEndPoint Phone = new(IPAddress.Parse("192.0.2.7"), 4000),
        Elsewhere = new(IPAddress.Parse("198.51.100.9"), 40_004);
    public static readonly LegId Leg = new(42);

    private uint _timestamp = 1_000;

    public ShardWorld(MediaSettings? settings = null)
    {
        Shard = new((settings ?? new()) with { Capacity = 64, Seed = 1, Anchor = new(Now, DateTimeOffset.UnixEpoch) }, this);
        Port = Open(0);
    }

    public MediaShard Shard { get; }
    public Instant Now { get; private set; } = new(1_000_000_000);
    public PortId Port { get; }
    public List<Sent> Out { get; } = [];
    public List<MediaEvent> Events { get; } = [];
    public Dictionary<string, byte[]> Files { get; } = [];
    public HashSet<string> Loading { get; } = [];
    /// <summary>A file over which the shard fails.</summary>
    public string? Faulty { get; set; }
    public ushort Sequence { get; set; } = 65_500;
    public uint Source { get; set; } = 0x5EED;
    /// <summary>What the far end sends comes so long after a tick.</summary>
    public TimeSpan Late { get; set; }

    /// <summary>RTP that was sent, without RTCP.</summary>
    public Sent[] Rtp => [.. Out.Where(p => !p.IsControl && !RtpPacket.IsControl(p.Bytes))];

    public static StreamPlan Plan(string codec = "PCMU") => new()
    {
        Codec = Codecs.Find(codec) is { } found ? new(found.Name, found.PayloadType, found.ClockRate, found.SampleRate)
            : throw new ArgumentException(codec),
        TelephoneEventType = 101,
        Remote = Phone,
    };

    public PortId Open(int index)
    {
        var id = PortId.Compose(3, index, 1);
        Shard.Open(id, Leg, Now);
        return id;
    }

    public ShardWorld Connected(StreamPlan? plan = null)
    {
        Do(new MediaCommand.Connect(Port, plan ?? Plan()));
        return this;
    }

    public void Do(MediaCommand command)
    {
        Shard.Handle(command, Now);
        Poll();
    }

    public void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Now += TimeSpan.FromMilliseconds(20);
            Shard.Tick(Now);
            Poll();
        }
    }

    /// <summary>Between two ticks.</summary>
    public void Pass()
    {
        Shard.Pass(Now);
        Poll();
    }

    /// <summary>Ticks without keeping what comes out, for tests that count allocations.</summary>
    public void Run(int ticks, byte[]? heard = null)
    {
        for (int i = 0; i < ticks; i++)
        {
            Now += TimeSpan.FromMilliseconds(20);
            if (heard is not null)
            {
                RtpPacket.WriteHeader(heard, false, (byte)(heard[1] & 0x7F), Sequence++, _timestamp += 160, Source);
                Shard.HandlePacket(Port.Index, false, heard, PhoneAddress, Now);
            }
            Shard.Tick(Now);
            while (Shard.TryPoll(out OutgoingPacket _))
            {
            }
        }
    }

    private static readonly MediaAddress PhoneAddress = MediaAddress.From(Phone);

    /// <summary>The far end says 20 ms.</summary>
    public void Hear(byte[]? payload = null, byte payloadType = 0, IPEndPoint? from = null, bool marker = false, uint? timestamp = null)
    {
        _timestamp += 160;
        payload ??= new byte[160];
        var packet = new byte[RtpPacket.HeaderBytes + payload.Length];
        RtpPacket.WriteHeader(packet, marker, payloadType, Sequence++, timestamp ?? _timestamp, Source);
        payload.CopyTo(packet, RtpPacket.HeaderBytes);
        HearRaw(packet, from);
    }

    /// <summary>The far end sends another packet in the time of the one before, such as a key that is held while it talks on.</summary>
    public void HearBeside(byte[] payload, byte payloadType)
    {
        _timestamp -= 160;
        Hear(payload, payloadType);
    }

    public void HearRaw(byte[] bytes, IPEndPoint? from = null, bool isControl = false)
    {
        Shard.HandlePacket(Port.Index, isControl, bytes, MediaAddress.From(from ?? Phone), Now + Late);
        Poll();
    }

    public static byte[] Encode(string codec, short[] samples)
    {
        var found = Codecs.Find(codec)!;
        var bytes = new byte[samples.Length * found.FrameBytes / found.FrameSamples];
        return bytes[..found.CreateEncoder().Encode(samples, bytes)];
    }

    public static short[] Decode(string codec, IEnumerable<Sent> packets)
    {
        var found = Codecs.Find(codec)!;
        var decoder = found.CreateDecoder();
        var all = new List<short>();
        var one = new short[2000];
        foreach (var packet in packets) all.AddRange(one.AsSpan(0, decoder.Decode(packet.Payload, one)));
        return [.. all];
    }

    public PromptState Find(string file, out byte[] frames)
    {
        frames = [];
        if (file == Faulty) throw new InvalidOperationException(file);
        if (Loading.Contains(file)) return PromptState.Loading;
        if (!Files.TryGetValue(file, out var found)) return PromptState.Failed;
        frames = found;
        return PromptState.Ready;
    }

    private void Poll()
    {
        while (Shard.TryPoll(out OutgoingPacket packet))
            Out.Add(new(packet.Port, packet.IsControl, packet.To.ToEndPoint(), packet.Bytes.ToArray()));
        while (Shard.TryPoll(out MediaEvent happened)) Events.Add(happened);
    }
}
