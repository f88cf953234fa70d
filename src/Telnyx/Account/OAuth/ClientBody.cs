using System.Text.Json.Nodes;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>What a program's body says, in the names of the contract's client resource.</summary>
internal static class ClientBody
{
    public const string AuthorizationCode = "authorization_code", ClientCredentials = "client_credentials", RefreshToken = "refresh_token";

    public static string Name(this OAuthClient client) => client.Body.Filled("name") ?? client.Id.ToString();

    /// <summary>It can keep no secret: a program on somebody's machine, or in a browser.</summary>
    public static bool IsPublic(this OAuthClient client) => client.Body.Text("client_type") is "public";

    public static bool MayUse(this OAuthClient client, string grantType) => client.Body.Texts("allowed_grant_types").Contains(grantType);

    public static IReadOnlyList<string> RedirectUris(this OAuthClient client) => client.Body.Texts("redirect_uris");

    /// <summary>Without a secret there is nothing but PKCE to show that who exchanges the code asked for it.</summary>
    public static bool NeedsPkce(this OAuthClient client) => client.IsPublic() || client.Body.Flag("require_pkce", fallback: false);

    public static JsonNode? Link(this OAuthClient client, string field) => client.Body.Filled(field);
}
