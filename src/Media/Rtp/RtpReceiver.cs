using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Rtp;

/// <summary>What a packet meant.</summary>
/// <remarks>Unplayed is of the stream that we hear, and of a payload type that was not agreed: comfort noise and the like.</remarks>
internal enum Received { Ignored, Foreign, Unexpected, Unplayed, Accepted }

/// <summary>The peer's side of one RTP stream: source, order, statistics and digits. Audio goes into the jitter buffer.</summary>
internal sealed class RtpReceiver
{
    private byte _audioType;
    private byte? _eventType, _offeredEventType;
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

    /// <summary>SSRC that we listen to.</summary>
    public uint Source { get; private set; }
    /// <summary>Packets that were too large or of a source on probation.</summary>
    public long Dropped { get; private set; }
    /// <summary>The remote was learnt by the last packet.</summary>
    public bool HasLearnt { get; private set; }
    /// <summary>The digit that the last packet began, and how long it was by then.</summary>
    public (char Key, int Milliseconds)? Digit { get; private set; }

    public void Configure(StreamPlan plan, Instant now)
    {
        bool isSame = plan.Codec.PayloadType == _audioType && plan.Codec.ClockRate == _clockRate;
        bool listens = plan.Direction is StreamDirection.SendReceive or StreamDirection.ReceiveOnly;
        (_audioType, _eventType, _offeredEventType, _clockRate) = (plan.Codec.PayloadType, plan.TelephoneEventType,
            plan.OfferedTelephoneEventType, plan.Codec.ClockRate);
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
        Noise.End();
        (_hasSource, _hasNext, _isListening, Dropped, Digit, HasLearnt) = (false, false, false, 0, null, false);
    }

    /// <param name="gone">A source that said goodbye.</param>
    public Received Handle(in RtpPacket packet, MediaAddress from, uint? gone, Instant now)
    {
        (Digit, HasLearnt) = (null, false);
        bool isEvent = packet.PayloadType == _eventType || packet.PayloadType == _offeredEventType;
        if (packet.PayloadType != _audioType && !isEvent)
        {
            // No loss, no sound.
            bool isOurs = Remote.Note(from, packet.Source, packet.Sequence, now) && packet.Source == Source && _hasSource;
            if (isOurs && Statistics.Count(packet.Sequence))
            {
                Buffer.Put(packet.Sequence, packet.Timestamp, PacketKind.Nothing, default, now);
                if (packet.PayloadType == ComfortNoise.PayloadType && _isListening) Noise.Begin(packet.Payload);
            }
            return isOurs ? Received.Unplayed : Received.Unexpected;
        }
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
        if (Statistics.Restarts != restarts) Buffer.Clear();

        Noise.End();
        if (isEvent) HandleEvent(packet, now);
        else HandleAudio(packet, now);
        return Received.Accepted;
    }

    private void HandleAudio(in RtpPacket packet, Instant now)
    {
        Statistics.Time(packet.Timestamp, now, _clockRate);
        if (!_isListening) return;
        Buffer.Adapt(Statistics.Jitter * 1000 / _clockRate);
        Buffer.Put(packet.Sequence, packet.Timestamp, packet.Payload.IsEmpty ? PacketKind.Nothing : PacketKind.Audio, packet.Payload, now);
    }

    private void HandleEvent(in RtpPacket packet, Instant now)
    {
        bool isDigit = Digits.Handle(packet, _clockRate, out char key, out int milliseconds, out bool isRepeat);
        if (!_isListening) return;
        if (isDigit) Digit = (key, milliseconds);
        Buffer.Put(packet.Sequence, packet.Timestamp, isRepeat ? PacketKind.Nothing : PacketKind.Gap, default, now);
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
