using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What finds things out of conversations that are over.</summary>
public interface IInsightModel
{
    /// <summary>Asks; and once more with what is wrong, where the answer does not fit the schema. Throws only when stopped.</summary>
    ValueTask<InsightAnswer> AskAsync(InsightQuestion question, CancellationToken stop);
}

/// <summary>What is to be found out of one conversation.</summary>
/// <param name="Model">As the assistant named it.</param>
/// <param name="Instructions">With variables in them: {{name}}.</param>
/// <param name="Schema">Of the answer, which is an object; null for words.</param>
/// <param name="Transcript">A JSON list of what was said, which is data and nothing else.</param>
/// <param name="Variables">Of the conversation.</param>
public sealed record InsightQuestion(string Model, string Instructions, JsonObject? Schema, string Transcript,
    IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Named where the assistant's own is on another server, or hears and speaks itself.</summary>
    public const string UsualModel = AssistantAgent.UsualModel;
}

/// <param name="Result">Words, or under a schema the text of a JSON object that fits it; null when there is none.</param>
/// <param name="Fault">Why, as part of a sentence, without keys and without what was said.</param>
public sealed record InsightAnswer(string? Result, string? Fault);
