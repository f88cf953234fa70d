using System.Text.Json;

namespace Ringwright.Http;

/// <summary>What becomes of one parameter of an operation that is there: a row of <c>parameters.tsv</c>.</summary>
/// <param name="Name">In a body the names from its root with slashes between them, without a step for the items of a list
/// ("custom_headers/name"); in a query as it is written there ("filter[status]").</param>
/// <param name="Reason">Why it is stored or refused, as a part of a sentence; empty where it acts.</param>
/// <param name="IsOfContract">False for one that only newer clients know: it has no schema; where it acts the handler checks it.</param>
public sealed record ParameterRule(string Name, ParameterPlace In, ParameterEffect Effect, string Reason, bool IsOfContract)
{
    internal IReadOnlyList<string> Steps { get; } = Name.Split('/');

    /// <summary>
    /// What asks for nothing by one that is refused, beside the default of its schema: a row of <c>defaults.tsv</c>; null where there is
    /// none.
    /// </summary>
    internal JsonElement? Default { get; init; }
}

public enum ParameterEffect
{
    Acts,
    /// <summary>Kept and shown with its resource, and of no effect.</summary>
    Stored,
    /// <summary>Whoever asks for something by it is told that it is not to be had.</summary>
    Refused,
}
