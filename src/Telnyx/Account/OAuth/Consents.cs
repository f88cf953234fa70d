using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// What a program asks for, and the answer of the account: for the consent page, and for a page of somebody else's by the API.
/// </summary>
internal static class Consents
{
    private const string Over = "This consent token is not valid, or its time is over: the program has to ask again.";

    public static async ValueTask<Reply> Show(OperationContext op, OAuthParts parts)
    {
        if (ConsentTicket.Open(op.Path("consent_token"), parts.Store.Node, op.Now) is not { } ticket
                || await parts.Store.OAuthClients.FindAsync(ticket.Client, op.Stop) is not { } client)
            return op.Fail(Expired with { Parameter = "consent_token" });
        return op.Ok(new JsonObject
        {
            ["client_id"] = client.Id.ToString(),
            ["logo_uri"] = client.Link("logo_uri"),
            ["name"] = client.Name(),
            ["policy_uri"] = client.Link("policy_uri"),
            ["redirect_uri"] = ticket.RedirectUri,
            ["requested_scopes"] = new JsonArray([.. ticket.Scopes.Select(id => (JsonNode)new JsonObject
            {
                ["id"] = id, ["name"] = Scopes.Find(id)?.Name ?? id, ["description"] = DescriptionOf(id),
            })]),
            ["tos_uri"] = client.Link("tos_uri"),
            ["verified"] = false,
        });
    }

    public static async ValueTask<Reply> Decide(OperationContext op, OAuthParts parts)
    {
        if (Clients.ByPerson(op) is { } refusal) return op.Fail(refusal);
        var body = op.ReadObject();
        if (ConsentTicket.Open(body.Text("consent_token") ?? "", parts.Store.Node, op.Now) is not { } ticket)
            return op.Fail(Expired with { Pointer = "/consent_token" });
        var redirect = await DecideAsync(parts, ticket, op.Caller, body.Flag("allowed", fallback: false), op.Now, op.Stop);
        return redirect is null ? op.Fail(Expired with { Pointer = "/consent_token" })
            : op.Bare(200, new JsonObject { ["redirect_uri"] = redirect }).With("cache-control", "no-store");
    }

    /// <summary>Writes the answer.</summary>
    /// <param name="person">Who speaks for the account.</param>
    /// <returns>Where the browser goes with it; null when the question was answered before, or the program is gone.</returns>
    public static async ValueTask<string?> DecideAsync(OAuthParts parts, ConsentTicket ticket, Caller person, bool isAllowed,
        DateTimeOffset now, CancellationToken stop)
    {
        if (!isAllowed)
        {
            var denied = await parts.Store.OAuthGrants.DenyAsync(person.Tenant, ticket.Id, ticket.ExpiresAt, stop);
            return denied is WriteOutcome.Done ? Denied(parts, ticket) : null;
        }
        string code = OAuthText.New();
        var approval = new OAuthApproval
        {
            Consent = ticket.Id,
            ConsentExpiresAt = ticket.ExpiresAt,
            Tenant = person.Tenant,
            Client = ticket.Client,
            Scopes = ticket.Scopes,
            RedirectUri = ticket.RedirectUri,
            Challenge = ticket.Challenge,
            Code = code,
            CodeExpiresAt = now + OAuthLimits.CodeLife,
        };
        var approved = await parts.Store.OAuthGrants.ApproveAsync(approval, grant => NoteOf(grant, person, now), stop);
        return approved is WriteOutcome.Done ? Redirects.To(ticket.RedirectUri, parts.Tokens.Issuer, ticket.State, ("code", code)) : null;
    }

    /// <summary>Where the browser of a person goes who says no.</summary>
    public static string Denied(OAuthParts parts, ConsentTicket ticket) =>
        Redirects.To(ticket.RedirectUri, parts.Tokens.Issuer, ticket.State, ("error", "access_denied"),
            ("error_description", "The account said no."));

    public static string DescriptionOf(string scope) =>
        Scopes.Find(scope)?.Description ?? "A right in another service: it opens nothing here.";

    private static Problem Expired => new("10015", Over) { Word = "invalid_request" };

    private static AuditNote NoteOf(OAuthGrant grant, Caller person, DateTimeOffset now) => new()
    {
        Tenant = grant.Tenant,
        At = now,
        By = AuditActor.Owner,
        KeyId = person.KeyId,
        Change = "approved",
        RecordType = Grants.RecordType,
        ResourceId = grant.Id.ToString(),
        After = Grants.FieldsOf(grant),
    };
}
