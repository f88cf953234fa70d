using System.Buffers.Binary;
using Ringwright.Bench.Driving.Secure;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Driving;

/// <summary>What the ends of one side say in a run, and what they expect.</summary>
/// <param name="HearsHertz">The tone that comes through a bridge.</param>
/// <param name="IsNumbered">Frames come out at the other end as they went in.</param>
internal sealed record LegSetting(Tone Says, int HearsHertz, bool IsSecure, bool IsNumbered)
{
    public static LegSetting Of(CallPlan plan, bool isCaller)
    {
        var codec = isCaller ? plan.CallerCodec : plan.CalleeCodec;
        bool converses = plan.Habit is ApplicationHabit.Converses;
        var says = converses ? Tone.Turns(codec, CallPlan.TurnMilliseconds - CallPlan.SaidMilliseconds, CallPlan.SaidMilliseconds)
            : Tone.Of(codec, isCaller ? Tone.CallerHertz : Tone.CalleeHertz);
        // The number of a frame is heard by whoever listens for a voice.
        return new(says, isCaller ? Tone.CalleeHertz : Tone.CallerHertz, plan.IsSecure,
            !plan.IsTranscoded && !converses && plan.Habit is not ApplicationHabit.Confers);
    }
}

/// <summary>
/// One end's audio: sends a frame each 20 ms and counts what it hears. Where frames pass undecoded (in PCMU), the first four bytes of each
/// carry the frame's number, the next four when it was sent, six bits a byte, in values that every mu-law codec gives back unchanged: so a
/// receiver behind a bridge counts what the bridge lost, and how long it took. Where they are transcoded it listens for the other's tone.
/// </summary>
internal sealed class AudioLeg : IPacketTaker, IDisposable
{
    private const int HeaderBytes = 12, MostFrameBytes = 1_500, LoudSamples = 80;
    private const long FrameNanos = 20_000_000;
    /// <summary>Of the time of sending, which has 24 bits of them: almost three minutes.</summary>
    private const long UnitNanos = 10_000;
    private const uint UnitMask = 0xFF_FFFF;
    private const byte NumberMark = 0x80, NumberBits = 0x3F;

    private readonly UdpPort _rtp, _rtcp;
    private readonly byte[] _packet = new byte[HeaderBytes + MostFrameBytes + SrtpContext.TagBytes];
    private LegSetting _setting;
    private Tone _says;
    private SrtpContext? _outgoing, _incoming;
    private ToneWatch _watch;
    private long _nextAt;
    private ushort _sequence;
    private uint _number, _timestamp;

    public AudioLeg(UdpPort rtp, UdpPort rtcp, Poller poller, LegSetting setting)
    {
        (_rtp, _rtcp) = (rtp, rtcp);
        (_setting, _says, _watch) = (setting, setting.Says, new(setting.Says.Format));
        poller.Add(rtp, this);
        poller.Add(rtcp, Reports);
    }

    public Place Local => _rtp.Local;
    public Place Remote { get; set; }
    public AudioFormat Format => _setting.Says.Format;
    public bool IsSending { get; private set; }
    public TrafficCount Traffic { get; private set; } = new();
    public AudioCount Heard { get; private set; } = new();

    /// <summary>What we protect with, for <c>a=crypto</c>; null where sound is plain.</summary>
    public byte[]? Key { get; private set; }

    /// <summary>Of the other's <c>a=crypto</c> line, which an answer repeats.</summary>
    public int KeyTag { get; private set; } = 1;

    /// <summary>SRTP packets that were not made with the other's key.</summary>
    public long Forged { get; private set; }

    /// <summary>How late packets left, at most, in nanoseconds: what the driver itself does to the figures.</summary>
    public long LatestSending { get; private set; }

    /// <summary>RTCP is taken and not read: a phone has the port open.</summary>
    public PacketCounter Reports { get; } = new();

    public (int All, int Wrong) Tones => _watch.Judge(_setting.HearsHertz);

    public void Reset(LegSetting setting)
    {
        (_setting, _says) = (setting, setting.Says);
        _watch = new(Format);
        IsSending = false;
        Traffic = new();
        Heard = new(Format.ClockRate);
        _number = 0;
        (Forged, LatestSending) = (0, 0);
        Renew();
        _packet[0] = 0x80;
    }

