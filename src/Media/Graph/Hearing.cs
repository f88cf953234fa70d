using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

internal enum Heard
{
    /// <summary>Nothing: the port says what it would say alone.</summary>
    Nothing,
    /// <summary>The tick is spent: packets went out, or the next is only late.</summary>
    Packets,
    /// <summary>A frame is encoded and to be sent.</summary>
    Frame,
}

/// <summary>The hearing end of a link: passes packets on under the port's own source, or encodes the samples that come instead.</summary>
internal sealed class Hearing
{
    private const string Keys = "0123456789*#ABCD";
    /// <summary>Ticks without a packet after which the stream counts as paused, and silence is sent instead.</summary>
    private const int TicksToPause = 10;
    /// <summary>So long whoever is joined may be on his way before a tone is heard in his place: half a second.</summary>
    private const int TicksToRing = 25;
    private const int MostKeys = 32;

    private static readonly string[] KeyTexts = [.. Keys.Select(key => key.ToString())];

    private readonly Queue<string> _keys = new(MostKeys);
    private AudioLink? _link;
    private LinkFormat? _format;
    private IAudioEncoder? _encoder;
    private StampedFrames? _monitor;
    private int _quietTicks = TicksToPause;
    /// <summary>Packets since the last tick. However fast a peer sends, the other party gets no more of them than a link holds.</summary>
    private int _passedEarly;
    /// <summary>Of the present peer: something has come of it.</summary>
    private bool _hasSpoken;
    private int _waitedTicks;

    /// <summary>What the peer says, tick by tick, while somebody asks for it.</summary>
    public StampedFrames? Monitor => IsOn ? _monitor : null;

    public bool IsOn => _link is not null;

    /// <summary>A ring tone may be heard: there is no peer, or one that has said nothing yet, and not only for a moment.</summary>
    public bool LeavesRinging => !IsOn || !_hasSpoken && _waitedTicks >= TicksToRing;

    /// <summary>Samples a second that hold all that is in the peer's frames; 0 when that is not known.</summary>
    public int SpokenRate => _format?.Samples.SpokenRate ?? 0;

    /// <summary>A port hears one link; the one before closes.</summary>
    public void Attach(AudioLink? link)
    {
        _link?.Close();
        (_link, _quietTicks, _passedEarly, _hasSpoken, _waitedTicks) = (link, TicksToPause, 0, false, 0);
        _keys.Clear();
        if (_link is not null && _format is { } format) _link.Format = format with { Samples = new(format.Codec.FrameSamples) };
        if (_link is { Format: { } own }) _format = own;
    }

    public void Configure(Codec codec, StreamPlan plan)
    {
        int packetBytes = codec.IsHalved(plan.PacketMilliseconds) ? codec.FrameBytes / 2
            : codec.FramesPerPacket(plan.PacketMilliseconds) * codec.FrameBytes;
        bool isChanged = !VoiceTerms.OfHeard(plan).IsNone;
        if (_format is { } old && old.Codec == codec && old.PacketBytes == packetBytes && old.WantsSamples == isChanged
            && old.EventClock == plan.EventClock) return;
        _encoder = (codec.Inner ?? codec).CreateEncoder();
        _format = new(codec, packetBytes, new(codec.FrameSamples), _monitor)
        {
            WantsSamples = isChanged, EventClock = plan.EventClock,
        };
        if (_link is not null) _link.Format = _format;
    }

    /// <summary>Asks the peer's port for decoded audio beside what it sends anyway, or no longer.</summary>
    public void Watch(bool isOn)
    {
        if (isOn == _monitor is not null) return;
        _monitor = isOn ? new() : null;
        if (_format is null) return;
        _format = _format with { Monitor = _monitor };
        if (_link is not null) _link.Format = _format;
    }

    public void Reset()
    {
        Attach(null);
        (_format, _encoder, _monitor) = (null, null, null);
    }

    /// <summary>A digit that must be pressed anew, for this party gets its keys in another way or counts time otherwise.</summary>
    public bool TryTakeKey(out string key) => _keys.TryDequeue(out key!);

    /// <summary>This tick belongs to something else: what was said meanwhile is not heard.</summary>
    public void Skip() => Skip(pressesEvents: false, pressesTones: true);

    /// <summary>The same where the keys are to be heard all the same; the tones of one are in what is heard instead.</summary>
    /// <returns>True when a packet of this tick has been handed on already.</returns>
    public bool SkipSound(StreamPlan plan)
    {
        bool hasPassed = _passedEarly > 0;
        Skip(pressesEvents: true, PressesTones(plan));
        return hasPassed;
    }

