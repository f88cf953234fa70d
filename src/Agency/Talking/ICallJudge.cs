using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>What a model says of a call.</summary>
/// <param name="Answer">The text of a JSON object that fits the schema; null where there is none.</param>
/// <param name="Fault">Why there is none, as part of a sentence and without what was said.</param>
/// <param name="IsRefused">The key is not good, or nobody pays for it: until somebody mends that, no call is judged.</param>
public sealed record Judgement(string? Answer, string? Fault, bool IsRefused = false)
{
    /// <summary>What it has cost to ask, in millionths of a US dollar; null where nobody says.</summary>
    public long? CostMicros { get; init; }
}

/// <summary>What finds out what a call came to, of what was said in it.</summary>
public interface ICallJudge
{
    /// <summary>The model, by the name that it is asked for with.</summary>
    string Model { get; }

    /// <summary>Asks; and once more with what is wrong, where the answer does not fit the schema. Throws only when stopped.</summary>
    /// <param name="schema">Of the answer, which is an object.</param>
    /// <param name="transcript">Data, and nothing else.</param>
    ValueTask<Judgement> AskAsync(string instructions, JsonObject schema, string transcript, CancellationToken stop);
}
