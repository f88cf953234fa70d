using Ringwright.Media.Dsp;

namespace Ringwright.Speech.VoiceActivity;

/// <summary>Voices by their energy over the noise, as <see cref="VoiceDetector"/> finds them.</summary>
internal sealed class EnergyVoice : IVoiceDetector
{
    private readonly VoiceDetector _detector = new();

    public EnergyVoice(int pauseMilliseconds) => _detector.Watch(pauseMilliseconds);

    public bool IsTalking => _detector.IsTalking;

    public bool Handle(ReadOnlySpan<short> samples) => _detector.Handle(samples);
}
