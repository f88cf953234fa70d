namespace Ringwright.Calls;

/// <summary>Whose audio on a port.</summary>
[Flags]
public enum TapTracks
{
    None = 0,
    /// <summary>What the port's party says.</summary>
    Said = 1,
    /// <summary>What the party is sent.</summary>
    Heard = 2,
}

/// <summary>What of a port's audio leaves a live call, and what enters it.</summary>
/// <param name="SampleRate">Of what leaves: 8,000, 16,000, 24,000 or 48,000 Hz, whatever the port's codec has.</param>
public sealed record TapPlan(Guid Id, TapTracks Tracks, int SampleRate)
{
    /// <summary>Of what enters, one of the same; null when nothing does.</summary>
    public int? InjectionRate { get; init; }

    /// <summary>
    /// Where it enters, over what is there already: what the port's party hears, what others are given to hear as the party's, or both.
    /// </summary>
    public TapTracks InjectsInto { get; init; } = TapTracks.Heard;
}

/// <summary>What a tap gave.</summary>
public enum TapFrameKind
{
    /// <summary>20 ms of one track.</summary>
    Audio,
    /// <summary>All that was written before the mark has been played, or cleared.</summary>
    Mark,
}

/// <summary>One step of a tap.</summary>
/// <param name="Track">Of audio: one of the plan's.</param>
/// <param name="Milliseconds">When it was said or heard, or the mark reached, since the tap began.</param>
/// <param name="Samples">Of audio: how many there are, 20 ms at the plan's rate.</param>
/// <param name="Mark">Of a mark: its number.</param>
public readonly record struct TapFrame(TapFrameKind Kind, TapTracks Track, long Milliseconds, int Samples, long Mark);

/// <summary>
/// The outer end of a tap: one second each way between a port's tick and one reader and writer in any thread. Neither end ever waits for
/// the other. Disposed by who opened it, whether media has taken it up or not.
/// </summary>
public interface IAudioTap : IDisposable
{
    TapPlan Plan { get; }

    /// <summary>
    /// How often a reader that fell behind has lost the oldest audio; one per loss, however long. Marks are never lost.
    /// </summary>
    long Overflows { get; }

    /// <summary>How many samples may be written now.</summary>
    int Room { get; }

    /// <summary>Until there is something to read.</summary>
    /// <returns>False when nothing will come any more: the port is closed, or its process has gone.</returns>
    ValueTask<bool> WaitAsync(CancellationToken cancellation);

    /// <param name="into">Room for 20 ms at the plan's rate.</param>
    /// <returns>False when there is nothing now.</returns>
    bool TryRead(Span<short> into, out TapFrame frame);

    /// <summary>The next audio for the party, at <see cref="TapPlan.InjectionRate"/>.</summary>
    /// <returns>How many samples there was room for.</returns>
    int Write(ReadOnlySpan<short> samples);

    /// <summary>Told by a frame once what was written before it has been played; at once where that is nothing.</summary>
    /// <returns>False when too many wait.</returns>
    bool TryMark(long number);

    /// <summary>What was written and not played is dropped, and its marks are told.</summary>
    void Clear();
}

/// <summary>Makes taps that media can take up (its command <c>OpenTap</c> with the same plan).</summary>
public interface IAudioTaps
{
    /// <exception cref="IOException">There is no room for it; the message is one line for the operator.</exception>
    IAudioTap Open(TapPlan plan);
}
