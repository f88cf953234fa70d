using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What a model is asked with beside its messages and tools, and what some servers refuse who do not know it: they are asked without.
/// </summary>
internal static class OptionalFields
{
    private const string Most = "max_tokens", NewerMost = "max_completion_tokens";

    private static readonly string[] All = ["stream_options", "temperature", Most];

    /// <summary>The field at fault, by a refusal that names one of those that were sent; null where it names none.</summary>
    public static string? RefusedBy(WebAnswer answer, ReadOnlyMemory<byte> asked)
    {
        if (answer is not { Fault: null, Status: 400 or 422 }) return null;
        var request = Read(asked);
        string said = Encoding.UTF8.GetString(answer.Body.Span);
        return Array.Find(All, field => request.ContainsKey(field) && said.Contains(field, StringComparison.Ordinal));
    }

    /// <summary>The same request without the field; a bound of the answer has another name with newer models.</summary>
    public static ReadOnlyMemory<byte> Without(string field, ReadOnlyMemory<byte> asked)
    {
        var request = Read(asked);
        var value = request[field];
        if (request.Remove(field) && field is Most) request[NewerMost] = value;
        return Encoding.UTF8.GetBytes(request.ToJsonString());
    }

    private static JsonObject Read(ReadOnlyMemory<byte> asked) => JsonNode.Parse(asked.Span)!.AsObject();       // it was written as one
}