    /// <summary>For another call: keys of its own, and numbers that do not roll over early in it.</summary>
    public void Renew()
    {
        _outgoing?.Dispose();
        _incoming?.Dispose();
        Key = _setting.IsSecure ? SrtpContext.NewKey() : null;
        (_outgoing, _incoming, KeyTag) = (Key is { } key ? new(key) : null, null, 1);
        if (_setting.IsSecure) _sequence &= 0x7FFF;
    }

    /// <summary>What the other protects with.</summary>
    public void Trust(byte[] key, int tag)
    {
        _incoming?.Dispose();
        (_incoming, KeyTag) = (new(key), tag);
    }

    /// <param name="now">The first packet goes at once.</param>
    /// <param name="says">Something else than all others; null when not.</param>
    public void Begin(long now, Tone? says = null)
    {
        _says = says ?? _setting.Says;
        IsSending = true;
        _nextAt = now;
    }

    public void End() => IsSending = false;

    /// <summary>Sends what is due.</summary>
    public void Turn(long now)
    {
        while (IsSending && _nextAt <= now)
        {
            byte[] frame = _says.Frames[_number % _says.Frames.Length];
            _packet[1] = Format.PayloadType;
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence++);
            BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _timestamp);
            BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), (uint)_rtp.Local.Port * 2654435761);
            frame.CopyTo(_packet, HeaderBytes);
            _timestamp += Format.FrameTicks;
            if (_setting.IsNumbered)
            {
                WriteNumber(0, _number);
                WriteNumber(4, (uint)(Poller.Now / UnitNanos) & UnitMask);
            }
            _number++;
            LatestSending = Math.Max(LatestSending, now - _nextAt);
            _nextAt += FrameNanos;
            int length = HeaderBytes + frame.Length;
            if (_outgoing is not null) length = _outgoing.Protect(_packet, length);
            if (_rtp.Send(_packet.AsSpan(0, length), Remote)) Traffic.Out(length);
        }
    }

    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived)
    {
        Traffic.In(packet.Length);
        if (!_setting.IsSecure)
        {
            Hear(packet, arrived);
            return;
        }
        if (_incoming is null || packet.Length > HeaderBytes + MostFrameBytes) return;
        Span<byte> clear = stackalloc byte[packet.Length];
        packet.CopyTo(clear);
        int length = _incoming.Unprotect(clear);
        if (length == 0) Forged++;
        else Hear(clear[..length], arrived);
    }

    private void Hear(ReadOnlySpan<byte> packet, long arrived)
    {
        if (packet.Length <= HeaderBytes || (packet[1] & 0x7F) != Format.PayloadType) return;
        var payload = packet[HeaderBytes..];
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        uint? number = _setting.IsNumbered ? NumberOf(payload) : null;
        if (!_setting.IsNumbered) _watch.Add(source, payload);
        Heard.Add(source, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), arrived,
            IsLoud(payload), number);
        if (number is not null && payload.Length >= 8 && NumberOf(payload[4..]) is { } sentAt)
            Heard.AddTransit(((uint)(arrived / UnitNanos) - sentAt & UnitMask) * UnitNanos / 1e6);
    }

    private void WriteNumber(int at, uint number)
    {
        for (int i = 0; i < 4; i++) _packet[HeaderBytes + at + i] = (byte)(NumberMark | number >> 6 * (3 - i) & NumberBits);
    }

    /// <summary>Half of the samples are no silence; of mu-law only.</summary>
    private static bool IsLoud(ReadOnlySpan<byte> payload)
    {
        int loud = 0;
        // Mu-law counts down from 0xFF and 0x7F: below 0x68 in the lower bits is above an amplitude of 200.
        foreach (byte sample in payload)
            if ((sample & 0x7F) < 0x68) loud++;
        return loud >= LoudSamples;
    }

    private static uint? NumberOf(ReadOnlySpan<byte> payload)
    {
        uint number = 0;
        for (int i = 0; i < 4; i++)
        {
            if ((payload[i] & ~NumberBits) != NumberMark) return null;
            number = number << 6 | (uint)(payload[i] & NumberBits);
        }
        return number;
    }

    public void Dispose()
    {
        _outgoing?.Dispose();
        _incoming?.Dispose();
        _rtp.Dispose();
        _rtcp.Dispose();
    }
}

/// <summary>Counts packets and forgets them.</summary>
internal sealed class PacketCounter : IPacketTaker
{
    public long Count { get; private set; }

    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived) => Count++;
}
