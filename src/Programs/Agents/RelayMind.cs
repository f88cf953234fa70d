using System.Net.WebSockets;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Relays;

namespace Ringwright.Programs.Agents;

/// <summary>
/// A customer's own program, as a talk has it: hears what happens on the leg, and says what comes by its socket. The socket and the talk
/// call it from threads of their own.
/// </summary>
internal sealed class RelayMind : IBrain
{
    private const string TooMuch = "it sent more than can be said", Nonsense = "it sent message after message that was none",
        TooSlow = "it read too slowly";

    private readonly RelayTerms _terms;
    private readonly IAgentSocket _socket;
    private readonly RelayBrain _brain;
    private readonly Lock _lock = new();
    /// <summary>What is said, by its id on the leg; the talk's own, as what follows.</summary>
    private readonly Dictionary<Guid, string> _said = [];
    private bool _isSpeaking;

    public RelayMind(RelayTerms terms, IAgentSocket socket)
    {
        (_terms, _socket) = (terms, socket);
        Agent = AgentOf(terms);
        _brain = new(Agent, Send, input => Tell(input));
    }

    public RelayAgent Agent { get; }

    /// <summary>Hears of what nobody has asked for; set before the socket is read.</summary>
    public Action<ConversationInput> Tell { private get; set; } = static _ => { };

    /// <summary>Why it was given up or lost, as part of a sentence; null when it was not.</summary>
    public string? Fault { get; private set; }

    public string? Handoff
    {
        get
        {
            lock (_lock) return _brain.Handoff;
        }
    }

    public void Begin()
    {
        lock (_lock) _brain.Begin();
    }

    /// <summary>A message has come.</summary>
    public void Take(ReadOnlyMemory<byte> message)
    {
        lock (_lock)
        {
            if (Fault is not null) return;
            _brain.Take(message);
            if (_brain.IsNonsense) GiveUp(Nonsense, WebSocketCloseStatus.InvalidPayloadData, "Too many consecutive malformed messages.");
            else if (_brain.IsFlood) GiveUp(TooMuch, WebSocketCloseStatus.PolicyViolation, "Too much is waiting to be said.");
        }
    }

    /// <summary>Nothing more comes; what came is still said.</summary>
    public void Lose(string why)
    {
        lock (_lock)
        {
            if (_brain.HasEnded) return;
            Fault ??= why;
            _brain.Lose();
        }
    }

    public void Ask(BrainRequest request, Action<BrainPart> tell)
    {
        lock (_lock) _brain.Ask(request, tell);
    }

    public void Cancel(int request)
    {
        lock (_lock) _brain.Cancel(request);
    }

    /// <summary>Words of the caller's that may still change.</summary>
    public void Hear(string words)
    {
        if (_said.Count > 0 && ((_terms.Interrupts | _terms.Reports) & RelayInput.Speech) == 0) return;
        lock (_lock) _brain.Hear(words.Trim());
    }

    public void HearVoice(bool isTalking)
    {
        lock (_lock) _brain.Speak(isCaller: true, isTalking);
    }

    /// <summary>It is told as the terms say; whether it interrupts the conversation knows.</summary>
    public ConversationInput Press(char key)
    {
        bool isTold = _terms.TellsKeys
            && (_said.Count == 0 || ((_terms.Interrupts | _terms.Reports) & RelayInput.Keys) != 0);
        lock (_lock)
            if (isTold) _brain.Press(key);
        return new ConversationInput.Cut();
    }

    public void Interrupt(string heard, TimeSpan lasted)
    {
        lock (_lock) _brain.Interrupt(heard, lasted);
    }

    /// <summary>This is to be heard.</summary>
    public void Say(Guid id, string what) => _said[id] = what;

    public void OnStarted(Guid id)
    {
        if (_isSpeaking || !_said.ContainsKey(id)) return;
        _isSpeaking = true;
        lock (_lock) _brain.Speak(isCaller: false, isOn: true);
    }

