namespace Ringwright.Interop.Cases;

/// <summary>What a phone heard, measured: frames of 20 ms with their loudness and strongest frequency, placed by RTP timestamp.</summary>
internal sealed class Hearing
{
    /// <summary>Below it a frame counts as silence; full scale is 32,768.</summary>
    private const double Silence = 200;
    private const int Rate = 8_000, LowestHertz = 200, HighestHertz = 3_400, StepHertz = 50;

    private readonly List<(int At, double Loudness, short[] Samples)> _frames = [];

    /// <param name="packets">PCMU of one stream.</param>
    public Hearing(IReadOnlyList<RtpPacket> packets)
    {
        if (packets.Count == 0) return;
        uint first = packets[0].Timestamp;
        foreach (var packet in packets.DistinctBy(p => p.Timestamp).OrderBy(p => (int)(p.Timestamp - first)))
        {
            short[] samples = [.. packet.Payload.Select(Decode)];
            double loudness = Math.Sqrt(samples.Sum(s => (double)s * s) / Math.Max(1, samples.Length));
            _frames.Add(((int)(packet.Timestamp - first) / (Rate / 1_000), loudness, samples));
        }
    }

    public int LoudMillis => _frames.Count(f => f.Loudness >= Silence) * PhoneAudio.FrameMillis;

    /// <summary>Stretches of one frequency, in order. A missing or silent frame ends a stretch, and so does another frequency.</summary>
    public IReadOnlyList<Stretch> Tones
    {
        get
        {
            var tones = new List<Stretch>();
            foreach (var (at, loudness, samples) in _frames)
            {
                if (loudness < Silence) continue;
                int hertz = Strongest(samples);
                if (tones.Count > 0 && tones[^1] is var last && last.Hertz == hertz && last.At + last.Millis == at)
                    tones[^1] = last with { Millis = last.Millis + PhoneAudio.FrameMillis };
                else tones.Add(new(hertz, at, PhoneAudio.FrameMillis));
            }
            return tones;
        }
    }

    /// <summary>How much of one frequency there is, as near to it as frequencies are told apart.</summary>
    public int MillisOf(int hertz) => Tones.Where(tone => Math.Abs(tone.Hertz - hertz) < StepHertz).Sum(tone => tone.Millis);

    /// <summary>G.711 µ-law, from the formula of its definition.</summary>
    private static short Decode(byte code)
    {
        int bits = ~code & 0xFF;
        int magnitude = ((((bits & 0x0F) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static int Strongest(short[] samples)
    {
        int best = 0;
        double most = -1;
        for (int hertz = LowestHertz; hertz <= HighestHertz; hertz += StepHertz)
        {
            double real = 0, imaginary = 0;
            for (int i = 0; i < samples.Length; i++)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * hertz * i / Rate);
                real += samples[i] * cos;
                imaginary += samples[i] * sin;
            }
            double power = real * real + imaginary * imaginary;
            if (power > most) (most, best) = (power, hertz);
        }
        return best;
    }
}

internal sealed record Stretch(int Hertz, int At, int Millis);
