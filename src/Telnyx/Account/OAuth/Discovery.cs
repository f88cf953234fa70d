using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>What programs ask before anything else: where the token server is and what it can.</summary>
internal static class Discovery
{
    /// <summary>RFC 8414.</summary>
    public static Reply Server(OperationContext op, OAuthParts parts)
    {
        string issuer = parts.Tokens.Issuer;
        return Kept(op.Bare(200, new JsonObject
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = At("authorize"),
            ["token_endpoint"] = At("token"),
            ["introspection_endpoint"] = At("introspect"),
            ["revocation_endpoint"] = At("revoke"),
            ["registration_endpoint"] = At("register"),
            ["jwks_uri"] = At("jwks"),
            ["scopes_supported"] = ScopesSupported(),
            ["response_types_supported"] = new JsonArray("code"),
            ["response_modes_supported"] = new JsonArray("query"),
            ["grant_types_supported"] = new JsonArray(ClientBody.AuthorizationCode, ClientBody.ClientCredentials, ClientBody.RefreshToken),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post", "none"),
            ["introspection_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post"),
            ["revocation_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post", "none"),
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["authorization_response_iss_parameter_supported"] = true,
        }));

        string At(string path) => $"{issuer}{op.Dialect.Root}/oauth/{path}";
    }

    /// <summary>RFC 9728.</summary>
    public static Reply Resource(OperationContext op, OAuthParts parts) => Kept(op.Bare(200, new JsonObject
    {
        ["resource"] = parts.Tokens.Issuer,
        ["authorization_servers"] = new JsonArray(parts.Tokens.Issuer),
        ["scopes_supported"] = ScopesSupported(),
        ["bearer_methods_supported"] = new JsonArray("header"),
        ["resource_name"] = "Ringwright",
    }));

    /// <summary>RFC 7517.</summary>
    public static async ValueTask<Reply> Keys(OperationContext op, OAuthParts parts) =>
        Kept(op.Bare(200, new JsonObject { ["keys"] = await parts.Tokens.PublicKeysAsync(op.Stop) }));

    /// <summary>A key is shown a day before it signs, so that a copy of an hour does no harm.</summary>
    private static Reply Kept(Reply reply) => reply.With("cache-control", "public, max-age=3600");

    private static JsonArray ScopesSupported() => new([.. Scopes.Known.Select(s => (JsonNode)s.Id)]);
}