    /// <param name="fault">Why it could not be heard, as part of a sentence; null when it could.</param>
    public void OnEnded(Guid id, bool isWhole, string? fault = null)
    {
        if (!_said.Remove(id, out string? what)) return;
        lock (_lock)
        {
            if (fault is not null) _brain.Refuse(fault);
            else if (isWhole) _brain.Tell(what);
            if (_said.Count > 0 || !_isSpeaking) return;
            _isSpeaking = false;
            _brain.Speak(isCaller: false, isOn: false);
        }
    }

    /// <summary>These keys were sent, or not.</summary>
    public void OnSent(string keys, string? fault)
    {
        lock (_lock)
        {
            if (fault is null) _brain.Tell(keys);
            else _brain.Refuse(fault);
        }
    }

    /// <summary>Who speaks this language; null is the agent's own.</summary>
    public (string Voice, string Language) VoiceOf(string? language)
    {
        string code = language ?? Agent.Language;
        return (RowOf(code)?.Voice ?? Agent.Voice, code);
    }

    /// <summary>Who listens to this language.</summary>
    public TranscriptionTerms ListenerOf(string language)
    {
        var row = RowOf(language);
        return new(language is "multi" ? "und" : language, TapTracks.Said)
        {
            Recogniser = row?.Recogniser ?? Agent.Recogniser, Model = row?.RecogniserModel ?? Agent.RecogniserModel,
        };
    }

    private RelayLanguage? RowOf(string code) =>
        _terms.Languages.FirstOrDefault(row => row.Code.Equals(code, StringComparison.OrdinalIgnoreCase));

    /// <summary>Under the lock.</summary>
    private void Send(ReadOnlyMemory<byte> message)
    {
        if (!_socket.Send(message)) GiveUp(TooSlow, WebSocketCloseStatus.PolicyViolation, "Messages are not read.");
    }

    /// <summary>The socket is of no more use, and what it wanted to be said neither.</summary>
    private void GiveUp(string why, WebSocketCloseStatus status, string words)
    {
        if (Fault is not null) return;
        Fault = why;
        _socket.Close(status, words);
        Tell(new ConversationInput.Stop(EndReason.ProviderFailure));
    }

    /// <summary>As long as usually, twice, or four times.</summary>
    private static int TimesOf(RelaySensitivity sensitivity) => sensitivity switch
    {
        RelaySensitivity.Low => 4,
        RelaySensitivity.Medium => 2,
        _ => 1,
    };

    private static RelayAgent AgentOf(RelayTerms terms)
    {
        var turns = terms.Silence is not { } silence ? TurnTerms.Usual : TurnTerms.Usual with
        {
            Wait = silence,
            OnPunctuation = silence,
            OnNumber = silence,
            OnNoPunctuation = silence,
            Unpunctuated = silence,
        };
        var manners = new ConversationTerms
        {
            Language = terms.Language, Greeting = terms.Greeting, Turns = turns, TimeLimit = TimeSpan.FromHours(24),
            DropsSpeechOver = (terms.Reports & RelayInput.Speech) == 0,
            Interruptions = BargeInTerms.Usual.Lasting(TimesOf(terms.Sensitivity)) with
            {
                IsEnabled = (terms.Interrupts & RelayInput.Speech) != 0,
                IsCuttable = (terms.Interrupts & RelayInput.Keys) != 0,
                ProtectsGreeting = (terms.InterruptsGreeting & RelayInput.Speech) == 0,
                IsGreetingCuttable = (terms.InterruptsGreeting & RelayInput.Keys) != 0,
            },
        };
        return new()
        {
            Language = terms.Language, Voice = terms.Voice, Recogniser = terms.Recogniser, RecogniserModel = terms.RecogniserModel,
            ListensIn = terms.ListensIn, Setup = terms.Setup, Parameters = terms.Parameters, IsPreemptible = terms.IsPreemptible,
            TellsPartials = terms.TellsPartials, TellsSpeaking = terms.TellsSpeaking, TellsHeard = terms.TellsHeard,
            Likely = terms.Hints, Terms = RelayAgent.TermsOf(manners),
        };
    }
}
