// Longer than most: one talk from its first word to its last, each output of the conversation answered in one switch.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Scripts;
using Ringwright.Core;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Programs.Agents;

/// <summary>One conversation on one leg: tells it what happens to the leg, and has the leg do what it wants.</summary>
internal sealed class AgentTalk : IDisposable
{
    /// <summary>A timer is not exact, and one that is too early is set again.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    /// <summary>Agents that leave a caller to each other without a word of his are none that help him.</summary>
    private const int MostHandoffs = 3;

    /// <summary>Nobody reads the trace before the talk goes on.</summary>
    private const int MostWarnings = 10;

    private readonly string _name;
    private readonly AgentDefinition _agent;
    private readonly IProgramCall _call;
    private readonly AgentLeg _leg;
    private readonly AgentParts _parts;
    /// <summary>Null on a leg of its own.</summary>
    private readonly IAgentGuest? _guest;
    /// <summary>A customer's own program thinks; null where the agent does.</summary>
    private readonly RelayMind? _mind;
    private IBrain _brain;
    private readonly AgentConversation _conversation;
    /// <summary>Of a model; null where a script thinks.</summary>
    private readonly ModelLine? _line;
    private AgentTools? _tools;
    /// <summary>Of agents who have handed the caller on: what they began may still run.</summary>
    private readonly List<AgentTools> _former = [];
    private readonly CancellationTokenSource _over = new();
    private readonly AgentTransfer _transfer;
    private readonly AgentReferral _referral;
    /// <summary>Whose voice is heard.</summary>
    private AgentDefinition _speaker;
    /// <summary>Since the caller's last turn.</summary>
    private int _handoffs;
    /// <summary>Of a model: its own, and those of the call.</summary>
    private readonly IReadOnlyDictionary<string, string> _variables = new Dictionary<string, string>();
    private readonly long _start;
    /// <summary>Somebody waits for its first words, who has spoken already.</summary>
    private readonly bool _isOwed;
    /// <summary>What comes from elsewhere than the leg, on any thread.</summary>
    private readonly Channel<ConversationInput> _news = Channel.CreateUnbounded<ConversationInput>(new() { SingleReader = true });
    private readonly Dictionary<Guid, int> _pieces = [];
    private readonly OtherSounds _others = new();
    private readonly AgentEars _ears;
    /// <summary>The read that is waited for: there is one at a time.</summary>
    private Task<CallEvent?>? _next;
    private AnswerWatch? _watch;
    private readonly TurnWatch _turns = new();

    /// <param name="guest">Null on a leg of its own. A guest's agent comes with all the variables that there are.</param>
    /// <param name="standsIn">The agent goes on with a conversation that another model has begun; null where it begins.</param>
    public AgentTalk(string name, AgentDefinition agent, IProgramCall call, AgentParts parts, IAgentGuest? guest = null,
        StandIn? standsIn = null)
    {
        (_name, _agent, _speaker, _call, _parts, _guest) = (name, agent, agent, call, parts, guest);
        _leg = new(agent, call, () => _news.Writer.TryWrite(new ConversationInput.Stop(EndReason.Stopped)));
        _transfer = new(call, parts, news => _news.Writer.TryWrite(news),
            text => new(text, _speaker.Voice, agent.Language, IsSsml: false) { Speed = _speaker.VoiceSpeed });
        _referral = new(_leg.SendAsync, news => _news.Writer.TryWrite(news));
        _ears = new(agent, guest?.Mind, _leg.SendAsync);
        (_start, _next, _isOwed) = (standsIn?.Start ?? parts.Time.GetTimestamp(), standsIn?.Next, standsIn is { IsOwed: true });
        var known = new Dictionary<string, string> { ["from"] = call.Leg.From, ["to"] = call.Leg.To };
        if (agent is ModelAgent model)
        {
            known["now"] = parts.Time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            if (guest is not null) known.Clear();
            var variables = new ConcurrentDictionary<string, string>(model.VariablesOf(known), StringComparer.Ordinal);
            _variables = variables;
            _line = new(parts.Scripts?.Folder ?? "", parts.Web, parts.Time, parts.Refused, call.Leg.Tenant);
            _brain = new ModelBrain(model, variables, _line);
            _conversation = new(parts.Hearing(model.TermsOf(variables)));
            _tools = ToolsOf(model, variables);
        }
        else if (guest?.Mind is { } mind)
        {
            (_brain, _mind) = (mind, mind);
            mind.Tell = news => _news.Writer.TryWrite(news);
            _conversation = new(parts.Hearing(agent.Terms));
        }
        else
        {
            var script = (AgentScript)agent;        // there is no other
            _brain = new ScriptedBrain(script, known);
            _conversation = new(parts.Hearing(script.TermsOf(known)));
        }
    }

