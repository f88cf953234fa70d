using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Server;

namespace Ringwright.Edge.Dialects;

/// <summary>An account that is made has a credential for each API, shown this once, and each API takes its own.</summary>
public sealed class CredentialTests
{
    private static readonly string[] Secrets =
        ["telnyx_key", "voipbin_accesskey", "telefonie_key", "chakra_token", "webhook_secret", "auth_token", "agency_owner"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_is_made_has_a_credential_that_each_API_takes()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        var made = await client.DataAsync("POST", "/accounts", """{"name":"acme"}""");
        using var http = new HttpClient { BaseAddress = node.Api.BaseAddress };
        string sid = Of("account_sid"), basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sid}:{Of("auth_token")}"));
        foreach (var (path, header, value) in new[]
            {
                ("/v2/call_control_applications", "Authorization", "Bearer " + Of("telnyx_key")),
                ($"/2010-04-01/Accounts/{sid}/Calls.json", "Authorization", "Basic " + basic),
                ("/v1.0/calls?accesskey=" + Of("voipbin_accesskey"), "Accept", "application/json"),
                ("/telefonie/v1/voice/calls", "X-API-Key", Of("telefonie_key")),
                ("/chakra/v1/ext/config", "Authorization", "Bearer " + Of("chakra_token")),
            })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await http.SendAsync(request, Stop);
            Assert.True((int)answer.StatusCode == 200, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
        }
        var owner = made["agency_owner"]!;
        using var signIn = new StringContent(
            new JsonObject { ["email"] = owner["email"]!.DeepClone(), ["password"] = owner["password"]!.DeepClone() }.ToJsonString(), null,
            "application/json");
        using var signedIn = await http.PostAsync("/api/agency/v1/auth/login", signIn, Stop);
        Assert.True(signedIn.IsSuccessStatusCode, await signedIn.Content.ReadAsStringAsync(Stop));
        Assert.StartsWith("whsec_", Of("webhook_secret"), StringComparison.Ordinal);

        var later = await client.DataAsync("GET", $"/accounts/{made["id"]}");
        Assert.All(Secrets, name => Assert.Null(later[name]));

        string Of(string name) => (string)made[name]!;
    }
}
