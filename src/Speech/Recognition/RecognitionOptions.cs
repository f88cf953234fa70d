namespace Ringwright.Speech.Recognition;

/// <summary>Who recognises speech, and how long each may take.</summary>
public sealed record RecognitionOptions
{
    /// <summary>A name of <see cref="Recognisers"/>; null is the first that has its settings, never the built-in one.</summary>
    public string? Default { get; init; }

    /// <summary>Any server with OpenAI's <c>/audio/transcriptions</c>; its URL is http or https, up to and without that path.</summary>
    public RecogniserTarget? OpenAi { get; init; }

    /// <summary>ws or wss, up to and without <c>/v1/listen</c>.</summary>
    public RecogniserTarget? Deepgram { get; init; }

    /// <summary>ws or wss, up to and without <c>/v3/ws</c>.</summary>
    public RecogniserTarget? AssemblyAi { get; init; }

    /// <summary>For one segment, all its tries included.</summary>
    public TimeSpan SegmentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until a live recogniser listens.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a live recogniser to take what it is sent.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a live recogniser's last words, once it has heard all.</summary>
    public TimeSpan FinishTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Without audio for so long, a live recogniser is told that there will be more. Deepgram gives up after 10 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A silent far end is asked for a sign of life so often, and has as long to give one.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A recogniser's server, which the operator chose: its address is not checked.</summary>
public sealed record RecogniserTarget
{
    public required string Url { get; init; }

    /// <summary>Sent as the provider wants it, when there is one.</summary>
    public string? Key { get; init; }

    /// <summary>Null is the provider's usual one.</summary>
    public string? Model { get; init; }

    /// <summary>Never with the key.</summary>
    public override string ToString() => Url;
}
