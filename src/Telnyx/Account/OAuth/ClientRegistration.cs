using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// Programs register themselves (RFC 7591). Such a program belongs to nobody and gets nothing before an account allows it something;
/// with an owner's key it becomes one of the account's.
/// </summary>
internal static class ClientRegistration
{
    private const string Unnamed = "A program without a name";

    public static async ValueTask<Reply> Handle(OperationContext op, OAuthParts parts, IBruteForceLimiter registered)
    {
        var asked = op.ReadObject();
        bool hasOwner = op.Caller is { Role: CallerRole.Owner, Program: null };
        string method = asked.Text("token_endpoint_auth_method") ?? "client_secret_basic";
        bool isPublic = method is "none";
        string[] grantTypes = [.. (asked["grant_types"] is JsonArray ? asked.Texts("grant_types") : [ClientBody.AuthorizationCode])
            .Distinct(StringComparer.Ordinal)];
        // RFC 7591 section 2: we may put others in the place of what was asked for, and say so.
        // Nobody gets tokens for itself without an account and a secret.
        if (!hasOwner || isPublic) grantTypes = [.. grantTypes.Where(g => g != ClientBody.ClientCredentials)];
        if (grantTypes.Length == 0)
            return op.Refuse(Bad(OAuthProblems.InvalidMetadata(
                "Without an owner's key a program may only ask persons: use authorization_code.", "/grant_types")));
        var scopes = asked.Filled("scope") is { } wanted ? Scopes.Read(wanted) : [.. Scopes.Known.Select(s => s.Id)];
        if (scopes is null)
            return op.Refuse(Bad(OAuthProblems.InvalidMetadata("scope is a list of scopes with spaces between them.", "/scope")));

        var body = new JsonObject
        {
            ["name"] = asked.Filled("client_name") ?? Unnamed,
            ["client_type"] = isPublic ? "public" : "confidential",
            ["allowed_grant_types"] = List(grantTypes),
            ["allowed_scopes"] = List(scopes),
            ["redirect_uris"] = List(asked.Texts("redirect_uris")),
            ["require_pkce"] = isPublic,
            ["verified"] = false,
        };
        foreach (string link in (string[])["logo_uri", "policy_uri", "tos_uri"])
            if (asked.Filled(link) is { } uri) body[link] = uri;
        if (Clients.Check(body) is { } problem)
            return op.Refuse(Bad(problem.Pointer is "/name" ? problem with { Pointer = "/client_name" } : problem));

        // Whoever has no account here writes rows all the same: so many from one address, and so many in all.
        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        if (!hasOwner && await registered.IsShutAsync(source, OAuthLimits.Registrations, op.Now, op.Stop))
            return op.Fail(op.Dialect.Errors.Problem(Fault.TooManyRequests,
                $"At most {OAuthLimits.Registrations} programs an hour may register themselves from one address: try again later, or make "
                + "the program with an owner's key."));
        if (!hasOwner) await registered.CountAsync(source, op.Now, op.Stop);
        var client = new OAuthClient
        {
            Id = Guid.NewGuid(), Scopes = scopes, Secret = isPublic ? null : OAuthText.New(), Body = body, CreatedAt = op.Now
        };
        if (!await WriteAsync(op, parts, client, hasOwner))
            return op.Fail(op.Dialect.Errors.Problem(Fault.TooManyRequests,
                "Too many programs wait for somebody to allow them something: try again tomorrow."));

        var shown = new JsonObject
        {
            ["client_id"] = client.Id.ToString(),
            ["client_id_issued_at"] = client.CreatedAt.ToUnixTimeSeconds(),
            ["client_name"] = body.Text("name"),
            ["grant_types"] = List(grantTypes),
            ["redirect_uris"] = body["redirect_uris"]!.DeepClone(),
            ["response_types"] = grantTypes.Contains(ClientBody.AuthorizationCode) ? new JsonArray("code") : [],
            ["scope"] = string.Join(' ', scopes),
            ["token_endpoint_auth_method"] = method,
        };
        foreach (string link in (string[])["logo_uri", "policy_uri", "tos_uri"])
            if (body.Text(link) is { } uri) shown[link] = uri;
        if (client.Secret is { } secret)
        {
            shown["client_secret"] = secret;
            shown["client_secret_expires_at"] = 0;      // never
        }
        return op.Bare(201, shown).With("cache-control", "no-store");
    }

    private static async ValueTask<bool> WriteAsync(OperationContext op, OAuthParts parts, OAuthClient client, bool hasOwner)
    {
        if (!hasOwner)
            return await parts.Store.OAuthClients.RegisterAsync(client, op.Now - OAuthLimits.UnusedLife, OAuthLimits.Waiting, op.Stop);
        var body = client.Body.DeepClone().AsObject();
        if (client.Secret is { } secret) body[Clients.Secret] = secret;
        var row = new ResourceRow
        {
            Id = client.Id.ToString(), Tenant = op.Tenant, Body = body, CreatedAt = client.CreatedAt, UpdatedAt = client.CreatedAt
        };
        return await parts.Store.OAuthClients.Rows(Clients.View)
            .InsertAsync(row, op.Note("created", Clients.RecordType, row.Id, null, null, Clients.Secret), op.Stop) is WriteOutcome.Done;
    }

    private static Problem Bad(Problem problem) => problem with { Status = 400 };

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