    private void Skip(bool pressesEvents, bool pressesTones)
    {
        if (_link is not { } link) return;
        for (; link.TryPeek(out var packet, out _); link.Advance()) Note(packet, pressesEvents, pressesTones);
        _format?.Samples.Clear();
        (_quietTicks, _passedEarly) = (TicksToPause, 0);
    }

    /// <summary>Hands a packet on at once, if the stream passes already and nothing waits before it.</summary>
    public bool TryPass(AudioLink link, RtpSender sender, MediaAddress to, StreamPlan plan, in LinkedPacket packet,
        ReadOnlySpan<byte> payload)
    {
        return _link == link && link.IsEmpty && TryPassEarly(sender, to, plan, packet, payload);
    }

    /// <summary>
    /// Between two ticks, for a speaker of another shard: audio of a stream that passes already goes on at once. All else waits for the
    /// tick, and so does what is behind it.
    /// </summary>
    public void Pass(RtpSender sender, MediaAddress to, StreamPlan plan)
    {
        if (_link is not { } link) return;
        for (; link.TryPeek(out var packet, out var payload); link.Advance())
        {
            if (packet.Kind is not LinkedKind.Audio || !TryPassEarly(sender, to, plan, packet, payload)) return;
        }
    }

    private bool TryPassEarly(RtpSender sender, MediaAddress to, StreamPlan plan, in LinkedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (_passedEarly >= AudioLink.Slots || !sender.TryPassEarly(to, plan.Codec.PayloadType, packet, payload)) return false;
        _passedEarly++;
        return true;
    }

    /// <summary>Takes what has come since the last tick.</summary>
    /// <param name="to">Where packets go; null while the port may not send.</param>
    public Heard Tick(RtpSender sender, MediaAddress? to, StreamPlan plan, Span<byte> frame)
    {
        if (_link is not { } link || _format is not { } format || _encoder is not { } encoder) return Heard.Nothing;
        if (_waitedTicks < TicksToRing) _waitedTicks++;
        if (to is not { } remote)
        {
            Skip();
            return Heard.Nothing;
        }
        if (link.HasEnded) Attach(null);
        int passed = _passedEarly;
        bool hasPassed = passed > 0, hasEvent = false;
        _passedEarly = 0;
        for (; link.TryPeek(out var packet, out var payload); link.Advance())
        {
            Note(packet, plan.SentEventType is null, PressesTones(plan));
            if (++passed > AudioLink.Slots) continue;        // as what finds the link full
            if (packet.Kind is LinkedKind.Audio)
            {
                sender.Pass(remote, plan.Codec.PayloadType, packet, payload);
                hasPassed = true;
            }
            else if (packet.Kind is LinkedKind.Event && plan.SentEventType is { } type)
            {
                sender.Pass(remote, type, packet, payload);
                hasEvent = true;
            }
            else sender.Omit(packet);
        }
        // While a key is down the speaker sends no audio; what its decoder makes up meanwhile is not sent either.
        if (hasPassed || hasEvent)
        {
            format.Samples.Clear();
            (_quietTicks, _hasSpoken) = (0, true);
            sender.Advance();
            return Heard.Packets;
        }
        Span<short> samples = stackalloc short[format.Codec.FrameSamples];
        if (format.Samples.TryRead(samples))
        {
            // What is decoded for us is silence until its first packet comes.
            _hasSpoken |= samples.ContainsAnyExcept((short)0);
            encoder.Encode(samples, frame);
            _quietTicks = TicksToPause;
            return Heard.Frame;
        }
        if (_quietTicks >= TicksToPause) return Heard.Nothing;
        _quietTicks++;
        sender.Advance();
        return Heard.Packets;
    }

    /// <summary>To a party without events the tones in the audio are the key.</summary>
    private static bool PressesTones(StreamPlan plan) => plan.SentEventType is not null || plan.Digits is DigitMethod.Info;

    private void Note(in LinkedPacket packet, bool pressesEvents, bool pressesTones)
    {
        bool isPressed = packet.Kind is LinkedKind.Key || packet.Kind is LinkedKind.Event && pressesEvents
            || packet.Kind is LinkedKind.Tone && pressesTones;
        if (!isPressed) return;
        int key = Keys.IndexOf(packet.Key);
        if (key >= 0 && _keys.Count < MostKeys) _keys.Enqueue(KeyTexts[key]);
    }
}
