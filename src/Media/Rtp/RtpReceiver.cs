using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Rtp;

/// <summary>What a packet meant.</summary>
/// <remarks>Unplayed is of the stream that we hear, and of a payload type that was not agreed: comfort noise and the like.</remarks>
internal enum Received { Ignored, Foreign, Unexpected, Unplayed, Accepted }

/// <summary>The peer's side of one RTP stream: source, order, statistics and digits. Audio goes into the jitter buffer.</summary>
internal sealed class RtpReceiver
{
    private readonly HeardTable _heard = new();
    private byte _audioType;
    private int _clockRate = 8000;
    private bool _isListening;
    private bool _hasSource;
    private uint _nextSource;
    private ushort _nextSequence;
    private bool _hasNext;

    public RemoteLearner Remote { get; } = new();
    public ReceiveStatistics Statistics { get; } = new();
    public JitterBuffer Buffer { get; } = new();
    /// <summary>What the peer says of its background while it says nothing else.</summary>
    public ComfortNoise Noise { get; } = new();
    private DigitReceiver Digits { get; } = new();
    /// <summary>Of a source that says nothing but keys, beside the one that we hear.</summary>
    private DigitReceiver AsideDigits { get; } = new();
    private uint _asideSource;
    private long _asideSequence;
    /// <summary>Until when the next packet of a key that is down must have come.</summary>
    private Instant _keyUntil;

    /// <summary>SSRC that we listen to.</summary>
    public uint Source { get; private set; }
    /// <summary>Packets that were too large or of a source on probation.</summary>
    public long Dropped { get; private set; }
    /// <summary>The remote was learnt by the last packet.</summary>
    public bool HasLearnt { get; private set; }
    /// <summary>The last packet was of an event, and what it said.</summary>
    public DigitNews? Event { get; private set; }
    /// <summary>By which its duration counts.</summary>
    public int EventClock { get; private set; }
    /// <summary>It was of another source than the one that we hear: its numbers are not those of the stream.</summary>
    public bool IsAside { get; private set; }
    /// <summary>
    /// The last packet is audio of the time of a key that is down: its sender says the key in both ways, and whoever gets the event does
    /// not hear it a second time.
    /// </summary>
    public bool IsBesideKey { get; private set; }
    /// <summary>Of the last packet of audio: its codec's place in <see cref="Codecs.All"/>.</summary>
    public byte Format { get; private set; }

    public void Configure(StreamPlan plan, Instant now)
    {
        bool isSame = plan.Codec.PayloadType == _audioType && plan.Codec.ClockRate == _clockRate;
        bool listens = plan.Direction is StreamDirection.SendReceive or StreamDirection.ReceiveOnly;
        (_audioType, _clockRate) = (plan.Codec.PayloadType, plan.Codec.ClockRate);
        _heard.Configure(plan);
        if (!isSame || listens != _isListening) Buffer.Clear();
        _isListening = listens;
        Noise.End();
        Remote.Expect(SourceTerms.Of(plan), now);
    }

    public void Reset()
    {
        Remote.Reset();
        Statistics.Reset();
        Buffer.Reset();
        Digits.Reset();
        AsideDigits.Reset();
        Noise.End();
        _heard.Clear();
        (_hasSource, _hasNext, _isListening, Dropped, Event, HasLearnt) = (false, false, false, 0, null, false);
    }

