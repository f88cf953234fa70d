using Ringwright.Calls;
using Ringwright.Media.Dsp;

namespace Ringwright.Speech.Transcription;

/// <summary>Notices when one speaker begins to speak and when he pauses, whatever a recogniser makes of it.</summary>
internal sealed class VoiceWatch
{
    /// <summary>Silence that is a pause, in milliseconds: as long as the one that ends a segment.</summary>
    private const int Pause = 600;

    private readonly VoiceDetector _detector = new();
    private readonly Action<LiveAudioNews> _tell;

    public VoiceWatch(TapTracks track, Action<LiveAudioNews> tell)
    {
        (Track, _tell) = (track, tell);
        _detector.Watch(Pause);
    }

    public TapTracks Track { get; }

    /// <param name="samples">The next 20 ms.</param>
    public void Handle(ReadOnlySpan<short> samples)
    {
        if (_detector.Handle(samples)) _tell(new LiveAudioNews.Voice(Track, _detector.IsTalking));
    }
}
