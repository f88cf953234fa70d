using System.Text;
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

    [Fact]
    public async Task A_node_without_a_mail_server_says_so()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        await host.RefusedAsync(501, "not_implemented", null, "POST", "/auth/password/forgot", """{"email":"a@example.com"}""");
        await host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/password/reset",
            """{"token":"none","password":"another password"}""");
    }
}
