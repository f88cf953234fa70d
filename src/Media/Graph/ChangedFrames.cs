using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>What a port sends, with changed voices. Off, which is the rule, it holds and does nothing.</summary>
internal sealed class ChangedFrames
{
    /// <summary>So long there is still something to come when nothing comes any more.</summary>
    private const int TailTicks = 4;

    private readonly VoiceChange _change = new();
    private Codec? _codec;
    private IAudioDecoder? _decoder;
    private IAudioEncoder? _encoder;
    private short[] _samples = [];
    private int _quietTicks = TailTicks;

    public bool IsOn => _decoder is not null;

    /// <param name="codec">Of the port's frames.</param>
    public void Configure(Codec codec)
    {
        (_codec, _decoder, _encoder) = (codec, null, null);
        _change.Configure(codec.SampleRate);
        Prepare();
    }

    public void Follow(VoiceTerms terms)
    {
        _change.Follow(terms);
        Prepare();
    }

    /// <summary>What is still to come of what was said is not said.</summary>
    public void Clear()
    {
        if (_quietTicks >= TailTicks) return;
        _change.Clear();
        _quietTicks = TailTicks;
    }

    public void Reset()
    {
        (_codec, _decoder, _encoder, _quietTicks) = (null, null, null, TailTicks);
        _change.Reset();
    }

    /// <summary>One tick, while it is on.</summary>
    /// <param name="frame">What would be sent, and what is to be.</param>
    /// <param name="hasFrame">False when nothing would be.</param>
    /// <param name="isVoice">It comes from a party, and is no sound of ours.</param>
    /// <returns>False when nothing is to be, because all has been said.</returns>
    public bool TryChange(Span<byte> frame, bool hasFrame, bool isVoice)
    {
        if (_decoder is null || !hasFrame && _quietTicks >= TailTicks) return false;
        if (hasFrame) _decoder.Decode(frame, _samples);
        else Array.Clear(_samples);
        int quiet = _quietTicks;
        Change(_samples, frame, isVoice);
        if (!hasFrame) _quietTicks = quiet + 1;
        return true;
    }

    /// <summary>The same of sound that is no frame yet.</summary>
    public void Change(ReadOnlySpan<short> samples, Span<byte> frame, bool isVoice = true)
    {
        _quietTicks = 0;
        _change.Process(samples, _samples, isVoice);
        _encoder?.Encode(_samples, frame);
    }

    private void Prepare()
    {
        if (!_change.IsOn || _codec is not { } codec)
        {
            (_decoder, _encoder, _quietTicks) = (null, null, TailTicks);
            return;
        }
        (_decoder, _encoder) = (_decoder ?? codec.CreateDecoder(), _encoder ?? codec.CreateEncoder());
        if (_samples.Length != codec.FrameSamples) _samples = new short[codec.FrameSamples];
    }
}
