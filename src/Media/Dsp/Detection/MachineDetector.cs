using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Media.Dsp.Detection;

internal enum MachineFinding { Nothing, Verdict, GreetingEnd }

/// <summary>
/// Listens to who has answered. First it looks for a verdict: every tick the words and silences so far are put to the rules
/// of <see cref="Judge"/>, in their order, or of <see cref="Classify"/> where kinds are asked for. Behind a machine's verdict it waits for
/// what the mode wants of the greeting, behind any other one for a beep that proves it wrong. What it heard is kept as sentences.
/// </summary>
internal sealed class MachineDetector
{
    private enum Stage { Off, Judging, Waiting, Doubting }

    /// <summary>No beep has come by then.</summary>
    private const int BeepWait = 30_000;
    /// <summary>
    /// Where a beep is waited for, silence of this length says that it has been missed: machines seldom rest so long before theirs.
    /// </summary>
    private const int MissedBeep = 5_000;
    /// <summary>
    /// Longer steady tones are no speech: fax, music. A network's tone may be ringback, which sounds for two seconds at most.
    /// </summary>
    private const int LongTone = 900, LongRing = 2_200;
    /// <summary>A beep alone, without a word before it, is one only if no voice holds such a tone.</summary>
    private const double BeepAloneHertz = 700;
    /// <summary>Ticks by which a word must have begun before a beep to be another sound than the beep itself.</summary>
    private const int BeforeBeep = 5;
    /// <summary>When time is up: who has talked for so long without a rest is a machine.</summary>
    private const int TalkingGreeting = 1_800;
    /// <summary>When time is up: who said so little and pauses is a person.</summary>
    private const int BriefGreeting = 2_200, BriefPause = 400;
    /// <summary>
    /// At home people say one or two things within this time; who says more, or for longer, and then waits, speaks for a business.
    /// A pause that a breath takes divides two phrases, and behind a longer greeting a person may still go on.
    /// </summary>
    private const int HomeGreeting = 1_600, HomePhrases = 2, PhrasePause = 300, BusinessSilence = 1_200;

    /// <summary>Tones are looked for in ticks that are louder than this many decibels below what counts as silence of a voice.</summary>
    private const int ToneDepth = 12;
    /// <summary>
    /// A calling fax (ITU-T T.30, CNG): 1100 Hz within 38 and nothing else, for half a second within 15 %,
    /// of which packets may be lost; in ticks.
    /// </summary>
    private const double CallingHertz = 1_100, CallingApart = 38, CallingShare = 0.6, CallingPart = 0.75;
    private const int CallingLeast = 18, CallingMost = 30;

    private readonly HighPass _band = new(hertz: 250);
    private readonly ToneMeter _meter = new();
    private readonly SpeechTrack _track = new();
    private readonly NetworkTones _network = new();
    private readonly BeepWatch _watch = new();
    private readonly List<Beep> _beeps = new(SpeechTrack.MostWords);
    private float[] _heard = [];
    private MachineDetection _terms = new(MachineMode.Detect);
    private Stage _stage;
    private int _sampleRate, _judgedAt, _ringEnd, _calling;
    private bool _isFax;

    public bool IsOn => _stage is not Stage.Off;
    public MachineVerdict Verdict { get; private set; }
    public GreetingEnd Greeting { get; private set; }
    /// <summary>The rule that decided last, as a sentence.</summary>
    public string Rule { get; private set; } = "";

    public void Start(MachineDetection terms, int sampleRate)
    {
        (_terms, _stage, _isFax, _ringEnd, _calling) = (terms, Stage.Judging, false, 0, 0);
        _track.Start(terms.SilenceThreshold);
        _beeps.Clear();
        Tune(sampleRate);
    }

    /// <summary>The port's codec changed on the way.</summary>
    public void Configure(int sampleRate)
    {
        if (sampleRate != _sampleRate) Tune(sampleRate);
    }

    public void Stop() => _stage = Stage.Off;

