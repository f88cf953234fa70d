using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Privacy;

/// <summary>What a provider tells of what was said in its calls, without what the agency cuts out.</summary>
internal static class ProviderRedaction
{
    /// <summary>Texts of a call that are made of what was said in it.</summary>
    private static readonly string[] Said = ["summary", "shortSummary"];

    /// <returns>Null where the agency keeps all.</returns>
    public static async ValueTask<Redactor?> OfAsync(AgencyParts parts, TenantId agency, CancellationToken stop, params string[] parties) =>
        Redactor.Of((await parts.Tenancy.AgencyAsync(agency, stop)).Settings, parties);

    /// <param name="call">As the provider shows it; it is changed.</param>
    public static void Cut(this Redactor redactor, JsonObject call)
    {
        foreach (string name in Said)
            if (call[name] is JsonValue value && value.TryGetValue(out string? text)) call[name] = redactor.Cut(text);
    }

    public static IReadOnlyList<TurnRow> Cut(this Redactor redactor, IReadOnlyList<TurnRow> turns) =>
        [.. turns.Select(turn => turn with { Body = redactor.Cut(turn.Body) })];
}
