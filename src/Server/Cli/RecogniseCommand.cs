using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media.Dsp;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>recognise FILE</c>: what the recogniser that the settings choose makes of a sound, as fast as it was said. No node is needed.
/// </summary>
internal static class RecogniseCommand
{
    private const int TicksPerSecond = 50;
    /// <summary>So that the last word has a pause behind it.</summary>
    private const int SilentTicks = TicksPerSecond;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "a WAV file" };
        var language = new Option<string>("--language")
        {
            Description = "BCP 47, such as de-AT [default: en]", DefaultValueFactory = _ => "en"
        };
        var interim = new Option<bool>("--interim") { Description = "show results that may still change as well" };
        var command = new Command("recognise", "Show what the node's recogniser makes of a sound.") { file, language, interim };
        var options = new ServeOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var settings = options.Read(parsed);
            var terms = new RecognitionTerms(parsed.GetRequiredValue(language), parsed.GetValue(interim));
            return await RunAsync(settings, await ReadAsync(parsed.GetRequiredValue(file), stop), terms, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServeSettings settings, (short[] Samples, int Rate) sound, RecognitionTerms terms,
        CancellationToken stop)
    {
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var recognisers = NodeRecognisers.Create(settings, egress, TimeProvider.System, NullLoggerFactory.Instance);
        var recogniser = recognisers.Default ?? throw new StartRefused(
            "no recogniser is set up: give --recogniser-url, --deepgram-key or --assemblyai-key, or --recogniser built-in");
        if (!recogniser.Knows(terms.Language))
            throw new StartRefused($"the recogniser {recogniser.Name} does not know the language '{terms.Language}'");
        try
        {
            await using var recognition = await recogniser.OpenAsync(terms, stop);
            short[] samples = Resampler.Convert(sound.Samples, sound.Rate, recogniser.SampleRate);
            var speaking = SayAsync(recognition, samples, recogniser.SampleRate, stop);
            await foreach (var result in recognition.ReadAsync(stop)) await Console.Out.WriteLineAsync(Line(result));
            await speaking;
            return 0;
        }
        catch (RecognitionException failed)
        {
            await Console.Error.WriteLineAsync($"ringwright: {recogniser.Name}: {failed.Message}");
            return 1;
        }
    }

    private static async Task SayAsync(IRecognition recognition, short[] samples, int rate, CancellationToken stop)
    {
        int tick = rate / TicksPerSecond;
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        for (int at = 0; at < samples.Length; at += tick)
        {
            recognition.Write(samples.AsSpan(at, Math.Min(tick, samples.Length - at)));
            await clock.WaitForNextTickAsync(stop);
        }
        for (int i = 0; i < SilentTicks; i++) recognition.Write(new short[tick]);
        recognition.Finish();
    }

    private static async Task<(short[] Samples, int Rate)> ReadAsync(string file, CancellationToken stop)
    {
        try
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, stop);
            return WavReader.TryRead(bytes, out short[] samples, out int rate, out string? detail) ? (samples, rate)
                : throw new StartRefused($"{file} cannot be heard: {detail}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{file} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>"   1.92    3.40  final    Hi, my name is Sonny."</summary>
    private static string Line(Recognised result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.From?.TotalSeconds,7:F2} {result.To?.TotalSeconds,7:F2}  {(result.IsFinal ? "final" : "interim"),-8} {result.Text}");
}
