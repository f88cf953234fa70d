namespace Ringwright.Texml.Run;

/// <summary>What comes behind a verb.</summary>
internal abstract record Step
{
    private Step() { }

    /// <summary>The next verb of the document.</summary>
    public static readonly Step Next = new Onward();

    /// <summary>Nothing more: the call is, or is to be, hung up.</summary>
    public static readonly Step End = new Stop(IsHangup: true);

    /// <summary>The document has no more verbs.</summary>
    public static readonly Step Done = new Stop(IsHangup: false);

    public sealed record Onward : Step;

    /// <param name="IsHangup">A verb said so.</param>
    public sealed record Stop(bool IsHangup) : Step;

    /// <summary>Another document.</summary>
    /// <param name="Url">Resolved.</param>
    /// <param name="More">Parameters beside those of every request.</param>
    public sealed record Go(string Url, string Method, IReadOnlyList<KeyValuePair<string, string>> More) : Step
    {
        /// <summary>It tells what came of a verb: it is asked for also when the call ends meanwhile.</summary>
        public bool OutlivesCall { get; init; }
    }

    /// <summary>A document is not to be had.</summary>
    /// <param name="Message">Why, as a sentence or part of one.</param>
    public sealed record Failed(string Code, string Url, string Message) : Step;
}
