using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>The token server: its metadata, its protocol, programs, and what was allowed them.</summary>
internal static class OAuthRows
{
    private const string RedirectUri = "https://program.example/callback";

    // The SHA-256 of some verifier: nobody exchanges these codes.
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private const string Program = $$"""
        {"name": "$unique", "client_type": "confidential", "allowed_grant_types": ["client_credentials"], "allowed_scopes": ["read"], "redirect_uris": ["{{RedirectUri}}"]}
        """;

    public static readonly Area Area = new(
    [
        new("get /.well-known/oauth-authorization-server"),
        new("get /.well-known/oauth-protected-resource"),
        new("get /oauth/jwks"),
        new("get /oauth/authorize")
        {
            Query = $"response_type=code&client_id=$asking_program&redirect_uri={RedirectUri}&code_challenge={Challenge}&"
                + "code_challenge_method=S256"
        },
        // who may answer is asked when it is answered
        new("get /oauth/consent/{consent_token}") { Path = ["$consent"], IsEverybodys = true },
        new("post /oauth/grants", """{"allowed": true, "consent_token": "$consent"}"""),
        new("post /oauth/token", """{"grant_type": "client_credentials", "client_id": "$program_id", "client_secret": "$program_secret"}""")
        {
            Full = """{"scope": "read"}""",
        },
        new("post /oauth/introspect", """{"token": "$program_token"}"""),
        new("post /oauth/register", $$"""{"redirect_uris": ["{{RedirectUri}}"]}""")
        {
            Full = """{"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "scope": "read", "token_endpoint_auth_method": "client_secret_post"}""",
        },
        new("post /oauth_clients", Program)
        {
            Id = "client_id",
            Unlike = ["client_secret"],
            Filters = new Dictionary<string, string> { ["allowed_grant_types"] = "allowed_grant_types.0", ["verified"] = "=false" },
        },
        new("get /oauth_grants") { Thing = "$grant" },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["asking_program"] = words => words.Node.KeepAsync("asking program",
                () => words.MakeAsync("post /oauth_clients", """{"allowed_grant_types": ["authorization_code"]}""")),
            ["consent"] = async words => await AskAsync(words, await words.FillAsync("$asking_program")),
            ["grant"] = async words =>
            {
                string program = await words.MakeAsync("post /oauth_clients", """{"allowed_grant_types": ["authorization_code"]}""");
                var answer = await words.Node.Owner.SendAsync("POST", "/v2/oauth/grants",
                    Ask.Json(new JsonObject { ["allowed"] = true, ["consent_token"] = await AskAsync(words, program) }));
                Assert.True(answer.Status == 200, $"{answer}");
                var grants = (await words.Node.Owner.GetAsync("/v2/oauth_grants?page[size]=100")).Data!.AsArray();
                return (string)grants.Single(g => (string)g!["client_id"]! == program)!["id"]!;
            },
            ["program_id"] = async words => (await ProgramAsync(words)).Id,
            ["program_secret"] = async words => (await ProgramAsync(words)).Secret,
            ["program_token"] = async words =>
            {
                var (id, secret) = await ProgramAsync(words);
                var answer = await words.Node.Nobody.SendAsync("POST", "/v2/oauth/token",
                    Ask.Json(new JsonObject { ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret }));
                return (string)answer.Json!["access_token"]!;
            },
        },
    };

    /// <summary>A program that gets tokens for itself.</summary>
    private static async Task<(string Id, string Secret)> ProgramAsync(Words words)
    {
        string both = await words.Node.KeepAsync("program", async () =>
        {
            var made = await words.Node.Arrangement.MakeAsync("post /oauth_clients", new(words.Node));
            return $"{made.Id} {made.Data["client_secret"]}";
        });
        return (both.Split(' ')[0], both.Split(' ')[1]);
    }

    /// <summary>A program sends a browser: what it is sent on with.</summary>
    private static async Task<string> AskAsync(Words words, string program)
    {
        var sent = await words.Node.Nobody.GetAsync(
            $"/v2/oauth/authorize?response_type=code&client_id={program}&redirect_uri={RedirectUri}&code_challenge={Challenge}&"
            + "code_challenge_method=S256");
        Assert.True(sent.Status == 302, $"{sent}");
        string location = sent.Headers["Location"];
        return location[(location.LastIndexOf('/') + 1)..];
    }
}
