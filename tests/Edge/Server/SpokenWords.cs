using System.Text.RegularExpressions;
using Ringwright.Edge.Streams;

namespace Ringwright.Edge.Server;

/// <summary>
/// What test servers of models that hear and speak share: names the tones that come as words, knows by rules out of its instructions what
/// to say, and says it as a tone of 50 ms a character. WHEN word SAY text; WHEN word CALL tool json.
/// </summary>
internal sealed class SpokenWords(int rate)
{
    /// <summary>Hertz, of what is said.</summary>
    public const int Voice = 700;

    // Of 100 ms: longer than a busy machine has let the phone's thread stand in the middle of a word, which is two then.
    private const int PauseWindows = 8;

    private readonly List<short> _heard = [];
    private int _silent;
    private int _tone;

    /// <summary>A word begins; its end follows by <see cref="Ended"/>.</summary>
    public Func<Task>? Began { get; init; }

    /// <summary>It has paused behind this word.</summary>
    public Func<string, Task>? Ended { get; init; }

    public async Task WriteAsync(ReadOnlyMemory<short> samples)
    {
        foreach (short sample in samples.Span) _heard.Add(sample);
        int window = rate / 10;
        while (_heard.Count >= window)
        {
            short[] part = [.. _heard.Take(window)];
            _heard.RemoveRange(0, window);
            int tone = part.Any(sample => Math.Abs((int)sample) > 1_000)
                ? Array.Find([ToneWords.Yes, ToneWords.No], hertz => Waves.Share(part, hertz, rate) > 0.8) : 0;
            if (tone != 0)
            {
                if (_tone == 0) await (Began?.Invoke() ?? Task.CompletedTask);
                (_tone, _silent) = (tone, 0);
            }
            else if (_tone != 0 && ++_silent == PauseWindows)
            {
                string word = _tone == ToneWords.Yes ? "yes" : "no";
                _tone = 0;
                await (Ended?.Invoke(word) ?? Task.CompletedTask);
            }
        }
    }

    /// <summary>What is done about a word; the rest of what was said where no rule has it.</summary>
    public static (string? Say, string? Call, string Arguments) Rule(string instructions, string said)
    {
        foreach (Match rule in Regex.Matches(instructions, "WHEN ([a-z]+) (SAY|CALL) ([^\n]+)"))
        {
            if (!said.Contains(rule.Groups[1].Value, StringComparison.Ordinal)) continue;
            string what = rule.Groups[3].Value.Trim();
            if (rule.Groups[2].Value == "SAY") return (what, null, "");
            string[] call = what.Split(' ', 2);
            return (null, call[0], call.Length > 1 ? call[1] : "{}");
        }
        return ($"heard {said}", null, "");
    }

    public short[] Sound(string text) => Waves.Sine(Voice, rate, 50 * text.Length);
}
