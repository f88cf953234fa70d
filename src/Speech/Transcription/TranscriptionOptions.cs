using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Speech.Transcription;

/// <summary>How a node transcribes live calls.</summary>
public sealed record TranscriptionOptions
{
    /// <summary>Calls that are transcribed at the same time; one more fails.</summary>
    public int Calls { get; init; } = 200;

    /// <summary>For a recogniser to be ready to listen to one speaker.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a recogniser to let go of one speaker; then it is left behind.</summary>
    public TimeSpan FarewellTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For a recogniser to understand what was said last, when a transcription is stopped or its call has ended.</summary>
    public TimeSpan LastWords { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a transcription whose tap has ended waits to be closed, before it says that the call's audio has gone.</summary>
    public TimeSpan TapGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What tells agents when their caller speaks and pauses, by the rate of his audio. Null leaves that to media, which goes by energy.
    /// </summary>
    public Func<int, IVoiceDetector>? AgentVoice { get; init; }
}
