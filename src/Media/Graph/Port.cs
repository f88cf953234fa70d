using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Rtp;
using Ringwright.Media.Taps;

namespace Ringwright.Media.Graph;

/// <summary>One party's audio, both ways. Made once and used for one owner after another.</summary>
internal sealed class Port
{
    private static readonly short[] NoSound = new short[Limits.FrameSamples];

    private readonly MediaSettings _settings;
    private readonly MediaCounters _counters;
    private readonly Queue<MediaEvent> _events;
    private readonly SrtpOpener _opener = new();
    private readonly SrtpProtector _protector = new();
    private byte[] _opened = [];
    private readonly RtpReceiver _receiver = new();
    private readonly RtpSender _sender;
    private readonly Reporter _reporter;
    private readonly PortListener _listener;
    private readonly Sending _sending;
    private readonly DigitDetector _tones = new();
    private readonly KeyMatcher _keys = new();
    /// <summary>The key that is down was told in another way before.</summary>
    private bool _isKeyKnown;
    private readonly VoiceDetector _voice = new();
    private readonly MachineWatch _machine;
    private readonly OutgoingPackets _outgoing;
    private readonly Speaking _speaking;
    private readonly Hearing _hearing = new();
    private readonly RoomSeat _seat;
    private readonly Recorders _recorders = new();
    private StreamPlan? _plan;
    private Codec? _codec;
    /// <summary>The room whose own port it is.</summary>
    private RoomPart? _room;
    private MediaAddress _signalledControl;
    /// <summary>Where the peer's descriptions had its sound last, holds aside.</summary>
    private MediaAddress _signalledPlace;
    private bool _saidSilent;
    /// <summary>Since the last tick a peer of this shard has handed over a packet.</summary>
    private bool _hasPassed;
    private Instant _beat;

    public Port(MediaSettings settings, MediaCounters counters, OutgoingPackets outgoing, Queue<MediaEvent> events, IPromptFrames files)
    {
        (_settings, _counters, _events, _outgoing, _speaking) = (settings, counters, events, outgoing, new(outgoing));
        _sender = new(outgoing, _protector);
        _reporter = new(outgoing, _protector, settings);
        _listener = new(_receiver.Buffer, _receiver.Noise);
        _seat = new(events);
        _sending = new(settings, events, _sender, _hearing, _seat, _recorders, _listener, files);
        _machine = new(events);
    }

    public PortId Id { get; private set; }
    public Subject Owner { get; private set; }
    /// <summary>Where the shard keeps it among the open ports.</summary>
    public int Place { get; set; }
    /// <summary>
    /// When the peer last showed that it is there: by sound, by comfort noise, by a report, or, where it does not encrypt, by whatever
    /// comes from where its sound does. A new description begins the time anew.
    /// </summary>
    public Instant LastLife { get; private set; }

    private bool Sends => _plan is { IsWithheld: false, Direction: StreamDirection.SendReceive or StreamDirection.SendOnly }
        && _receiver.Remote.MaySend;
    /// <summary>A peer that sends no telephone events can only press keys into its audio.</summary>
    private bool ListensForTones => Expects && _plan?.TelephoneEventType is null;
    private bool Expects => _plan?.Direction is StreamDirection.SendReceive or StreamDirection.ReceiveOnly;

    public void Open(PortId id, Subject owner, Rng random, Instant now)
    {
        (Id, Owner) = (id, owner);
        _sending.Open(id, owner);
        _seat.Open(id, owner);
        _sender.Start(id, random);
        _reporter.Start(now, random);
        LastLife = _beat = now;
    }

