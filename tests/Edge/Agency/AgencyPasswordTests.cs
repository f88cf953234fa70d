using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Delivery.Mails;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>Passwords that were forgotten: a code by mail, and what it opens.</summary>
public sealed class AgencyPasswordTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("AgencyTests in the gate have codes that are good once, and passwords that end tokens at once")]
    public async Task Whoever_has_forgotten_the_password_sets_another_one_by_a_code_that_is_mailed_and_good_once()
    {
        await using var sink = new MailSink();
        await using var host = await AgencyHost.StartAsync(Product.Sqlite, settings => settings with
        {
            Mail = new MailServer { Host = "127.0.0.1", Port = sink.Port, From = "node@example.com" },
        });
        var (_, token) = await host.UserAsync(host.OwnerA, "ma", "agency_member");
        // An address of nobody's, and one that takes no mail, are answered alike.
        foreach (string email in new[] { "nobody@example.com", (string)host.AccountA["agency_owner"]!["email"]!, "MA@example.com" })
            await host.DoneAsync(202, null, "POST", "/auth/password/forgot", $$"""{"email":"{{email}}"}""");
        var mail = await Eventually.SomeAsync(async () =>
        {
            if (sink.Taken.FirstOrDefault() is { } taken) return taken;
            await Task.Delay(100, Stop);
            return null;
        }, "the mail");
        Assert.Equal(["ma@example.com"], mail.To);
        string body = mail.Text[mail.Text.IndexOf("\n\n", StringComparison.Ordinal)..].ReplaceLineEndings("");
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(body));
        string code = text.ReplaceLineEndings("\n").Split('\n').Single(line => line.StartsWith("eyJ", StringComparison.Ordinal));

        // The code is no token.
        await host.RefusedAsync(401, "unauthenticated", code, "GET", "/me");
        await host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/password/reset",
            $$"""{"token":"{{token}}","password":"another password"}""");
        string reset = $$"""{"token":"{{code}}","password":"another password"}""";
        await host.DoneAsync(200, token, "GET", "/me");
        await host.DoneAsync(204, null, "POST", "/auth/password/reset", reset);
        await host.RefusedAsync(401, "unauthenticated", token, "GET", "/me");
        await host.SignInAsync("ma@example.com", "another password");
        await host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/password/reset", reset);
        Assert.Single(sink.Taken);
    }

    [Fact, Depth("SignInLocksTests in the gate have when an address is locked, and for whom; hashes of passwords are slow by intent")]
    public async Task Whoever_guesses_from_many_addresses_locks_a_user_but_not_where_he_has_signed_in()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite, settings => settings with
        {
            TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")],
        });
        await host.UserAsync(host.OwnerA, "ma", "agency_member");
        using var client = new HttpClient { BaseAddress = new($"http://{host.Node.Node.Settings.Http}") };
        Assert.Equal(200, await SignInAsync(client, "198.51.100.1", "ma@example.com", AgencyHost.Password));
        // Of an address of nobody's it is the same.
        foreach (string email in new[] { "ma@example.com", "nobody@example.com" })
        {
            for (int i = 0; i < 10; i++) Assert.Equal(401, await SignInAsync(client, $"203.0.113.{i}", email, "wrong"));
            Assert.Equal(429, await SignInAsync(client, "203.0.113.99", email, AgencyHost.Password));
        }
        Assert.Equal(200, await SignInAsync(client, "198.51.100.1", "ma@example.com", AgencyHost.Password));
    }

    private static async Task<int> SignInAsync(HttpClient client, string from, string email, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, AgencyHost.Root + "/auth/login");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        string body = new JsonObject { ["email"] = email, ["password"] = password }.ToJsonString();
        request.Content = new StringContent(body, null, "application/json");
        using var response = await client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }

    [Fact]
    public async Task A_node_without_a_mail_server_says_so()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        await host.RefusedAsync(501, "not_implemented", null, "POST", "/auth/password/forgot", """{"email":"a@example.com"}""");
        await host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/password/reset",
            """{"token":"none","password":"another password"}""");
    }
}
