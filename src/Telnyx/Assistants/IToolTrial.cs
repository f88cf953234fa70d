using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Asks the server of a tool as an assistant would.</summary>
public interface IToolTrial
{
    /// <param name="tenant">In whose name it is asked.</param>
    /// <param name="tool">As agents have it, with secrets in their places.</param>
    /// <param name="shown">The same with secrets masked.</param>
    /// <param name="variables">Texts.</param>
    /// <returns>Null and why, as part of a sentence, when it cannot be asked so.</returns>
    Task<(TriedTool? Tried, string? Fault)> RunAsync(TenantId tenant, JsonObject tool, JsonObject shown, JsonObject variables,
        JsonObject arguments, CancellationToken stop);
}

/// <param name="IsSuccess">A whole answer with a status of 2xx.</param>
/// <param name="Status">Null when none has come.</param>
/// <param name="Fault">Why the answer is not whole, as a word in snake case; null when it is.</param>
/// <param name="Text">Of its body; what is behind 64 KiB is cut off.</param>
/// <param name="Request">What was asked: method, url, headers and body.</param>
public sealed record TriedTool(bool IsSuccess, int? Status, string? Fault, string? ContentType, string Text, JsonObject Request);
