using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// What one port sends, one frame or packet a tick. Who comes first: a key, the beep before a recording, a playback with what is heard
/// over it, what the bridged peer says, or the room that the port is in, the ring-back tone while that peer has said nothing yet, the echo,
/// and silence where it is to be sent.
/// </summary>
internal sealed class Sending(MediaSettings settings, Queue<MediaEvent> events, RtpSender sender, Hearing hearing, RoomSeat seat,
    Recorders recorders, PortListener listener, IPromptFrames files)
{
    private readonly Player _player = new(files);
    private readonly Overlay _overlay = new(files);
    private MediaCommand.Play? _following;
    private readonly Echo _echo = new(listener);
    private readonly ToneSource _tone = new();
    private readonly DigitSender _digits = new();
    private readonly RingSource _ring = new();
    private readonly PacketEncoder _packets = new();
    private readonly ChangedFrames _changed = new();
    private readonly IAudioDecoder _linear = L16.Wide.CreateDecoder();
    private readonly byte[] _frame = new byte[Limits.FrameBytes];
    /// <summary>Since something other than silence was sent.</summary>
    private int _idleTicks;
    private PortId _port;
    private Subject _owner;

    /// <summary>The last tick was the bridged peer's, in its own packets.</summary>
    public bool IsPassing { get; private set; }

    /// <summary>A bridged peer's voice is changed, and so is what is recorded of it.</summary>
    public bool ChangesVoices => _changed.IsOn;

    /// <summary>The next tick is a key's or the beep's: what enters for the party waits, as a playback does.</summary>
    public bool HoldsAudio => _digits.IsKeyNext || recorders.IsBeeping;

    /// <summary>What the party says goes back to it.</summary>
    public bool IsEchoing => _echo.IsOn;

    public void Open(PortId port, Subject owner) => (_port, _owner) = (port, owner);

    public void Play(MediaCommand.Play play)
    {
        if (play.IsOverlay)
        {
            if (_overlay.IsActive) EndOverlay(isFailed: false);
            _overlay.Start(play);
            return;
        }
        if (_player.IsActive && play.Behind != default && play.Behind == _player.Id)
        {
            _following = play;
            return;
        }
        _following = null;
        if (_player.IsActive) EndPlay(isFailed: false);
        _player.Start(play);
    }

    /// <summary>Nothing when something else plays by now.</summary>
    public void StopPlay(Guid id)
    {
        if (_following?.Id == id) _following = null;
        if (_player.IsActive && _player.Id == id)
        {
            _following = null;
            EndPlay(isFailed: false);
        }
        if (_overlay.IsActive && _overlay.Id == id) EndOverlay(isFailed: false);
    }

    /// <inheritdoc cref="StopPlay"/>
    public void PausePlay(Guid id, bool isOn)
    {
        if (_player.IsActive && _player.Id == id) _player.IsPaused = isOn;
    }

    public void SendDigits(MediaCommand.SendDigits send)
    {
        if (_digits.IsActive) EndDigits();
        _digits.Start(send.Id, send.Digits, send.DigitMilliseconds);
    }

    public void Echo(bool isOn) => _echo.IsOn = isOn;

    /// <param name="tone">Null ends it.</param>
    public void Ring(RingTone? tone) => _ring.Begin(tone);

    public void Configure(Codec codec)
    {
        _packets.Configure(codec);
        var frames = codec.Inner ?? codec;
        _echo.Configure(frames);
        _tone.Configure(frames);
        _ring.Configure(frames);
        _player.Configure(frames);
        _overlay.Configure(frames);
        _changed.Configure(frames);
    }

    public void Follow(StreamPlan plan)
    {
        _packets.Follow(plan);
        _changed.Follow(VoiceTerms.OfHeard(plan));
        _idleTicks = 0;
    }

    /// <summary>Between two ticks, while <see cref="IsPassing"/>.</summary>
    public void Pass(StreamPlan plan, MediaAddress to) => hearing.Pass(sender, to, plan);

    /// <inheritdoc cref="Hearing.TryPass"/>
    public bool TryPass(AudioLink link, StreamPlan plan, MediaAddress to, in LinkedPacket packet, ReadOnlySpan<byte> payload) =>
        IsPassing && hearing.TryPass(link, sender, to, plan, packet, payload);

    /// <param name="codec">Of the port's frames.</param>
    /// <param name="to">Where packets go; null while the port may not send.</param>
    public void Tick(Codec codec, StreamPlan plan, MediaAddress? to)
    {
        var frame = _frame.AsSpan(0, codec.FrameBytes);
        int idle = _idleTicks;
        (_idleTicks, IsPassing) = (0, false);
        TakePassedKey(plan);
        var step = _digits.Step();
        if (step is DigitStep.Done) EndDigits();
        if (step is DigitStep.Event or DigitStep.End)
        {
            // A playback waits meanwhile, so that the listener misses none of it; a bridged peer does not.
            if (seat.IsIn) hearing.SkipSound(plan);
            else hearing.Skip();
            _changed.Clear();
            SendDigit(step, plan, frame, to);
            return;
        }

        if (recorders.TryBeep(frame))
        {
            hearing.Skip();
            SendOwn(frame, to);
            return;
        }

        bool hasFrame = TryPlay(frame, codec), isOwn = true;
        if (_overlay.IsActive && !_overlay.TryMix(frame, codec, ref hasFrame)) EndOverlay(_overlay.IsFailed);
        recorders.Taps.Mix(frame, codec, ref hasFrame);
        if (hasFrame) hearing.Skip();
        else if (seat.IsIn)
        {
            if (hearing.SkipSound(plan))
            {
                sender.Advance();
                return;
            }
            if (to is { } place && seat.TryHear(out var heard))
            {
                if (_changed.IsOn)
                {
                    _changed.Change(heard.Samples, frame);
                    SendOwn(frame, place);
                    return;
                }
                sender.SendFrame(place, heard.Packet);
                recorders.Said(heard.Samples);
                return;
            }
        }
        else if (hearing.IsOn)
        {
            var heard = hearing.Tick(sender, to, plan, frame);
            if (heard is Heard.Packets)
            {
                IsPassing = true;
                _changed.Clear();
                return;
            }
            hasFrame = heard is Heard.Frame;
            isOwn = !hasFrame || hearing.LeavesRinging && _ring.TryRead(frame);
        }
        if (!hasFrame) hasFrame = hearing.LeavesRinging && _ring.TryRead(frame) || _echo.TryRead(frame);
        // From here on a peer's voice is ours: it is recorded as it is sent.
        if (_changed.IsOn) (hasFrame, isOwn) = (_changed.TryChange(frame, hasFrame, isVoice: !isOwn), true);
        if (hasFrame && isOwn)
        {
            SendOwn(frame, to);
            return;
        }
        if (!hasFrame && settings.SendsSilence)
        {
            if (to is not null) _idleTicks = idle + 1;
            // Two who are bridged are no idle call because a third has come, and nobody says anything to one of them.
            hasFrame = !plan.OmitsSilence || seat.Member.KeepsBridge
                || idle % Limits.LifeTicks < Limits.LifePackets * codec.FramesPerPacket(plan.PacketMilliseconds);
            if (hasFrame) codec.Silence.Span.CopyTo(frame);
        }
        if (hasFrame && to is { } remote) sender.SendFrame(remote, _packets.Encode(frame, hearing.SpokenRate));
        else sender.SkipFrame();
    }

    /// <summary>
    /// For a room's own port, in place of <see cref="Tick"/>: what all of the room are to hear. The beep goes over the rest.
    /// </summary>
    /// <param name="codec">Uncompressed, as the samples are.</param>
    public bool TrySay(Codec codec, Span<short> into)
    {
        var frame = _frame.AsSpan(0, codec.FrameBytes);
        if (_digits.Step() is DigitStep.Done) EndDigits();      // nobody takes them
        bool hasFrame = TryPlay(frame, codec);
        if (hasFrame) _linear.Decode(frame, into);
        if (!recorders.TryBeep(frame)) return hasFrame;
        if (!hasFrame) into.Clear();
        Span<short> beep = stackalloc short[into.Length];
        _linear.Decode(frame, beep);
        Mixing.Over(into, beep);
        return true;
    }

    /// <summary>The port closes: whoever waits for an end hears of it.</summary>
    public void End()
    {
        _following = null;
        if (_player.IsActive) EndPlay(isFailed: false);
        if (_overlay.IsActive) EndOverlay(isFailed: false);
        if (_digits.IsActive) EndDigits();
    }

    public void Reset()
    {
        _overlay.Reset();
        _following = null;
        _echo.IsOn = false;
        _digits.Stop();
        _tone.Stop();
        _ring.Begin(null);
        _packets.Reset();
        _changed.Reset();
        (_idleTicks, IsPassing) = (0, false);
    }

    /// <summary>Sends what this port says itself: no bridged peer, no mere silence.</summary>
    private void SendOwn(ReadOnlySpan<byte> frame, MediaAddress? to)
    {
        if (to is { } remote)
        {
            sender.SendFrame(remote, _packets.Encode(frame));
            recorders.Said(frame);
        }
        else sender.SkipFrame();
    }

    /// <summary>What a bridged peer pressed and cannot pass on as it is goes out in this party's way.</summary>
    private void TakePassedKey(StreamPlan plan)
    {
        if (_digits.IsActive || !hearing.TryTakeKey(out string key)) return;
        if (plan.Digits is DigitMethod.Info) events.Enqueue(new MediaEvent.KeyPassed(_owner, _port, key[0]));
        else _digits.Start(Guid.Empty, key, Limits.PassedDigitMilliseconds);
    }

    private void SendDigit(DigitStep step, StreamPlan plan, Span<byte> frame, MediaAddress? to)
    {
        bool isEnd = step is DigitStep.End;
        if (plan.SentEventType is { } type)
        {
            if (to is { } remote) sender.SendEvent(remote, type, plan.EventClock, _digits.Event, _digits.IsFirst, isEnd, _digits.HeldTicks);
            else sender.SkipFrame();
            return;
        }
        if (_digits.IsFirst && ToneGenerator.TryKey(_digits.Key, out int low, out int high)) _tone.Start(low, high);
        if (isEnd) _tone.Stop();
        _tone.TryRead(frame);
        SendOwn(frame, to);
    }

    /// <summary>Digits without an id were a bridged peer's: nobody waits for them.</summary>
    private void EndDigits()
    {
        if (_digits.Id != Guid.Empty) events.Enqueue(new MediaEvent.DigitsSent(_owner, _port, _digits.Id));
    }

    /// <summary>The playback's next frame; of the one that waits behind it in the tick in which it is over.</summary>
    private bool TryPlay(Span<byte> frame, Codec codec)
    {
        bool hasFrame = false;
        while (_player.IsActive && !_player.TryRead(frame, codec, out hasFrame)) EndPlay(_player.IsFailed);
        return hasFrame;
    }

    private void EndPlay(bool isFailed)
    {
        events.Enqueue(new MediaEvent.PlayEnded(_owner, _port, _player.Id, isFailed));
        _player.Stop();
        if (_following is { } next && !isFailed) _player.Start(next);
        _following = null;
    }

    private void EndOverlay(bool isFailed)
    {
        events.Enqueue(new MediaEvent.PlayEnded(_owner, _port, _overlay.Id, isFailed));
        _overlay.Stop();
    }
}
