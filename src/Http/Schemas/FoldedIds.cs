using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Ids in capitals, as some languages and databases write them, or without hyphens: things are found by one writing alone.
/// </summary>
public static class FoldedIds
{
    /// <summary>What is no UUID stays as it is.</summary>
    public static string Of(string text) => Formats.IsUuid(text) ? Guid.Parse(text).ToString() : text;

    /// <summary>Of a body, what the contract has as ids.</summary>
    internal static void Fold(JsonObject body, Schema schema) => BodyValues.Rewrite(body, schema, static (value, schemas) =>
        value.GetValueKind() is JsonValueKind.String && schemas.Any(IsId) && value.GetValue<string>() is { } text
        && Of(text) is var folded && folded != text ? folded : null);

    private static bool IsId(Schema schema) =>
        schema.Format is StringFormat.Uuid || schema.AllOf.Any(IsId) || schema.AnyOf.Any(IsId);
}
