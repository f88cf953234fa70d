using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Pure.Conversations;

/// <summary>
/// A conversation with a caller, a voice and a brain that do as the test says. The voice says ten characters a second, a piece at a time.
/// </summary>
internal sealed class Talk
{
    public static readonly Instant Start = new(1_000_000_000);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IBrain? _brain;
    private readonly LinkedList<(int Number, string Text)> _queue = new();
    private readonly Queue<ConversationInput> _news = new();
    private TimeSpan _played;
    private bool _isPlaying;

    public Talk(ConversationTerms? terms = null, IBrain? brain = null, bool begins = true)
    {
        _brain = brain;
        Conversation = new(terms ?? new() { Greeting = "" });
        if (begins) Do(new ConversationInput.Begin());
    }

    public AgentConversation Conversation { get; }
    public Instant Now { get; private set; } = Start;
    public List<ConversationOutput> Outputs { get; } = [];
    /// <summary>Hears of each before it is followed.</summary>
    public Action<ConversationOutput>? Seen { get; set; }
    /// <summary>What is heard, with the moment of its beginning.</summary>
    public List<(string Text, TimeSpan At)> Heard { get; } = [];
    public bool IsPaused { get; private set; }
    public TimeSpan Time => Now - Start;

    public IReadOnlyList<BrainRequest> Asked => [.. Of<ConversationOutput.Ask>().Select(ask => ask.Request)];
    public IReadOnlyList<Message> Told => [.. Of<ConversationOutput.Told>().Select(told => told.Message)];
    public IReadOnlyList<string> Lines =>
        [.. Told.Select(message => $"{message.Role}: {message.Text}{(message.IsInterrupted ? " |" : "")}")];
    public IEnumerable<T> Of<T>() => Outputs.OfType<T>();

    public void Do(ConversationInput input)
    {
        Conversation.Handle(input, Now);
        Drain();
    }

    /// <summary>What was told meanwhile is heard.</summary>
    public void Settle() => Drain();

    public void Voice(bool isTalking) => Do(new ConversationInput.Voice(isTalking));

    public void Words(string text, bool isFinal = true) => Do(new ConversationInput.Words(text, isFinal));

    public void Keys(string keys)
    {
        foreach (char key in keys) Do(new ConversationInput.Key(key));
    }

    /// <summary>Somebody says this in half a second, and is silent for as long as ends his turn.</summary>
    public void Say(string text, double silence = 2)
    {
        Voice(isTalking: true);
        Pass(0.5);
        Words(text);
        Voice(isTalking: false);
        Pass(silence);
    }

    public void Answer(params ReadOnlySpan<BrainPart> parts)
    {
        int request = Asked[^1].Number;
        foreach (var part in parts) Do(new ConversationInput.FromBrain(request, part));
    }

    public void Answer(string text) => Answer(new BrainPart.Text(text), new BrainPart.Done());

    /// <summary>All that is due happens in its order. A machine that wants to be woken at once again is broken.</summary>
    public void Pass(double seconds)
    {
        for (var until = Now + TimeSpan.FromSeconds(seconds); Now < until;)
        {
            Now += Tick;
            Play();
            if (Conversation.NextDue > Now) continue;
            Conversation.Wake(Now);
            Drain();
            Assert.True(Conversation.NextDue > Now, "it is woken for nothing");
        }
    }

    private void Play()
    {
        if (_queue.First is not { Value: var (number, text) } || IsPaused) return;
        if (!_isPlaying)
        {
            (_isPlaying, _played) = (true, TimeSpan.Zero);
            Heard.Add((text, Time));
            Do(new ConversationInput.PieceStarted(number, LengthOf(text)));
            return;
        }
        _played += Tick;
        if (_played < LengthOf(text)) return;
        _queue.RemoveFirst();
        _isPlaying = false;
        Do(new ConversationInput.PieceEnded(number, IsWhole: true, LengthOf(text)));
    }

    private static TimeSpan LengthOf(string text) => TimeSpan.FromSeconds(text.Length / 10.0);

    private void Drain()
    {
        while (true)
        {
            while (Conversation.TryPoll(out var output))
            {
                Outputs.Add(output);
                Seen?.Invoke(output);
                Follow(output);
            }
            if (!_news.TryDequeue(out var news)) return;
            Conversation.Handle(news, Now);
        }
    }

    private void Follow(ConversationOutput output)
    {
        switch (output)
        {
            case ConversationOutput.Say say:
                _queue.AddLast((say.Piece, say.Sound?.Url ?? say.Text));
                break;
            case ConversationOutput.Pause or ConversationOutput.Resume:
                IsPaused = output is ConversationOutput.Pause;
                break;
            case ConversationOutput.Silence:
                if (_isPlaying) _news.Enqueue(new ConversationInput.PieceEnded(_queue.First!.Value.Number, IsWhole: false, _played));
                _queue.Clear();
                (_isPlaying, IsPaused) = (false, false);
                break;
            case ConversationOutput.Ask ask:
                _brain?.Ask(ask.Request, part => _news.Enqueue(new ConversationInput.FromBrain(ask.Request.Number, part)));
                break;
            case ConversationOutput.Cancel cancel:
                _brain?.Cancel(cancel.Request);
                break;
        }
    }
}
