using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Relays;

/// <summary>
/// Has a customer's own program think: tells it what is said, by messages, and says what it answers, whenever that comes. Without a socket
/// and a clock; called by one at a time.
/// </summary>
/// <param name="send">Takes a message for the program.</param>
/// <param name="tell">Takes what the conversation is to know beside answers.</param>
public sealed class RelayBrain(RelayAgent agent, Action<ReadOnlyMemory<byte>> send, Action<ConversationInput> tell) : IBrain
{
    /// <summary>What was said, and nobody has asked for yet.</summary>
    private readonly Queue<BrainPart> _parts = new();
    private Action<BrainPart>? _answer;
    /// <summary>The request whose answer is wanted; null for none.</summary>
    private int? _open;
    private int _last, _calls, _bad, _characters;
    private string _lastSaid = "";
    /// <summary>An answer has begun and is not whole; what comes is of one that was interrupted; what was said last makes room.</summary>
    private bool _isInAnswer, _isDropping, _makesRoom;
    private bool _preempts, _hasRaised;
    private string? _spoken;
    private string _heard = agent.ListensIn ?? agent.Language;

    /// <summary>The program has ended it: nothing more of what it sends counts.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What it leaves for whoever has the call next; null for nothing.</summary>
    public string? Handoff { get; private set; }

    /// <summary>Nonsense, message after message.</summary>
    public bool IsNonsense => _bad >= Limits.BadMessages;

    /// <summary>More waits to be said than anybody listens to.</summary>
    public bool IsFlood => _parts.Count > Limits.RelayParts || _characters > Limits.RelayCharacters;

    /// <summary>The socket is open.</summary>
    public void Begin() => send(RelayWriter.Setup(agent));

    /// <summary>A message has come.</summary>
    public void Take(ReadOnlyMemory<byte> bytes)
    {
        if (HasEnded) return;
        var (message, fault) = RelayMessage.Read(bytes);
        if (message is null)
        {
            _bad++;
            send(RelayWriter.Invalid(bytes.Span, fault!));      // one of the two is there
            return;
        }
        _bad = 0;
        switch (message)
        {
            case RelayMessage.Text text:
                OnText(text);
                break;
            case RelayMessage.Play play:
                bool isAlone = !_isInAnswer;
                BeginAnswer(play.IsPreemptible);
                Add(new BrainPart.Sound(play.Source, Math.Min(play.Loops, Limits.Loops)) { Manner = MannerOf(play, null) });
                if (isAlone) EndAnswer();
                break;
            case RelayMessage.Digits digits:
                Add(Call(ToolCall.SendDigits, new() { ["digits"] = digits.Keys }));
                if (!_isInAnswer) Add(new BrainPart.Done());
                break;
            case RelayMessage.Languages languages:
                _spoken = languages.Spoken ?? _spoken;
                if (languages.Heard is null) break;
                _heard = languages.Heard;
                // It is no answer: who was asked still has to say one.
                Add(new BrainPart.HearIn(_heard));
                break;
            case RelayMessage.End end:
                Handoff = end.Handoff;
                End();
                break;
            default:
                throw new UnreachableException();
        }
        Flush();
    }

    /// <summary>Nothing more will come: what did is still said.</summary>
    public void Lose()
    {
        if (HasEnded) return;
        End();
        Flush();
    }

    public void Ask(BrainRequest request, Action<BrainPart> tell)
    {
        (_open, _answer, _hasRaised) = (request.Number, tell, false);
        if (request.Occasion is BrainOccasion.Turn && !HasEnded) Prompt(request);
        (_last, _lastSaid) = (request.Number, request.Said);
        Flush();
        if (_open is null) return;
        // What ends it was part of an answer that the caller has added to.
        if (HasEnded) Answer(Call(ToolCall.Hangup, []));
        // Something is still to come only of a turn, and of what the program has begun to say by itself.
        bool isAwaited = request.Occasion is BrainOccasion.Turn || request.Occasion is BrainOccasion.OwnAccord && _isInAnswer;
        if (HasEnded || !isAwaited) Answer(new BrainPart.Done());
    }

    public void Cancel(int request)
    {
        if (_open == request) _open = null;
    }

    /// <summary>Words that may still change.</summary>
    public void Hear(string words)
    {
        if (agent.TellsPartials && words.Length > 0) send(RelayWriter.Prompt(words, _heard, isLast: false));
    }

    public void Press(char key) => send(RelayWriter.Key(key));

