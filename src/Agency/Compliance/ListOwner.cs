using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Compliance;

/// <summary>Whose do-not-call list, or consent, a request means: accounts have them, and this API says how far each reaches.</summary>
internal static class ListOwner
{
    public const string Platform = "platform", Agency = "agency", Client = "client";

    /// <param name="owner">Null for the platform.</param>
    public static string ScopeOf(TenantId agency, TenantId? owner) =>
        owner is not { } account ? Platform : account == agency ? Agency : Client;

    /// <summary>Null for what is the agency's own, or the platform's.</summary>
    public static string? ClientOf(TenantId agency, TenantId? owner) => ScopeOf(agency, owner) is Client ? owner.ToString() : null;

    /// <summary>A client's users see what is the client's, and nothing of the agency's: others may have asked for that.</summary>
    public static bool Sees(OperationContext op, TenantId? owner) => owner is { } account
        ? AgencyCalls.AccountsOf(op.Routing, AgencyScope.Of(op), client: null).Contains(account) : op.Caller.Child is null;

    /// <param name="asked">The scope that the body names; null for the one that follows from client_id.</param>
    /// <returns>Whose it is; where it cannot be, the refusal.</returns>
    public static async ValueTask<(TenantId Owner, Reply? Refusal)> ReadAsync(OperationContext op, AgencyParts parts, JsonObject body,
        string? asked)
    {
        var scope = AgencyScope.Of(op);
        string? client = AgencyText.Text(body, "client_id")?.ToLowerInvariant();
        if (asked is Agency && scope.Client is not null)
            return (default, op.Fail(Fault.Forbidden, "A client's users say what holds for the client, and not for the agency."));
        if (asked is Agency && client is not null)
            return (default, op.Fail(AgencyText.Bad("client_id", "What holds for the agency has no client_id.")));
        client ??= scope.Client?.ToString();
        if (asked is Client && client is null)
            return (default, op.Fail(AgencyText.Bad("client_id", "What holds for a client needs its client_id.")));
        if (client is null) return (scope.Agency, null);
        return scope.Sees(client) && await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is { } row
            ? (new TenantId(row.Id), null) : (default, op.Unknown("client_id"));
    }
}
