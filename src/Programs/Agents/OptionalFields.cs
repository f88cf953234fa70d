using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What a model is asked with beside its messages and tools, and what some servers refuse who do not know it: they are asked without. Who
/// wants the messages otherwise, with other members, or less of a tool's schema, gets them so.
/// </summary>
internal static class OptionalFields
{
    private const string Most = "max_tokens", NewerMost = "max_completion_tokens", Messages = "messages";

    private static readonly string[] All = ["stream_options", "temperature", Most, "extra_metadata"];

    /// <summary>Of what is no field: each knows its own by what it is called.</summary>
    private static readonly Func<string, JsonObject, bool>[] Mends =
    [
        PlainSchemas.Mend, SentBack.Mend, NullContents.Mend, MessageNames.Mend, ReasoningEffort.Mend, WholeAnswers.Mend,
    ];

    /// <summary>The field at fault, by a refusal that names one of those that were sent; null where it names none.</summary>
    public static string? RefusedBy(WebAnswer answer, ReadOnlyMemory<byte> asked)
    {
        if (answer is not { Fault: null, Status: 400 or 422 or 500 }) return null;
        var request = Read(asked);
        string said = Encoding.UTF8.GetString(answer.Body.Span);
        if (AlternatingRoles.AreWantedBy(said) && request[Messages] is JsonArray messages
            && !JsonNode.DeepEquals(messages, AlternatingRoles.Of(messages))) return Messages;
        if (answer.Status is 500) return null;
        return PlainSchemas.RefusedBy(said, request) ?? SentBack.RefusedBy(said, request) ?? NullContents.RefusedBy(said, request)
            ?? MessageNames.RefusedBy(said, request) ?? ReasoningEffort.RefusedBy(said, request) ?? WholeAnswers.RefusedBy(said, request)
            ?? Array.Find(All, field => request.ContainsKey(field) && said.Contains(field, StringComparison.Ordinal));
    }

    /// <summary>The same request without the field; a bound of the answer has another name with newer models.</summary>
    public static ReadOnlyMemory<byte> Without(string field, ReadOnlyMemory<byte> asked)
    {
        var request = Read(asked);
        var value = request[field];
        if (value is JsonArray messages && field is Messages) request[field] = AlternatingRoles.Of(messages);
        else if (!Array.Exists(Mends, mend => mend(field, request)) && request.Remove(field) && field is Most) request[NewerMost] = value;
        return Encoding.UTF8.GetBytes(request.ToJsonString());
    }

    private static JsonObject Read(ReadOnlyMemory<byte> asked) => JsonNode.Parse(asked.Span)!.AsObject();       // it was written as one
}
