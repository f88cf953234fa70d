// Longer than others: who has the turn is one state, and all that changes it is read in one place.
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>
/// One conversation with one caller (5.1): listens to what he says, has a brain answer it, says the answer piece by piece, lets him
/// interrupt, and remembers what was heard. Without a clock, a voice, a recogniser or a brain of its own: what they do is told to it, and
/// what it wants of them is to be polled.
/// </summary>
public sealed class AgentConversation
{
    private readonly ConversationTerms _terms;
    private readonly Queue<ConversationOutput> _outputs = new();
    private readonly History _history;
    private readonly TurnDetector _turn;
    private readonly BargeIn _bargeIn;
    private readonly Asking _asking;
    private readonly AskedAhead _ahead;
    private readonly FailedAnswers _failures;
    /// <summary>What was interrupted, while it is still to be told how far it was heard.</summary>
    private readonly CutReply _closing;
    private readonly LeftCalls _left = new();
    private readonly Idleness _idleness;
    private readonly Waiting _waiting;
    private readonly Answering _answering;
    private Instant _limit = Instant.Never, _openingDue = Instant.Never, _heldUntil;
    /// <summary>What is thought of or said; null while it is the caller's turn.</summary>
    private SpokenReply? _reply;
    private int _pieces, _unheard;
    private bool _isFarewellInterrupted, _isElsewhere, _awaitsHello, _isTold, _isRaised;
    /// <summary>Somebody's phone asks who calls, and has not heard all of the answer; and whether one ever did.</summary>
    private bool _isScreened, _wasScreened;
    /// <summary>What is said last, when all is there that was to be gathered; null as long as it is not.</summary>
    private string? _lastWords;
    /// <summary>When the last foreign sound ended.</summary>
    private Instant _backSince;

    public AgentConversation(ConversationTerms terms)
    {
        _terms = terms;
        _history = new(_outputs.Enqueue);
        _turn = new(terms.Turns);
        _bargeIn = new(terms.Interruptions, terms.Turns, terms.Language);
        _asking = new(terms, _history, _outputs.Enqueue);
        _ahead = new(terms, _asking);
        _failures = new(terms, _asking, _left);
        _closing = new(_history, _outputs.Enqueue);
        _idleness = new(terms);
        _waiting = new(terms);
        _answering = new(terms.Voicemail);
    }

    /// <summary>What was heard, in order.</summary>
    public IReadOnlyList<Message> Messages => _history.Messages;

    /// <summary>Null as long as it goes on.</summary>
    public EndReason? Ended { get; private set; }

    /// <summary>When <see cref="Wake"/> is to be called, unless something happens before.</summary>
    public Instant NextDue
    {
        get
        {
            if (Ended is not null) return Instant.Never;
            var due = Instant.Min(Instant.Min(_limit, _bargeIn.NextDue), Instant.Min(_asking.NextDue, TurnDue));
            due = Instant.Min(due, Instant.Min(IsIdle ? _idleness.NextDue : Instant.Never, _openingDue));
            due = Instant.Min(due, Instant.Min(_answering.NextDue, _closing.NextDue));
            if (_reply is not { } reply) return due;
            due = Instant.Min(due, Instant.Min(reply.NextDue, VoiceDue(reply)));
            if (IsWaiting(reply)) due = Instant.Min(due, _waiting.NextDue);
            return reply.IsHeld && !_turn.IsTalking ? Instant.Min(due, _turn.IsEmpty ? _heldUntil : _turn.NextDue) : due;
        }
    }

    /// <summary>It ends at this moment because the caller has said nothing for so long.</summary>
    public bool IsIdleOver(Instant now) => Ended is null && IsIdle && _idleness.EndDue <= now;

    public bool TryPoll(out ConversationOutput output) => _outputs.TryDequeue(out output!);

