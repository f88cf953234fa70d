using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Voice;

/// <summary>What the handlers of calls, recordings and outbound profiles use.</summary>
public sealed record VoiceParts
{
    public required Ids Ids { get; init; }
    public required EgressClient Egress { get; init; }
    public required Database Store { get; init; }
    /// <summary>Says which recordings can be made.</summary>
    public required IRecordingFiles Files { get; init; }
    /// <summary>Where recordings and the files of jobs are fetched.</summary>
    public required DownloadLinks Links { get; init; }
    public required ISpeech Speech { get; init; }
    public required ITranscriber Transcriber { get; init; }
    /// <summary>For URLs that may give a document where others give a sound.</summary>
    public required IDocumentSounds Sounds { get; init; }
    /// <summary>Envelopes of applications that do not say which they want: "1" or "2".</summary>
    public string NewWebhookVersion { get; init; } = "2";
    /// <summary>How long the end of a machine's greeting is waited for where the request does not say; null for what is usual.</summary>
    public TimeSpan? GreetingAnalysis { get; init; }
}
