using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media.Rooms;

/// <summary>One party of a room: says a tone of its own while it talks, and keeps what it hears.</summary>
internal sealed class Party(PortId port, Codec codec, double hertz)
{
    private readonly IAudioEncoder _encoder = codec.CreateEncoder();
    private readonly IAudioDecoder _decoder = codec.CreateDecoder();
    private readonly short[] _said = new short[codec.FrameSamples], _decoded = new short[2_000];
    private double _phase;
    private ushort _sequence;
    private uint _timestamp;

    public PortId Port => port;
    public double Hertz => hertz;
    public bool Talks { get; set; }
    /// <summary>It sends packets, of silence when it says nothing.</summary>
    public bool Sends { get; set; } = true;
    public double Level { get; init; } = 3_000;
    public List<short> Heard { get; } = [];
    public List<byte[]> Payloads { get; } = [];
    public List<byte> Types { get; } = [];
    public int Rate => codec.SampleRate;

    public byte[] NextPacket()
    {
        for (int i = 0; i < _said.Length; i++, _phase += 2 * Math.PI * hertz / codec.SampleRate)
            _said[i] = (short)(Talks ? Level * Math.Sin(_phase) : 0);
        var packet = new byte[RtpPacket.HeaderBytes + codec.FrameBytes];
        int length = _encoder.Encode(_said, packet.AsSpan(RtpPacket.HeaderBytes));
        _timestamp += (uint)(codec.ClockRate / 50);
        RtpPacket.WriteHeader(packet, false, codec.PayloadType, ++_sequence, _timestamp, (uint)port.Index + 7);
        return packet[..(RtpPacket.HeaderBytes + length)];
    }

    public void Take(ReadOnlySpan<byte> packet)
    {
        Types.Add((byte)(packet[1] & 0x7F));
        Payloads.Add(packet[RtpPacket.HeaderBytes..].ToArray());
        Heard.AddRange(_decoded.AsSpan(0, _decoder.Decode(packet[RtpPacket.HeaderBytes..], _decoded)));
    }

    public double LevelOf(double frequency) => Signals.LevelAt(frequency, Rate, Heard.ToArray());

    public void Forget()
    {
        Heard.Clear();
        Payloads.Clear();
        Types.Clear();
    }
}

/// <summary>Media shards that tick one after the other, rooms over all of them, and parties on their ports.</summary>
internal sealed class RoomWorld : IPromptFrames
{
    public static readonly LegId Leg = new(42);
    public static readonly Subject Conference = new(SubjectKind.Conference, 77);
    private static readonly MediaAddress Phone = MediaAddress.From(new(IPAddress.Parse("192.0.2.7"), 4000));

    private readonly MediaShard[] _shards;
    private readonly Dictionary<PortId, RoomHub> _hubs = [];
    private readonly Dictionary<PortId, Party> _byPort = [];
    private readonly ushort[] _leases;
    private int _nextIndex;

    public RoomWorld(int shards = 1, int capacity = 64)
    {
        _leases = new ushort[capacity];
        var settings = new MediaSettings { Capacity = capacity, Anchor = new(Now, DateTimeOffset.UnixEpoch) };
        _shards = [.. Enumerable.Range(0, shards).Select(i => new MediaShard(settings with { Seed = (ulong)i + 1 }, this))];
    }

    public Instant Now { get; private set; } = new(1_000_000_000);
    public List<MediaEvent> Events { get; } = [];
    public Dictionary<string, byte[]> Files { get; } = [];
    public IEnumerable<Party> Parties => _byPort.Values;
    /// <summary>Which shards stand still in this tick, and make it up in the next.</summary>
    public Func<int, bool> IsLate { get; set; } = _ => false;

    public PortId OpenRoom(bool hasNoise = false, int? index = null)
    {
        var port = Lease(index, Conference);
        Post(new MediaCommand.OpenRoom(port, new(hasNoise)));
        return port;
    }

    public Party Add(double hertz, string codec = "PCMU", int? index = null, bool talks = false, double level = 3_000)
    {
        var plan = ShardWorld.Plan(codec);
        var port = Lease(index, Leg);
        var party = new Party(port, Codecs.Find(codec, plan.Codec.ClockRate)!, hertz) { Talks = talks, Level = level };
        _byPort.Add(port, party);
        Post(new MediaCommand.Connect(port, plan));
        return party;
    }