    public void Handle(ConversationInput input, Instant now)
    {
        if (Ended is not null) return;
        switch (input)
        {
            case ConversationInput.Begin:
                Begin(now);
                break;
            case ConversationInput.Voice voice:
                OnVoice(voice.IsTalking, now);
                break;
            case ConversationInput.Words words:
                OnWords(words, now);
                break;
            case ConversationInput.Key key:
                if (!_terms.HearsKeys) break;
                _turn.OnKey(key.Digit, now);
                if (IsInterruptible) Interrupt(now);
                else Hold();
                break;
            case ConversationInput.Cut:
                if (IsCuttable) Interrupt(now);
                break;
            case ConversationInput.Raised raised:
                _isRaised = true;
                if (raised.Preempts) Preempt(now);
                break;
            case ConversationInput.PieceStarted started:
                _reply?.OnStarted(started.Piece, started.Length, now);
                if (_reply is { HasBegun: true }) _history.Settle();
                break;
            case ConversationInput.PieceEnded ended:
                _reply?.OnEnded(ended.Piece, ended.IsWhole, ended.Played, now);
                _closing.OnEnded(ended.Piece, ended.IsWhole, ended.Played, now);
                break;
            case ConversationInput.PieceFailed:
                End(EndReason.VoiceFailure, now);
                break;
            case ConversationInput.FromBrain answer:
                if (_asking.Takes(answer.Request)) OnBrain(answer.Part, now);
                else _ahead.Hear(answer.Request, answer.Part);
                break;
            case ConversationInput.ToolDone done:
                OnTool(done, now);
                break;
            case ConversationInput.Told told:
                _ahead.Drop();      // it does not know of them
                _history.Take(told.Messages);
                _isTold |= told.AnswersNow;
                break;
            case ConversationInput.Finish finish:
                _lastWords = finish.LastWords;
                // Nothing can be added to it, so that nobody is waited for.
                if (_reply is { } last) (last.IsProtected, last.IsHeld) = (true, false);
                break;
            case ConversationInput.Elsewhere elsewhere:
                _isElsewhere = elsewhere.IsOn;
                if (elsewhere.IsOn) _idleness.Pause();
                else
                {
                    _backSince = now;
                    if (_reply is null) _idleness.BeginAnew(now);
                }
                break;
            case ConversationInput.Answerer answerer:
                if (answerer.IsMachine)
                {
                    // It was of who has been answered since.
                    if (!_wasScreened) OnMachine(now);
                }
                else if (_answering.AwaitsVerdict) BeginTalk(now);
                break;
            case ConversationInput.Tone:
                // Behind a person's verdict, or in place of one, it says that a machine has answered.
                if (!_answering.AwaitsTone) OnMachine(now);
                if (_answering.AwaitsTone) LeaveMessage(now);
                break;
            case ConversationInput.Excused:
                _idleness.Excuse(now);
                break;
            case ConversationInput.Deaf:
                if (!_terms.GoesOnDeaf) End(EndReason.RecogniserFailure, now);
                break;
            case ConversationInput.Stop stop:
                End(stop.Reason, now);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        Wake(now);
    }

    /// <summary>Time has passed.</summary>
    public void Wake(Instant now)
    {
        if (_limit <= now) End(EndReason.TimeLimit, now);
        if (_answering.IsMessageTooLong(now)) End(EndReason.Voicemail, now);
        if (Ended is not null) return;
        if (_answering.IsVerdictLate(now)) BeginTalk(now);
        if (_answering.IsToneLate(now)) LeaveMessage(now);
        JudgeVoice(now);
        _closing.Wake(now);
        if (_asking.NextDue <= now) OnBrainFailed(now);
        if (_lastWords is not null && _reply is null && !_closing.IsOpen) Finish(now);
        if (Ended is not null) return;
        if (_isTold && _reply is null && !_closing.IsOpen && !_answering.IsUndecided) AnswerTold(now);
        JudgeTurn(now);
        if (_openingDue <= now) Open(now);
        Release(now);
        Speak(now);
        if (_isRaised && Ended is null) SpeakUp(now);
        _ahead.Follow(_turn, IsHisTurn, now);
        if (Ended is null && _reply is { } reply && VoiceDue(reply) <= now) End(EndReason.VoiceFailure, now);
        if (Ended is not null || !IsIdle) return;
        if (_idleness.EndDue <= now) End(EndReason.UserIdle, now);
        else if (_idleness.AskDue <= now) CheckIn(now);
    }

    /// <summary>A piece that has to wait behind what is not the conversation's is not late.</summary>
    private Instant VoiceDue(SpokenReply reply) =>
        _isElsewhere ? Instant.Never : Instant.Max(reply.AskedAt, _backSince) + _terms.ForVoice;

    /// <summary>All is said that there is to say, and tools run.</summary>
    private bool IsWaiting(SpokenReply reply) => !_asking.IsOpen && !reply.IsHeld && !reply.Tools.IsResolved;

    /// <summary>What the caller says is the next turn, when it is over.</summary>
    private bool IsHisTurn => Ended is null && _reply is null && !_closing.IsOpen && !_answering.IsUndecided && !_awaitsHello;

    private bool IsIdle => !_isElsewhere && !_answering.IsUndecided && _reply is null && !_closing.IsOpen
        && _turn is { IsEmpty: true, IsTalking: false };

    /// <summary>Something is heard that the caller may interrupt.</summary>
    private bool IsInterruptible => _reply is { HasBegun: true, IsSpeaking: true, IsProtected: false } heard
        && (heard.IsInterruptible ?? _terms.Interruptions.IsEnabled);

    private bool IsCuttable => _reply is { HasBegun: true, IsSpeaking: true } heard
        && (heard.IsCuttable ?? (!heard.IsProtected && (heard.IsInterruptible ?? _terms.Interruptions.IsCuttable)));

    /// <summary>What was said while tools run is answered with their results: see <see cref="TakeMeanwhile"/>.</summary>
    private bool KeepsTurn => _terms.ReadsHistory && _reply is { } reply && IsWaiting(reply);

    private Instant TurnDue =>
        !_closing.IsOpen && !_answering.IsUndecided && (_reply is null || IsInterruptible && !_bargeIn.IsPaused && !KeepsTurn)
            ? _turn.NextDue : Instant.Never;

    private void Begin(Instant now)
    {
        if (_limit != Instant.Never) return;
        _limit = now + _terms.TimeLimit;
        if (!_answering.Begin(now)) BeginTalk(now);
    }

    private void BeginTalk(Instant now)
    {
        _answering.BeginTalk();
        bool hasSaidHello = _turn is { IsEmpty: false, IsTalking: false };
        // Where the caller is to speak first, his hello is a turn like any other.
        if (_terms is { ForHello: { } hello, Greeting: not "" } && !hasSaidHello)
            (_awaitsHello, _openingDue) = (true, _turn.IsTalking ? Instant.Never : now + hello);
        else if (_terms.Greeting is not "" || _turn.IsEmpty) Open(now);
    }

    private void OnMachine(Instant now)
    {
        if (_isScreened || CallScreens.Ask(_turn.Text))
        {
            OnScreen();
            return;
        }
        switch (_answering.OnMachine(now))
        {
            case VoicemailAction.Stop:
                End(EndReason.Voicemail, now);
                break;
            case VoicemailAction.LeaveMessage:
                // What was said until now was said to nobody.
                if (_reply is not null) Interrupt(now);
                (_openingDue, _awaitsHello) = (Instant.Never, false);
                _idleness.Pause();
                break;
            case VoicemailAction.Continue:
                BeginTalk(now);
                break;
        }
    }

    /// <summary>It is no machine to which nobody talks, nor one that gets a message: what it says is a turn like any other.</summary>
    private void OnScreen()
    {
        _answering.OnScreen();
        (_isScreened, _wasScreened, _awaitsHello, _openingDue) = (true, true, false, Instant.Never);
    }

    /// <summary>Who interrupts it is a person, and goes on as anybody.</summary>
    private void LeaveMessage(Instant now)
    {
        var voicemail = _answering.BeginMessage(now);
        _turn.Clear();
        if (voicemail.Prompt is not { } prompt)
        {
            Say(voicemail.Message, new() { Ends = EndReason.Voicemail }, now);
            return;
        }
        _history.Take([new(MessageRole.System, prompt, now)]);
        _idleness.Pause();
        _reply = new() { Ends = EndReason.Voicemail };
        _asking.Ask(BrainOccasion.Told, now);
    }

    private void Open(Instant now)
    {
        (_awaitsHello, _openingDue) = (false, Instant.Never);
        if (CallScreens.Ask(_turn.Text))
        {
            // No greeting says what it wants to know.
            OnScreen();
            if (!_turn.IsTalking) Take(now);
            return;
        }
        // Somebody has said something whose end is not clear yet: it is his hello.
        string said = _turn.Text, pressed = _turn.Keys;
        if (!_turn.IsEmpty) _history.AddTurn(TurnDetector.Written(said, pressed), _turn.HeardUntil(now));
        _turn.Clear();
        bool isProtected = _terms.Interruptions.ProtectsGreeting;
        if (_terms.Greeting is { Length: > 0 } greeting)
            Say(greeting, new()
            {
                IsProtected = isProtected, IsCuttable = _terms.Interruptions.IsGreetingCuttable, Said = said, Pressed = pressed,
            }, now);
        else if (_terms.Greeting is not null) _idleness.Begin(now);
        else
        {
            _reply = new() { IsProtected = isProtected, Said = said, Pressed = pressed };
            _asking.Ask(BrainOccasion.Opening, now);
        }
    }

    private void OnVoice(bool isTalking, Instant now)
    {
        _turn.OnVoice(isTalking, now);
        if (_awaitsHello) _openingDue = isTalking ? Instant.Never : now + (_terms.ForHello ?? TimeSpan.Zero);
        if (IsInterruptible) _bargeIn.OnVoice(isTalking, now);
        if (isTalking)
        {
            _idleness.Pause();
            Hold();
            return;
        }
        _heldUntil = now - _terms.Turns.VoicePause + _terms.Interruptions.Resume;
        if (_reply is null) _idleness.Begin(now);
    }

    private void OnWords(ConversationInput.Words words, Instant now)
    {
        if (_terms.DropsSpeechOver && !IsInterruptible && _reply is { HasBegun: true, IsSpeaking: true })
        {
            // What can still change comes once more, when nothing is said over it.
            _turn.OnWords(words.Text, words.IsFinal, now);
            _turn.Clear();
            return;
        }
        string said = _turn.OnWords(words.Text, words.IsFinal, now);
        // What comes once more, of a turn that is over, is nothing that somebody says now.
        if (said.Length == 0) return;
        if (_answering.AwaitsTone && CallScreens.Ask(_turn.Text)) OnScreen();
        if (!IsInterruptible) Hold();
        else if (_bargeIn.IsConfirmedBy(said, _reply!.IsQuestion)) Interrupt(now);
    }

    /// <summary>Before the first of it is heard, the caller may have more to say.</summary>
    private void Hold()
    {
        if (_reply is not { HasBegun: false, IsHeld: false, IsProtected: false } reply || reply.Tools.HasStarted) return;
        reply.IsHeld = true;
        if (!reply.IsSpeaking) return;
        reply.Recall();
        _outputs.Enqueue(new ConversationOutput.Silence());
    }

    private void Release(Instant now)
    {
        if (_reply is { IsHeld: true } && _turn is { IsTalking: false, IsEmpty: true } && _heldUntil <= now) _reply.IsHeld = false;
    }

    private void JudgeVoice(Instant now)
    {
        if (!IsInterruptible)
        {
            // It ended while it was paused, which nothing needs to know but what comes next.
            if (_bargeIn.IsPaused) _outputs.Enqueue(new ConversationOutput.Resume());
            _bargeIn.Reset();
            return;
        }
        while (_bargeIn.OnDue(now) is not BargeInStep.None and var step)
        {
            if (step is BargeInStep.Interrupt)
            {
                Interrupt(now);
                return;
            }
            _outputs.Enqueue(step is BargeInStep.Pause ? new ConversationOutput.Pause() : new ConversationOutput.Resume());
            if (step is BargeInStep.Resume) _turn.Clear();
        }
    }

    /// <summary>The caller has the turn: nobody hears the rest, and nothing is done that was to be done behind it.</summary>
    private void Interrupt(Instant now)
    {
        var reply = _reply!;        // asked before
        if (reply.Tools.Calls.Any(call => call.Name is ToolCall.Hangup)) _isFarewellInterrupted = true;
        _answering.OnPerson();
        _bargeIn.Reset();
        _asking.Cancel();
        _left.Leave(reply.Tools.ResolveAll("the caller interrupted."));
        _reply = null;
        _closing.Begin(reply, isByCaller: true, now);
        Listen(reply);
        _idleness.Begin(now);
    }

    private void OnTool(ConversationInput.ToolDone done, Instant now)
    {
        if (_reply?.Tools.Resolve(done.Id, done.Result, now) is not true)
        {
            if (_left.Take(done, now) is not { } late) return;
            _ahead.Drop();      // it does not know of it
            _history.Take([late]);
            // Who speaks is answered with it; who was answered without it hears of it behind that.
            _isTold |= _reply is not null || _turn is { IsEmpty: true, IsTalking: false };
        }
        if (done.EndsConversation) End(EndReason.Transferred, now);
    }

    /// <summary>The brain wants what is said to end, whether or not somebody has heard of it.</summary>
    private void Preempt(Instant now)
    {
        if (_asking.IsOpen || _reply is not { IsSpeaking: true, IsDone: true, Ends: null } reply) return;
        _bargeIn.Reset();
        _reply = null;
        _closing.Begin(reply, isByCaller: false, now);
        Listen(reply);
    }

    /// <summary>The brain is asked for what it wants to say, when it is nobody's turn.</summary>
    private void SpeakUp(Instant now)
    {
        if (_reply is not null || _closing.IsOpen || _answering.IsUndecided || _turn is not { IsEmpty: true, IsTalking: false }) return;
        _isRaised = false;
        // What is said answers no turn, and nothing is added to the one before.
        _history.Settle();
        _idleness.Pause();
        _reply = new() { Listen = _idleness.Listen };
        _asking.Ask(BrainOccasion.OwnAccord, now);
    }

    private void Remember(SpokenReply reply, bool isInterrupted, Instant now) =>
        _history.Add(reply, reply.TakeHeard(), reply.HeardSince ?? now, isInterrupted);

    private void JudgeTurn(Instant now)
    {
        if (_closing.IsOpen || _answering.IsUndecided || _turn.NextDue > now) return;
        bool mayAdd = _reply is { HasBegun: false, IsProtected: false } thinking && !thinking.Tools.HasStarted;
        if (_reply is not null && !mayAdd)
        {
            // "Okay" over what is said is no turn; what is said over what nobody interrupts is the next one.
            if (!IsInterruptible || _bargeIn.IsPaused || KeepsTurn) return;
            // It was said before this was heard, when a tool ran and nothing could be added to the turn.
            if (_terms.ReadsHistory && (_turn.Keys.Length > 0 || _bargeIn.IsConfirmedBy(_turn.Text, isQuestion: false))) Interrupt(now);
            else _turn.Clear();
            return;
        }
        if (_turn.Judge(now) is TurnJudged.Over)
        {
            if (_awaitsHello) Open(now);
            else Take(now);
        }
        else if (_reply is null)
        {
            _outputs.Enqueue(new ConversationOutput.Unheard(now));
            if (++_unheard < 2) return;
            _unheard = 0;
            Say(_terms.Sorry, new() { Listen = _idleness.Listen }, now);
        }
    }

    /// <summary>The caller's turn is over, and the brain's begins.</summary>
    private void Take(Instant now)
    {
        string said = _turn.Text, pressed = _turn.Keys;
        var until = _turn.HeardUntil(now);
        _turn.Clear();
        _unheard = 0;
        // What the brain is asked answers these as well.
        (_isRaised, _isTold) = (false, false);
        _answering.OnPerson();
        _idleness.OnTurn();
        int? replaces = null;
        if (_reply is { } unheard)
        {
            replaces = _asking.Cancel();
            if (unheard.IsSpeaking) _outputs.Enqueue(new ConversationOutput.Silence());
            said = $"{unheard.Said} {said}".Trim();
            pressed = unheard.Pressed + pressed;
            _history.TakeBackTurn();
        }
        _history.AddTurn(TurnDetector.Written(said, pressed), until);
        _reply = new() { Said = said, Pressed = pressed, Listen = _idleness.Listen };
        if (_ahead.Take(said, pressed, now) is not { } answered) _asking.Ask(BrainOccasion.Turn, now, said, pressed, replaces);
        else foreach (var part in answered) OnBrain(part, now);
    }

    private void CheckIn(Instant now)
    {
        _idleness.OnAsked();
        _reply = new() { Listen = _idleness.Listen };
        _asking.Ask(BrainOccasion.Silence, now);
    }

    private void AnswerTold(Instant now)
    {
        (_isTold, _awaitsHello, _openingDue) = (false, false, Instant.Never);
        _idleness.Pause();
        _reply = new() { Listen = _idleness.Listen };
        _asking.Ask(BrainOccasion.Told, now);
    }

    private void OnBrain(BrainPart part, Instant now)
    {
        if (part is not (BrainPart.Text { Bit.Length: 0 } or BrainPart.HearIn or BrainPart.Used))
            _asking.OnUseful(part is BrainPart.Progress, now);
        var reply = _reply!;        // there is one as long as an answer is wanted
        reply.Take(part, now);
        if (part is BrainPart.HearIn hear) _outputs.Enqueue(new ConversationOutput.HearIn(hear.Language));
        // Nothing can be added to a farewell then, so that nothing is to be waited for.
        else if (part is BrainPart.Call { Tool.Name: ToolCall.Hangup } && _isFarewellInterrupted)
            (reply.IsProtected, reply.IsHeld) = (true, false);
        else if (part is BrainPart.Listen) Listen(reply);
        else if (part is BrainPart.Done)
        {
            _asking.OnWhole();
            _failures.Reset();
        }
        else if (part is BrainPart.Failed) OnBrainFailed(now);
    }

    private void OnBrainFailed(Instant now)
    {
        var reply = _reply!;        // there is one as long as an answer is wanted
        if (_failures.Judge(reply, now) is not var (words, other)) return;
        if (reply.HasBegun) Remember(reply, isInterrupted: false, now);
        Say(words, other, now);
    }

    /// <summary>What the conversation says by itself.</summary>
    private void Say(string text, SpokenReply reply, Instant now)
    {
        reply.Add(text, now);
        reply.Finish();
        reply.IsDone = true;
        _reply = reply;
        _idleness.Pause();
    }

    private void Listen(SpokenReply reply)
    {
        _idleness.Listen = reply.Listen;
        _turn.IsDictation = reply.Listen.IsDictation ?? Dictation.IsAskedBy(reply.LastWords);
        _turn.MostKeys = reply.Listen.MostKeys;
    }

    /// <summary>Says what there is to say, does what there is to do, and gives the turn back when that is all.</summary>
    private void Speak(Instant now)
    {
        if (_reply is not { } reply) return;
        SayNext(reply, now);
        if (reply.IsHeld) return;
        bool isSpeechOver = !_asking.IsOpen && !reply.IsSpeaking;
        while (reply.Tools.Start(isSpeechOver, now) is { } call)
        {
            _history.Settle();
            if (call.Name is ToolCall.Hangup)
            {
                reply.Tools.Resolve(call.Id, "Done.", now);
                End(EndReason.AssistantHangup, now);
                return;
            }
            if (call.Name is ToolCall.SkipTurn)
            {
                reply.Tools.Resolve(call.Id, "Done: the caller has the turn.", now);
                continue;
            }
            _waiting.Begin(call, reply, now);
            _outputs.Enqueue(new ConversationOutput.Run(call));
        }
        if (IsWaiting(reply)) Entertain(reply, now);
        if (_asking.IsOpen || !reply.Tools.IsResolved) return;
        _waiting.Clear();
        if (_lastWords is not null)
        {
            if (!isSpeechOver) return;
            Remember(reply, isInterrupted: false, now);
            _reply = null;
            Finish(now);
            Speak(now);
            return;
        }
        if (reply.Tools is { IsOpen: true, IsExhausted: false, IsSkip: false } && !reply.IsDone)
        {
            Remember(reply, isInterrupted: false, now);
            reply.Tools.NextRound();
            reply.BeginAnswer();
            _isTold = false;
            TakeMeanwhile(now);
            _asking.Ask(BrainOccasion.ToolResults, now);
        }
        else if (isSpeechOver) Yield(reply, now);
    }

    /// <summary>What he has said while tools ran stands behind their results, and is answered with them.</summary>
    private void TakeMeanwhile(Instant now)
    {
        if (!_terms.ReadsHistory || _turn.IsTalking || _turn.IsEmpty || _turn.Keys.Length > 0 && _turn.NextDue > now) return;
        if (_turn.Keys.Length == 0 && Acknowledgements.IsOnly(_turn.Text, _terms.Language)) return;
        _history.AddTurn(TurnDetector.Written(_turn.Text, _turn.Keys), _turn.HeardUntil(now));
        _history.Settle();
        _turn.Clear();
        _idleness.OnTurn();
    }

    private void SayNext(SpokenReply reply, Instant now)
    {
        while (reply.NextToSay(() => ++_pieces, now) is { } piece)
            _outputs.Enqueue(new ConversationOutput.Say(piece.Number, piece.Text) { Manner = piece.Manner, Sound = piece.Sound });
    }

    /// <summary>Nobody is left in silence while a tool takes its time.</summary>
    private void Entertain(SpokenReply reply, Instant now)
    {
        while (_waiting.Take(reply, now) is { } words) reply.SayAside(words, now);
        SayNext(reply, now);
    }

    private void Finish(Instant now)
    {
        string words = _lastWords!;     // asked before
        _lastWords = null;
        if (words.Length == 0) End(EndReason.Gathered, now);
        else Say(words, new() { IsProtected = true, Ends = EndReason.Gathered }, now);
    }

    private void Yield(SpokenReply reply, Instant now)
    {
        bool wasQuestion = reply.EndsWithQuestion;
        Remember(reply, isInterrupted: false, now);
        (_reply, _isScreened) = (null, false);
        if (reply.Ends is { } reason)
        {
            End(reason, now);
            return;
        }
        // What was said over it, and was only to say that one listens.
        if (!wasQuestion && _turn.Keys.Length == 0 && Acknowledgements.IsOnly(_turn.Text, _terms.Language)) _turn.Clear();
        Listen(reply);
        if (_isTold) AnswerTold(now);
        else _idleness.Begin(now);
    }

    private void End(EndReason reason, Instant now)
    {
        if (Ended is not null) return;
        _ahead.Drop();
        _asking.Cancel();
        _closing.Close(now);
        if (_reply is { } reply)
        {
            bool isCut = reply.IsSpeaking;
            if (isCut) _outputs.Enqueue(new ConversationOutput.Silence());
            reply.CutOff(now);
            reply.Tools.ResolveAll("the conversation has ended.");
            Remember(reply, isCut, now);
            _reply = null;
        }
        // He was heard, though nobody answers.
        if (!_turn.IsEmpty) _history.AddTurn(TurnDetector.Written(_turn.Text, _turn.Keys), _turn.HeardUntil(now));
        _history.Settle();
        Ended = reason;
        _outputs.Enqueue(new ConversationOutput.Ended(reason));
    }
}
