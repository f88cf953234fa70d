// Longer than most: one talk from its first word to its last, each thing that a model says answered in one switch.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Spoken;
using Ringwright.Core;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// One conversation on one leg with a model that hears and speaks itself: carries the leg's audio to it and back, has its tools carried
/// out, keeps what was heard. The model judges turns; what it says is paused as soon as a voice is heard here.
/// </summary>
internal sealed class SpokenTalk : IDisposable
{
    /// <summary>Between two looks at what no news tells.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ForReady = TimeSpan.FromSeconds(10), ForAnswer = TimeSpan.FromSeconds(10),
        BetweenKeys = TimeSpan.FromSeconds(2);
    /// <summary>For the model to say that a voice interrupts it.</summary>
    private static readonly TimeSpan ForDecision = TimeSpan.FromMilliseconds(800);
    /// <summary>What sounds like a voice and never ends is none.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    /// <summary>For the words of the caller's, which come late.</summary>
    private static readonly TimeSpan ForWords = TimeSpan.FromSeconds(2);
    /// <summary>A model that is lost again so soon is not asked anew.</summary>
    private static readonly TimeSpan BetweenLosses = TimeSpan.FromMinutes(1);
    private const int MostWarnings = 10;

    private readonly string _name;
    private readonly ModelAgent _agent;
    private readonly ConversationTerms _terms;
    private readonly IProgramCall _call;
    private readonly AgentLeg _leg;
    private readonly AgentParts _parts;
    private readonly IAgentGuest? _guest;
    private readonly ConcurrentDictionary<string, string> _variables;
    private readonly AgentTools _remote;
    private readonly AgentTransfer _transfer;
    private readonly AgentReferral _referral;
    private readonly SpokenTools _tools;
    private readonly SpokenTurns _turns;
    private readonly SpokenWire _wire;
    private readonly CancellationTokenSource _over = new();
    private readonly Channel<SpokenNews> _news = Channel.CreateUnbounded<SpokenNews>(new() { SingleReader = true });
    private readonly Guid _voice = Guid.CreateVersion7();
    private readonly long _start;
    private readonly StringBuilder _keys = new();
    /// <summary>What stands behind words of the caller's that have not come yet.</summary>
    private readonly List<Message> _behindWords = [];
    private readonly SpokenMemory _memory;
    private readonly AnswerWait _awaited = new(ForAnswer);
    /// <summary>Calls of a model that was lost: the one that is there now knows them by words alone.</summary>
    private readonly HashSet<string> _orphans = new(StringComparer.Ordinal);
    private Task<CallEvent?>? _next;
    private Task<bool>? _hasNews;
    private EndReason? _ended;
    private Instant _keysDue = Instant.Never, _resumeDue = Instant.Never, _helloDue = Instant.Never, _idleSince = Instant.Never,
        _quietSince = Instant.Never, _toneDue = Instant.Never, _silentSince = Instant.Never, _wordsDue = Instant.Never,
        _readyDue = Instant.Never, _messageDue = Instant.Never;
    private int _failures, _checkIns, _warnings;
    private bool _isReady, _hasBegun, _callerSpeaks, _leavesMessage;
    /// <summary>When the model was asked anew, last; and that it is to be, and to go on by itself then.</summary>
    private Instant? _renewedAt;
    private bool _isLost, _isOwed;

    /// <param name="guest">Null on a leg of its own. A guest's agent comes with all the variables that there are.</param>
    public SpokenTalk(string name, ModelAgent agent, IProgramCall call, AgentParts parts, IAgentGuest? guest)
    {
        (_name, _agent, _call, _parts, _guest) = (name, agent, call, parts, guest);
        _start = parts.Time.GetTimestamp();
        var known = new Dictionary<string, string>
        {
            ["from"] = call.Leg.From, ["to"] = call.Leg.To,
            ["now"] = parts.Time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        };
        if (guest is not null) known.Clear();
        _variables = new(agent.VariablesOf(known), StringComparer.Ordinal);
        _terms = agent.TermsOf(_variables);
        void Hear(ConversationInput input) => _news.Writer.TryWrite(new SpokenNews.FromTools(input));
        _leg = new(agent, call, () => Hear(new ConversationInput.Stop(EndReason.Stopped)));
        _transfer = new(call, parts, Hear, text => new(text, "", agent.Language, IsSsml: false) { HasStandIn = true });
        _referral = new(_leg.SendAsync, Hear);
        _remote = new AgentDeeds(guest, _leg.SendAsync, Hear, _transfer, _referral, text => _ = _leg.NoteAsync(NoteKind.Step, text))
            .ToolsOf(agent, _variables, parts, call.Leg.Tenant);
        _wire = new(IsUltravox ? UltravoxModel.Rate : RealtimeModel.Rate, news => _news.Writer.TryWrite(news));
        _tools = new(agent, tool => _remote.Run(tool, _over.Token), Answer, Told, () => Now);
        _memory = new(IsUltravox ? MessageRole.User : MessageRole.System);
        _turns = new(Told, _wire.Player.Has);
    }