    public Party AddTo(PortId room, double hertz, string codec = "PCMU", int? index = null, bool talks = false)
    {
        var party = Add(hertz, codec, index, talks);
        Join(party, room);
        return party;
    }

    public void Join(Party party, PortId room, RoomMember? member = null) =>
        Post(new MediaCommand.JoinRoom(party.Port, room, member ?? new()));

    public void Remove(Party party)
    {
        Post(new MediaCommand.Close(party.Port));
        _byPort.Remove(party.Port);
    }

    /// <summary>As whoever runs the shards does it.</summary>
    public void Post(MediaCommand command)
    {
        int thread = command.Port.Index % _shards.Length;
        var shard = _shards[thread];
        switch (command)
        {
            case MediaCommand.OpenRoom open:
                _hubs[open.Port] = new(open.Terms, _shards.Length);
                shard.OpenRoom(open.Port, _hubs[open.Port].Part(thread));
                break;
            case MediaCommand.JoinRoom join:
                shard.Join(join, _hubs.GetValueOrDefault(join.Room)?.Part(thread));
                break;
            default:
                if (command is MediaCommand.Close) _hubs.Remove(command.Port);
                shard.Handle(command, Now);
                break;
        }
        Poll(shard);
    }

    public void Record(PortId port, RecordPlan plan, RecordRing ring) =>
        _shards[port.Index % _shards.Length].Record(new(port, plan), ring);

    /// <summary>Both ways, on one shard.</summary>
    public void Bridge(Party one, Party other)
    {
        foreach (var (hearer, speaker) in new[] { (one, other), (other, one) })
        {
            var link = new AudioLink(passesDigits: true);
            _shards[hearer.Port.Index % _shards.Length].Hear(hearer.Port, link);
            _shards[speaker.Port.Index % _shards.Length].Speak(speaker.Port, link);
        }
    }

    public void Hear(Party party, byte[] packet) =>
        _shards[party.Port.Index % _shards.Length].HandlePacket(party.Port.Index, false, packet, Phone, Now);

    public void Tick(int count = 1)
    {
        var owed = new int[_shards.Length];
        for (int i = 0; i < count; i++)
        {
            Now += TimeSpan.FromMilliseconds(20);
            foreach (var party in _byPort.Values)
                if (party.Sends) Hear(party, party.NextPacket());
            for (int shard = 0; shard < _shards.Length; shard++)
            {
                owed[shard]++;
                if (IsLate(shard)) continue;
                for (; owed[shard] > 0; owed[shard]--) _shards[shard].Tick(Now);
                Poll(_shards[shard]);
            }
        }
    }

    /// <summary>Time for gates to close, buffers to fill, and filters to forget.</summary>
    public void Settle()
    {
        Tick(40);
        foreach (var party in _byPort.Values) party.Forget();
        Tick(20);
    }

    /// <summary>Ticks without keeping what comes out, each with one packet from each party: for what counts allocations.</summary>
    public void Run(int ticks, (Party Party, byte[] Packet)[] talk)
    {
        for (int i = 0; i < ticks; i++)
        {
            Now += TimeSpan.FromMilliseconds(20);
            foreach (var (party, packet) in talk)
            {
                uint stamp = (uint)(packet[4] << 24 | packet[5] << 16 | packet[6] << 8 | packet[7]) + 160;
                RtpPacket.WriteHeader(packet, false, (byte)(packet[1] & 0x7F), (ushort)((packet[2] << 8 | packet[3]) + 1), stamp,
                    (uint)party.Port.Index + 7);
                Hear(party, packet);
            }
            foreach (var shard in _shards)
            {
                shard.Tick(Now);
                while (shard.TryPoll(out OutgoingPacket _)) { }
            }
        }
    }

    public PromptState Find(string file, out byte[] frames) =>
        Files.TryGetValue(file, out frames!) ? PromptState.Ready : PromptState.Failed;

    private PortId Lease(int? wanted, Subject owner)
    {
        int index = wanted ?? _nextIndex++;
        var port = PortId.Compose(3, index, ++_leases[index]);
        _shards[index % _shards.Length].Open(port, owner, Now);
        return port;
    }

    private void Poll(MediaShard shard)
    {
        while (shard.TryPoll(out OutgoingPacket packet))
        {
            if (packet.IsControl || RtpPacket.IsControl(packet.Bytes)) continue;
            if (_byPort.TryGetValue(packet.Port, out var party)) party.Take(packet.Bytes);
        }
        while (shard.TryPoll(out MediaEvent happened)) Events.Add(happened);
    }
}
