using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Graph;

/// <summary>
/// Sends a prompt file that is already encoded: a tick costs a copy. Only a file in another codec than the port's is transcoded.
/// </summary>
internal sealed class Player(IPromptFrames files) : IFrameSource
{
    private MediaCommand.Play? _play;
    private Codec? _codec;
    private byte[]? _frames;
    private Transcoder? _transcoder;
    private int _position, _loopsLeft;

    public bool IsActive => _play is not null;
    public Guid Id => _play?.Id ?? default;
    /// <summary>The file could not be read.</summary>
    public bool IsFailed { get; private set; }
    /// <summary>It keeps its place, and gives no frames.</summary>
    public bool IsPaused { get; set; }

    public void Start(MediaCommand.Play play)
    {
        (_play, _codec, _frames, _transcoder, _position, IsFailed, IsPaused) = (play, null, null, null, 0, false, false);
        _loopsLeft = play.Loops <= 0 ? int.MaxValue : play.Loops;
        files.Find(play.File, out _);
    }

    /// <summary>Says which codec the port sends now. A playback that runs goes on, transcoded if need be.</summary>
    public void Configure(Codec port)
    {
        if (_play is null) return;
        if (_codec is null && _play.Codec is { } name && Codecs.Find(name) is { } found) _codec = found.Inner ?? found;
        _codec ??= port;
        _transcoder = _codec == port ? null : new(_codec, port);
    }

    /// <summary>True when this tick belongs to the playback, which includes waiting for the file, and a pause.</summary>
    public bool TryRead(Span<byte> frame, Codec port, out bool hasFrame)
    {
        hasFrame = false;
        if (_play is null) return false;
        if (_codec is null) Configure(port);
        if (_frames is null)
        {
            var state = files.Find(_play.File, out var frames);
            if (state is PromptState.Loading) return true;
            if (state is PromptState.Failed)
            {
                IsFailed = true;
                return false;
            }
            _frames = frames;
        }
        if (IsPaused) return true;
        return hasFrame = TryRead(frame);
    }

    public bool TryRead(Span<byte> frame)
    {
        if (_frames is null || _codec is null) return false;
        if (_position >= _frames.Length)
        {
            if (_frames.Length == 0 || _loopsLeft <= 1) return false;
            if (_loopsLeft != int.MaxValue) _loopsLeft--;
            _position = 0;
        }
        var read = _frames.AsSpan(_position, Math.Min(_codec.FrameBytes, _frames.Length - _position));
        _position += _codec.FrameBytes;
        if (_transcoder is not null)
        {
            _transcoder.Convert(read, frame);
            return true;
        }
        read.CopyTo(frame);
        _codec.Silence.Span[read.Length..].CopyTo(frame[read.Length..]);
        return true;
    }

    public void Stop() => (_play, _frames, _transcoder, _codec) = (null, null, null, null);
}

/// <summary>One codec into another, frame by frame: after a re-INVITE that changed the codec under a playback.</summary>
internal sealed class Transcoder(Codec from, Codec to)
{
    private readonly IAudioDecoder _decoder = from.CreateDecoder();
    private readonly IAudioEncoder _encoder = to.CreateEncoder();
    private readonly Resampler? _resampler = from.SampleRate == to.SampleRate ? null : new(from.SampleRate, to.SampleRate);
    private readonly short[] _source = new short[from.FrameSamples], _target = new short[to.FrameSamples];

    public void Convert(ReadOnlySpan<byte> frame, Span<byte> into)
    {
        Array.Clear(_source);
        _decoder.Decode(frame, _source);
        if (_resampler is null) _source.CopyTo(_target, 0);
        else _resampler.Process(_source, _target);
        _encoder.Encode(_target, into);
    }
}
