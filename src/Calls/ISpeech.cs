namespace Ringwright.Calls;

/// <summary>Speaks a text for who wants the sound itself, not a call that plays it. Implemented in Speech.</summary>
public interface ISpeech
{
    /// <summary>The voices that can be asked for, in the names that customers use.</summary>
    IReadOnlyList<SpeechVoice> Voices { get; }

    /// <summary>How slow and how fast it can speak; 1 is a voice's own speed.</summary>
    SpeedRange Speeds { get; }

    /// <summary>Who speaks when this name is asked for.</summary>
    VoiceStand Find(string voice);

    /// <summary>The text as an MP3 file.</summary>
    ValueTask<SpokenText> SpeakAsync(PromptSource.Speech speech, CancellationToken stop);
}

/// <param name="Voice">The name that is spoken by: what was asked for, or what it is an alias of.</param>
/// <param name="Warning">A sentence for the customer where another voice speaks in its place; null where it is meant to.</param>
/// <param name="Refusal">The same where the node is set to refuse instead.</param>
public readonly record struct VoiceStand(string Voice, string? Warning, string? Refusal);

public readonly record struct SpeedRange(double Slowest, double Fastest);

/// <summary>An MP3 file, or why there is none; <paramref name="Detail"/> is a sentence for the customer.</summary>
public readonly record struct SpokenText(ReadOnlyMemory<byte> Mp3, PromptFailure Failure, string? Detail)
{
    public static SpokenText Of(ReadOnlyMemory<byte> mp3) => new(mp3, PromptFailure.None, null);
    public static SpokenText Failed(PromptFailure failure, string detail) => new(default, failure, detail);
}

/// <param name="Id">What a request names: "AWS.Polly.Joanna", "female".</param>
/// <param name="Provider">Whose name it is: "telnyx" for our own, "aws" for Amazon Polly's, which is spoken by
/// the nearest voice that is there.</param>
/// <param name="Language">BCP 47: "en-US".</param>
/// <param name="IsMan">Null where the voice is neither.</param>
/// <param name="Engine">What really speaks.</param>
public sealed record SpeechVoice(string Id, string Name, string Provider, string Language, bool? IsMan, string Engine);
