using System.Buffers.Binary;
using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Simulation;

/// <summary>
/// A phone's own RTP, written from RFC 3550 and RFC 4733 and not from our media engine: 20 ms of sound per packet, digits as events,
/// and an ear that notes which prompts and digits it hears. Only its SRTP is ours; the published examples vouch for that.
/// </summary>
internal sealed class PhoneMedia(SimWorld world, IPEndPoint address, Rng rng)
{
    private const int HeaderBytes = 12, FrameBytes = 160, DigitTicks = 8, PauseTicks = 4, EndRepeats = 3;
    private const string Keys = "0123456789*#ABCD";
    /// <summary>A prompt counts as heard from this many frames on, so that losses do not hide it.</summary>
    private const int FramesToHear = 2;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly Queue<char> _keys = new();
    private readonly Dictionary<byte, int> _frames = [];
    private readonly HashSet<uint> _events = [];
    private readonly StringBuilder _digits = new();
    private readonly PhoneEar _ear = new();
    private IPEndPoint _local = address;
    private uint _source = (uint)rng.Next();
    private readonly SrtpProtector _protector = new();
    private readonly SrtpOpener _opener = new();
    private StreamPlan? _plan;
    private ushort _sequence = (ushort)rng.Next();
    private uint _timestamp = (uint)rng.Next();
    private char _key;
    private int _keyTicks = -PauseTicks;
    private int _played;

    public Instant NextDue { get; private set; } = Instant.Never;
    public Instant LastHeard { get; private set; }
    public long PacketsHeard { get; private set; }
    /// <summary>Packets that its keys did not open, although SRTP was agreed.</summary>
    public long Forged { get; private set; }
    /// <summary>Digits that came as RFC 4733 events.</summary>
    public string Digits => _digits.ToString();
    public bool IsPressing => _keys.Count > 0 || _keyTicks > -PauseTicks;
    /// <summary>The plan lets us expect something.</summary>
    public bool Expects => _plan is { Direction: StreamDirection.SendReceive or StreamDirection.ReceiveOnly };

    public void Start(StreamPlan plan)
    {
        if (_plan is null) NextDue = world.Now + Step * rng.NextDouble();
        if (!Expects) LastHeard = world.Now;
        _plan = plan;
        _protector.Use(plan.Keys?.Send);
        _opener.Use(plan.Keys?.Receive);
        if (LastHeard == default) LastHeard = world.Now;
    }

    public void Stop()
    {
        (_plan, NextDue) = (null, Instant.Never);
        _keys.Clear();
    }

    public void Press(string keys)
    {
        foreach (char key in keys) _keys.Enqueue(key);
    }

    /// <summary>Sends from there from now on: a NAT that forgot its binding, or with a stream of its own another server.</summary>
    public void Move(IPEndPoint local, bool isNewStream)
    {
        _local = local;
        if (isNewStream) (_source, _sequence) = ((uint)rng.Next(), (ushort)rng.Next());
    }

    /// <summary>Sends nothing, whatever was agreed.</summary>
    public bool IsMute { get; set; }

    /// <summary>Where the node's port is, by its description; null before that came.</summary>
    public IPEndPoint? Remote => _plan?.Remote.Default.Address;

    /// <summary>What it says all the time: a prompt's mark instead of silence.</summary>
    public string? Says { get; set; }

    /// <summary>Its party's voice, a tone, where it says no words.</summary>
    public PhoneTone? Voice { get; set; }

    /// <summary>What it plays once from its first packet on, as PCMU; then it says what it says.</summary>
    public byte[] Plays { get; set; } = [];

    public bool HasHeard(string prompt) => _frames.GetValueOrDefault(world.Prompts.MarkOf(prompt)) >= FramesToHear;

    /// <summary>How loud a frequency is in what it has heard last.</summary>
    public double LevelOf(double hertz) => _plan is { Codec: var codec } ? _ear.LevelOf(hertz, codec, HeaderBytes, world.Now) : 0;

