using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Ringwright.Calls;

namespace Ringwright.Speech.EspeakNg;

/// <summary>
/// Speaks by the espeak-ng program: one process for each text, which goes in by stdin and comes out as WAV. It is GPL, hence a program of its
/// own and never a library of ours. 20 to 60 ms for a sentence.
/// </summary>
public sealed class EspeakNgSpeech(string program, TimeSpan timeout, TimeProvider? clock = null) : ISpeechProvider
{
    public const string Name = "espeak-ng";
    private const int WordsPerMinute = 160;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // Each is a busy core for its short life.
    private readonly SemaphoreSlim _running = new(Math.Max(2, Environment.ProcessorCount));

    public string Identity => Name;

    public IReadOnlyList<SpeechVoice> Voices => EspeakVoices.All;

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string words = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        bool isSsml = Ssml.TryClean(speech.Text, out string markup) && speech.IsSsml;
        string text = Clean(isSsml ? markup : words);
        if (string.IsNullOrWhiteSpace(Clean(words))) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        await _running.WaitAsync(stop);
        try
        {
            using var patience = new CancellationTokenSource(timeout, clock ?? TimeProvider.System);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
            return await RunAsync(EspeakVoices.Find(speech.Voice, speech.Language), text, isSsml, limit.Token);
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

    private async Task<AudioResult> RunAsync(string voice, string text, bool isSsml, CancellationToken stop)
    {
        using var process = new Process { StartInfo = Command(voice, isSsml) };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return AudioResult.Failed(PromptFailure.SpeechUnavailable, $"The program {program} is not installed on this node: apt-get install espeak-ng");
        }
        try
        {
            var reason = ReadReasonAsync(process, stop);
            var wav = ReadWavAsync(process, stop);
            await WriteAsync(process, text, stop);
            byte[]? bytes = await wav;
            if (bytes is null) return AudioResult.Failed(PromptFailure.TooLarge, "The spoken text is longer than this node allows.");
            await process.WaitForExitAsync(stop);
            if (process.ExitCode == 0 && AudioFormat.IsWav(bytes))
            {
                AudioFormat.Mend(bytes);
                return AudioResult.Of(bytes);
            }
            return AudioResult.Failed(PromptFailure.Failed, $"{program} could not speak the text (exit code {process.ExitCode}). {await reason}".TrimEnd());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);     // this very process, by its handle
        }
    }

    private ProcessStartInfo Command(string voice, bool isSsml)
    {
        var command = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            UseShellExecute = false,
        };
        string[] arguments = ["--stdin", "--stdout", "-b", "1", "-s", WordsPerMinute.ToString(System.Globalization.CultureInfo.InvariantCulture), "-v", voice];
        foreach (string argument in arguments) command.ArgumentList.Add(argument);
        if (isSsml) command.ArgumentList.Add("-m");
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
    private static async Task<byte[]?> ReadWavAsync(Process process, CancellationToken stop)
    {
        using var wav = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer, stop) is var count and > 0)
        {
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
    /// Takes out what espeak-ng would obey instead of speak: control characters (its embedded commands begin with one) and the brackets of its
    /// phoneme notation.
    /// </summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c);
        return clean.Replace("[[", "[ [").ToString();
    }
}
