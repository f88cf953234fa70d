namespace Ringwright.Speech.VoiceActivity;

/// <summary>Says when one speaker begins to speak and when he has paused. Used by one thread at a time.</summary>
public interface IVoiceDetector
{
    bool IsTalking { get; }

    /// <param name="samples">The next 20 ms.</param>
    /// <returns>True when <see cref="IsTalking"/> changed.</returns>
    bool Handle(ReadOnlySpan<short> samples);
}
