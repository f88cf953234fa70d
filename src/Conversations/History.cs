using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>What was heard, in the order in which it was heard; and what brains must know of tools besides.</summary>
internal sealed class History(Action<ConversationOutput> emit)
{
    private readonly List<Message> _messages = [], _given = [];
    /// <summary>The caller's last turn, as long as he may add to it.</summary>
    private Message? _open;

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>A copy: what comes later is not in it.</summary>
    public IReadOnlyList<Message> Snapshot()
    {
        Place();
        return [.. _messages];
    }

    /// <summary>
    /// What nobody has said on the call, and somebody keeps already. It stands behind what is being said, and before what is heard next.
    /// </summary>
    public void Take(IReadOnlyList<Message> messages) => _given.AddRange(messages);

    /// <param name="until">Its last sound. What was heard before it is never later, so that the order of times is that of messages.</param>
    public void AddTurn(string text, Instant until)
    {
        Settle();
        Place();
        _open = new(MessageRole.User, text, _messages is [.., var last] ? Instant.Max(last.At, until) : until);
        _messages.Add(_open);
    }

    /// <summary>It becomes part of a longer one.</summary>
    public void TakeBackTurn()
    {
        if (_open is not null) _messages.Remove(_open);
        _open = null;
    }

    /// <summary>The turn before is told: it will not change any more.</summary>
    public void Settle()
    {
        if (_open is not null) emit(new ConversationOutput.Told(_open));
        _open = null;
    }

    private void Place()
    {
        _messages.AddRange(_given);
        _given.Clear();
    }

    /// <summary>A reply as far as it was heard, and behind it what was said in the brain's place.</summary>
    public void Add(SpokenReply reply, string heard, Instant since, bool isInterrupted)
    {
        Add(heard, since, reply.Tools, isInterrupted, reply.IsKept);
        if (reply.TakeHeardAside() is { Length: > 0 } aside) Add(aside, since, new(), isInterrupted, isKept: false);
    }

    /// <summary>What was heard of a reply, with its calls and the result of each.</summary>
    /// <param name="isKept">Brains are told of it as well.</param>
    private void Add(string heard, Instant since, ToolBook tools, bool isInterrupted, bool isKept)
    {
        Settle();
        if (heard.Length == 0 && !tools.IsOpen) return;
        var message = new Message(MessageRole.Assistant, heard, since) { IsInterrupted = isInterrupted, Calls = tools.Calls };
        if (isKept) _messages.Add(message);
        emit(new ConversationOutput.Told(message));
        foreach (var (id, result) in tools.Results)
        {
            var told = new Message(MessageRole.Tool, result, since) { CallId = id, Took = tools.TookOf(id) };
            if (isKept) _messages.Add(told);
            emit(new ConversationOutput.Told(told));
        }
    }
}
