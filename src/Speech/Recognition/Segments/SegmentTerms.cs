namespace Ringwright.Speech.Recognition.Segments;

/// <summary>How speech is cut into pieces, in milliseconds.</summary>
internal sealed record SegmentTerms
{
    /// <summary>Silence that ends a piece.</summary>
    public int Pause { get; init; } = 600;

    /// <summary>Kept from before speech was noticed: its soft beginning, and the ticks that it took to notice it.</summary>
    public int Before { get; init; } = 300;

    /// <summary>Kept of the pause.</summary>
    public int After { get; init; } = 200;

    /// <summary>A longer piece is cut at the quietest tick of its last <see cref="Seam"/>.</summary>
    public int Most { get; init; } = (int)Limits.Segment.TotalMilliseconds;

    public int Seam { get; init; } = 2_000;
}
