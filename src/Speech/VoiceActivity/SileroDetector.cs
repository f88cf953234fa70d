using Ringwright.Media.Dsp;

namespace Ringwright.Speech.VoiceActivity;

/// <summary>One speaker's voice by Silero's model: what it remembers of him, and the samples that are no whole window yet.</summary>
internal sealed class SileroDetector : IVoiceDetector
{
    /// <summary>Samples at 16 kHz: a window has 32 ms, and the last 4 ms of the one before stand in front of it.</summary>
    private const int Rate = 16_000, Window = Rate * VoiceRule.WindowMilliseconds / 1_000, Context = SileroNetwork.Samples - Window;

    private readonly SileroNetwork _network;
    /// <summary>Null where audio comes at the model's rate.</summary>
    private readonly Resampler? _resampler;
    private readonly short[] _resampled;
    private readonly float[] _input = new float[Context + Window];
    private readonly VoiceRule _rule = new();
    private int _filled = Context;

    public SileroDetector(SileroModel model, int sampleRate)
    {
        _network = new(model);
        _resampler = sampleRate == Rate ? null : new(sampleRate, Rate);
        // 20 ms, and what the filter's delay may put on top of them.
        _resampled = new short[Rate / 50 + Window];
    }

    public bool IsTalking => _rule.IsTalking;

    /// <summary>Of the last whole window.</summary>
    internal float Score { get; private set; }

    public bool Handle(ReadOnlySpan<short> samples)
    {
        if (_resampler is not null) samples = _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        bool wasTalking = IsTalking;
        foreach (short sample in samples)
        {
            _input[_filled++] = sample / 32_768f;
            if (_filled == _input.Length) Judge();
        }
        return IsTalking != wasTalking;
    }

    private void Judge()
    {
        Score = _network.Score(_input);
        _rule.Handle(Score);
        _input.AsSpan(Window).CopyTo(_input);
        _filled = Context;
    }
}
