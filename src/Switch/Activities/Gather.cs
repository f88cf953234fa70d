using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Collects digits in up to <see cref="LegCommand.Gather.MaximumTries"/> tries. A try is: the prompt (the first digit interrupts it),
/// then listening. It is valid with enough digits at the terminator, at the maximum or when a timer ends it; invalid at once with a digit
/// that is not allowed, or with too few; without any digit it timed out. The status of the last try is the gather's. With
/// <see cref="LegCommand.Gather.Speech"/> words are an entry too: valid, and ended by silence behind them.
/// </summary>
internal sealed class Gather(IActivityHost host, PromptQueue prompts, SpokenInput speech, LegCommand.Gather command) : ISpeechListener
{
    /// <summary>For a recogniser to answer when the party has paused.</summary>
    private static readonly TimeSpan WordsTimeout = TimeSpan.FromSeconds(5);

    private readonly SpokenEntry _spoken = new();
    private readonly Queue<PromptSource> _asked = new();
    private string? _deafness;
    private string _digits = "";
    private char? _finishedBy;
    private int _try;
    private bool _isEnded;
    private GatherPrompt? _prompt;
    private Instant _digitDue = Instant.Never;
    private Instant _totalDue = Instant.Never;
    /// <summary>Until then nobody need have said anything.</summary>
    private Instant _silentDue = Instant.Never;
    /// <summary>Until then words may come of what was heard already.</summary>
    private Instant _wordsDue;
    private bool _areWordsDue;
    /// <summary>Who speaks has said enough then.</summary>
    private Instant _speechDue = Instant.Never;
    /// <summary>He has: only what is not understood yet is waited for.</summary>
    private bool _isFinishing;

    public bool IsEnded => _isEnded;

    public Instant NextDue => _isEnded ? Instant.Never : Instant.Min(TryDue, _speechDue);

    private Instant TryDue => Instant.Min(_digitDue, _totalDue);

    public void Start() => BeginTry(wasInvalid: false);

    public void OnDigit(char digit)
    {
        if (_isEnded || command.Speech is { TakesDigits: false } || !_spoken.IsEmpty) return;
        speech.StopListening();
        if (_prompt is { } prompt)
        {
            Silence(prompt);
            Listen();
        }
        _speechDue = Instant.Never;
        if (command.TerminatingDigits.Contains(digit))
        {
            _finishedBy = digit;
            EndTry();
        }
        else if (!command.ValidDigits.Contains(digit))
        {
            _digits += digit;
            EndTry(isForbidden: true);
        }
        else
        {
            _digits += digit;
            if (_digits.Length >= command.MaximumDigits) EndTry();
            else _digitDue = host.Now + command.InterDigitTimeout;
        }
    }

    public void OnVoice(bool isSpeaking)
    {
        _spoken.IsSpeaking = isSpeaking;
        if (isSpeaking) _areWordsDue = true;
        else if (_areWordsDue) _wordsDue = host.Now + WordsTimeout;
        if (_prompt is null) AwaitSilence();
        else if (isSpeaking) Interrupt();
        if (isSpeaking) LimitSpeech();
        OnDue();
    }

    public void OnWords(string text, bool isFinal, double? confidence)
    {
        if (_prompt is not null && !Interrupt()) return;
        LimitSpeech();
        if (command.Speech!.Terms.HasInterim)
            host.Emit(new CallEvent.GatherHeard(command.GatherId, text, isFinal, confidence) { Leg = host.Facts, At = host.Now });
        if (isFinal) _spoken.Add(text, confidence);
        (_areWordsDue, _wordsDue) = (!isFinal, isFinal ? default : host.Now + WordsTimeout);
        AwaitSilence();
        OnDue();
    }

    public void OnDeaf(string failure)
    {
        _deafness = failure;
        (_spoken.IsSpeaking, _speechDue) = (false, Instant.Never);
        if (command.Speech is { TakesDigits: true })
        {
            (_areWordsDue, _wordsDue) = (false, default);
            if (_prompt is null) AwaitSilence();
            OnDue();
            return;
        }
        // Nobody hears an answer: asking on would be of no use.
        if (_prompt is { } prompt) Silence(prompt);
        End(_spoken.IsEmpty ? GatherStatus.Timeout : GatherStatus.Valid);
    }

    public void OnFinished(string? failure)
    {
        _deafness = failure;
        // Nobody hears an answer: asking on would be of no use.
        if (failure is not null && command.Speech is { TakesDigits: false })
            End(_spoken.IsEmpty ? GatherStatus.Timeout : GatherStatus.Valid);
        else EndTry(isTimeout: true);
    }

    public void OnDue()
    {
        if (_isEnded) return;
        if (TryDue <= host.Now) EndTry(isTimeout: true);
        else if (_speechDue <= host.Now) FinishSpeech();
    }

    /// <summary>Ends the gather from outside: stopped, replaced, or the call is over.</summary>
    public void Stop(GatherStatus status)
    {
        if (_isEnded) return;
        if (_prompt is { } prompt && status is not GatherStatus.CallHangup) Silence(prompt);
        End(status);
    }