    /// <summary>
    /// Takes one tick. A verdict and the end of a greeting can fall into the same one: ask again with <see cref="Next"/>.
    /// </summary>
    public MachineFinding Handle(ReadOnlySpan<short> samples)
    {
        var heard = _heard.AsSpan(0, Math.Min(samples.Length, _heard.Length));
        double mean = _band.Filter(samples[..heard.Length], heard);
        int tick = _track.Ticks;
        _track.Add(mean);
        float level = (float)(20 * Math.Log10(Math.Max(1, mean)));
        var lines = level >= _track.Least - ToneDepth ? _meter.Measure(heard) : default;
        FollowNetwork(lines, tick);
        bool isBeep = _watch.Handle(lines, level, tick, out var beep);
        // Behind a verdict for a person only beeps are of interest, and what was said before them.
        if (isBeep || _stage is not Stage.Doubting)
            _track.Divide(Math.Max(1, (int)Math.Ceiling(_terms.BetweenWordsSilence.TotalMilliseconds / Limits.TickMilliseconds)));
        FollowFax(lines);
        if (isBeep) Keep(beep);
        return Next();
    }

    public MachineFinding Next()
    {
        // It says more than any verdict could, and is told in its place.
        if (_stage is Stage.Judging && IsClassifying && _beeps.Count > 0)
        {
            (Greeting, _stage) = (End(GreetingEnd.BeepDetected, $"a {Words(_beeps[0])} before any verdict"), Stage.Off);
            Rule = string.Join("; ", Evidence());
            return MachineFinding.GreetingEnd;
        }
        if (_stage is Stage.Judging && (IsClassifying ? Classify() : Judge()) is { } verdict)
        {
            Verdict = verdict;
            bool isLast = _terms.Mode is MachineMode.Detect || verdict is MachineVerdict.Fax;
            _stage = isLast ? Stage.Off : verdict is MachineVerdict.Machine ? Stage.Waiting : Stage.Doubting;
            _judgedAt = Now;
            return MachineFinding.Verdict;
        }
        if ((_stage is Stage.Waiting ? Wait() : _stage is Stage.Doubting ? Doubt() : null) is { } end)
        {
            (Greeting, _stage) = (end, Stage.Off);
            return MachineFinding.GreetingEnd;
        }
        return MachineFinding.Nothing;
    }

    /// <summary>What was heard, one sentence each, and the rule that decided.</summary>
    public IReadOnlyList<string> Evidence()
    {
        List<(int Start, string Fact)> heard = [];
        foreach (var word in _track.Words) heard.Add((word.Start, $"voice {Seconds(word.Start)}-{Seconds(word.End)}"));
        foreach (var beep in _beeps) heard.Add((beep.Start, $"{Words(beep)} {Seconds(beep.Start)}-{Seconds(beep.End)}"));
        if (_track.Quiet > 0) heard.Add((_track.LastEnd, $"silence {Seconds(_track.LastEnd)}-{Seconds(_track.Ticks)}"));
        return [.. heard.OrderBy(fact => fact.Start).Select(fact => fact.Fact), Rule];
    }

    private void Tune(int sampleRate)
    {
        int samples = sampleRate * Limits.TickMilliseconds / 1000;
        if (_heard.Length != samples) _heard = new float[samples];
        _sampleRate = sampleRate;
        _band.Start(sampleRate);
        _meter.Configure(sampleRate);
        _network.Begin();
        _watch.Start(_track.Ticks);
    }

    /// <summary>Ringback is no voice, and the silence that follows is not yet that of somebody who has answered.</summary>
    private void FollowNetwork(Lines lines, int tick)
    {
        _network.Handle(lines, tick);
        if (_network.IsProgress)
        {
            _track.Forget(_network.Start, tick + 1);
            _ringEnd = tick + 1;
        }
    }

    private void FollowFax(Lines lines)
    {
        if (lines.Share >= CallingShare && Math.Abs(lines.Hertz - CallingHertz) <= CallingApart) _calling++;
        bool hasCalled = _calling is >= CallingLeast and <= CallingMost && _track.Quiet >= BeepShapes.QuietTicks
            && _calling >= CallingPart * _track.Spoken;
        _isFax |= _network.IsFaxAnswer || hasCalled;
    }

