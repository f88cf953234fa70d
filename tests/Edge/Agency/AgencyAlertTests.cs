using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Delivery.Mails;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>Alerts of an agency: whom it has told of them.</summary>
public sealed class AgencyAlertTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alert_is_mailed_and_told_to_whom_the_agency_names_and_once_an_hour()
    {
        await using var mails = new MailSink();
        await using var sink = await Sink.StartAsync();
        await using var host = await AgencyHost.StartAsync(Product.Sqlite, settings => settings with
        {
            Mail = new MailServer { Host = "127.0.0.1", Port = mails.Port, From = "node@example.com" },
        });
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency",
            $$"""{"settings":{"alerts":{"email":["desk@example.com"],"webhook":"{{sink.Url}}/alerts"} } }""");
        var agency = new TenantId(Guid.Parse((string)host.AccountA["id"]!));
        var alerts = new Alerts(new() { Store = host.Node.Node.Database, HasMail = true });
        for (int n = 0; n < 2; n++)
            await alerts.RaiseAsync(agency, AlertRow.LlmCredentials, "", "Calls are not judged.", DateTimeOffset.UtcNow, Stop);

        await Eventually.TrueAsync(() => mails.Taken.Count > 0 && sink.All.Count > 0, "it is mailed and told");
        var mail = Assert.Single(mails.Taken);
        Assert.Equal(["desk@example.com"], mail.To);
        string body = mail.Text[mail.Text.IndexOf("\n\n", StringComparison.Ordinal)..].ReplaceLineEndings("");
        Assert.Contains("Calls are not judged.", Encoding.UTF8.GetString(Convert.FromBase64String(body)), StringComparison.Ordinal);
        var told = Assert.Single(sink.All);
        var said = JsonNode.Parse(told.Text)!;
        var listed = Assert.Single((await host.DoneAsync(200, host.OwnerA, "GET", "/alerts"))["alerts"]!.AsArray())!;
        Assert.Equal(("/alerts", "alert.raised", (string?)listed["id"], "llm_credentials", false), (told.Path, (string?)said["type"],
            (string?)said["data"]!["id"], (string?)said["data"]!["kind"], told.Headers.ContainsKey("x-agency-signature")));
    }

    [Fact]
    public async Task Whom_nobody_can_tell_is_refused_by_field()
    {
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        foreach (string wrong in new[]
            {
                "true", """{"email":"desk@example.com"}""", """{"email":["desk"]}""", """{"webhook":7}""", """{"phone":"+15550100001"}""",
            })
        {
            var error = await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"alerts":{{{wrong}}}}}""");
            Assert.True(error["details"]!.AsObject().ContainsKey("settings.alerts"), error.ToJsonString());
        }
        var unasked = await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agency",
            """{"settings":{"alerts":{"webhook":"ftp://example.com/"} } }""");
        Assert.True(unasked["details"]!.AsObject().ContainsKey("settings.alerts.webhook"), unasked.ToJsonString());
        var none = await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"alerts":{"email":[]} } }""");
        Assert.Empty(none["settings"]!["alerts"]!["email"]!.AsArray());
    }
}
