using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Whoever wonders why a phone is not registered is told by the node.</summary>
public sealed class RefusedRegistrationListTests
{
    [Fact]
    public async Task A_phone_that_asks_for_another_domain_is_listed_by_the_API_and_by_the_command()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        using var phone = new SipPeer(node.Node.Settings.Sip);
        phone.Send($"""
            REGISTER sip:elsewhere.example SIP/2.0
            Via: SIP/2.0/UDP {phone.Local};branch=z9hG4bKelsewhere;rport
            Max-Forwards: 70
            From: <sip:frontdesk@elsewhere.example>;tag=phone
            To: <sip:frontdesk@elsewhere.example>
            Call-ID: elsewhere-{phone.Local.Port}
            CSeq: 1 REGISTER
            Contact: <sip:frontdesk@{phone.Local}>
            Content-Length: 0


            """);
        var row = await Eventually.SomeAsync(async () => (await client.DataAsync("GET", "/phones/refused")).AsArray().FirstOrDefault(),
            "a REGISTER that was refused");
        string source = $"{phone.Local.Address}";
        Assert.Equal(("@elsewhere.example", "foreign_domain", source),
            ((string?)row["user_name"], (string?)row["reason"], (string?)row["source"]));

        foreach (string query in new[] { $"source={source}", $"source=::ffff:{source}", "reason=foreign_domain" })
            Assert.NotEmpty((await client.DataAsync("GET", $"/phones/refused?{query}")).AsArray());
        foreach (string query in new[] { "source=192.0.2.99", "reason=wrong_password" })
            Assert.Empty((await client.DataAsync("GET", $"/phones/refused?{query}")).AsArray());
        // The second would be 192.0.0.2 to the library.
        foreach (string wrong in new[] { "reception", "192.0.2" })
            await client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "source must be an IP address", "GET",
                $"/phones/refused?source={wrong}");

        string[] command = ["phone", "list", "--refused", "--data", node.Node.Settings.Data];
        var (exit, output, errors) = await CommandRun.RunAsync(command);
        Assert.True(exit == 0, errors);
        Assert.Contains("@elsewhere.example", output, StringComparison.Ordinal);
        (_, output, _) = await CommandRun.RunAsync([.. command, "--json"]);
        Assert.Equal("foreign_domain", (string?)JsonNode.Parse(output)!.AsArray().Single()!["reason"]);
    }
}
