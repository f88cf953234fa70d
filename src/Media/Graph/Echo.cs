namespace Ringwright.Media.Graph;

/// <summary>Sends back what this tick heard, encoded anew.</summary>
internal sealed class Echo(PortListener listener) : IFrameSource
{
    private IAudioEncoder? _encoder;

    public bool IsOn { get; set; }

    public void Configure(Codec codec) => _encoder = codec.CreateEncoder();

    public bool TryRead(Span<byte> frame)
    {
        if (!IsOn || _encoder is null) return false;
        _encoder.Encode(listener.Samples, frame);
        return true;
    }
}
