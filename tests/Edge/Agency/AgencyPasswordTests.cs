using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
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
        Assert.Equal((200, 0), await SignInAsync(client, "198.51.100.1", "ma@example.com", AgencyHost.Password));
        // Of an address of nobody's it is the same.
        foreach (string email in new[] { "ma@example.com", "nobody@example.com" })
        {
            for (int i = 0; i < 10; i++) Assert.Equal((401, 0), await SignInAsync(client, $"203.0.113.{i}", email, "wrong"));
            Assert.Equal((429, 900), await SignInAsync(client, "203.0.113.99", email, AgencyHost.Password));
        }
        Assert.Equal((200, 0), await SignInAsync(client, "198.51.100.1", "ma@example.com", AgencyHost.Password));
    }

    [Fact, Depth("SignInLocksTests in the gate have when an address is locked, and for whom; hashes of passwords are slow by intent")]
    public async Task Whoever_knows_a_password_guesses_codes_of_the_second_factor_no_faster_than_passwords()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite, settings => settings with
        {
            TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")],
        });
        var (_, token) = await host.UserAsync(host.OwnerA, "ma", "agency_member");
        await host.DoneAsync(200, token, "POST", "/me/totp", $$"""{"current_password":"{{AgencyHost.Password}}"}""");
        var database = host.Node.Node.Database;
        var user = (await new UserTable(database).FindByEmailAsync("ma@example.com", Stop))!;
        byte[] secret = Totp.SecretOf(database.Node.TokenKey.Span, user.Id, user.TotpPending!);
        string used = Totp.CodeOf(secret, Totp.StepOf(database.Time.GetUtcNow()));
        await host.DoneAsync(204, token, "POST", "/me/totp/confirm", $$"""{"totp":"{{used}}"}""");
        using var client = new HttpClient { BaseAddress = new($"http://{host.Node.Node.Settings.Http}") };
        // None is no guess, nor is an empty one.
        for (int i = 0; i < 10; i++)
            Assert.Equal((401, 0), await SignInAsync(client, "203.0.113.0", "ma@example.com", AgencyHost.Password, ""));
        for (int i = 0; i < 10; i++)
            Assert.Equal((401, 0), await SignInAsync(client, $"203.0.113.{i}", "ma@example.com", AgencyHost.Password, used));
        Assert.Equal((429, 900), await SignInAsync(client, "203.0.113.99", "ma@example.com", AgencyHost.Password, used));
    }

    [Fact]
    public async Task Whoever_has_a_token_of_somebodys_does_not_guess_the_password_by_it()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        var (_, token) = await host.UserAsync(host.OwnerA, "ma", "agency_member");
        static string With(string said) => $$"""{"current_password":"{{said}}","new_password":"another password"}""";
        // A right one is not counted, and of many at once no more are compared than one after the other.
        await host.DoneAsync(200, token, "POST", "/me/totp", $$"""{"current_password":"{{AgencyHost.Password}}"}""");
        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => host.AskAsync(token, "POST", "/me/password", With($"guess {i}"))));
        Assert.Equal((10, 10), (guesses.Count(one => one.Status == 400), guesses.Count(one => one.Status == 429)));
        await host.RefusedAsync(429, "rate_limited", token, "POST", "/me/password", With(AgencyHost.Password));
        await host.RefusedAsync(429, "rate_limited", token, "POST", "/me/totp", """{"current_password":"another guess"}""");
        await host.DoneAsync(200, token, "GET", "/me");
    }

    [Fact, Depth("PasswordTests in the gate have that nothing is compared for who is not heard; hashes of passwords are slow by intent")]
    public async Task Guesses_that_come_at_once_are_no_more_than_those_one_after_the_other()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        await host.UserAsync(host.OwnerA, "ma", "agency_member");
        var guesses = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            host.AskAsync(null, "POST", "/auth/login", $$"""{"email":"ma@example.com","password":"guess {{i}}"}""")));
        // Two are compared at once.
        Assert.InRange(guesses.Count(one => one.Status == 401), 10, 12);
        Assert.All(guesses, one => Assert.True(one.Status is 401 or 429, $"{one.Status}"));
    }

    /// <returns>The status, and for how many seconds nobody is heard.</returns>
    private static async Task<(int Status, int Seconds)> SignInAsync(HttpClient client, string from, string email, string password,
        string? code = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, AgencyHost.Root + "/auth/login");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        var body = new JsonObject { ["email"] = email, ["password"] = password };
        if (code is not null) body["totp"] = code;
        request.Content = new StringContent(body.ToJsonString(), null, "application/json");
        using var response = await client.SendAsync(request, Stop);
        return ((int)response.StatusCode, (int)(response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0));
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
