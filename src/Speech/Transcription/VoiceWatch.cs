using Ringwright.Calls;
using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Speech.Transcription;

/// <summary>Notices when one speaker begins to speak and when he pauses, whatever a recogniser makes of it.</summary>
internal sealed class VoiceWatch(TapTracks track, IVoiceDetector detector, Action<LiveAudioNews> tell)
{
    /// <summary>Silence that is a pause to a gather, in milliseconds: as long as the one that ends a segment.</summary>
    public const int GatherPause = 600;

    /// <summary>The same to an agent: as long as media's, where that tells of its caller.</summary>
    public const int AgentPause = 200;

    public TapTracks Track => track;

    public bool IsTalking => detector.IsTalking;

    /// <param name="samples">The next 20 ms.</param>
    /// <returns>True when <see cref="IsTalking"/> changed.</returns>
    public bool Handle(ReadOnlySpan<short> samples)
    {
        if (!detector.Handle(samples)) return false;
        tell(new LiveAudioNews.Voice(track, detector.IsTalking));
        return true;
    }
}
