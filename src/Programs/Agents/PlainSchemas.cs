using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Schemas of tools for servers that know a part of JSON schema alone, as Gemini and what asks it for others. Arguments are judged here by
/// the whole schema all the same.
/// </summary>
internal static class PlainSchemas
{
    private const string Tools = "tools", Function = "function", Parameters = "parameters", Properties = "properties";
    private const string Empty = "tools without properties", Unknown = "members of schemas";

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request)
    {
        string? what = said.Contains("non-empty for OBJECT type", StringComparison.Ordinal) ? Empty
            : IsOfMembers(said) && said.Contains(Tools, StringComparison.Ordinal) ? Unknown : null;
        return what is not null && Mend(what, request.DeepClone().AsObject()) ? what : null;
    }

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not (Empty or Unknown)) return false;
        bool hasChanged = false;
        foreach (var tool in (request[Tools] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (tool[Function] is not JsonObject function || function[Parameters] is not JsonObject schema) continue;
            if (what is Unknown) hasChanged |= PlainSchema.Write(schema);
            else if (schema[Properties] is not JsonObject { Count: > 0 }) hasChanged |= function.Remove(Parameters);
        }
        return hasChanged;
    }

    /// <summary>What it does not know; or lists of types, and choices that are no texts.</summary>
    private static bool IsOfMembers(string said) =>
        said.Contains("Unknown name", StringComparison.Ordinal) || said.Contains("Invalid value at", StringComparison.Ordinal);
}