    public void OnDue(Instant now)
    {
        NextDue = now + Step;
        _timestamp += FrameBytes;
        if (IsMute) return;
        if (_plan is not { Direction: StreamDirection.SendReceive or StreamDirection.SendOnly } plan) return;
        if (_keyTicks <= -PauseTicks && plan.TelephoneEventType is not null && _keys.TryDequeue(out _key)) _keyTicks = DigitTicks;
        if (_keyTicks > 0 && plan.TelephoneEventType is { } type) SendEvent(plan, type);
        else
        {
            byte[] packet = Packet(plan.Codec.PayloadType, _timestamp, FrameBytes, hasMarker: false);
            if (Voice is { } voice && Says is null) voice.Next(plan.Codec).CopyTo(packet, HeaderBytes);
            else if (_played + FrameBytes <= Plays.Length && plan.Codec.Name == "PCMU")
                Plays.AsSpan(_played, FrameBytes).CopyTo(packet.AsSpan(HeaderBytes));
            else packet.AsSpan(HeaderBytes)
                .Fill(Says is { } words ? world.Prompts.MarkOf(words) : plan.Codec.Name == "PCMA" ? (byte)0xD5 : (byte)0xFF);
            _played += FrameBytes;
            Send(plan, packet);
        }
        if (_keyTicks > -PauseTicks) _keyTicks--;
    }

    public void Receive(ReadOnlySpan<byte> packet)
    {
        if (packet.Length <= HeaderBytes || packet[0] != 0x80 || packet[1] is >= 192 and <= 223) return;
        if (_opener.IsOn)
        {
            byte[] opened = new byte[packet.Length];
            var verdict = _opener.Open(packet, opened, out int length);
            if (verdict is SrtpVerdict.Forged) Forged++;
            if (verdict is not SrtpVerdict.Ok) return;
            packet = opened.AsSpan(0, length);
        }
        LastHeard = world.Now;
        PacketsHeard++;
        int type = packet[1] & 0x7F;
        var payload = packet[HeaderBytes..];
        if (type == _plan?.TelephoneEventType)
        {
            // All packets of one event carry its start as timestamp.
            if (_events.Add(BinaryPrimitives.ReadUInt32BigEndian(packet[4..])) && payload[0] < Keys.Length)
                _digits.Append(Keys[payload[0]]);
        }
        else
        {
            _frames[payload[0]] = _frames.GetValueOrDefault(payload[0]) + 1;
            if (Voice is not null) _ear.Take(packet, world.Now);
        }
    }

    private void SendEvent(StreamPlan plan, byte type)
    {
        int ticks = DigitTicks - _keyTicks + 1;
        uint start = _timestamp - (uint)((ticks - 1) * FrameBytes);
        bool isEnd = ticks == DigitTicks;
        for (int i = 0; i < (isEnd ? EndRepeats : 1); i++)
        {
            byte[] packet = Packet(type, start, 4, hasMarker: ticks == 1);
            packet[HeaderBytes] = (byte)Keys.IndexOf(_key);
            packet[HeaderBytes + 1] = (byte)(isEnd ? 0x8A : 0x0A);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(HeaderBytes + 2), (ushort)(ticks * FrameBytes));
            Send(plan, packet);
        }
    }

    private byte[] Packet(byte type, uint timestamp, int payloadBytes, bool hasMarker)
    {
        byte[] packet = new byte[HeaderBytes + payloadBytes];
        packet[0] = 0x80;
        packet[1] = (byte)(type | (hasMarker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _source);
        return packet;
    }

    private void Send(StreamPlan plan, byte[] packet)
    {
        if (_protector.IsOn)
        {
            byte[] sealedPacket = new byte[packet.Length + SrtpCipher.MostBytes];
            packet.CopyTo(sealedPacket, 0);
            packet = sealedPacket[.._protector.Protect(sealedPacket, packet.Length)];
        }
        world.Net.Handle(new(_local, plan.Remote.Default.Address, packet, IsMedia: true), world.Now);
    }
}
