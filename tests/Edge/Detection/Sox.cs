using System.Diagnostics;

namespace Ringwright.Edge.Detection;

/// <summary>
/// SoX makes, reads and spoils sound; what comes out is mono at 8 kHz.
/// It and the voices of flite and espeak-ng know nothing of this project.
/// </summary>
internal static class Sox
{
    public const int Rate = 8_000;

    // Repeatable, without dither, and quiet about pipes.
    private static readonly string[] Ways = ["-R", "-D", "-V1"];
    private static readonly string[] Plain = ["-t", "raw", "-e", "signed", "-b", "16", "-r", "8000", "-c", "1"];

    /// <summary>Something of SoX's own; made at 48 kHz, since some of it has overtones that must not fold back.</summary>
    public static double[] Synth(params string[] effects) =>
        ToSamples(Run("sox", [], [.. Ways, "-r", "48000", "-n", .. Plain, "-", .. effects]));

    /// <summary>Files, one behind another.</summary>
    public static double[] Read(params string[] files) => ToSamples(Run("sox", [], [.. Ways, .. files, .. Plain, "-"]));

    /// <summary>What a program says as WAV, without the silence around it.</summary>
    public static double[] Say(string program, params string[] arguments)
    {
        byte[] spoken = Run(program, [], arguments);
        return ToSamples(Run("sox", spoken, [.. Ways, "--ignore-length", "-t", "wav", "-", .. Plain, "-", "silence", "1", "0.01", "0.3%",
            "reverse", "silence", "1", "0.01", "0.3%", "reverse"]));
    }

    /// <summary>Through a codec and back.</summary>
    /// <param name="codec">The name of one of SoX's formats without a header.</param>
    public static short[] Through(string codec, short[] samples)
    {
        byte[] bytes = new byte[2 * samples.Length];
        Buffer.BlockCopy(samples, 0, bytes, 0, bytes.Length);
        byte[] coded = Run("sox", bytes, [.. Ways, .. Plain, "-", "-t", codec, "-"]);
        return ToShorts(Run("sox", coded, [.. Ways, "-t", codec, "-r", "8000", "-c", "1", "-", .. Plain, "-"]));
    }

    private static byte[] Run(string program, byte[] input, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        })!; // a process of our own always starts or throws
        var complaints = process.StandardError.ReadToEndAsync();
        var written = Task.Run(() =>
        {
            using var stream = process.StandardInput.BaseStream;
            stream.Write(input);
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        written.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0 || output.Length == 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {complaints.GetAwaiter().GetResult()}");
        return output.ToArray();
    }

    private static short[] ToShorts(byte[] bytes)
    {
        var samples = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, samples, 0, 2 * samples.Length);
        return samples;
    }

    private static double[] ToSamples(byte[] bytes) => Array.ConvertAll(ToShorts(bytes), sample => (double)sample);
}
