using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>The token server: discovery, its protocol, programs, and what accounts have allowed them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(OAuthParts parts)
    {
        var proof = new ClientProof();
        var registered = new BruteForceLimiter(TimeSpan.FromHours(1));
        var clients = Clients.Kind(() => parts.Tokens.Ended());
        return
        [
            Handle("get /.well-known/oauth-authorization-server", op => new(Discovery.Server(op, parts))),
            Handle("get /.well-known/oauth-protected-resource", op => new(Discovery.Resource(op, parts))),
            Handle("get /oauth/jwks", op => Discovery.Keys(op, parts)),
            Handle("get /oauth/authorize", op => Authorize.Handle(op, parts)),
            Handle("get /oauth/consent/{consent_token}", op => Consents.Show(op, parts)),
            Handle("post /oauth/grants", op => Consents.Decide(op, parts)),
            Handle("post /oauth/token", op => TokenEndpoint.Handle(op, parts, proof)),
            Handle("post /oauth/introspect", op => Introspection.Introspect(op, parts, proof)),
            Handle("RevokeOAuthToken", op => Introspection.Revoke(op, parts, proof)),
            Handle("post /oauth/register", op => ClientRegistration.Handle(op, parts, registered)),
            Crud("get /oauth_clients", clients),
            Crud("post /oauth_clients", clients),
            Crud("get /oauth_clients/{id}", clients),
            Crud("put /oauth_clients/{id}", clients),
            Crud("delete /oauth_clients/{id}", clients),
            Handle("get /oauth_grants", op => Grants.List(op, parts)),
            Handle("get /oauth_grants/{id}", op => Grants.Get(op, parts)),
            Handle("delete /oauth_grants/{id}", op => Grants.Delete(op, parts)),
        ];
    }
}