    private void BeginTry(bool wasInvalid)
    {
        _try++;
        (_digits, _finishedBy) = ("", null);
        _digitDue = _totalDue = _speechDue = Instant.Never;
        _isFinishing = false;
        _spoken.Clear();
        if (command.Speech is { } input && _deafness is null && !speech.IsOrdered) speech.Listen(input.Terms, this);
        _asked.Clear();
        if (wasInvalid && command.InvalidPrompt is { } invalid) _asked.Enqueue(invalid);
        if (command.Prompt is { } prompt) _asked.Enqueue(prompt);
        foreach (var more in command.MorePrompts) _asked.Enqueue(more);
        Ask();
    }

    private void Ask()
    {
        if (!_asked.TryDequeue(out var source))
        {
            Listen();
            return;
        }
        _prompt = new(host, source, command.IsPromptReported, ended =>
        {
            if (_isEnded || ended != _prompt) return;
            _prompt = null;
            Ask();
        });
        // A full queue loses the prompts, not the gather.
        if (prompts.TryStart(_prompt, StopWhat.Nothing)) return;
        _prompt = null;
        Listen();
    }

    private void Silence(GatherPrompt prompt)
    {
        _prompt = null;
        prompts.Withdraw(prompt);
        if (prompt.HasStarted) prompt.Report(PlayStatus.Cancelled, null);
    }

    private void Listen()
    {
        _silentDue = host.Now + command.InitialTimeout;
        _totalDue = host.Now + command.TotalTimeout;
        AwaitSilence();
        if (_spoken.IsSpeaking) LimitSpeech();
    }

    /// <summary>The party's voice is over the prompt.</summary>
    /// <returns>False when the prompt goes on, and nothing counts.</returns>
    private bool Interrupt()
    {
        if (command.Speech is not { InterruptsPrompt: true }) return false;
        Silence(_prompt!);
        Listen();
        return true;
    }

    /// <summary>When the try ends unless more is said: never while somebody speaks, and not before his words can be there.</summary>
    private void AwaitSilence()
    {
        if (_digits.Length > 0 || _isFinishing) return;
        _digitDue = _spoken.IsSpeaking ? Instant.Never
            : Instant.Max(_wordsDue, _spoken.IsEmpty ? _silentDue : host.Now + command.Speech!.EndSilence);
    }

    /// <summary>From the first of what counts on.</summary>
    private void LimitSpeech()
    {
        if (_prompt is null && !_isFinishing && _digits.Length == 0 && _speechDue == Instant.Never
            && command.Speech?.LongestSpeech is { } longest)
            _speechDue = host.Now + longest;
    }

    /// <summary>Who still speaks is not listened to any more; a cough, which is over, was no speech.</summary>
    private void FinishSpeech()
    {
        _speechDue = Instant.Never;
        if (_spoken is { IsSpeaking: false, IsEmpty: true } && _wordsDue <= host.Now) return;
        if (!speech.TryFinishListening())
        {
            EndTry(isTimeout: true);
            return;
        }
        (_isFinishing, _spoken.IsSpeaking) = (true, false);
        _digitDue = host.Now + WordsTimeout;
    }

    private void EndTry(bool isForbidden = false, bool isTimeout = false)
    {
        var status = isForbidden ? GatherStatus.Invalid
            : !_spoken.IsEmpty ? GatherStatus.Valid
            : isTimeout && _digits.Length == 0 ? GatherStatus.Timeout
            : _digits.Length >= command.MinimumDigits ? GatherStatus.Valid
            : GatherStatus.Invalid;
        if (status is GatherStatus.Valid || _try >= command.MaximumTries) End(status);
        else BeginTry(wasInvalid: status is GatherStatus.Invalid);
    }

    private void End(GatherStatus status)
    {
        _isEnded = true;
        _prompt = null;
        if (command.Speech is not null) speech.StopListening();
        host.Emit(new CallEvent.GatherEnded
        {
            Leg = host.Facts, At = host.Now, Digits = _digits, Status = status, GatherId = command.GatherId,
            FinishedBy = _finishedBy, Speech = _spoken.Text, Confidence = _spoken.Confidence, SpeechFailure = _deafness
        });
    }

    /// <summary>A prompt inside the gather; its end, however it came, is the gather's next step.</summary>
    private sealed class GatherPrompt(IActivityHost host, PromptSource source, bool isReported, Action<GatherPrompt> ended)
        : Prompt(host.NewId(), source, loops: 1)
    {
        public override void OnStarted()
        {
            if (isReported) host.Emit(new CallEvent.PlaybackStarted(Id, Source) { Leg = host.Facts, At = host.Now });
        }

        public override void OnEnded(PlayStatus status, string? detail)
        {
            Report(status, detail);
            ended(this);
        }

        public override void OnDropped() => ended(this);

        public void Report(PlayStatus status, string? detail)
        {
            if (isReported) host.Emit(new CallEvent.PlaybackEnded(Id, Source, status, detail) { Leg = host.Facts, At = host.Now });
        }
    }
}
