namespace Ringwright.Speech.Recognition.Live;

/// <summary>What a message of a live recogniser means.</summary>
internal abstract record LiveNews
{
    private LiveNews() { }

    /// <summary>It listens.</summary>
    public sealed record Begun : LiveNews;

    public sealed record Heard(IReadOnlyList<Recognised> Results) : LiveNews;

    /// <summary>Nothing that matters here: statistics, a word that speech began.</summary>
    public sealed record Nothing : LiveNews;

    /// <summary>All that was said is recognised.</summary>
    public sealed record Ended(IReadOnlyList<Recognised> Results) : LiveNews;

    /// <param name="Words">The far end's, for the log.</param>
    public sealed record Refused(int? Code, string Words) : LiveNews;

    /// <summary>No message of this protocol.</summary>
    public sealed record Nonsense : LiveNews;
}