    /// <param name="gone">A source that said goodbye.</param>
    public Received Handle(in RtpPacket packet, MediaAddress from, uint? gone, Instant now)
    {
        (Event, HasLearnt, IsAside, IsBesideKey) = (null, false, false, false);
        bool isEvent = _heard.TryEvents(packet.PayloadType, packet.Payload.Length, out int eventClock);
        if (!_heard.TryCodec(packet.PayloadType, out byte format) && !isEvent)
        {
            // No loss, no sound.
            bool isOurs = Remote.Note(from, packet.Source, packet.Sequence, now) && packet.Source == Source && _hasSource;
            if (isOurs && Statistics.Count(packet.Sequence))
            {
                Buffer.Put(packet.Sequence, packet.Timestamp, PacketKind.Nothing, default, now);
                if (_heard.IsNoise(packet.PayloadType) && _isListening) Noise.Begin(packet.Payload);
            }
            return isOurs ? Received.Unplayed : Received.Unexpected;
        }
        if (isEvent && _hasSource && packet.Source != Source && Remote.IsHeardFrom(from)) return HandleAside(packet, eventClock);
        var verdict = Remote.Judge(from, packet.Source, packet.Sequence, now);
        if (verdict is SourceVerdict.Foreign) return Received.Foreign;
        HasLearnt = verdict is SourceVerdict.Learnt;
        if (!IsOurs(packet, HasLearnt || gone == Source))
        {
            Dropped++;
            return Received.Ignored;
        }

        int restarts = Statistics.Restarts;
        if (!Statistics.Count(packet.Sequence) || packet.Payload.Length > Limits.PayloadBytes)
        {
            Dropped++;
            return Received.Ignored;
        }
        long sequence = Statistics.Extend(packet.Sequence);
        if (Statistics.Restarts != restarts)
        {
            Buffer.Clear();
            Digits.Resume(sequence);
        }

        Noise.End();
        if (isEvent) HandleEvent(packet, sequence, eventClock, now);
        else HandleAudio(packet, format, now);
        return Received.Accepted;
    }

    private void HandleAudio(in RtpPacket packet, byte format, Instant now)
    {
        Format = format;
        IsBesideKey = now < _keyUntil && Digits.IsDown(packet.Timestamp);
        int clockRate = Codecs.All[format].ClockRate;
        Statistics.Time(packet.Timestamp, now, clockRate);
        if (!_isListening) return;
        Buffer.Adapt(Statistics.Jitter * 1000 / clockRate);
        var kind = packet.Payload.IsEmpty ? PacketKind.Nothing : PacketKind.Audio;
        Buffer.Put(packet.Sequence, packet.Timestamp, kind, packet.Payload, now, format);
    }

    private void HandleEvent(in RtpPacket packet, long sequence, int clockRate, Instant now)
    {
        var news = Digits.Handle(packet, sequence, clockRate);
        if (!news.IsRepeat) _keyUntil = now + Limits.KeySilence;
        if (!_isListening) return;
        (Event, EventClock) = (news, clockRate);
        Buffer.Put(packet.Sequence, packet.Timestamp, news.IsRepeat ? PacketKind.Nothing : PacketKind.Gap, default, now);
    }

    /// <summary>
    /// Keys of some senders have an SSRC of their own, beside the audio's: they take nothing from it, neither number nor time.
    /// </summary>
    private Received HandleAside(in RtpPacket packet, int clockRate)
    {
        if (packet.Source != _asideSource) AsideDigits.Reset();
        _asideSequence += (short)(packet.Sequence - (ushort)_asideSequence);
        _asideSource = packet.Source;
        var news = AsideDigits.Handle(packet, _asideSequence, clockRate);
        IsAside = true;
        if (_isListening) (Event, EventClock) = (news, clockRate);
        return Received.Accepted;
    }

    /// <summary>Another SSRC must send two packets in a row before it is followed, so that a stray one does not cut the stream.</summary>
    private bool IsOurs(in RtpPacket packet, bool isProved)
    {
        if (_hasSource && packet.Source == Source)
        {
            _hasNext = false;
            return true;
        }
        bool isSecond = _hasNext && packet.Source == _nextSource && packet.Sequence == _nextSequence;
        (_hasNext, _nextSource, _nextSequence) = (true, packet.Source, (ushort)(packet.Sequence + 1));
        if (_hasSource && !isProved && !isSecond) return false;
        if (_hasSource)
        {
            Statistics.Restart();
            Buffer.Clear();
            Digits.Reset();
        }
        (_hasSource, _hasNext, Source) = (true, false, packet.Source);
        return true;
    }
}
