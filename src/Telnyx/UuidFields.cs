using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>Ids in fields that are texts to the contract, most of them since the empty text takes something away.</summary>
internal static class UuidFields
{
    /// <summary>In the one writing by which things are found (<see cref="FoldedIds"/>); what is no UUID stays.</summary>
    public static void Lay(JsonObject body, params string[] fields)
    {
        foreach (string field in fields)
            if (body.Text(field) is { } text && FoldedIds.Of(text) is var folded && folded != text) body[field] = folded;
    }
}
