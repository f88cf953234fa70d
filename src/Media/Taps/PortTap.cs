using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Taps;

/// <summary>The tick's end of a tap.</summary>
internal sealed class PortTap(TapMemory memory)
{
    private readonly TapTrack? _said = TrackOf(memory.Plan, TapTracks.Said), _heard = TrackOf(memory.Plan, TapTracks.Heard);
    private readonly short[] _frame = new short[memory.FrameSamples];
    private readonly short[] _injected = new short[TapMemory.FrameSamplesOf(memory.Plan.InjectionRate ?? 0)];
    private Resampler? _inward;
    private Instant? _began;
    private bool _waitsForRest;

    public Guid Id => memory.Plan.Id;
    public bool WantsHeard => _heard is not null;
    public bool Injects => memory.Plan.InjectionRate is not null;

    /// <summary>What enters is heard by the party.</summary>
    public bool IsForParty { get; } = Enters(memory.Plan, TapTracks.Heard);

    /// <summary>What enters is heard by others as the party's.</summary>
    public bool IsAsParty { get; } = Enters(memory.Plan, TapTracks.Said);

    public void Configure(int portRate)
    {
        _said?.Configure(portRate);
        _heard?.Configure(portRate);
        _inward = memory.Plan.InjectionRate is { } rate && rate != portRate ? new(rate, portRate) : null;
    }

    /// <summary>What the party says in this tick.</summary>
    public void Hear(ReadOnlySpan<short> samples) => _said?.Put(samples);

    /// <summary>What it is given to hear, in whatever pieces that comes.</summary>
    public void Say(ReadOnlySpan<short> samples) => _heard?.Put(samples);

    /// <summary>
    /// The next 20 ms of what enters, at the port's rate. Fewer than that are waited for once, and then followed by silence.
    /// </summary>
    /// <returns>False when nothing waits.</returns>
    public bool TryRead(Span<short> into)
    {
        if (!Injects) return false;
        int waiting = memory.Waiting(), count = Math.Min(waiting, _injected.Length);
        if (count == 0 || count < _injected.Length && !_waitsForRest)
        {
            _waitsForRest = count > 0;
            return false;
        }
        _waitsForRest = false;
        memory.Read(_injected.AsSpan(0, count));
        _injected.AsSpan(count).Clear();
        if (_inward is null) _injected.CopyTo(into);
        else into[_inward.Process(_injected, into)..].Clear();
        return true;
    }

    /// <summary>The tick is over.</summary>
    public void Advance(Instant beat)
    {
        memory.ReachMarks();
        long milliseconds = (long)Math.Round((beat - (_began ??= beat)).TotalMilliseconds);
        Put(_said, TapTracks.Said, milliseconds);
        Put(_heard, TapTracks.Heard, milliseconds);
    }

    /// <summary>Nothing of it is touched any more.</summary>
    public void End() => memory.Release();

    private void Put(TapTrack? track, TapTracks which, long milliseconds)
    {
        if (track is null) return;
        track.Take(_frame);
        memory.PutFrame(which, milliseconds, _frame);
    }

    private static bool Enters(TapPlan plan, TapTracks into) => plan.InjectionRate is not null && plan.InjectsInto.HasFlag(into);

    private static TapTrack? TrackOf(TapPlan plan, TapTracks track) => plan.Tracks.HasFlag(track) ? new(plan.SampleRate) : null;
}
