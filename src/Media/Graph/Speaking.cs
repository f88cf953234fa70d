using Ringwright.Media.Dsp;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// The speaking end of a link: what the port hears goes in as packets while the other end can send them on as they are, else as samples.
/// </summary>
internal sealed class Speaking(OutgoingPackets outgoing)
{
    /// <summary>Packets in a row that must ask for the other form, so that one of an odd length does not make the stream stutter.</summary>
    private const int PacketsToSwitch = 3;

    /// <summary>Of what is no packet of the speaker's.</summary>
    private const int NoStream = -1;

    /// <summary>Empty until the other end has another rate.</summary>
    private short[] _resampled = [];
    private AudioLink? _link;
    private LinkFormat? _format;
    private Codec? _codec;
    private Resampler? _resampler;
    private int _packetBytes, _against;
    private bool _passes, _isChanged;

    /// <summary>The other end takes decoded audio, because its codec or its packet time is another, or because it is recorded.</summary>
    public bool WantsSamples => _format is not null && (!_passes || _format.Monitor is not null);

    /// <summary>A port speaks into one link; the one before ends.</summary>
    public void Attach(AudioLink? link)
    {
        _link?.End();
        (_link, _format) = (link, null);
    }

    public void Configure(Codec codec) => (_codec, _format, _packetBytes) = (codec, null, 0);

    /// <param name="isChanged">What the port hears is not what came: no packet may go on as it is.</param>
    public void Follow(bool isChanged)
    {
        if (isChanged != _isChanged) (_isChanged, _format) = (isChanged, null);
    }

    public void Reset()
    {
        Attach(null);
        (_codec, _isChanged) = (null, false);
    }

    /// <summary>Before each tick: has the other end changed its mind, or gone?</summary>
    public void Follow()
    {
        if (_link is { IsClosed: true }) Attach(null);
        if (_link?.Format is not { } format || _codec is not { } codec || format == _format) return;
        _format = format;
        format.Samples.SpokenRate = codec.SampleRate;
        _resampler = codec.SampleRate == format.Codec.SampleRate ? null : new(codec.SampleRate, format.Codec.SampleRate);
        if (_resampler is not null && _resampled.Length == 0) _resampled = new short[Limits.FrameSamples];
        _passes = Fits(_packetBytes == 0 ? format.PacketBytes : _packetBytes);
        _against = 0;
    }

    /// <summary>A packet of audio that the port accepted.</summary>
    /// <param name="spoken">The codec that it is in.</param>
    public void PutAudio(in RtpPacket packet, int stream, Codec spoken)
    {
        if (packet.Payload.IsEmpty)
        {
            Omit(packet, stream);
            return;
        }
        _packetBytes = packet.Payload.Length;
        if (_link is not { } link || _format is null) return;
        if (spoken != _codec)
        {
            // The party may change its codec within what was agreed; the other end has one. It is decoded at once, without a gap.
            (_passes, _against) = (false, 0);
            return;
        }
        _against = Fits(_packetBytes) == _passes ? 0 : _against + 1;
        if (_against >= PacketsToSwitch) (_passes, _against) = (!_passes, 0);
        if (!_passes) return;
        var linked = Linked(LinkedKind.Audio, packet, stream);
        if (link.Hearer is not { } hearer || !hearer.TryPass(outgoing, link, linked, packet.Payload)) link.Write(linked, packet.Payload);
    }

    /// <summary>
    /// A packet of an event. It goes on as one of its key's, with the key's time, whatever its own timestamp says: the other end may know
    /// keys by that.
    /// </summary>
    /// <param name="clockRate">By which its duration counts.</param>
    public void PutEvent(in RtpPacket packet, int stream, in DigitNews news, int clockRate)
    {
        if (_link is not { } link || _format is not { } format || _codec is not { } codec) return;
        if (!link.PassesDigits || packet.Payload.Length < 4) Omit(packet, stream);
        else if (codec.ClockRate == format.Codec.ClockRate && clockRate == format.EventClock)
        {
            Span<byte> payload = [packet.Payload[0], packet.Payload[1], (byte)(news.Duration >> 8), (byte)news.Duration];
            link.Write(Linked(LinkedKind.Event, packet, stream) with { Key = news.Key, Timestamp = news.Timestamp }, payload);
        }
        else if (news.Key != 0) link.Write(Linked(LinkedKind.Key, packet, stream) with { Key = news.Key }, default);
    }

    /// <summary>A digit that came without packets of its own.</summary>
    /// <param name="isAudible">It is in the audio: only a hearer that takes events needs it beside.</param>
    public void PutKey(char key, bool isAudible)
    {
        if (_link is { PassesDigits: true } link)
            link.Write(new(isAudible ? LinkedKind.Tone : LinkedKind.Key, NoStream, 0, 0, false, key, 0), default);
    }

    /// <summary>A packet of the stream that goes no further.</summary>
    public void Omit(in RtpPacket packet, int stream)
    {
        if (_passes && _format is not null) _link?.Write(Linked(LinkedKind.Omitted, packet, stream), default);
    }

    /// <summary>One tick of what the port hears, while <see cref="WantsSamples"/>.</summary>
    /// <param name="said">So many samples were not made up: they alone are recorded.</param>
    public void PutSamples(ReadOnlySpan<short> samples, int said, CaptureMoment captured)
    {
        if (_format is not { } format) return;
        int heard = samples.Length;
        if (_resampler is not null) samples = _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        if (!_passes) format.Samples.Write(samples);
        if (said > 0) format.Monitor?.Write(captured, samples[..(samples.Length * said / heard)]);
    }

    /// <summary>
    /// One tick of the party's background, to a hearer who gets packets otherwise: there are none while the party says nothing.
    /// </summary>
    public void PutNoise(ComfortNoise noise)
    {
        if (!_passes || _format is not { } format) return;
        Span<short> samples = stackalloc short[format.Codec.FrameSamples];
        noise.Read(samples);
        format.Samples.Write(samples);
    }

    private bool Fits(int packetBytes) =>
        !_isChanged && _format is { WantsSamples: false } format && format.Codec == _codec
            && (_codec.Inner is not null || packetBytes == format.PacketBytes);

    private static LinkedPacket Linked(LinkedKind kind, in RtpPacket packet, int stream) =>
        new(kind, stream, packet.Sequence, packet.Timestamp, packet.HasMarker, '\0', 0);
}