    private void Keep(Beep beep)
    {
        bool isBehindWords = _track.WordCount > 0 && _track.Words[0].Start < beep.Start - BeforeBeep;
        // A quiet line's voice may have been too faint to be words.
        bool isFaintLines = _stage is Stage.Doubting && beep.Ticks < NetworkTones.ProgressTicks;
        bool isMachines = isBehindWords || isFaintLines || beep.Shape is not BeepShape.Steady || beep.Hertz >= BeepAloneHertz;
        if (isMachines && !_isFax && _beeps.Count < SpeechTrack.MostWords) _beeps.Add(beep);
    }

    private int Now => Milliseconds(_track.Ticks);

    private bool IsClassifying => _terms.Mode is MachineMode.Classify;

    private MachineVerdict? Judge()
    {
        int words = _track.WordCount, greeting = Milliseconds(_track.Greeting), quiet = Milliseconds(_track.Quiet);
        if (_beeps.Count > 0) return Machine($"a {Words(_beeps[0])}");
        if (JudgeTones() is { } machine) return machine;
        int silence = Now - Milliseconds(_ringEnd);
        if (words == 0 && silence > _terms.InitialSilence.TotalMilliseconds) return Machine($"nothing was said for {silence} ms");
        if (words > _terms.MaximumWords) return Machine($"more than {Count(_terms.MaximumWords)}");
        if (Milliseconds(_track.Longest) > _terms.MaximumWordLength.TotalMilliseconds)
            return Machine($"a word of {Milliseconds(_track.Longest)} ms");
        if (greeting >= _terms.GreetingDuration.TotalMilliseconds) return Machine($"a greeting of {greeting} ms");
        if (words > 0 && quiet >= _terms.AfterGreetingSilence.TotalMilliseconds)
            return Decide(MachineVerdict.Human, $"silence of {quiet} ms after {Count(words)} in {greeting} ms");
        if (Now < _terms.TotalAnalysis.TotalMilliseconds) return null;
        if (words > 0 && greeting <= BriefGreeting && quiet >= BriefPause)
            return Decide(MachineVerdict.Human, $"{Count(words)} in {greeting} ms and {quiet} ms of silence when time was up");
        if (words > 0 && greeting >= TalkingGreeting) return Machine($"still talking after {greeting} ms when time was up");
        return Decide(MachineVerdict.NotSure, $"{Count(words)} in {greeting} ms when time was up");
    }

    /// <summary>Of the terms only the time of all and the greeting's length count; nothing said is known only when time is up.</summary>
    private MachineVerdict? Classify()
    {
        if (_isFax) return Decide(MachineVerdict.Fax, $"a fax's tone of {(_network.IsFaxAnswer ? _network.Hertz : CallingHertz):F0} Hz");
        if (JudgeTones() is { } machine) return machine;
        int words = _track.WordCount, greeting = Milliseconds(_track.Greeting), quiet = Milliseconds(_track.Quiet);
        if (greeting >= _terms.GreetingDuration.TotalMilliseconds) return Machine($"a greeting of {greeting} ms");
        bool isTimeUp = Now >= _terms.TotalAnalysis.TotalMilliseconds;
        if (words == 0) return isTimeUp ? Decide(MachineVerdict.Silence, $"nothing was said for {Now} ms") : null;
        int phrases = CountPhrases();
        bool isHome = greeting <= HomeGreeting && phrases <= HomePhrases;
        double enough = isTimeUp ? BriefPause : isHome ? _terms.AfterGreetingSilence.TotalMilliseconds : BusinessSilence;
        if (quiet >= enough && (!isTimeUp || greeting <= BriefGreeting))
            return Decide(isHome ? MachineVerdict.Residence : MachineVerdict.Business,
                $"silence of {quiet} ms after {(phrases == 1 ? "1 phrase" : $"{phrases} phrases")} in {greeting} ms");
        if (!isTimeUp) return null;
        if (greeting >= TalkingGreeting) return Machine($"still talking after {greeting} ms when time was up");
        return Decide(MachineVerdict.NotSure, $"{Count(words)} in {greeting} ms when time was up");
    }

