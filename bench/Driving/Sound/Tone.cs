namespace Ringwright.Bench.Driving.Sound;

/// <summary>What a phone says: a second of a tone, over and over. All tones have whole periods in a frame, so that it joins on.</summary>
internal sealed record Tone(AudioFormat Format, int Hertz, byte[][] Frames)
{
    /// <summary>Of callers and callees, so that nobody is taken for hearing the other who hears himself.</summary>
    public const int CallerHertz = 450, CalleeHertz = 600;

    private const int Amplitude = 10_000, Seconds = 1, VoiceHertz = 150, GlideHertz = 40, Overtones = 6;

    public static Tone Of(Codec codec, int hertz)
    {
        var format = AudioFormat.Of(codec);
        short[] samples = [.. Enumerable.Range(0, Seconds * format.SampleRate)
            .Select(i => (short)(Amplitude * Math.Sin(2 * Math.PI * hertz * i / format.SampleRate)))];
        return new(format, hertz, format.Encode(samples));
    }

    /// <summary>
    /// Silence and then something that is said, over and over. It glides and has overtones, as a voice has: what stands still is no speech
    /// to whoever recognises it.
    /// </summary>
    public static Tone Turns(Codec codec, int silentMilliseconds, int saidMilliseconds)
    {
        var format = AudioFormat.Of(codec);
        int silent = format.SampleRate * silentMilliseconds / 1_000, said = format.SampleRate * saidMilliseconds / 1_000;
        short[] samples = new short[silent + said];
        double phase = 0;
        for (int i = 0; i < said; i++)
        {
            double at = (double)i / format.SampleRate, sample = 0;
            phase += 2 * Math.PI * (VoiceHertz + GlideHertz * Math.Sin(2 * Math.PI * 1.5 * at)) / format.SampleRate;
            for (int overtone = 1; overtone <= Overtones; overtone++) sample += Math.Sin(overtone * phase) / Overtones;
            samples[silent + i] = (short)(Amplitude * (0.75 + 0.25 * Math.Sin(2 * Math.PI * 4 * at)) * sample);
        }
        return new(format, 0, format.Encode(samples));
    }

    /// <summary>What a phone sends whose owner says nothing.</summary>
    public static Tone Silence(Codec codec)
    {
        var format = AudioFormat.Of(codec);
        return new(format, 0, format.Encode(new short[format.SampleRate]));
    }

    /// <summary>The tone has the level at which it was said, and is almost all that is there.</summary>
    public static bool IsHeard(ReadOnlySpan<short> samples, int sampleRate, int hertz)
    {
        const double usual = Amplitude * Amplitude / 2.0, least = usual / 2, most = usual * 2, share = 0.9;
        double power = 0;
        foreach (short sample in samples) power += (double)sample * sample / samples.Length;
        return power > least && power < most && Power(samples, sampleRate, hertz) > share * power;
    }

    /// <summary>Of the tone alone: the mean square of its part of the samples, which are whole periods.</summary>
    public static double Power(ReadOnlySpan<short> samples, int sampleRate, int hertz)
    {
        double sine = 0, cosine = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * hertz * i / sampleRate);
            sine += samples[i] * s;
            cosine += samples[i] * c;
        }
        return 2 * (sine * sine + cosine * cosine) / samples.Length / samples.Length;
    }
}

/// <summary>
/// Keeps a stretch of each two seconds that a phone hears, and looks afterwards whether it was the other's tone: a decoder for each packet
/// would be work for the machine that is measured.
/// </summary>
internal sealed class ToneWatch(AudioFormat format)
{
    private const int Every = 100, First = 25, Last = 45, Settling = 5;

    private readonly List<List<byte[]>> _stretches = [];
    private uint _source;
    private int _packets;

    public void Add(uint source, ReadOnlySpan<byte> payload)
    {
        if (source != _source) (_source, _packets) = (source, 0);
        int at = _packets++ % Every;
        if (at is < First or >= Last) return;
        if (at == First) _stretches.Add([]);
        _stretches[^1].Add(payload.ToArray());
    }

    /// <summary>Of the whole stretches, how many there are and in how many the tone was not what it should be.</summary>
    public (int All, int Wrong) Judge(int hertz)
    {
        var whole = _stretches.Where(s => s.Count == Last - First).ToList();
        return (whole.Count, whole.Count(s =>
        {
            short[] samples = format.Decode(s);
            return samples.Length < (Last - First) * format.FrameSamples
                || !Tone.IsHeard(samples.AsSpan(Settling * format.FrameSamples), format.SampleRate, hertz);
        }));
    }
}
