using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;

namespace Ringwright.Speech.EspeakNg;

/// <summary>
/// Speaks by the espeak-ng program: one process for each text, which goes in by stdin and comes out as WAV.
/// It is GPL, hence a program of its own and never a library of ours. 20 to 60 ms for a sentence.
/// </summary>
/// <param name="timeout">For one text, all of its tries.</param>
public sealed class EspeakNgSpeech(string program, TimeSpan timeout, ILogger log, TimeProvider? clock = null) : ISpeechProvider
{
    public const string Name = "espeak-ng";
    private const int WordsPerMinute = 160;

    /// <summary>
    /// A process that has written nothing for so long is taken to be stuck, ended, and started once more with twice the patience:
    /// it holds one of the few places, and callers wait in silence meanwhile.
    /// </summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(4);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // Each is a busy core for its short life.
    private readonly SemaphoreSlim _running = new(Math.Max(2, Environment.ProcessorCount));

    public string Identity => Name;

    public IReadOnlyList<SpeechVoice> Voices => EspeakVoices.All;

    /// <summary>Below 80 words a minute the program speaks as fast as with 80.</summary>
    public SpeedRange Speeds => new(0.5, 2);

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string words = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        bool isSsml = Ssml.TryClean(speech.Text, out string markup) && speech.IsSsml;
        string text = Clean(isSsml ? markup : words);
        if (string.IsNullOrWhiteSpace(Clean(words))) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        var manner = new EspeakManner(EspeakVoices.Find(speech.Voice, speech.Language), (int)Math.Round(WordsPerMinute * speech.Speed));
        return await RenderAsync(manner, text, isSsml, stop);
    }

    /// <summary>A text of our own by a certain voice. Throws only when stopped.</summary>
    internal async ValueTask<AudioResult> RenderAsync(EspeakManner manner, string text, bool isSsml, CancellationToken stop)
    {
        await _running.WaitAsync(stop);
        try
        {
            using var patience = new CancellationTokenSource(timeout, clock ?? TimeProvider.System);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
            for (var quiet = FirstPatience; ; quiet *= 2)
            {
                using var silence = new CancellationTokenSource(quiet, clock ?? TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, silence.Token);
                try
                {
                    return await RunAsync(manner, text, isSsml, () => silence.CancelAfter(quiet),
                        () => stop.IsCancellationRequested, either.Token);
                }
                catch (OperationCanceledException) when (!limit.IsCancellationRequested) { /* another try, with more patience */ }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return AudioResult.Failed(PromptFailure.TimedOut, $"The text was not spoken within {timeout.TotalSeconds:0.#} s.");
        }
        finally
        {
            _running.Release();
        }
    }

    /// <param name="onSound">Called for each piece that the program writes.</param>
    /// <param name="hasLeft">Whether nobody waits for the text any more: the program is not to blame then.</param>
    private async Task<AudioResult> RunAsync(EspeakManner manner, string text, bool isSsml, Action onSound, Func<bool> hasLeft,
        CancellationToken stop)
    {
        using var process = new Process { StartInfo = Command(manner, isSsml) };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return AudioResult.Failed(PromptFailure.SpeechUnavailable,
                $"The program {program} is not installed on this node: apt-get install espeak-ng");
        }
        try
        {
            var reason = ReadReasonAsync(process, stop);
            var wav = ReadWavAsync(process, onSound, stop);
            await WriteAsync(process, text, stop);
            byte[]? bytes = await wav;
            if (bytes is null) return AudioResult.Failed(PromptFailure.TooLarge, "The spoken text is longer than this node allows.");
            await process.WaitForExitAsync(stop);
            if (process.ExitCode == 0 && AudioFormat.IsWav(bytes))
            {
                AudioFormat.Mend(bytes);
                return AudioResult.Of(bytes);
            }
            return AudioResult.Failed(PromptFailure.Failed,
                $"{program} could not speak the text (exit code {process.ExitCode}). {await reason}".TrimEnd());
        }
        catch (OperationCanceledException) when (!hasLeft())
        {
            log.SpeechIsStuck(program, process.Id, StateOf(process.Id));
            throw;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);     // this very process, by its handle
        }
    }

    /// <summary>In the kernel's words ("S (sleeping)", "Z (zombie)"), for whoever has to find out why a voice is stuck.</summary>
    private static string StateOf(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("State:", StringComparison.Ordinal))?[6..].Trim() ?? "of no known state";
        }
        catch (IOException)
        {
            return "gone";
        }
    }

    private ProcessStartInfo Command(EspeakManner manner, bool isSsml)
    {
        var command = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            UseShellExecute = false,
        };
        string[] arguments = ["--stdin", "--stdout", "-b", "1", "-s",
            manner.WordsPerMinute.ToString(System.Globalization.CultureInfo.InvariantCulture), "-v", manner.Voice];
        foreach (string argument in arguments) command.ArgumentList.Add(argument);
        if (isSsml) command.ArgumentList.Add("-m");
        // It looks for a sound card also when it writes to stdout. An address where nobody answers keeps it from one's sound server,
        // and from leaving files in HOME and /tmp.
        command.Environment["PULSE_SERVER"] = "unix:/dev/null";
        return command;
    }

    private static async Task WriteAsync(Process process, string text, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Utf8.GetBytes(text), stop);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code and its words say why.
        }
    }

    /// <summary>Null when there is more than the limit.</summary>
    private static async Task<byte[]?> ReadWavAsync(Process process, Action onSound, CancellationToken stop)
    {
        using var wav = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer, stop) is var count and > 0)
        {
            onSound();
            if (wav.Length + count > Limits.RenderedBytes) return null;
            wav.Write(buffer, 0, count);
        }
        return wav.ToArray();
    }

    /// <summary>Reads stderr to its end, so that a talkative program never blocks, and keeps the beginning.</summary>
    private static async Task<string> ReadReasonAsync(Process process, CancellationToken stop)
    {
        var reason = new StringBuilder();
        char[] buffer = new char[1_024];
        while (await process.StandardError.ReadAsync(buffer, stop) is var count and > 0)
            reason.Append(buffer, 0, Math.Min(count, Limits.ReasonCharacters - reason.Length));
        return reason.ToString().ReplaceLineEndings(" ").Trim();
    }

    /// <summary>
    /// Takes out what espeak-ng would obey instead of speak: control characters (its embedded commands begin with one)
    /// and the brackets of its phoneme notation.
    /// </summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c);
        return clean.Replace("[[", "[ [").ToString();
    }
}
