using System.Diagnostics.CodeAnalysis;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rooms;

/// <summary>One port's place in a room; empty while it is in none.</summary>
internal sealed class RoomSeat(Queue<MediaEvent> events)
{
    private static readonly RoomMember Nobody = new();

    private readonly TalkGate _gate = new();
    private short[] _voice = [];
    private int[] _whispered = [];
    private Resampler? _resampler;
    private RoomPart? _part;
    private Codec? _codec;
    private StreamPlan? _plan;
    private MixEncoder? _shared, _own;
    private Subject _owner;
    private PortId _port;

    public bool IsIn => _part is not null;

    public RoomMember Member { get; private set; } = Nobody;

    /// <summary>Somebody may hear it: what it says must be listened to.</summary>
    public bool IsHeard => _part is { IsGone: false } && Member is { IsMuted: false, IsAway: false, WhispersTo: null or { Count: > 0 } };

    /// <summary>In this tick <see cref="Voice"/> is to be heard.</summary>
    public bool IsSpeaking { get; private set; }

    /// <summary>What the party says, at the room's rate.</summary>
    public ReadOnlySpan<short> Voice => _voice;

    /// <summary>What others whisper to it, while <see cref="WhisperedAt"/> is the present tick.</summary>
    public Span<int> Whispered => _whispered;

    public long WhisperedAt { get; private set; }

    /// <summary>For what all hear who say nothing. There once codec and room are known, as they are when something is sent.</summary>
    public MixEncoder SharedEncoder => _shared ??= _part!.Share(_codec!, _plan!);

    /// <summary>For what it alone hears. The same holds for it.</summary>
    public MixEncoder OwnEncoder => _own ??= new(_codec!, _plan!);

    public void Open(PortId port, Subject owner) => (_port, _owner) = (port, owner);

    public void Join(RoomPart part, RoomMember member)
    {
        if (part != _part)
        {
            Leave();
            _part = part;
            part.Add(this, _port);
            Prepare();
        }
        Member = member;
        if (!IsHeard) FallSilent();
    }

    public void Leave()
    {
        if (_part is not { } part) return;
        FallSilent();
        part.Remove(this, _port);
        Forget();
        (_part, Member, _resampler, WhisperedAt) = (null, Nobody, null, 0);
    }

    /// <summary>What the port sends from now on.</summary>
    public void Configure(Codec codec, StreamPlan plan)
    {
        if (_part is not null && _shared is { } shared && !shared.Suits(codec, plan)) Forget();
        if (codec != _codec) _resampler = null;
        (_codec, _plan) = (codec, plan);
        Prepare();
    }

    /// <summary>The port closes.</summary>
    public void Reset()
    {
        _gate.Close();      // that it has closed says enough
        Leave();
        (_codec, _plan) = (null, null);
    }

    /// <summary>Each tick, before the room mixes.</summary>
    /// <param name="samples">What the party says, at its codec's rate; empty when nothing is expected of it.</param>
    public void Say(ReadOnlySpan<short> samples)
    {
        if (!IsIn) return;
        if (!IsHeard)
        {
            FallSilent();
            return;
        }
        if (_gate.Handle(samples)) events.Enqueue(new MediaEvent.Talking(_owner, _port, _gate.IsTalking));
        bool wasSpeaking = IsSpeaking;
        IsSpeaking = _gate.IsOpen;
        if (IsSpeaking) Widen(samples, isFirst: !wasSpeaking);
    }

    /// <summary>What is sent in this tick; false when the room has nothing for it.</summary>
    public bool TryHear([NotNullWhen(true)] out MixEncoder? heard)
    {
        heard = null;
        return _part is { } part && _codec is not null && !Member.IsAway && part.TryHear(this, out heard);
    }

    public void TakeWhisper(ReadOnlySpan<short> samples, long tick)
    {
        if (_whispered.Length == 0) _whispered = new int[RoomPart.FrameSamples];
        if (WhisperedAt != tick) Array.Clear(_whispered);
        Mixing.Add(_whispered, samples);
        WhisperedAt = tick;
    }

    /// <summary>Now, and not in a tick: what will be needed for certain.</summary>
    private void Prepare()
    {
        if (_part is null || _codec is null) return;
        _ = SharedEncoder;
        if (_voice.Length == 0) _voice = new short[RoomPart.FrameSamples];
    }

    private void Forget()
    {
        if (_shared is not null) _part?.Unshare(_shared);
        _own?.Free();
        (_shared, _own) = (null, null);
    }

    private void FallSilent()
    {
        IsSpeaking = false;
        if (_gate.Close()) events.Enqueue(new MediaEvent.Talking(_owner, _port, IsTalking: false));
    }

    private void Widen(ReadOnlySpan<short> samples, bool isFirst)
    {
        if (samples.IsEmpty) Array.Clear(_voice);
        else if (samples.Length == _voice.Length) samples.CopyTo(_voice);
        else
        {
            // What was said before was quieter than anybody hears; what it left in the filter is older still.
            _resampler ??= new(samples.Length * 1000 / Limits.TickMilliseconds, RoomPart.SampleRate);
            Span<short> nothing = stackalloc short[Limits.FrameSamples];
            if (isFirst) _resampler.Process(nothing[..samples.Length], _voice);
            _resampler.Process(samples, _voice);
        }
    }
}
