using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Graph;

/// <summary>A second playback, heard over the file that plays, or alone once that is over.</summary>
internal sealed class Overlay(IPromptFrames files)
{
    private readonly Player _player = new(files);
    private IAudioDecoder? _overDecoder, _underDecoder;
    private IAudioEncoder? _encoder;
    private Codec? _codec;

    public bool IsActive => _player.IsActive;
    public Guid Id => _player.Id;
    public bool IsFailed => _player.IsFailed;

    public void Start(MediaCommand.Play play)
    {
        _player.Start(play);
        if (_encoder is null && _codec is { } codec)
            (_overDecoder, _underDecoder, _encoder) = (codec.CreateDecoder(), codec.CreateDecoder(), codec.CreateEncoder());
    }

    /// <param name="codec">Of the port's frames.</param>
    public void Configure(Codec codec)
    {
        _player.Configure(codec);
        if (codec == _codec) return;
        (_codec, _overDecoder, _underDecoder, _encoder) = (codec, null, null, null);
        if (IsActive) (_overDecoder, _underDecoder, _encoder) = (codec.CreateDecoder(), codec.CreateDecoder(), codec.CreateEncoder());
    }

    /// <param name="frame">What is sent in this tick.</param>
    /// <param name="hasFrame">Something plays in this tick already.</param>
    /// <returns>False when it is over.</returns>
    public bool TryMix(Span<byte> frame, Codec codec, ref bool hasFrame)
    {
        Span<byte> own = stackalloc byte[frame.Length];
        if (!_player.TryRead(own, codec, out bool hasOwn)) return false;
        if (!hasOwn) return true;
        if (hasFrame && _encoder is not null && _overDecoder is not null && _underDecoder is not null)
        {
            Span<short> over = stackalloc short[codec.FrameSamples];
            Span<short> under = stackalloc short[codec.FrameSamples];
            _overDecoder.Decode(own, over);
            _underDecoder.Decode(frame, under);
            Mixing.Over(under, over);
            _encoder.Encode(under, frame);
        }
        else own.CopyTo(frame);
        return hasFrame = true;
    }

    public void Stop() => _player.Stop();

    public void Reset()
    {
        Stop();
        (_codec, _overDecoder, _underDecoder, _encoder) = (null, null, null, null);
    }
}
