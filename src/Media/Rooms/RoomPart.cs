using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rooms;

/// <summary>
/// What one media thread has of a room: its members there, and the room's own port if that is there. Once a tick, between hearing and
/// sending, it adds up what is said; then each member gets the sum without itself. All who say nothing hear the same, encoded once.
/// </summary>
public sealed class RoomPart
{
    internal const int SampleRate = 16_000, FrameSamples = SampleRate * Limits.TickMilliseconds / 1000;
    /// <summary>Decibels below the overload point: a quiet room.</summary>
    private const byte NoiseLevel = 65;

    private readonly RoomHub _hub;
    private readonly int _thread;
    private readonly List<RoomSeat> _seats = [];
    private readonly Dictionary<PortId, RoomSeat> _byPort = [];
    private readonly List<MixEncoder> _shared = [];
    private readonly int[] _sum = new int[FrameSamples];
    private readonly short[] _plain = new short[FrameSamples], _other = new short[FrameSamples];
    private readonly RecentMix _recent = new();
    private readonly ComfortNoise _noise = new();
    private Port? _own;
    private int _voices;
    private long _tick;
    private volatile bool _isWanted;

    internal RoomPart(RoomHub hub, int thread)
    {
        (_hub, _thread) = (hub, thread);
        if (hub.Terms.HasComfortNoise) _noise.Begin([NoiseLevel]);
    }

    internal bool IsGone => _hub.IsGone;

    /// <summary>There are members here, or the room's own port: others write to it what they hear.</summary>
    internal bool IsWanted => _isWanted;

    internal bool IsEmpty => _seats.Count == 0 && _own is null;

    /// <summary>What those hear who say nothing themselves, in this tick.</summary>
    internal ReadOnlySpan<short> Plain => _plain;

    /// <summary>The room's own port.</summary>
    internal void Open(Port own)
    {
        Begin();
        _own = own;
    }

    /// <summary>The room's own port closes, and the room with it.</summary>
    internal void Close()
    {
        _own = null;
        _hub.End();
    }

    internal void Add(RoomSeat seat, PortId port)
    {
        Begin();
        _seats.Add(seat);
        _byPort[port] = seat;
    }

    internal void Remove(RoomSeat seat, PortId port)
    {
        _seats.Remove(seat);
        _byPort.Remove(port);
    }

    /// <summary>Nobody is here any more: nothing more is written for this thread.</summary>
    internal void Rest() => _isWanted = false;

    /// <summary>One encoder for all who send the same.</summary>
    internal MixEncoder Share(Codec codec, StreamPlan plan)
    {
        var shared = _shared.Find(one => one.Suits(codec, plan));
        if (shared is null) _shared.Add(shared = new(codec, plan));
        shared.Users++;
        return shared;
    }

    internal void Unshare(MixEncoder shared)
    {
        if (--shared.Users > 0) return;
        _shared.Remove(shared);
        shared.Free();
    }

    /// <summary>Once a tick, when all ports have heard and none has sent.</summary>
    internal void Mix()
    {
        _tick++;
        _recent.Add(_plain);
        (_voices, int own) = (0, 0);
        Array.Clear(_sum);
        if (!_hub.IsGone)
        {
            if (_own is { } room && room.TrySay(_other)) Say(_other);
            foreach (var seat in _seats)
                if (seat.IsSpeaking && seat.Member.WhispersTo is null) Say(seat.Voice);
            own = _voices;
            for (int thread = 0; thread < _hub.Threads; thread++)
                if (thread != _thread && _hub.IsWanted(thread)) Tell(_hub.WireTo(_thread, thread), own);
            foreach (var seat in _seats)
                if (seat.IsSpeaking && seat.Member.WhispersTo is { } some) Whisper(some, seat.Voice, seat);
            for (int thread = 0; thread < _hub.Threads; thread++)
                if (thread != _thread && _hub.WireFrom(thread, _thread) is { } wire) Hear(wire);
        }
        if (_noise.IsOn && !_hub.IsGone)
        {
            _noise.Read(_other);
            Say(_other);
        }
        Mixing.Saturate(_sum, _plain);
    }

    /// <summary>What the member hears in this tick; false when nobody says anything to it.</summary>
    internal bool TryHear(RoomSeat seat, out MixEncoder heard)
    {
        bool isInSum = seat.IsSpeaking && seat.Member.WhispersTo is null, isWhisperedTo = seat.WhisperedAt == _tick;
        heard = isInSum || isWhisperedTo ? seat.OwnEncoder : seat.SharedEncoder;
        if (_hub.IsGone || _voices - (isInSum ? 1 : 0) + (isWhisperedTo ? 1 : 0) == 0) return false;
        if (heard.HasEncoded(_tick)) return true;
        if (!isInSum && !isWhisperedTo)
        {
            heard.Encode(_plain, _tick, _recent);
            return true;
        }
        if (isWhisperedTo)
        {
            Mixing.Add(seat.Whispered, _sum);
            if (isInSum) Mixing.Minus(seat.Whispered, seat.Voice, _other);
            else Mixing.Saturate(seat.Whispered, _other);
        }
        else Mixing.Minus(_sum, seat.Voice, _other);
        heard.Encode(_other, _tick, _recent);
        return true;
    }

    private void Begin()
    {
        if (_isWanted) return;
        for (int thread = 0; thread < _hub.Threads; thread++) _hub.WireFrom(thread, _thread)?.Clear();
        _isWanted = true;
    }

    private void Say(ReadOnlySpan<short> samples)
    {
        Mixing.Add(_sum, samples);
        _voices++;
    }

    /// <summary>To another thread: always something, so that it need not guess whether more is only late.</summary>
    private void Tell(RoomWire wire, int voices)
    {
        if (wire.Begin() is not { } tick) return;
        tick.Say(voices, _sum);
        foreach (var seat in _seats)
            if (seat.IsSpeaking && seat.Member.WhispersTo is { } some) tick.AddWhisper(some, seat.Voice);
        wire.Commit();
    }

    private void Hear(RoomWire wire)
    {
        if (wire.Peek() is not { } tick) return;
        if (tick.Voices > 0) Mixing.Add(_sum, tick.Sum);
        _voices += tick.Voices;
        for (int i = 0; i < tick.Whispers; i++)
        {
            var samples = tick.WhisperAt(i, out var to);
            Whisper(to, samples, from: null);
        }
        wire.Advance();
    }

    private void Whisper(IReadOnlyList<PortId> to, ReadOnlySpan<short> samples, RoomSeat? from)
    {
        for (int i = 0; i < to.Count; i++)
            if (_byPort.TryGetValue(to[i], out var seat) && seat != from) seat.TakeWhisper(samples, _tick);
    }
}