    /// <summary>The caller has interrupted: nothing of what was said before is heard any more, also of what still comes of it.</summary>
    public void Interrupt(string heard, TimeSpan lasted)
    {
        send(RelayWriter.Interrupt(heard, lasted));
        Clear();
        (_isDropping, _isInAnswer) = (_isDropping || _isInAnswer, false);
        if (HasEnded) tell(new ConversationInput.Stop(EndReason.AssistantHangup));
    }

    /// <summary>Somebody begins or ends to speak.</summary>
    public void Speak(bool isCaller, bool isOn)
    {
        if (agent.TellsSpeaking) send(RelayWriter.Info(isCaller ? "clientSpeaking" : "agentSpeaking", isOn ? "on" : "off"));
    }

    /// <summary>These words were heard, or this file or these keys.</summary>
    public void Tell(string heard)
    {
        if (agent.TellsHeard && heard.Length > 0) send(RelayWriter.Info("tokensPlayed", heard));
    }

    /// <summary>Something that it asked for cannot be done.</summary>
    public void Refuse(string what) => send(RelayWriter.Error(what));

    private void OnText(RelayMessage.Text text)
    {
        bool isDropped = _isDropping;
        if (text.IsLast) _isDropping = false;
        if (isDropped) return;
        if (text.Token.Length > 0)
        {
            BeginAnswer(text.IsPreemptible);
            Add(new BrainPart.Text(text.Token) { Manner = MannerOf(text, text.Language) });
        }
        // Nothing, and no more of it, is an answer too.
        if (text.IsLast && (_isInAnswer || _open is not null)) EndAnswer();
    }

    private Manner MannerOf(RelayMessage message, string? language) =>
        (language ?? _spoken, message.IsInterruptible) is (null, null) ? Manner.Usual
            : new() { Language = language ?? _spoken, IsInterruptible = message.IsInterruptible };

    /// <summary>What has been said until now makes room, where it was said so.</summary>
    private void BeginAnswer(bool? isPreemptible)
    {
        if (_isInAnswer) return;
        if (_makesRoom && _open is null)
        {
            // Nobody has heard any of it while it waits, and what is heard then is something else.
            _preempts = !_parts.Any(part => part is BrainPart.Text or BrainPart.Sound);
            Clear();
        }
        (_isInAnswer, _makesRoom) = (true, isPreemptible ?? agent.IsPreemptible);
    }

    private void EndAnswer()
    {
        Add(new BrainPart.Done());
        _isInAnswer = false;
    }

    /// <summary>Behind all that was said before.</summary>
    private void End()
    {
        HasEnded = true;
        Add(Call(ToolCall.Hangup, []));
        EndAnswer();
    }

    private void Add(BrainPart part)
    {
        _characters += part is BrainPart.Text text ? text.Bit.Length : 0;
        _parts.Enqueue(part);
    }

    /// <summary>Nothing of it is said any more; how the caller is listened to stays as it was to be.</summary>
    private void Clear()
    {
        var hear = _parts.OfType<BrainPart.HearIn>().LastOrDefault();
        _parts.Clear();
        _characters = 0;
        if (hear is not null) Add(hear);
    }

    private BrainPart.Call Call(string name, JsonObject arguments) =>
        new(new(string.Create(CultureInfo.InvariantCulture, $"relay-{++_calls}"), name, arguments.ToJsonString()));

    /// <summary>Each turn is told once: of one that was added to, what was added.</summary>
    private void Prompt(BrainRequest request)
    {
        string said = request.Said;
        if (request.Replaces is { } replaced)
        {
            // Of what answered it nothing was heard.
            Clear();
            send(RelayWriter.Interrupt("", TimeSpan.Zero));
            if (replaced == _last && said.StartsWith(_lastSaid, StringComparison.Ordinal)) said = said[_lastSaid.Length..].Trim();
        }
        (_isDropping, _isInAnswer) = (false, false);
        send(RelayWriter.Prompt(said, _heard, isLast: true));
    }

    private void Flush()
    {
        while (_open is not null && _parts.TryDequeue(out var part)) Answer(part);
        if (_open is not null) return;
        if (_parts.Count == 0 || _hasRaised && !_preempts) return;
        bool preempts = _preempts;
        (_hasRaised, _preempts) = (true, false);
        tell(new ConversationInput.Raised(preempts));
    }

    private void Answer(BrainPart part)
    {
        if (part is BrainPart.Text text) _characters -= text.Bit.Length;
        var answer = _answer!;      // there is one as long as one is wanted
        if (part is BrainPart.Done) _open = null;
        answer(part);
    }
}
