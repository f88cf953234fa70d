using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Media.Dsp.Detection;

internal enum Finding { Nothing, Verdict, GreetingEnd }

/// <summary>
/// Listens to who has answered. First it looks for a verdict: every tick the words and silences so far are put to the rules of <see cref="Judge"/>, in their order.
/// Behind a machine's verdict it waits for what the mode wants of the greeting. What it heard is kept as sentences.
/// </summary>
internal sealed class MachineDetector
{
    private enum Stage { Off, Judging, Waiting }

    /// <summary>No beep has come by then.</summary>
    private const int BeepWait = 30_000;
    /// <summary>Longer steady tones are no speech: fax, ringback, music.</summary>
    private const int LongTone = 900;
    /// <summary>A beep alone, without a word before it, is one only if no voice holds such a tone.</summary>
    private const double BeepAloneHertz = 700;
    /// <summary>Ticks by which a word must have begun before a beep to be another sound than the beep itself.</summary>
    private const int BeforeBeep = 5;
    /// <summary>When time is up: who has talked for so long without a rest is a machine.</summary>
    private const int TalkingGreeting = 1_800;
    /// <summary>When time is up: who said so little and pauses is a person.</summary>
    private const int BriefGreeting = 2_200, BriefPause = 400;

    private readonly SpeechTrack _track = new();
    private readonly ToneWatch _tones = new();
    private readonly List<Tone> _beeps = new(SpeechTrack.MostWords);
    private MachineDetection _terms = new(MachineMode.Detect);
    private Stage _stage;
    private int _sampleRate, _judgedAt;

    public bool IsOn => _stage is not Stage.Off;
    public MachineVerdict Verdict { get; private set; }
    public GreetingEnd Greeting { get; private set; }
    /// <summary>The rule that decided last, as a sentence.</summary>
    public string Rule { get; private set; } = "";

    public void Start(MachineDetection terms, int sampleRate)
    {
        (_terms, _stage, _sampleRate) = (terms, Stage.Judging, sampleRate);
        _track.Start(terms.SilenceThreshold, sampleRate);
        _tones.Start(sampleRate);
        _beeps.Clear();
    }

    /// <summary>The port's codec changed on the way.</summary>
    public void Configure(int sampleRate)
    {
        if (sampleRate == _sampleRate) return;
        _sampleRate = sampleRate;
        _track.Configure(sampleRate);
        _tones.Start(sampleRate);
    }

    public void Stop() => _stage = Stage.Off;

    /// <summary>Takes one tick. A verdict and the end of a greeting can fall into the same one: ask again with <see cref="Next"/>.</summary>
    public Finding Handle(ReadOnlySpan<short> samples)
    {
        int tick = _track.Ticks;
        _track.Add(samples);
        _track.Divide(Math.Max(1, (int)Math.Ceiling(_terms.BetweenWordsSilence.TotalMilliseconds / Limits.TickMilliseconds)));
        if (_tones.Handle(samples, tick, _track.Level, _track.Least, out var beep) && IsMachines(beep) && _beeps.Count < SpeechTrack.MostWords) _beeps.Add(beep);
        return Next();
    }

    public Finding Next()
    {
        if (_stage is Stage.Judging && Judge() is { } verdict)
        {
            Verdict = verdict;
            bool waits = verdict is MachineVerdict.Machine && _terms.Mode is not MachineMode.Detect;
            (_stage, _judgedAt) = (waits ? Stage.Waiting : Stage.Off, Now);
            return Finding.Verdict;
        }
        if (_stage is Stage.Waiting && Wait() is { } end)
        {
            (Greeting, _stage) = (end, Stage.Off);
            return Finding.GreetingEnd;
        }
        return Finding.Nothing;
    }

    /// <summary>What was heard, one sentence each, and the rule that decided.</summary>
    public IReadOnlyList<string> Evidence()
    {
        List<(int Start, string Fact)> heard = [];
        foreach (var word in _track.Words) heard.Add((word.Start, $"voice {Seconds(word.Start)}-{Seconds(word.End)}"));
        foreach (var beep in _beeps) heard.Add((beep.Start, string.Create(CultureInfo.InvariantCulture, $"beep of {beep.Hertz:F0} Hz {Seconds(beep.Start)}-{Seconds(beep.End)}")));
        if (_track.Quiet > 0) heard.Add((_track.LastEnd, $"silence {Seconds(_track.LastEnd)}-{Seconds(_track.Ticks)}"));
        return [.. heard.OrderBy(fact => fact.Start).Select(fact => fact.Fact), Rule];
    }

