using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>What finds out what a call came to, of what was said in it.</summary>
public interface ICallJudge
{
    /// <summary>The model, by the name that it is asked for with.</summary>
    string Model { get; }

    /// <summary>Asks; and once more with what is wrong, where the answer does not fit the schema. Throws only when stopped.</summary>
    /// <param name="schema">Of the answer, which is an object.</param>
    /// <param name="transcript">Data, and nothing else.</param>
    /// <returns>The text of a JSON object that fits; or why there is none, as part of a sentence and without what was said.</returns>
    ValueTask<(string? Answer, string? Fault)> AskAsync(string instructions, JsonObject schema, string transcript, CancellationToken stop);
}
