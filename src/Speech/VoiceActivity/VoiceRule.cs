using System.Numerics;

namespace Ringwright.Speech.VoiceActivity;

/// <summary>
/// What a model's scores of windows of 32 ms mean: a voice begins with three likely windows of four, so that a click changes nothing, and
/// pauses after 200 ms without a likely one. To go on asks for less than to begin.
/// </summary>
internal sealed class VoiceRule
{
    public const int WindowMilliseconds = 32;

    private const float Begins = 0.5f, GoesOn = 0.35f;
    private const int Windows = 4, Enough = 3, PauseMilliseconds = 200;

    /// <summary>Of voice, when each window of it is likely.</summary>
    public const int OnsetMilliseconds = Enough * WindowMilliseconds;

    /// <summary>A bit for each of the last windows.</summary>
    private uint _likely;
    private int _quietMilliseconds;

    public bool IsTalking { get; private set; }

    /// <param name="score">From 0 to 1: how likely there is a voice in the next window.</param>
    /// <returns>True when <see cref="IsTalking"/> changed.</returns>
    public bool Handle(float score)
    {
        if (!IsTalking)
        {
            _likely = ((_likely << 1) | (score >= Begins ? 1u : 0u)) & ((1u << Windows) - 1);
            if (BitOperations.PopCount(_likely) < Enough) return false;
            (IsTalking, _quietMilliseconds) = (true, 0);
            return true;
        }
        _quietMilliseconds = score < GoesOn ? _quietMilliseconds + WindowMilliseconds : 0;
        if (_quietMilliseconds < PauseMilliseconds) return false;
        (IsTalking, _likely) = (false, 0);
        return true;
    }
}
