using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Collects digits in up to <see cref="LegCommand.Gather.MaximumTries"/> tries. A try is: the prompt (the first digit interrupts it),
/// then listening. It is valid with enough digits at the terminator, at the maximum or when a timer ends it; invalid at once with a digit
/// that is not allowed, or with too few; without any digit it timed out. The status of the last try is the gather's.
/// </summary>
internal sealed class Gather(IActivityHost host, PromptQueue prompts, LegCommand.Gather command)
{
    private string _digits = "";
    private int _try;
    private bool _isEnded;
    private GatherPrompt? _prompt;
    private Instant _digitDue = Instant.Never;
    private Instant _totalDue = Instant.Never;

    public bool IsEnded => _isEnded;

    public Instant NextDue => _isEnded ? Instant.Never : Instant.Min(_digitDue, _totalDue);

    public void Start() => BeginTry(wasInvalid: false);

    public void OnDigit(char digit)
    {
        if (_isEnded) return;
        if (_prompt is { } prompt)
        {
            Silence(prompt);
            Listen();
        }
        if (command.TerminatingDigits.Contains(digit)) EndTry();
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

    public void OnDue()
    {
        if (NextDue <= host.Now) EndTry(isTimeout: true);
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
        _digits = "";
        _digitDue = _totalDue = Instant.Never;
        var first = wasInvalid ? command.InvalidPrompt ?? command.Prompt : command.Prompt;
        var second = wasInvalid && command.InvalidPrompt is not null ? command.Prompt : null;
        if (first is null) Listen();
        else Ask(first, second);
    }

    private void Ask(PromptSource source, PromptSource? then)
    {
        _prompt = new(host, source, command.IsPromptReported, ended =>
        {
            if (_isEnded || ended != _prompt) return;
            _prompt = null;
            if (then is not null) Ask(then, null);
            else Listen();
        });
        // A full queue loses the prompt, not the gather.
        if (!prompts.TryStart(_prompt, StopWhat.Nothing))
        {
            _prompt = null;
            Listen();
        }
    }

    private void Silence(GatherPrompt prompt)
    {
        _prompt = null;
        prompts.Withdraw(prompt);
        if (prompt.HasStarted) prompt.Report(PlayStatus.Cancelled, null);
    }

    private void Listen()
    {
        _digitDue = host.Now + command.InitialTimeout;
        _totalDue = host.Now + command.TotalTimeout;
    }

    private void EndTry(bool isForbidden = false, bool isTimeout = false)
    {
        var status = isForbidden ? GatherStatus.Invalid
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
        host.Emit(
            new CallEvent.GatherEnded { Leg = host.Facts, At = host.Now, Digits = _digits, Status = status, GatherId = command.GatherId });
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
