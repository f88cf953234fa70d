using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Edge.Detection;

/// <summary>Somebody's voice by espeak-ng: a variant, a speed and a pitch. What was spoken once is kept for the run.</summary>
internal sealed record Voice(string Variant, int WordsPerMinute, int Pitch)
{
    public const int SampleRate = 8_000;

    private static readonly ConcurrentDictionary<(Voice, string, string), short[]> Spoken = new();

    // The two halves speak with different mouths.
    private static readonly string[] Tuning = ["m1", "m3", "m5", "f1", "f3", "f5"], HeldOut = ["m2", "m4", "m7", "f2", "f4", "croak"];

    public static Voice Choose(Rng random, bool isHeldOut)
    {
        string[] variants = isHeldOut ? HeldOut : Tuning;
        return new(variants[random.Next(variants.Length)], 130 + random.Next(70), 30 + random.Next(45));
    }

    /// <summary>Mono at <see cref="SampleRate"/>, without the silence before and behind the words.</summary>
    public short[] Say(string text, string language) =>
        Spoken.GetOrAdd((this, text, language), static key => key.Item1.Speak(key.Item2, key.Item3));

    private short[] Speak(string text, string language)
    {
        string[] arguments = ["-v", $"{language}+{Variant}", "-s", Number(WordsPerMinute), "-p", Number(Pitch), "--stdout", text];
        // a process of our own always starts or throws
        using var program =
            Process.Start(new ProcessStartInfo("espeak-ng", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var wav = new MemoryStream();
        program.StandardOutput.BaseStream.CopyTo(wav);
        program.WaitForExit();
        if (!WavReader.TryRead(wav.ToArray(), out short[] samples, out int rate, out string? detail))
            throw new InvalidOperationException($"espeak-ng said '{text}' so: {detail}");
        return Trim(Resampler.Convert(samples, rate, SampleRate));
    }

    private static short[] Trim(short[] samples)
    {
        const int quiet = 60;
        int start = 0, end = samples.Length;
        while (start < end && Math.Abs((int)samples[start]) < quiet) start++;
        while (end > start && Math.Abs((int)samples[end - 1]) < quiet) end--;
        return samples[start..end];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