    /// <summary>What no voice makes: a tone without end, a fax, a network that says busy.</summary>
    private MachineVerdict? JudgeTones()
    {
        int tone = Milliseconds(_network.Ticks), longest = _network.IsProgress ? LongRing : LongTone;
        if (tone >= longest) return Machine($"a steady tone of {_network.Hertz:F0} Hz for {tone} ms");
        if (_isFax) return Machine($"a fax's tone of {CallingHertz:F0} Hz");
        return _network.IsBusy ? Machine($"a busy tone of {_network.Hertz:F0} Hz") : null;
    }

    private int CountPhrases()
    {
        int phrases = 0;
        var words = _track.Words;
        for (int i = 0; i < words.Length; i++)
            if (i == 0 || Milliseconds(words[i].Start - words[i - 1].End) >= PhrasePause) phrases++;
        return phrases;
    }

    private GreetingEnd? Wait()
    {
        int waited = Now - _judgedAt, quiet = Milliseconds(_track.Quiet);
        if (_beeps.Count > 0) return End(GreetingEnd.BeepDetected, $"a {Words(_beeps[0])}");
        if (_terms.Mode is MachineMode.GreetingEnd)
        {
            if (quiet >= _terms.GreetingSilence.TotalMilliseconds) return End(GreetingEnd.Ended, $"silence of {quiet} ms");
            if (waited >= _terms.GreetingTotalAnalysis.TotalMilliseconds && quiet == 0)
                return End(GreetingEnd.NotSure, $"still talking {waited} ms after the verdict");
            return null;
        }
        if (IsClassifying && _terms.PromptEnd is { } longest)
        {
            if (quiet >= _terms.GreetingSilence.TotalMilliseconds) return End(GreetingEnd.PromptEnded, $"silence of {quiet} ms");
            if (waited >= longest.TotalMilliseconds && quiet == 0)
                return End(GreetingEnd.NoBeep, $"still talking {waited} ms after the verdict");
            return null;
        }
        int silence = Math.Min(quiet, waited);
        if (silence >= Math.Max(MissedBeep, _terms.GreetingSilence.TotalMilliseconds))
            return End(IsClassifying ? GreetingEnd.NoBeep : GreetingEnd.Ended, $"silence of {silence} ms and no beep");
        if (waited < BeepWait) return null;
        if (IsClassifying) return End(GreetingEnd.NoBeep, $"no beep within {waited} ms");
        if (_terms.Mode is MachineMode.DetectWords) return End(GreetingEnd.NotSure, $"no beep within {waited} ms");
        _stage = Stage.Off;
        return null;
    }

    private GreetingEnd? Doubt()
    {
        if (_beeps.Count > 0) return End(GreetingEnd.BeepDetected, $"a {Words(_beeps[0])}");
        if (Now - _judgedAt >= BeepWait) _stage = Stage.Off;
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

    private static string Words(Beep beep) => beep.Shape switch
    {
        BeepShape.Pair => FormattableString.Invariant($"beep of {beep.Hertz:F0} and {beep.Other:F0} Hz"),
        BeepShape.Struck => FormattableString.Invariant($"chime of {beep.Hertz:F0} Hz"),
        BeepShape.Sweep => FormattableString.Invariant($"sweep from {beep.Hertz:F0} to {beep.Other:F0} Hz"),
        _ => FormattableString.Invariant($"beep of {beep.Hertz:F0} Hz"),
    };

    private static string Count(int words) => words == 1 ? "1 word" : $"{words} words";

    private static int Milliseconds(int ticks) => ticks * Limits.TickMilliseconds;

    private static string Seconds(int ticks) => (ticks * Limits.TickMilliseconds / 1000.0).ToString("F2", CultureInfo.InvariantCulture);
}
