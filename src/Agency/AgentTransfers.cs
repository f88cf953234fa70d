using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>People to whom an agent may hand the call on, each by a name that its model knows. Pure.</summary>
internal static class AgentTransfers
{
    public const string Field = "transfers", Name = "name", Number = "phone_number";

    /// <summary>What is wrong with the list of a body; null for nothing, and where there is none.</summary>
    /// <param name="shape">Of a row.</param>
    public static Problem? FaultOf(JsonObject body, Schema? shape)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (row, one) in (body[Field] as JsonArray ?? []).Index())
        {
            var given = one!.AsObject();        // as the schema has it
            if (given.FirstOrDefault(field => shape?.FindProperty(field.Key) is null) is { Key: { } unknown })
                return AgencyText.Bad($"{Field}/{row}/{unknown}", $"There is no field '{unknown}' of a transfer.");
            if (AgencyText.Text(given, Name) is not { } name) return AgencyText.Bad($"{Field}/{row}/{Name}", "Whoever is rung has a name.");
            if (!names.Add(name)) return AgencyText.Bad($"{Field}/{row}/{Name}", $"'{name}' is there twice.");
            if (AgencyText.Number((string)given[Number]!) is null)      // required
                return AgencyText.Bad($"{Field}/{row}/{Number}", $"{Number} is a number such as +12125550100.");
        }
        return null;
    }

    /// <summary>As it is kept; null where the body does not say.</summary>
    public static string? Of(JsonObject body) => body[Field] is not JsonArray given ? null
        : new JsonArray([.. given.Select(one => (JsonNode)new JsonObject
        {
            [Name] = AgencyText.Text(one!.AsObject(), Name), [Number] = AgencyText.Number((string)one[Number]!),       // found good
        })]).ToJsonString();

    /// <summary>Numbers by names, in any case.</summary>
    /// <param name="kept">Of the agent's row.</param>
    public static Dictionary<string, string> NumbersOf(string? kept) => JsonNode.Parse(kept ?? "[]")!.AsArray()
        .ToDictionary(one => (string)one![Name]!, one => (string)one![Number]!, StringComparer.OrdinalIgnoreCase);      // by us

    /// <summary>The tool of agents that talk; null where there is nobody.</summary>
    /// <param name="kept">Of the agent's row.</param>
    /// <param name="from">The caller id, as such tools have it; null shows the number that was called.</param>
    public static JsonObject? ToolOf(string? kept, string? from)
    {
        if (kept is null || JsonNode.Parse(kept) is not JsonArray { Count: > 0 } all) return null;
        var tool = new JsonObject
        {
            ["kind"] = "transfer",
            ["targets"] = new JsonObject(all.Select(one => KeyValuePair.Create((string)one![Name]!, one[Number]?.DeepClone()))),
        };
        if (from is not null) tool["from"] = from;
        return tool;
    }
}
