using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>A program's and a person's steps against the token server.</summary>
internal sealed class OAuthHost(TelnyxHost host)
{
    public const string Issuer = "https://calls.example.com/api";
    public const string RedirectUri = "https://program.example/callback";
    public const string Verifier = "correct-horse-battery-staple-0123456789-abcdef";

    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>A program of the account.</summary>
    public async Task<Program> ProgramAsync(string type = "confidential",
        string grants = "authorization_code,refresh_token,client_credentials", string scopes = "read,write", bool pkce = true,
        string key = TelnyxHost.Key)
    {
        var body = new JsonObject
        {
            ["name"] = "Diary", ["client_type"] = type, ["allowed_grant_types"] = List(grants),
            ["allowed_scopes"] = List(scopes), ["redirect_uris"] = new JsonArray(RedirectUri), ["require_pkce"] = pkce,
        };
        var made = await host.SendAsync("POST", "/v2/oauth_clients", body.ToJsonString(), key);
        Assert.True(made.Status == 201, made.Text);
        return new((string)made.Data["client_id"]!, (string?)made.Data["client_secret"]);
    }

    private static JsonArray List(string words) => new([.. words.Split(',').Select(w => (JsonNode)w)]);

    /// <summary>A form; with the program's credentials in the header unless <paramref name="inBody"/>.</summary>
    public async Task<Answer> FormAsync(string path, Program? program, bool inBody, params (string Name, string Value)[] fields)
    {
        using var response = await RawAsync(path, program, inBody, fields);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject(), text);
    }

    public Task<HttpResponseMessage> RawAsync(string path, Program? program, bool inBody, params (string Name, string Value)[] fields)
    {
        var pairs = fields.ToDictionary(f => f.Name, f => f.Value);
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (program is { Secret: null } || (inBody && program is not null)) pairs["client_id"] = program.Id;
        if (inBody && program?.Secret is { } shown) pairs["client_secret"] = shown;
        if (!inBody && program?.Secret is { } secret)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{program.Id}:{secret}")));
        request.Content = new FormUrlEncodedContent(pairs);
        return host.SendAsync(request);
    }

    public Task<Answer> TokenAsync(Program? program, params (string Name, string Value)[] fields) =>
        FormAsync("/v2/oauth/token", program, inBody: false, fields);

    /// <summary>The person's browser arrives; null leaves a parameter out.</summary>
    public async Task<HttpResponseMessage> AuthorizeAsync(params (string Name, string? Value)[] query)
    {
        string text = string.Join('&', query.Where(q => q.Value is not null).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"));
        return await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/v2/oauth/authorize?{text}"));
    }

    public Task<HttpResponseMessage> AskAsync(Program program, string? scope = "read", string? state = "s-1",
        string? verifier = Verifier) => AuthorizeAsync(
            ("response_type", "code"), ("client_id", program.Id), ("redirect_uri", RedirectUri), ("scope", scope), ("state", state),
            ("code_challenge", verifier is null ? null : Challenge(verifier)), ("code_challenge_method", verifier is null ? null : "S256"));

    /// <summary>The consent token in the address that the browser is sent to.</summary>
    public static string ConsentOf(HttpResponseMessage response)
    {
        Assert.Equal(302, (int)response.StatusCode);
        string location = response.Headers.Location!.OriginalString;
        Assert.StartsWith(Issuer + "/oauth/consent/", location);
        return location[(Issuer + "/oauth/consent/").Length..];
    }

    public Task<Answer> DecideAsync(string consent, bool isAllowed = true, string? key = TelnyxHost.Key) =>
        host.SendAsync("POST", "/v2/oauth/grants",
            new JsonObject { ["allowed"] = isAllowed, ["consent_token"] = consent }.ToJsonString(), key);

    /// <summary>What the program hears at its own address.</summary>
    public static Dictionary<string, string> Heard(string location)
    {
        Assert.StartsWith(RedirectUri + "?", location);
        return QueryHelpers.ParseQuery(new Uri(location).Query).ToDictionary(p => p.Key, p => p.Value.ToString());
    }

    public async Task<string> CodeAsync(Program program, string? scope = "read", string key = TelnyxHost.Key, string? verifier = Verifier)
    {
        using var asked = await AskAsync(program, scope, verifier: verifier);
        var decided = await DecideAsync(ConsentOf(asked), key: key);
        Assert.True(decided.Status == 200, decided.Text);
        return Heard((string)decided.Body["redirect_uri"]!)["code"];
    }

    public Task<Answer> ExchangeAsync(Program program, string code, string? verifier = Verifier, string redirectUri = RedirectUri)
    {
        List<(string, string)> fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri)];
        if (verifier is not null) fields.Add(("code_verifier", verifier));
        return TokenAsync(program, [.. fields]);
    }

    /// <summary>The tokens of a person's yes.</summary>
    public async Task<(string Access, string? Refresh)> TokensAsync(Program program, string? scope = "read", string key = TelnyxHost.Key)
    {
        var given = await ExchangeAsync(program, await CodeAsync(program, scope, key));
        Assert.True(given.Status == 200, given.Text);
        return ((string)given.Body["access_token"]!, (string?)given.Body["refresh_token"]);
    }

    public async Task<string> OwnTokenAsync(Program program, string? scope = null)
    {
        List<(string, string)> fields = [("grant_type", "client_credentials")];
        if (scope is not null) fields.Add(("scope", scope));
        var given = await TokenAsync(program, [.. fields]);
        Assert.True(given.Status == 200, given.Text);
        return (string)given.Body["access_token"]!;
    }

    /// <summary>The status and code of a read of the account with the token.</summary>
    public async Task<(int Status, string? Code)> ReadWithAsync(string token)
    {
        var answer = await host.SendAsync("GET", "/v2/phone_numbers", key: token);
        return (answer.Status, answer.Status == 200 ? null : answer.Code);
    }
}

internal sealed record Program(string Id, string? Secret);

internal static class OAuthAnswers
{
    /// <summary>The error of RFC 6749, with the errors array of the rest of the API beside it.</summary>
    public static void Says(this Answer answer, int status, string error)
    {
        Assert.True(answer.Status == status, answer.Text);
        Assert.Equal(error, (string?)answer.Body["error"]);
        Assert.NotEmpty((string?)answer.Body["error_description"] ?? "");
        Assert.NotEmpty(answer.Code);
    }
}