    private bool IsMachines(Tone beep) => beep.Hertz >= BeepAloneHertz || _track.WordCount > 0 && _track.Words[0].Start < beep.Start - BeforeBeep;

    private int Now => Milliseconds(_track.Ticks);

    private MachineVerdict? Judge()
    {
        int words = _track.WordCount, greeting = Milliseconds(_track.Greeting), quiet = Milliseconds(_track.Quiet);
        if (_beeps.Count > 0) return Machine($"a beep of {_beeps[0].Hertz:F0} Hz");
        if (Milliseconds(_tones.SteadyTicks) >= LongTone) return Machine($"a steady tone of {_tones.SteadyHertz:F0} Hz for {LongTone} ms");
        if (words == 0 && Now > _terms.InitialSilence.TotalMilliseconds) return Machine($"nothing was said for {Now} ms");
        if (words > _terms.MaximumWords) return Machine($"more than {Count(_terms.MaximumWords)}");
        if (Milliseconds(_track.Longest) > _terms.MaximumWordLength.TotalMilliseconds) return Machine($"a word of {Milliseconds(_track.Longest)} ms");
        if (greeting >= _terms.GreetingDuration.TotalMilliseconds) return Machine($"a greeting of {greeting} ms");
        if (words > 0 && quiet >= _terms.AfterGreetingSilence.TotalMilliseconds) return Decide(MachineVerdict.Human, $"silence of {quiet} ms after {Count(words)} in {greeting} ms");
        if (Now < _terms.TotalAnalysis.TotalMilliseconds) return null;
        if (words > 0 && greeting <= BriefGreeting && quiet >= BriefPause) return Decide(MachineVerdict.Human, $"{Count(words)} in {greeting} ms and {quiet} ms of silence when time was up");
        if (words > 0 && greeting >= TalkingGreeting) return Machine($"still talking after {greeting} ms when time was up");
        return Decide(MachineVerdict.NotSure, $"{Count(words)} in {greeting} ms when time was up");
    }

    private GreetingEnd? Wait()
    {
        int waited = Now - _judgedAt, quiet = Milliseconds(_track.Quiet);
        if (_beeps.Count > 0) return End(GreetingEnd.BeepDetected, $"a beep of {_beeps[0].Hertz:F0} Hz");
        if (_terms.Mode is MachineMode.GreetingEnd)
        {
            if (quiet >= _terms.GreetingSilence.TotalMilliseconds) return End(GreetingEnd.Ended, $"silence of {quiet} ms");
            if (waited >= _terms.GreetingTotalAnalysis.TotalMilliseconds && quiet == 0) return End(GreetingEnd.NotSure, $"still talking {waited} ms after the verdict");
            return null;
        }
        if (waited < BeepWait) return null;
        if (_terms.Mode is MachineMode.DetectWords) return End(GreetingEnd.NotSure, $"no beep within {waited} ms");
        _stage = Stage.Off;
        return null;
    }

    private MachineVerdict Machine(FormattableString rule) => Decide(MachineVerdict.Machine, rule);

    private MachineVerdict Decide(MachineVerdict verdict, FormattableString rule)
    {
        Rule = rule.ToString(CultureInfo.InvariantCulture);
        return verdict;
    }

    private GreetingEnd End(GreetingEnd end, FormattableString rule)
    {
        Rule = rule.ToString(CultureInfo.InvariantCulture);
        return end;
    }

    private static string Count(int words) => words == 1 ? "1 word" : $"{words} words";

    private static int Milliseconds(int ticks) => ticks * Limits.TickMilliseconds;

    private static string Seconds(int ticks) => (ticks * Limits.TickMilliseconds / 1000.0).ToString("F2", CultureInfo.InvariantCulture);
}
