using Ringwright.Calls;
using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Speech.Transcription;

/// <summary>Notices when one speaker begins to speak and when he pauses, whatever a recogniser makes of it.</summary>
internal sealed class VoiceWatch(TapTracks track, IVoiceDetector detector, Action<LiveAudioNews> tell)
{
    /// <summary>Silence that is a pause to a gather, in milliseconds: as long as the one that ends a segment.</summary>
    public const int GatherPause = 600;

    public TapTracks Track => track;

    /// <param name="samples">The next 20 ms.</param>
    public void Handle(ReadOnlySpan<short> samples)
    {
        if (detector.Handle(samples)) tell(new LiveAudioNews.Voice(track, detector.IsTalking));
    }
}