    public void Handle(MediaCommand command, Instant now)
    {
        switch (command)
        {
            case MediaCommand.Connect connect:
                Connect(connect.Plan, now);
                break;
            case MediaCommand.WatchVoice watch:
                _voice.Watch(watch.PauseMilliseconds);
                break;
            case MediaCommand.DetectMachine detect:
                _machine.Start(detect.Terms);
                break;
            case MediaCommand.Unbridge:
                _hearing.Attach(null);
                _seat.Leave();
                break;
            case MediaCommand.LeaveRoom:
                _seat.Leave();
                break;
            case MediaCommand.Beep:
                _recorders.Beep();
                break;
            case MediaCommand.SignalledDtmf press:
                if (_keys.IsNew(press.Key, KeyWays.Signalling, press.Milliseconds, now)) _speaking.PutKey(press.Key, isAudible: false);
                break;
            case MediaCommand.StopRecord stop:
                _recorders.Stop(stop.Id, _beat);
                TellRecorded();
                break;
            case MediaCommand.PauseRecord pause:
                _recorders.Pause(pause.Id, pause.IsSilent, _beat);
                TellRecorded();
                break;
            case MediaCommand.ResumeRecord resume:
                _recorders.Resume(resume.Id, _beat);
                TellRecorded();
                break;
            case MediaCommand.CloseTap close:
                _recorders.Taps.Close(close.Id);
                FollowSaid();
                Watch();
                break;
            case MediaCommand.Play play:
                _sending.Play(play);
                break;
            case MediaCommand.StopPlay stop:
                _sending.StopPlay(stop.Id);
                break;
            case MediaCommand.PausePlay pause:
                _sending.PausePlay(pause.Id, pause.IsOn);
                break;
            case MediaCommand.SendDigits send:
                _sending.SendDigits(send);
                break;
            case MediaCommand.Echo echo:
                _sending.Echo(echo.IsOn);
                break;
            case MediaCommand.Ringback ringback:
                _sending.Ring(ringback.Tone);
                break;
            case MediaCommand.Close or MediaCommand.Degrade or MediaCommand.Bridge or MediaCommand.StartRecord or MediaCommand.OpenTap
                or MediaCommand.OpenRoom or MediaCommand.JoinRoom:
                break;          // the shard's, with what no command carries: Hear, Speak, Record, OpenTap, OpenRoom, Join
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>From the next tick on what the party says and hears goes into the ring.</summary>
    public void Record(RecordPlan plan, RecordRing ring)
    {
        _recorders.Start(plan, ring);
        Watch();
    }

    /// <summary>From the next tick on audio goes out by the memory, and comes in.</summary>
    public void OpenTap(TapMemory memory)
    {
        _recorders.OpenTap(memory);
        FollowSaid();
        Watch();
    }

    /// <summary>From now on the port sends what comes by the link.</summary>
    public void Hear(AudioLink link)
    {
        _seat.Leave();
        _hearing.Attach(link);
        link.Hearer = this;
    }

    /// <summary>From now on what the port hears goes into the link.</summary>
    public void Speak(AudioLink link) => _speaking.Attach(link);

    /// <summary>From now on it is a room's own. False when it is something else already.</summary>
    public bool TryOpen(RoomPart room)
    {
        if (_plan is not null || _room is not null || _seat.IsIn) return false;
        (_room, _codec) = (room, L16.Wide);
        _sending.Configure(_codec);
        _recorders.Configure(_codec);
        room.Open(this);
        return true;
    }

    /// <summary>From now on the port speaks into the room and hears it.</summary>
    /// <param name="room">Null when it is gone: then it hears nobody.</param>
    public void Join(RoomPart? room, RoomMember member)
    {
        if (_room is not null) return;
        if (!member.KeepsBridge)
        {
            _hearing.Attach(null);
            _speaking.Attach(null);
        }
        if (room is null) _seat.Leave();
        else _seat.Join(room, member);
    }

    /// <summary>As a room's own: what all of it are to hear in this tick.</summary>
    public bool TrySay(Span<short> into) => _sending.TrySay(L16.Wide, into);

    /// <inheritdoc cref="MediaShard.Leave"/>
    public void Leave(Predicate<MediaAddress> isTaken)
    {
        _receiver.Remote.Leave(isTaken);
        if (isTaken(_signalledControl)) _signalledControl = default;
    }

    /// <inheritdoc cref="RemoteLearner.Excuse"/>
    public void Excuse(Instant now) => _receiver.Remote.Excuse(now);

    public void HandlePacket(ReadOnlySpan<byte> bytes, bool isControl, MediaAddress from, Instant now)
    {
        if (_plan is null || bytes.IsEmpty && _opener.IsOn) return;
        isControl |= RtpPacket.IsControl(bytes);
        if (_opener.IsOn && !TryOpen(ref bytes, isControl)) return;
        if (isControl)
        {
            // A stranger has nothing to say about this stream: no report, no goodbye, no sign of life.
            if (_receiver.Remote.HearsControl(from, RtcpReader.SenderOf(bytes), _signalledControl))
            {
                _reporter.Handle(bytes, _sender.Source, now);
                ShowLife(now);
            }
            else _counters.PacketsForeign++;
            return;
        }
        if (RtpPacket.TryParse(bytes, out var packet) is not RtpStatus.Ok)
        {
            _counters.PacketsMalformed++;
            // What only keeps a NAT open (RFC 6263 section 4) is no RTP: nothing at all, a few bytes, STUN.
            if (from == _receiver.Remote.Remote) ShowLife(now);
            return;
        }
        var received = _receiver.Handle(packet, from, _reporter.Gone, now);
        if (received is Received.Foreign) _counters.PacketsForeign++;
        if (received is Received.Unexpected or Received.Unplayed) _counters.PacketsUnexpected++;
        if (received is Received.Unplayed) _speaking.Omit(packet, _receiver.Statistics.Restarts);
        if (received is Received.Unplayed or Received.Accepted || received is Received.Unexpected && from == _receiver.Remote.Remote)
            ShowLife(now);
        if (received is not Received.Accepted) return;

        if (_receiver.HasLearnt && _receiver.Remote.IsElsewhere) _events.Enqueue(new MediaEvent.RemoteLearnt(Owner, Id, from.ToEndPoint()));
        if (_receiver.Event is { } news) HandleEvent(packet, news, now);
        else if (Expects && !_receiver.IsAside)
        {
            if (_receiver.IsBesideKey) _speaking.Omit(packet, _receiver.Statistics.Restarts);
            else _speaking.PutAudio(packet, _receiver.Statistics.Restarts, Codecs.All[_receiver.Format]);
        }
    }

    private void HandleEvent(in RtpPacket packet, in DigitNews news, Instant now)
    {
        if (news.Key != 0) _isKeyKnown = !_keys.IsNew(news.Key, KeyWays.Event, news.Milliseconds, now);
        if (Expects)
        {
            if (_receiver.IsAside)
            {
                if (news.Key != 0 && !_isKeyKnown) _speaking.PutKey(news.Key, isAudible: false);
            }
            else if (_isKeyKnown) _speaking.Omit(packet, _receiver.Statistics.Restarts);
            else _speaking.PutEvent(packet, _receiver.Statistics.Restarts, news, _receiver.EventClock);
        }
        if (news.Key == 0 || _isKeyKnown) return;
        _counters.DigitsReceived++;
        _events.Enqueue(new MediaEvent.Digit(Owner, Id, news.Key, news.Milliseconds));
    }

    /// <summary>Only what is genuine goes on: it alone moves counters, teaches the remote, and is heard.</summary>
    private bool TryOpen(ref ReadOnlySpan<byte> bytes, bool isControl)
    {
        var verdict = isControl ? _opener.OpenControl(bytes, _opened, out int length) : _opener.Open(bytes, _opened, out length);
        if (verdict is SrtpVerdict.Malformed) _counters.PacketsMalformed++;
        if (verdict is SrtpVerdict.Forged) _counters.PacketsForged++;
        if (verdict is SrtpVerdict.Replayed) _counters.PacketsReplayed++;
        bytes = _opened.AsSpan(0, length);
        return verdict is SrtpVerdict.Ok;
    }

    /// <summary>It sends what a bridged peer says, as that comes.</summary>
    public bool IsPassing => _sending.IsPassing;

    /// <summary>The same of a peer on another shard, for which that must be asked: see <see cref="Pass"/>.</summary>
    public bool IsPassingAcross { get; private set; }

    /// <summary>Between two ticks: sends on what has come of the bridged peer's stream from another shard.</summary>
    public void Pass()
    {
        if (IsPassingAcross && _plan is not null && Sends) _sending.Pass(_plan, _receiver.Remote.Remote);
    }

    /// <summary>Sends on a packet of the bridged peer at once, between two ticks.</summary>
    /// <param name="speaker">Where the speaker's shard puts its packets: another shard may not touch this port.</param>
    /// <returns>False when it must go by the link.</returns>
    public bool TryPass(OutgoingPackets speaker, AudioLink link, in LinkedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (speaker != _outgoing) return false;
        _hasPassed = true;
        return _plan is not null && Sends && _sending.TryPass(link, _plan, _receiver.Remote.Remote, packet, payload);
    }

    /// <summary>The first half of a tick: what has come is heard.</summary>
    /// <param name="beat">When the tick was due.</param>
    public void Listen(Instant now, Instant beat)
    {
        _beat = beat;
        if (_plan is null || _codec is null) return;
        _speaking.Follow();
        if (_recorders.Taps.IsOn) _recorders.Taps.Take((_codec.Inner ?? _codec).FrameSamples, _sending.HoldsAudio);
        bool isHeard = ListensForTones || _sending.IsEchoing || _voice.IsOn || _machine.IsOn
            || _speaking.WantsSamples || _recorders.IsOn || _seat.IsHeard;
        if (Expects)
        {
            _listener.Tick(isHeard, now);
            if (ListensForTones && _tones.Handle(_listener.Plain) is { } key) TellTone(key, now);
            if (_voice.IsOn && _voice.Handle(Spoken(_listener.Plain))) _events.Enqueue(new MediaEvent.Voice(Owner, Id, _voice.IsTalking));
            if (_speaking.WantsSamples)
                _speaking.PutSamples(_recorders.Taps.Speak(_listener.Samples), _listener.Said, _listener.Captured);
            if (_receiver.Noise.IsOn) _speaking.PutNoise(_receiver.Noise);
            if (!_saidSilent && _plan.SilenceLimit is { } limit && now - LastLife >= limit)
            {
                _saidSilent = true;
                _events.Enqueue(new MediaEvent.Silent(Owner, Id));
            }
        }
        // Who puts the call on hold in the middle of a word has paused: nobody is to wait for his next one.
        else if (_voice.IsTalking && _voice.Handle(0.0)) _events.Enqueue(new MediaEvent.Voice(Owner, Id, _voice.IsTalking));
        _seat.Say(Expects ? _recorders.Taps.Speak(Spoken(_listener.Samples)) : default);
        _machine.Tick(Owner, Id, Spoken(_listener.Plain));
    }

    /// <summary>
    /// For whoever judges what is said, or mixes it: who describes his background says that he is silent, however loud it is.
    /// </summary>
    private ReadOnlySpan<short> Spoken(ReadOnlySpan<short> samples) =>
        _listener.IsNoise ? NoSound.AsSpan(0, samples.Length) : samples;

    /// <summary>The other half: the party gets what it is to hear. Between the two its room has mixed.</summary>
    public void Send(Instant now)
    {
        if (_room is not null) RecordMix(_room);
        if (_plan is null || _codec is null) return;
        bool isOfShard = _hasPassed;
        _hasPassed = false;
        _sending.Tick(_codec.Inner ?? _codec, _plan, Sends ? _receiver.Remote.Remote : null);
        IsPassingAcross = IsPassing && !isOfShard;
        if (_recorders.IsOn)
        {
            if (Expects) _recorders.Taps.Hear(Spoken(_listener.Samples));
            _recorders.Tick(Expects ? _listener.Samples[.._listener.Said] : default, _listener.Captured, _hearing.Monitor, _beat);
            TellRecorded();
        }
        if (now >= _reporter.NextDue) Report(isBye: false, now);
    }

    /// <summary>Ends everything that lasts and says what was counted. The object can be opened again.</summary>
    public void Close(Instant now)
    {
        _sending.End();
        _recorders.EndAll(_beat);
        TellRecorded();
        if (_plan is not null && (_sender.Packets > 0 || _receiver.Statistics.IsStarted)) Report(isBye: true, now);
        _room?.Close();
        _seat.Reset();
        _events.Enqueue(new MediaEvent.Closed(Owner, Id, Count()));

        (_plan, _codec, _room, _saidSilent, _hasPassed, IsPassingAcross) = (null, null, null, false, false, false);
        _signalledPlace = default;
        _tones.Reset();
        _keys.Clear();
        _isKeyKnown = false;
        _voice.Watch(0);
        _machine.Stop();
        _speaking.Reset();
        _hearing.Reset();
        _recorders.Reset();
        _sending.Reset();
        _reporter.Stop();
        _opener.Use(null);
        _protector.Use(null);
        _receiver.Reset();
        _listener.Reset();
    }

    public PortStatistics Count()
    {
        var statistics = _receiver.Statistics;
        long skipped = _receiver.Buffer.Skipped + _receiver.Dropped;
        double expected = statistics.Received + statistics.Lost;
        double delay = (_reporter.RoundTrip?.TotalMilliseconds ?? 0) / 2 + (_receiver.Buffer.Target + 1) * Limits.TickMilliseconds;
        double mos = statistics.Received == 0 ? 0 : VoiceQuality.Mos(delay, (statistics.Lost + skipped) / expected);
        return new(statistics.Received, statistics.Lost, skipped, _sender.Packets, Math.Round(statistics.JitterMaxMilliseconds, 2), mos);
    }

    private void Connect(StreamPlan plan, Instant now)
    {
        if (_room is not null || Codecs.Find(plan.Codec.Name, plan.Codec.ClockRate) is not { } codec) return;
        bool wasExpecting = Expects;
        bool isNewOffer = _plan is null || (_plan.Generation, _plan.Dialog) != (plan.Generation, plan.Dialog);
        bool isNewCodec = codec != _codec;
        (_plan, _codec) = (plan, codec);
        _opener.Use(plan.Keys?.Receive);
        if (_opener.IsOn && _opened.Length == 0) _opened = new byte[Limits.PacketBytes];
        _protector.Use(plan.Keys?.Send);
        if (IsMoved(plan) && _protector.HasRolledOver)
        {
            // Who is there now may know our key and cannot know our counter (RFC 4568 section 7.1.4); that of a new source is zero.
            _protector.BeginSource();
            _sender.ChangeSource();
        }
        if (isNewOffer) _receiver.Configure(plan, now);
        _sender.Configure(plan.Codec.PayloadType, plan.Codec.ClockRate, codec.FramesPerPacket(plan.PacketMilliseconds),
            codec.IsHalved(plan.PacketMilliseconds));
        _signalledControl = plan.Remote.Default.Control is { } control ? MediaAddress.From(control) : default;
        if (isNewOffer || !wasExpecting) ShowLife(now);
        if (!Expects) _listener.Clear();
        _hearing.Configure(codec, plan);
        _seat.Configure(codec, plan);
        if (isNewCodec) Configure(codec);
        _listener.Follow(VoiceTerms.OfSaid(plan));
        FollowSaid();
        _sending.Follow(plan);
    }

    /// <summary>The peer's sound is at another place than before.</summary>
    private bool IsMoved(StreamPlan plan)
    {
        var place = MediaAddress.From(plan.Remote.Default.Address);
        if (place.IsNone || place == _signalledPlace) return false;
        bool isFirst = _signalledPlace.IsNone;
        _signalledPlace = place;
        return !isFirst;
    }

    /// <summary>Whether what others hear of the party is what it sends.</summary>
    private void FollowSaid() =>
        _speaking.Follow(isChanged: _recorders.Taps.AddsToSaid || _plan is { } plan && !VoiceTerms.OfSaid(plan).IsNone);

    private void RecordMix(RoomPart room)
    {
        if (!_recorders.IsOn) return;
        _recorders.TickMix(room.Plain, _beat);
        TellRecorded();
    }

    private void ShowLife(Instant now) => (LastLife, _saidSilent) = (now, false);

    private void Configure(Codec codec)
    {
        _listener.Configure(codec);
        _speaking.Configure(codec);
        _sending.Configure(codec);
        _tones.Configure(codec.SampleRate);
        _machine.Configure(codec.SampleRate);
        _recorders.Configure(codec.Inner ?? codec);
    }

    /// <summary>A bridged peer that takes events gets one, beside the tones.</summary>
    private void TellTone(char key, Instant now)
    {
        if (!_keys.IsNew(key, KeyWays.Tone, Limits.MinimumDigitMilliseconds, now)) return;
        _counters.DigitsReceived++;
        _events.Enqueue(new MediaEvent.Digit(Owner, Id, key, Limits.MinimumDigitMilliseconds));
        _speaking.PutKey(key, isAudible: true);
    }

    private void TellRecorded()
    {
        while (_recorders.TryTakeEnded(out var ended))
            _events.Enqueue(new MediaEvent.RecordEnded(Owner, Id, ended.Plan.Id, ended.Reason ?? RecordEndReason.Failed,
                ended.StartedAt, _beat));
        Watch();
    }

    private void Watch() => _hearing.Watch(_recorders.WantsPeer && !_sending.ChangesVoices);

    private void Report(bool isBye, Instant now)
    {
        var remote = _receiver.Remote;
        if (!remote.MaySend || _plan is not { IsWithheld: false })
        {
            _reporter.Postpone(now);
            return;
        }
        // A remote that was learnt has its RTCP where its RTP is, by the usual rule; SDP's word was wrong already.
        bool isSignalled = !remote.IsElsewhere && !_signalledControl.IsNone;
        var to = _plan.IsRtcpMux ? remote.Remote : isSignalled ? _signalledControl
            : remote.Remote with { Port = (ushort)(remote.Remote.Port + 1) };
        _reporter.Report(Id, !_plan.IsRtcpMux, to, _sender, _receiver.Statistics, _receiver.Source, isBye, now);
    }
}