    private bool IsUltravox => _agent.Model.Speaks is SpeechProtocol.Ultravox;

    private Instant Now => new(_parts.Time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Nothing is asked of anybody any more.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
        _remote.End();
    }

    /// <summary>Until the conversation is over, and the caller's call or what he was transferred to.</summary>
    /// <returns>Who goes on with the conversation, where the model is given up; null where it is over.</returns>
    public async Task<StandIn?> RunAsync()
    {
        await _leg.SendAsync(new LegCommand.WatchVoice(_terms.Turns.VoicePause) { IsOfAgent = true });
        foreach (string name in Template.Unknown($"{_agent.Instructions} {_agent.Greeting}", _variables).Take(MostWarnings))
            await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning, $"there is no variable {name}"));
        bool isTransferred = false;
        try
        {
            await AwaitVerdictAsync();
            if (_ended is null) await OpenAsync();
            while (_ended is null) await StepAsync();
            var reason = _ended.Value;
            Finish();
            if (StandInFor(reason) is { } other)
            {
                await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the model is given up, and {other.Agent.Model.Name} goes on"));
                await _leg.SendAsync(new LegCommand.CloseVoice());
                return other;
            }
            if (_guest is not null) await _guest.KeepAsync();
            await EndAsync(reason);
            isTransferred = reason is EndReason.Transferred;
        }
        finally
        {
            _transfer.GiveUp();
            _parts.Voices?.Links.Forget(_voice);
            await _over.CancelAsync();
            await _wire.DisposeAsync();
        }
        // Without the model, whose socket is closed by then.
        if (!isTransferred || _guest is not null) return null;
        if (_next is not null) await _next;
        await _call.SitOutAsync();
        return null;
    }

    /// <summary>Who goes on where the model has failed (5.9): with all that was said, and by the voice and the ears of the node.</summary>
    private StandIn? StandInFor(EndReason reason)
    {
        if (reason is not EndReason.ProviderFailure || _leavesMessage || _leg.IsStopped || _agent.Fallback is not { } fallback) return null;
        bool isUnderWay = _hasBegun || !_memory.IsEmpty;
        string maker = IsUltravox ? UltravoxModel.Maker : RealtimeModel.Maker;
        var left = _agent.Terms.TimeLimit - (Now - new Instant(0));
        return new(_agent with
        {
            Model = fallback,
            Fallback = null,
            Variables = new Dictionary<string, string>(_variables),
            // Its own voices are nobody else's.
            Voice = _agent.Voice.StartsWith(maker + ".", StringComparison.OrdinalIgnoreCase) ? "" : _agent.Voice,
            Before = [.. _agent.Before, .. _memory.Recent],
            Greeting = isUnderWay ? "" : _agent.Greeting,
            Terms = _agent.Terms with
            {
                Voicemail = null,
                ForHello = isUnderWay ? null : _agent.Terms.ForHello,
                TimeLimit = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1),
            },
        }, _next, _start, isUnderWay && _memory.IsOpen);
    }

    // ---- the model ----

    /// <summary>The conversation is over where there is none.</summary>
    private async Task OpenAsync()
    {
        if (_parts.Voices is not { } voices)
        {
            _ended = EndReason.ProviderFailure;
            return;
        }
        try
        {
            if (!await JoinAsync(voices.Sockets, _agent, _leavesMessage ? "" : _terms.Greeting)) return;
            voices.Links.Place(_voice, _wire);
            var ack = await _leg.SendAsync(new LegCommand.OpenVoice(_voice));
            if (ack.IsAccepted || ack.Refusal is Refusal.NoAgentTalks) return;
            await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning,
                $"the call's audio cannot be had: {SnakeName.Of(ack.Refusal).Replace('_', ' ')}"));
            _ended = EndReason.VoiceFailure;
        }
        catch (OperationCanceledException)
        {
            _ended = EndReason.CallHangup;
        }
    }

    private async Task<bool> JoinAsync(IAgentSockets sockets, ModelAgent agent, string? greeting)
    {
        var line = new SpokenLine(_parts.Scripts?.Folder ?? "", _parts.Web, sockets, _parts.Time);
        var (model, socket, fault) = await line.OpenAsync(agent, _variables, greeting, _call.Stop);
        if (socket is null)
        {
            await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the model cannot be reached: {fault}"));
            _ended = EndReason.ProviderFailure;
            return false;
        }
        _wire.Join(model, socket);
        _readyDue = Now + ForReady;
        return true;
    }

    /// <summary>In a talk the model is asked anew: servers end a session after an hour or less, and are started again.</summary>
    private void Lose()
    {
        bool isAnew = _isReady && !_leavesMessage && (_renewedAt is not { } last || Now - last >= BetweenLosses);
        if (isAnew) _isLost = true;
        else _ended = EndReason.ProviderFailure;
    }

    /// <summary>Another one goes on with what was said.</summary>
    private async Task RenewAsync()
    {
        bool wasBusy = _wire.IsBusy || _wordsDue != Instant.Never;
        _wire.Leave();
        while (_ended is null && _news.Reader.TryRead(out var told)) Handle(told);
        TellBehindWords();
        _turns.End();
        (_isLost, _isReady, _wire.IsDeaf) = (false, false, false);
        if (_ended is not null || _parts.Voices is not { } voices) return;
        _orphans.UnionWith(_tools.Running);
        bool isUnderWay = _hasBegun || !_memory.IsEmpty;
        _isOwed = isUnderWay && !_tools.IsRunning && (wasBusy || _memory.IsOpen);
        try
        {
            var agent = _agent with { Before = [.. _agent.Before, .. _memory.Recent] };
            if (await JoinAsync(voices.Sockets, agent, isUnderWay ? "" : _terms.Greeting)) _renewedAt = Now;
        }
        catch (OperationCanceledException)
        {
            _ended = EndReason.CallHangup;
        }
    }

    private void Answer(string call, string result, bool speaks) => _wire.Ask(model =>
    {
        if (_orphans.Remove(call)) model.Know([new(MessageRole.System, $"(What came of it: {result})", Now)], speaks);
        else model.Answer(call, result, speaks);
    });

    // ---- the talk ----

    private async Task StepAsync()
    {
        var next = _next ??= _call.NextAsync().AsTask();
        var news = _hasNews ??= _news.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        using (var over = new CancellationTokenSource())
        {
            await Task.WhenAny(next, news, Task.Delay(Look, _parts.Time, over.Token));
            await over.CancelAsync();
        }
        if (news.IsCompleted) _hasNews = null;
        while (_ended is null && _news.Reader.TryRead(out var told)) Handle(told);
        if (_ended is null && next.IsCompleted)
        {
            var happened = await next;
            _next = null;
            await HearAsync(happened);
        }
        if (_ended is null && _isLost) await RenewAsync();
        if (_ended is null) Wake(Now);
    }

    private void Handle(SpokenNews told)
    {
        switch (told)
        {
            case SpokenNews.FromModel model:
                Handle(model.Output);
                break;
            case SpokenNews.FromTools tools:
                Handle(tools.Input);
                break;
            case SpokenNews.Began began:
                (_hasBegun, _failures) = (true, 0);
                _turns.OnBegan(began.Turn, Now);
                // There is no other way to let nobody interrupt it.
                if (IsUltravox && !_terms.Interruptions.IsEnabled) _wire.IsDeaf = true;
                if (_silentSince != Instant.Never)
                    _ = _leg.NoteAsync(NoteKind.Step, string.Create(CultureInfo.InvariantCulture,
                        $"answered {(Now - _silentSince).TotalMilliseconds:F0} ms after the caller's voice"));
                _silentSince = Instant.Never;
                break;
            case SpokenNews.Drained drained:
                _turns.OnDrained(drained.Turn);
                if (!_leavesMessage) _wire.IsDeaf = false;
                else if (_toneDue == Instant.Never) _ended = EndReason.Voicemail;
                break;
            case SpokenNews.Cut cut:
                _turns.OnCut(cut.Turn);
                if (!_leavesMessage) _wire.IsDeaf = false;
                break;
            case SpokenNews.Lost lost:
                if (_isLost && lost.IsModel) break;
                _ = _leg.NoteAsync(NoteKind.Warning, lost.Why);
                if (lost.IsModel) Lose();
                else _ended = EndReason.ProviderFailure;
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Handle(ConversationInput input)
    {
        if (input is ConversationInput.Stop stop) _ended = stop.Reason;
        if (input is not ConversationInput.ToolDone done) return;
        _tools.Done(done.Id, done.Result, speaks: !done.EndsConversation);
        if (done.EndsConversation) _ended = EndReason.Transferred;
    }

    private void Handle(SpokenOutput output)
    {
        switch (output)
        {
            case SpokenOutput.Ready:
                OnReady();
                break;
            case SpokenOutput.Words words:
                _turns.Add(words.Turn, words.Bit);
                break;
            case SpokenOutput.Whole whole:
                _turns.OnWhole(whole.Turn, whole.Text);
                break;
            case SpokenOutput.Committed:
                _wordsDue = Now + ForWords;
                _tools.OnTurn();
                break;
            case SpokenOutput.Heard heard:
                OnTurn();
                _wordsDue = Instant.Never;
                Told(new(MessageRole.User, Clipped.Of(heard.Text, Limits.TurnCharacters), Now));
                TellBehindWords();
                break;
            case SpokenOutput.Unheard:
                // He has had a turn, whether or not somebody could write it down.
                _tools.OnTurn();
                _guest?.TellUnheard(Now - new Instant(0));
                TellBehindWords();
                break;
            case SpokenOutput.Voice voice:
                OnVoice(voice.IsSpeaking, Now);
                break;
            case SpokenOutput.Call call:
                _tools.Begin(call.Tool);
                break;
            case SpokenOutput.Warning warning:
                if (_warnings++ < MostWarnings) _ = _leg.NoteAsync(NoteKind.Warning, $"the model: {warning.What}");
                break;
            case SpokenOutput.Failed failed:
                _ = _leg.NoteAsync(NoteKind.Warning, $"the model: {failed.What}");
                if (++_failures == Limits.FailedTurns) _ended = EndReason.ProviderFailure;
                break;
            case SpokenOutput.Lost lost:
                if (_isLost) break;
                _ = _leg.NoteAsync(NoteKind.Warning, $"the model is given up: {lost.What}");
                Lose();
                break;
            case SpokenOutput.Send or SpokenOutput.Sound or SpokenOutput.Clear:
                throw new UnreachableException("The wire follows it itself.");
            default:
                throw new UnreachableException();
        }
    }

    private void OnReady()
    {
        (_isReady, _readyDue) = (true, Instant.Never);
        if (_leavesMessage) return;
        if (_renewedAt is not null && (_hasBegun || !_memory.IsEmpty))
        {
            _ = _leg.NoteAsync(NoteKind.Step, "the model was asked anew, and knows what was said");
            if (_isOwed) _wire.Ask(model => model.Raise(SpokenPrompt.Resumed));
            _isOwed = false;
            return;
        }
        if (_terms.ForHello is { } wait) _helloDue = IsUltravox ? Instant.Never : Now + wait;
        else Greet();
    }

    private void Greet()
    {
        _helloDue = Instant.Never;
        if (_terms.Greeting is { Length: 0 }) return;
        _wire.IsDeaf = _terms.Interruptions.ProtectsGreeting;
        if (IsUltravox) return;         // it says it by itself
        string? notice = _agent.Notice is { } told ? Template.Fill(told, _variables, Limits.ReplyCharacters) : null;
        _wire.Ask(model =>
        {
            if (_terms.Greeting is { } greeting) model.Say(greeting);
            else model.Raise(notice is null ? SpokenPrompt.Opening : SpokenPrompt.OpeningWith(notice));
        });
    }

    /// <summary>The caller's words have come, or nobody waits for them any more.</summary>
    private void TellBehindWords()
    {
        _wordsDue = Instant.Never;
        foreach (var message in _behindWords) Told(message);
        _behindWords.Clear();
    }

    /// <summary>The caller has had a turn.</summary>
    private void OnTurn()
    {
        (_checkIns, _quietSince, _helloDue) = (0, Instant.Never, Instant.Never);
        _tools.OnTurn();
    }

    private void OnVoice(bool isSpeaking, Instant now)
    {
        _callerSpeaks = isSpeaking;
        if (isSpeaking) (_quietSince, _silentSince, _helloDue) = (Instant.Never, Instant.Never, Instant.Never);
        else _silentSince = now;
        if (!_terms.Interruptions.IsEnabled || _wire.IsDeaf) return;
        // What is heard here waits at once; the model says whether it is to go on.
        if (isSpeaking && !_wire.Player.IsSilent) _wire.Player.Pause(true);
        _resumeDue = now + (isSpeaking ? LongestPause : ForDecision);
    }

    private async Task HearAsync(CallEvent? happened)
    {
        if (happened is null or CallEvent.LegEnded) _ended = EndReason.CallHangup;
        else if (happened is CallEvent.AgentEnded ended && _guest?.IsEnd(ended) is true)
        {
            _leg.IsStopped = true;
            _ended = ended.Reason is AgentEnd.CallHangup ? EndReason.CallHangup : EndReason.Stopped;
        }
        else if (happened is CallEvent.VoiceChanged voice) OnVoice(voice.IsTalking, Now);
        else if (happened is CallEvent.DigitReceived digit && _terms.HearsKeys && _isReady) OnKey(digit.Digit);
        else if (happened is CallEvent.AgentTold told && _guest is not null && await _guest.ReadAsync(told, Now) is { } read)
        {
            foreach (var message in read.Messages) _memory.Add(message);
            if (read.AnswersNow) _wire.Interrupt();
            _wire.Ask(model => model.Know(read.Messages, read.AnswersNow));
        }
        else if (happened is CallEvent.LegBridged bridged)
        {
            if (!_transfer.OnBridged(bridged) && _guest is not null) _ended = EndReason.Transferred;
        }
        else if (happened is CallEvent.LegEnqueued && _guest is not null) _ended = EndReason.Transferred;
        else if (happened is CallEvent.ReferEnded referred) _referral.OnEnded(referred);
        else if (happened is CallEvent.MachineDetected { Verdict: MachineVerdict.Machine or MachineVerdict.Fax }) OnMachine(records: false);
        else if (happened is CallEvent.MachineGreetingEnded greeting)
        {
            if (_leavesMessage && _toneDue != Instant.Never) LeaveMessage();
            // Behind a person's verdict, or in place of one, a beep says that a machine has answered.
            else if (greeting.End is GreetingEnd.BeepDetected) OnMachine(records: true);
        }
    }

    private void OnKey(char key)
    {
        _wire.Interrupt();
        if (key is not '#' && _keys.Length < Limits.TurnKeys) _keys.Append(key);
        _keysDue = key is '#' ? Now : Now + BetweenKeys;
    }

    /// <summary>What comes of time alone.</summary>
    private void Wake(Instant now)
    {
        if (now - new Instant(0) >= _terms.TimeLimit) _ended = EndReason.TimeLimit;
        else if (_messageDue <= now) _ended = EndReason.Voicemail;
        else if (_readyDue <= now) Handle(new SpokenNews.Lost($"the model has not begun within {ForReady.TotalSeconds:0} s"));
        if (_helloDue <= now) Greet();
        if (_isReady && _toneDue <= now) LeaveMessage();
        if (_resumeDue <= now)
        {
            _resumeDue = Instant.Never;
            _wire.Player.Pause(false);
        }
        if (_keysDue <= now) TellKeys(now);
        if (_wordsDue <= now) TellBehindWords();
        bool isQuiet = !_wire.IsBusy;
        // What was to be heard to its end is not being made any more; Ultravox does not say when it begins to make it.
        if (isQuiet && !IsUltravox && !_leavesMessage) _wire.IsDeaf = false;
        if (isQuiet && _tools.Waits && _tools.OnSilent()) _ended = EndReason.AssistantHangup;
        bool isAwaited = _isReady && !isQuiet && _wire.Player.IsSilent && !_callerSpeaks && !_tools.IsRunning;
        if (_awaited.IsOver(isAwaited, now))
            Handle(new SpokenNews.Lost($"the model has begun an answer, and nothing of it came within {ForAnswer.TotalSeconds:0} s"));
        Idle(_isReady && isQuiet && !_callerSpeaks && !_tools.IsRunning && !_leavesMessage, now);
    }

    private void TellKeys(Instant now)
    {
        _keysDue = Instant.Never;
        if (_keys.Length == 0) return;
        var pressed = new Message(MessageRole.User, $"pressed {_keys}", now);
        _keys.Clear();
        OnTurn();
        Told(pressed);
        _wire.Ask(model => model.Know([pressed], answersNow: true));
    }

    /// <summary>A caller who says nothing, counted while nobody speaks and nothing runs (5.7).</summary>
    private void Idle(bool isIdle, Instant now)
    {
        if (!isIdle)
        {
            _idleSince = Instant.Never;
            return;
        }
        if (_idleSince == Instant.Never) (_idleSince, _quietSince) = (now, Instant.Min(_quietSince, now));
        if (_terms.IdleTimeout is { } most && now - _quietSince >= most) _ended = EndReason.UserIdle;
        else if (_terms.IdleReply is { } usual && _checkIns < _terms.CheckIns && now - _idleSince >= usual)
        {
            _checkIns++;
            _idleSince = now;
            _wire.Ask(model => model.Raise(SpokenPrompt.Silence));
        }
    }

    // ---- machines (5.7) ----

    /// <summary>Who may be a machine is not talked to before that is known.</summary>
    private async Task AwaitVerdictAsync()
    {
        if (_terms.Voicemail?.ForVerdict is not { } patience) return;
        var until = Now + patience;
        while (_ended is null && !_leavesMessage && Now < until)
        {
            var next = _next ??= _call.NextAsync().AsTask();
            using var over = new CancellationTokenSource();
            await Task.WhenAny(next, Task.Delay(until - Now, _parts.Time, over.Token));
            await over.CancelAsync();
            if (!next.IsCompleted) return;
            var happened = await next;
            _next = null;
            await HearAsync(happened);
            if (happened is CallEvent.MachineDetected) return;
        }
    }

    /// <summary>A machine has answered. What was said until now was said to nobody.</summary>
    /// <param name="records">Its tone was heard.</param>
    private void OnMachine(bool records)
    {
        if (_leavesMessage || _terms.Voicemail is not { } voicemail) return;
        if (voicemail.Action is VoicemailAction.Stop) _ended = EndReason.Voicemail;
        if (voicemail.Action is not VoicemailAction.LeaveMessage) return;
        _wire.Interrupt();
        (_leavesMessage, _wire.IsDeaf, _helloDue) = (true, true, Instant.Never);
        _toneDue = records ? Now : Now + voicemail.ForTone;
    }

    private void LeaveMessage()
    {
        var voicemail = _terms.Voicemail!;      // it was asked for
        (_toneDue, _messageDue) = (Instant.Never, Now + voicemail.Longest);
        _wire.Ask(model =>
        {
            if (voicemail.Prompt is { } prompt) model.Raise(prompt);
            else model.Say(voicemail.Message);
        });
    }

    // ---- the end ----

    /// <summary>What was said and heard by now is told, and each call of a tool has its result.</summary>
    private void Finish()
    {
        _wire.End();
        while (_news.Reader.TryRead(out var told))
        {
            bool isOfTranscript = told is SpokenNews.FromModel(SpokenOutput.Words or SpokenOutput.Whole or SpokenOutput.Heard
                or SpokenOutput.Unheard) or SpokenNews.Cut or SpokenNews.Began or SpokenNews.FromTools(ConversationInput.ToolDone);
            if (isOfTranscript) Handle(told);
        }
        _turns.End();
        TellBehindWords();
        _tools.End();
    }

    private async Task EndAsync(EndReason reason)
    {
        if (reason is EndReason.CallHangup) return;
        string word = SnakeName.Of(reason);
        if (reason is EndReason.ProviderFailure or EndReason.VoiceFailure) _parts.Log.AgentFailed(_name, _call.Leg.Id, word);
        if (_guest is not null)
        {
            if (_leg.IsStopped) return;
            foreach (var command in _guest.EndOf(reason))
            {
                // Whoever ordered a model that was never there goes on with the call as he likes.
                if (command is LegCommand.Hangup && reason is EndReason.ProviderFailure && !_hasBegun) return;
                if ((await _leg.SendAsync(command)).Refusal is Refusal.NoAgentTalks) return;
            }
            return;
        }
        var labels = Labels.Of(("agent.script", _name), ("agent.reason", word));
        if (reason is EndReason.Transferred)
        {
            await _leg.SendAsync(new LegCommand.SetLabels { Labels = labels });
            await _leg.SendAsync(new LegCommand.CloseVoice());
            await _leg.SendAsync(new LegCommand.WatchVoice(TimeSpan.Zero));
            return;
        }
        await _leg.SendAsync(new LegCommand.Hangup { Labels = labels, Evidence = $"The agent {_name} has ended the call: {word}." });
    }

    private void Told(Message message)
    {
        if (_wordsDue != Instant.Never && message.Role is not MessageRole.User)
        {
            _behindWords.Add(message);
            return;
        }
        _memory.Add(message);
        _guest?.Tell(message, message.At - new Instant(0));
        if (message is { Role: not MessageRole.Tool, Text.Length: > 0 }) _ = _leg.NoteAsync(NoteKind.Step, _leg.Line(message));
    }
}
