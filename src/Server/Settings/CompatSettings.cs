namespace Ringwright.Server.Settings;

/// <summary>
/// Where the node does what the sources of its APIs say to the letter, and not what their clients are better served by. What each of them
/// changes, and why it is not so by itself, is a row of <c>contracts/deviations.tsv</c>.
/// </summary>
internal sealed record CompatSettings
{
    /// <summary>The letter wherever a setting leads to it.</summary>
    public static readonly CompatSettings Seed = new()
    {
        RetriesAnswered = true, HasUpdateTimes = true, SaysNoAnswer = true, ShowsCalledUrls = true, NewWebhookVersion = "1",
        GreetingAnalysis = ShortGreeting,
    };

    /// <summary>Campaigns of the dialer's API call again whoever has answered, where the call failed.</summary>
    public bool RetriesAnswered { get; init; }
    /// <summary><c>tm_update</c> is the moment of creation until something changes.</summary>
    public bool HasUpdateTimes { get; init; }
    /// <summary>The reason is spelt <c>no_answer</c>.</summary>
    public bool SaysNoAnswer { get; init; }
    /// <summary>A campaigncall that runs a flow without a call says so. The sources have no word for that.</summary>
    public bool HasFlowReferences { get; init; }
    /// <summary>Telefonie shows the <c>url</c> of a call once it was asked.</summary>
    public bool ShowsCalledUrls { get; init; }
    /// <summary>Envelopes of applications that do not say which they want.</summary>
    public string NewWebhookVersion { get; init; } = "2";
    /// <summary>How long the end of a machine's greeting is waited for; null for what is usual.</summary>
    public TimeSpan? GreetingAnalysis { get; init; }

    /// <summary>As the source has it.</summary>
    public static TimeSpan ShortGreeting => TimeSpan.FromSeconds(5);
}
