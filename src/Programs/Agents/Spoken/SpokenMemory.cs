using Ringwright.Conversations;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// What was said and done in a talk, for a model that comes after the first one: its server knows nothing of that. The oldest is forgotten.
/// </summary>
/// <param name="aside">Who says what nobody has said: not every server takes it from the system.</param>
internal sealed class SpokenMemory(MessageRole aside)
{
    /// <summary>What a model can know without being slow for it.</summary>
    private const int MostMessages = 200, MostCharacters = 40_000;

    private readonly List<Message> _messages = [];

    public bool IsEmpty => _messages.Count == 0;

    /// <summary>Somebody waits for its next words.</summary>
    public bool IsOpen => _messages.Count > 0 && (_messages[^1].Role is not MessageRole.Assistant || _messages[^1].IsInterrupted);

    /// <summary>As the next model is told it.</summary>
    public IReadOnlyList<Message> Recent
    {
        get
        {
            int from = _messages.Count, characters = 0;
            while (from > 0 && (characters += _messages[from - 1].Text.Length) <= MostCharacters) from--;
            return [.. _messages.Skip(from)];
        }
    }

    public void Add(Message message)
    {
        foreach (var call in message.Calls) Keep(new(aside, $"(You have had {call.Name} done, with {call.Arguments}.)", message.At));
        if (message.Text.Length == 0) return;
        if (message.Role is MessageRole.Tool) Keep(new(aside, $"(What came of it: {message.Text})", message.At));
        else Keep(message.Role is MessageRole.System ? message with { Role = aside } : message);
    }

    private void Keep(Message message)
    {
        _messages.Add(message);
        if (_messages.Count > MostMessages) _messages.RemoveAt(0);
    }
}
