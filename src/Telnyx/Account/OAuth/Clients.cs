using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>Five operations, crud: the account's programs. A secret is shown in the answer that made it, and never again.</summary>
internal static class Clients
{
    public const string RecordType = "oauth_client";
    public const string Secret = "client_secret";

    private static readonly string[] Links = ["logo_uri", "policy_uri", "tos_uri"];
    private static readonly string[] Changeable = ["name", "allowed_grant_types", "allowed_scopes", "redirect_uris",
        "require_pkce", .. Links];

    public static readonly ResourceView<OAuthClientFacts> View = new()
    {
        Read = row => new(row.Body.Texts("allowed_scopes")),
        Secret = Secret,
    };

    /// <param name="ended">Called when a program changed or went, so that its tokens are looked at again.</param>
    public static ResourceKind Kind(Action ended) => new(RecordType)
    {
        Paths = new Dictionary<string, string> { ["client_id"] = "id" },
        Validate = (op, body, before) => new(Check(op, body, before)),
        BeforeDelete = (op, _) => new(ByPerson(op)),
        Changed = (_, _) =>
        {
            ended();
            return ValueTask.CompletedTask;
        },
        Show = Show,
    };

    /// <summary>What is wrong with a program's fields; null when nothing is.</summary>
    public static Problem? Check(JsonObject body)
    {
        if (body.Text("name") is { } name && (name.Trim().Length is 0 or > OAuthLimits.NameCharacters || name.Any(char.IsControl)))
            return OAuthProblems.InvalidMetadata($"A name has 1 to {OAuthLimits.NameCharacters} characters.", "/name");
        var uris = body.Texts("redirect_uris");
        if (uris.Count > OAuthLimits.RedirectUris)
            return OAuthProblems.InvalidRedirectUri($"There are at most {OAuthLimits.RedirectUris} redirect URIs.", "/redirect_uris");
        for (int i = 0; i < uris.Count; i++)
            if (Redirects.Fault(uris[i]) is { } fault) return OAuthProblems.InvalidRedirectUri(fault, $"/redirect_uris/{i}");
        var scopes = body.Texts("allowed_scopes");
        if (scopes.Count > OAuthLimits.ScopeCount)
            return OAuthProblems.InvalidMetadata($"There are at most {OAuthLimits.ScopeCount} scopes.", "/allowed_scopes");
        for (int i = 0; i < scopes.Count; i++)
            if (!Scopes.IsToken(scopes[i]))
                return OAuthProblems.InvalidMetadata("A scope has no spaces, quotation marks or backslashes.", $"/allowed_scopes/{i}");
        foreach (string link in Links)
            if (body.Filled(link) is { } text && (text.Length > OAuthLimits.UriCharacters
                    || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")))
                return OAuthProblems.InvalidMetadata($"{link} is the address of a web page.", "/" + link);
        return null;
    }

    /// <summary>A program may not make, change or remove programs: what it was allowed would outlive the grant.</summary>
    public static Problem? ByPerson(OperationContext op) => op.Caller.Program is null ? null
        : op.Dialect.Errors.Problem(Fault.Forbidden,
            "This needs an owner's key: an access token may not manage programs or allow them anything.");

    private static Problem? Check(OperationContext op, JsonObject body, ResourceRow? before)
    {
        if (ByPerson(op) is { } refusal) return refusal;
        // All of an update is optional: what it does not say stays.
        if (before is not null)
            foreach (string name in Changeable)
                if (!body.ContainsKey(name) && before.Body[name] is { } kept) body[name] = kept.DeepClone();
        if (Check(body) is { } problem) return problem;
        if (before is not null) return null;
        body["verified"] = false;       // there is nobody who verifies
        if (body.Text("client_type") is "confidential") body[Secret] = OAuthText.New();
        return null;
    }

    private static void Show(OperationContext op, ResourceRow row, JsonObject shown)
    {
        shown["client_id"] = row.Id;
        shown["org_id"] = op.Caller.Root.ToString();
        shown["user_id"] = row.Tenant.ToString();
        if (op.Operation.Method is not "POST") shown[Secret] = null;
    }
}
