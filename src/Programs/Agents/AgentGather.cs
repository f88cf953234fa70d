using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What one agent gathers, and what was said meanwhile; the leg is told of each change, so that its end can tell of the last.
/// </summary>
internal sealed class AgentGather(GatherTerms terms, Guid conversation)
{
    /// <summary>Of the messages that are told, from the newest back: each event carries them.</summary>
    private const int MostCharacters = 32_000;

    private readonly GatherBook _book = new(terms.Parameters);
    private readonly List<JsonObject> _messages = [];
    private int _characters;

    public bool IsComplete => _book.IsComplete;

    /// <summary>Said when all is there.</summary>
    public string LastWords => terms.LastWords;

    /// <summary>Writes down what the model has learnt.</summary>
    /// <returns>What the model is told; and what the leg is, where anything has changed.</returns>
    public (string Told, LegCommand? Report) Take(string arguments)
    {
        var (told, isChanged) = _book.Take(arguments);
        return (told, isChanged ? Report(GatherChange.Result) : null);
    }

    /// <returns>Null for what is no part of what was said.</returns>
    public LegCommand? Add(Message message)
    {
        if (message is not { Role: MessageRole.User or MessageRole.Assistant, Text.Length: > 0 }) return null;
        _messages.Add(new() { ["content"] = message.Text, ["role"] = SnakeName.Of(message.Role) });
        _characters += message.Text.Length;
        int old = 0;
        for (; _characters > MostCharacters && old < _messages.Count - 1; old++)
            _characters -= ((string)_messages[old]["content"]!).Length;      // each has one
        _messages.RemoveRange(0, old);
        return Report(GatherChange.Messages);
    }

    private LegCommand.ReportAgent Report(GatherChange change)
    {
        string messages = $"[{string.Join(',', _messages.Select(message => message.ToJsonString()))}]";
        return new(conversation, new(_book.Result, messages, IsComplete), change);
    }
}
