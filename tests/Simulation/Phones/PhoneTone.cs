using Ringwright.Core;
using Ringwright.Media;

namespace Ringwright.Simulation;

/// <summary>Says one tone without an end, in whatever codec is agreed on.</summary>
internal sealed class PhoneTone(double hertz)
{
    /// <summary>Several at once do not drive a mix into its limits.</summary>
    public const double Level = 2_000;

    private Codec? _codec;
    private IAudioEncoder? _encoder;
    private short[] _samples = [];
    private double _phase;

    public double Hertz => hertz;

    /// <returns>What one packet holds.</returns>
    public byte[] Next(CodecChoice agreed)
    {
        if (_codec?.Name != agreed.Name)
        {
            _codec = Codecs.Find(agreed.Name, agreed.ClockRate) ?? throw new SimulationException($"no phone speaks {agreed.Name}");
            _encoder = _codec.CreateEncoder();
            _samples = new short[_codec.FrameSamples];
        }
        for (int i = 0; i < _samples.Length; i++, _phase += 2 * Math.PI * hertz / _codec.SampleRate)
            _samples[i] = (short)(Level * Math.Sin(_phase));
        byte[] payload = new byte[_codec.FrameBytes];
        _encoder!.Encode(_samples, payload);        // made with the codec
        return payload;
    }
}