    private AgentTools ToolsOf(ModelAgent model, ConcurrentDictionary<string, string> variables) =>
        new AgentDeeds(_guest, _leg.SendAsync, news => _news.Writer.TryWrite(news), _transfer, _referral,
            text => _ = _leg.NoteAsync(NoteKind.Step, text)).ToolsOf(model, variables, _parts, _call.Leg.Tenant,
            (other, changesVoice) => HandOver(other, changesVoice, variables));

    /// <summary>Another agent thinks from here on, with all that was heard.</summary>
    /// <returns>What it is told first.</returns>
    private string HandOver(ModelAgent other, bool changesVoice, ConcurrentDictionary<string, string> variables)
    {
        if (++_handoffs >= MostHandoffs)
        {
            _news.Writer.TryWrite(new ConversationInput.Stop(EndReason.ProviderFailure));
            return "Not done: the caller was handed on again and again.";
        }
        if (_tools is not null) _former.Add(_tools);
        (_brain, _tools) = (new ModelBrain(other, variables, _line!), ToolsOf(other, variables));      // a model handed over
        if (changesVoice) _speaker = other;
        return "Done: you are the one who talks to the caller now. Go on with what he wants.";
    }

    /// <summary>Nothing is asked of anybody any more.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
        _line?.Dispose();
        foreach (var tools in _former) tools.End();
        _tools?.End();
    }

    private Instant Now => new(_parts.Time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Until the conversation is over, and the caller's call or what he was transferred to.</summary>
    public async Task RunAsync()
    {
        await _leg.SendAsync(new LegCommand.WatchVoice(_agent.Terms.Turns.VoicePause) { IsOfAgent = true });
        if (_agent is ModelAgent { } model) await WarnAsync(model);
        var listening = await _ears.ListenAsync(_mind?.Agent.ListensIn ?? (_agent as ModelAgent)?.ListensIn ?? _agent.Language);
        _conversation.Handle(new ConversationInput.Begin(), Now);
        if (_isOwed) _conversation.Handle(new ConversationInput.Told([], AnswersNow: true), Now);
        if (listening is { IsAccepted: false, Refusal: not Refusal.NoAgentTalks }) await OnDeafAsync(SnakeName.Of(listening.Refusal));
        try
        {
            await TalkAsync();
            // Whoever hears of the end finds what was said.
            if (_guest is not null)
            {
                if ((_brain as ScriptedBrain)?.Outcome is { } outcome) _guest.TellOutcome(outcome);
                await _guest.KeepAsync();
            }
            await EndAsync();
        }
        finally
        {
            _transfer.GiveUp();
        }
    }

    /// <summary>Of variables that are empty because nobody knows them.</summary>
    private async Task WarnAsync(ModelAgent model)
    {
        foreach (string name in Template.Unknown($"{model.Instructions} {model.Greeting}", _variables).Take(MostWarnings))
            await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning, $"there is no variable {name}"));
    }

    private async Task TalkAsync()
    {
        Task<bool>? news = null;
        while (true)
        {
            await FollowAsync();
            if (_conversation.Ended is not null) return;
            var next = _next ??= _call.NextAsync().AsTask();
            news ??= _news.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            await WaitAsync(next, news);
            // Somebody else has taken over, and looks after the caller.
            if (_conversation.IsIdleOver(Now + Grain) && await IsSilencedAsync())
                _conversation.Handle(new ConversationInput.Excused(), Now);
            if (news.IsCompletedSuccessfully)
            {
                while (_news.Reader.TryRead(out var told)) _conversation.Handle(told, Now);
                news = null;
            }
            if (next.IsCompleted)
            {
                var happened = await next;
                _next = null;
                if (happened is CallEvent.AgentEnded ended && _guest?.IsEnd(ended) is true)
                {
                    _leg.IsStopped = true;
                    _conversation.Handle(new ConversationInput.Stop(StopOf(ended)), Now);
                }
                else if (happened is null or CallEvent.LegEnded)
                    _conversation.Handle(new ConversationInput.Stop(EndReason.CallHangup), Now);
                else await HearAsync(happened);
            }
            if (_conversation.NextDue <= Now) _conversation.Wake(Now);
        }
    }

    /// <summary>For something to happen, or time to pass.</summary>
    private async Task WaitAsync(Task next, Task news)
    {
        var due = _conversation.NextDue;
        if (due == Instant.Never)
        {
            await Task.WhenAny(next, news);
            return;
        }
        var span = due - Now;
        if (span <= TimeSpan.Zero) return;
        using var over = new CancellationTokenSource();
        await Task.WhenAny(next, news, Task.Delay(span + Grain, _parts.Time, over.Token));
        await over.CancelAsync();
    }

    private async Task ListenAnewAsync(string language)
    {
        var ack = await _ears.ListenAnewAsync(language);
        if (ack is { IsAccepted: false, Refusal: not Refusal.NoAgentTalks }) await OnDeafAsync(SnakeName.Of(ack.Refusal));
    }

    private static EndReason StopOf(CallEvent.AgentEnded ended) =>
        ended.Reason is AgentEnd.CallHangup ? EndReason.CallHangup : EndReason.Stopped;

    private async Task HearAsync(CallEvent happened)
    {
        ConversationInput? input = null;
        int piece;
        if (happened is CallEvent.VoiceChanged voice)
        {
            _mind?.HearVoice(voice.IsTalking);
            if (!voice.IsTalking) _turns.OnSilent(Now - _agent.Terms.Turns.VoicePause);
            input = new ConversationInput.Voice(voice.IsTalking);
        }
        else if (happened is CallEvent.SpeechTranscribed { Track: TapTracks.Said } words && _ears.Is(words.Transcription))
        {
            if (!words.IsFinal) _mind?.Hear(words.Text);
            else _turns.OnWords(Now);
            input = new ConversationInput.Words(words.Text, words.IsFinal);
        }
        else if (happened is CallEvent.DigitReceived digit)
        {
            _turns.OnSilent(Now);
            input = _mind?.Press(digit.Digit) ?? new ConversationInput.Key(digit.Digit);
        }
        else if (happened is CallEvent.SpeakStarted started && _pieces.TryGetValue(started.Speak, out piece))
        {
            _mind?.OnStarted(started.Speak);
            OnStarted(piece);
            input = new ConversationInput.PieceStarted(piece, started.Length);
        }
        else if (happened is CallEvent.SpeakEnded ended && _pieces.Remove(ended.Speak, out piece))
        {
            _mind?.OnEnded(ended.Speak, ended.Status is PlayStatus.Completed);
            input = ended.Status is PlayStatus.Failed ? new ConversationInput.PieceFailed(piece)
                : new ConversationInput.PieceEnded(piece, ended.Status is PlayStatus.Completed, ended.Played);
        }
        else if (happened is CallEvent.AgentTold told) input = await OnToldAsync(told);
        else input = OnSound(happened) ?? OnOthers(happened);
        if (input is not null) _conversation.Handle(input, Now);
        else if (happened is CallEvent.TranscriptionEnded deaf && _ears.Is(deaf.Transcription)) await OnDeafAsync(deaf.Failure);
    }

    private void OnStarted(int piece)
    {
        if (_turns.OnStarted(piece, Now) is { } parts) _ = _leg.NoteAsync(NoteKind.Step, parts);
    }

    private async Task<ConversationInput?> OnToldAsync(CallEvent.AgentTold told)
    {
        if (_guest is null || await _guest.ReadAsync(told, Now) is not { } read) return null;
        foreach (var message in read.Messages)
            if (_guest.Gather?.Add(message) is { } added) await _leg.SendAsync(added);
        return read;
    }

    /// <summary>A file among what is said. One that is not to be had takes nothing of the rest with it.</summary>
    private ConversationInput? OnSound(CallEvent happened)
    {
        int piece;
        if (happened is CallEvent.PlaybackStarted started && _pieces.TryGetValue(started.Playback, out piece))
        {
            _mind?.OnStarted(started.Playback);
            OnStarted(piece);
            return new ConversationInput.PieceStarted(piece, null);
        }
        if (happened is not CallEvent.PlaybackEnded ended || !_pieces.Remove(ended.Playback, out piece)) return null;
        bool isMissing = ended.Status is PlayStatus.Failed or PlayStatus.FileNotFound;
        _mind?.OnEnded(ended.Playback, ended.Status is PlayStatus.Completed,
            isMissing ? $"The file was not played: {ended.Detail ?? "it was not to be had"}" : null);
        return new ConversationInput.PieceEnded(piece, isMissing || ended.Status is PlayStatus.Completed, null);
    }

    /// <summary>What whoever commands the leg does with it, and what becomes of a transfer.</summary>
    private ConversationInput? OnOthers(CallEvent happened)
    {
        if (happened is CallEvent.LegBridged bridged)
            return _transfer.OnBridged(bridged) || _guest is null ? null : new ConversationInput.Stop(EndReason.Transferred);
        if (happened is CallEvent.MachineDetected detected)
            return new ConversationInput.Answerer(detected.Verdict is MachineVerdict.Machine or MachineVerdict.Fax);
        if (happened is CallEvent.MachineGreetingEnded) return new ConversationInput.Tone();
        if (happened is CallEvent.ReferEnded referred) _referral.OnEnded(referred);
        if (happened is CallEvent.LegEnqueued && _guest is not null) return new ConversationInput.Stop(EndReason.Transferred);
        return _others.On(happened) is { } isOn ? new ConversationInput.Elsewhere(isOn) : null;
    }

    /// <summary>Without words there is little left to do.</summary>
    private async Task OnDeafAsync(string? failure)
    {
        if (await _ears.ReopenAsync(failure)) return;
        await _leg.SendAsync(new LegCommand.Note(NoteKind.Warning, $"nobody listens to words any more: {failure ?? "it was stopped"}"));
        _conversation.Handle(new ConversationInput.Deaf(), Now);
    }

    private async Task FollowAsync()
    {
        while (_conversation.TryPoll(out var output))
        {
            switch (output)
            {
                case ConversationOutput.Ask ask:
                    await AskAsync(ask.Request, ask.IsAhead);
                    break;
                case ConversationOutput.Adopt adopt:
                    BeginTurn(adopt.Request);
                    break;
                case ConversationOutput.Cancel cancel:
                    _brain.Cancel(cancel.Request);
                    if (_watch?.GiveUp(Now) is { } line) await _leg.SendAsync(new LegCommand.Note(NoteKind.Step, line));
                    break;
                case ConversationOutput.Say say:
                    await SayAsync(say);
                    break;
                case ConversationOutput.Pause or ConversationOutput.Resume:
                    await _leg.SendAsync(new LegCommand.PausePlayback(output is ConversationOutput.Pause));
                    break;
                case ConversationOutput.Silence:
                    // Who stopped the agent has stopped what it said; what plays now is not its own.
                    if (!_leg.IsStopped) await _leg.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
                    break;
                case ConversationOutput.HearIn hear:
                    await ListenAnewAsync(hear.Language);
                    break;
                case ConversationOutput.Interrupted cut:
                    _mind?.Interrupt(cut.Heard, cut.Lasted);
                    break;
                case ConversationOutput.Run { Call: { Name: ToolCall.SendDigits } press } when _mind is not null:
                    await PressAsync(_mind, press);
                    break;
                case ConversationOutput.Run { Call: { Name: ToolCall.Gather } written } when _guest is { Gather: { } gather }:
                    await WriteDownAsync(gather, written);
                    break;
                case ConversationOutput.Run run when _tools is not null:
                    _tools.Run(run.Call, _over.Token);
                    break;
                case ConversationOutput.Run { Call: { Name: ToolCall.Transfer } transfer }:
                    _transfer.Begin(transfer);
                    break;
                case ConversationOutput.Run run:
                    _news.Writer.TryWrite(new ConversationInput.ToolDone(run.Call.Id, $"There is no {run.Call.Name} here.", false));
                    break;
                case ConversationOutput.Told told:
                    _guest?.Tell(told.Message, told.Message.At - new Instant(0));
                    if (_guest?.Gather?.Add(told.Message) is { } added) await _leg.SendAsync(added);
                    if (told.Message is { Role: not MessageRole.Tool, Text.Length: > 0 } message)
                        await _leg.SendAsync(new LegCommand.Note(NoteKind.Step, _leg.Line(message)));
                    break;
                case ConversationOutput.Unheard unheard:
                    _guest?.TellUnheard(unheard.At - new Instant(0));
                    break;
                case ConversationOutput.Ended:
                    break;      // it says so itself
                default:
                    throw new UnreachableException();
            }
        }
    }

    /// <summary>
    /// The conversation hears that all is there before it hears of the call's result, so that the model is not asked for more.
    /// </summary>
    private async Task WriteDownAsync(AgentGather gather, ToolCall call)
    {
        var (told, report) = gather.Take(call.Arguments);
        if (report is not null) await _leg.SendAsync(report);
        if (gather.IsComplete) _news.Writer.TryWrite(new ConversationInput.Finish(gather.LastWords));
        _news.Writer.TryWrite(new ConversationInput.ToolDone(call.Id, told, EndsConversation: false));
    }

    private async Task AskAsync(BrainRequest request, bool isAhead)
    {
        // He was heard, and that is all.
        if (await IsSilencedAsync())
        {
            _news.Writer.TryWrite(new ConversationInput.Excused());
            _news.Writer.TryWrite(new ConversationInput.FromBrain(request.Number, new BrainPart.Done()));
            return;
        }
        var watch = _watch = _line is not null ? new AnswerWatch(Now)
            : _mind is not null && request.Occasion is BrainOccasion.Turn ? new AnswerWatch(Now, "program") : null;
        if (!isAhead) BeginTurn(request);
        _brain.Ask(request, part =>
        {
            if (watch?.On(part, Now) is { } line) _ = _leg.NoteAsync(part is BrainPart.Failed ? NoteKind.Warning : NoteKind.Step, line);
            if (part is BrainPart.Text { Bit.Length: > 0 } or BrainPart.Sound) _turns.OnText(request.Number, Now);
            _news.Writer.TryWrite(new ConversationInput.FromBrain(request.Number, part));
        });
    }

    private async ValueTask<bool> IsSilencedAsync() => _guest is not null && await _guest.IsSilencedAsync();

    /// <summary>What the request is about is over, and its answer is wanted.</summary>
    private void BeginTurn(BrainRequest request)
    {
        if (request.Occasion is BrainOccasion.Turn) _handoffs = 0;
        _turns.OnAsked(request, Now);
    }

    private async Task SayAsync(ConversationOutput.Say say)
    {
        var id = Guid.CreateVersion7();
        _pieces[id] = say.Piece;
        _turns.OnSaid(say.Piece, Now);
        _mind?.Say(id, say.Sound?.Url ?? say.Text);
        if (say.Sound is { } sound)
        {
            var play = new LegCommand.Play { Id = id, Source = new PromptSource.Url(sound.Url), Loops = sound.Loops, IsOfAgent = true };
            var ack = await _leg.SendAsync(play);
            if (ack.IsAccepted) return;
            _mind?.OnEnded(id, isWhole: false, $"The file was not played: {SnakeName.Of(ack.Refusal).Replace('_', ' ')}");
            _pieces.Remove(id);
            _news.Writer.TryWrite(new ConversationInput.PieceEnded(say.Piece, IsWhole: true, null));
            return;
        }
        var (voice, language) = _mind?.VoiceOf(say.Manner.Language) ?? (_speaker.Voice, _agent.Language);
        var speech = new PromptSource.Speech(say.Text, voice, language, IsSsml: false) { Speed = _speaker.VoiceSpeed, HasStandIn = true };
        if ((await _leg.SendAsync(new LegCommand.Speak { Id = id, Speech = speech, IsOfAgent = true })).IsAccepted) return;
        _pieces.Remove(id);
        _mind?.OnEnded(id, isWhole: false);
        _news.Writer.TryWrite(new ConversationInput.PieceFailed(say.Piece));
    }

    /// <summary>Sends the keys that a customer's program asks for.</summary>
    private async Task PressAsync(RelayMind mind, ToolCall press)
    {
        string keys = (string)JsonNode.Parse(press.Arguments)!["digits"]!;      // the brain has written them
        var ack = await _leg.SendAsync(new LegCommand.SendDigits(keys));
        mind.OnSent(keys, ack.IsAccepted ? null : $"The digits were not sent: {SnakeName.Of(ack.Refusal).Replace('_', ' ')}");
        _news.Writer.TryWrite(new ConversationInput.ToolDone(press.Id, ack.IsAccepted ? "Done." : "Refused.", EndsConversation: false));
    }

    /// <summary>What it came to is on the leg before that ends.</summary>
    private async Task EndAsync()
    {
        var reason = _conversation.Ended!.Value;        // it is over
        if (reason is EndReason.CallHangup) return;
        string word = SnakeName.Of(reason);
        if (reason is EndReason.VoiceFailure or EndReason.RecogniserFailure or EndReason.ProviderFailure)
            _parts.Log.AgentFailed(_name, _call.Leg.Id, word);
        if (_guest is not null)
        {
            foreach (var command in _guest.EndOf(reason))
                // It was stopped before, and the call goes on.
                if ((await _leg.SendAsync(command)).Refusal is Refusal.NoAgentTalks) return;
            return;
        }
        var labels = Labels.Of(("agent.script", _name), ("agent.reason", word), ("agent.outcome", (_brain as ScriptedBrain)?.Outcome));
        if (reason is EndReason.Transferred)
        {
            await _call.SendAsync(new LegCommand.SetLabels { Labels = labels });
            await _call.SendAsync(new LegCommand.StopTranscription());
            await _call.SendAsync(new LegCommand.WatchVoice(TimeSpan.Zero));
            if (_next is not null) await _next;
            await _call.SitOutAsync();
            return;
        }
        await _call.SendAsync(new LegCommand.Hangup { Labels = labels, Evidence = $"The agent {_name} has ended the call: {word}." });
    }
}
