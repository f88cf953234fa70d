using System.Net;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Which of the calls that were refused an operator asks for.</summary>
public sealed class RefusedCallListTests
{
    [Fact]
    public async Task Calls_are_found_by_the_source_that_the_list_shows()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        using var phone = new SipPeer(node.Node.Settings.Sip);
        phone.Send(phone.Invite("+4989999", "unknown"));
        var call = await Eventually.SomeAsync(async () => (await client.DataAsync("GET", "/calls/refused")).AsArray().FirstOrDefault(),
            "a call that was refused");
        var from = phone.Local;
        Assert.Equal($"{from}", (string?)call["source"]);

        foreach (string source in new[] { $"{from}", $"{from.Address}", $"::ffff:{from.Address}", $"[::ffff:{from.Address}]:{from.Port}" })
            Assert.NotEmpty((await client.DataAsync("GET", $"/calls/refused?source={source}")).AsArray());
        foreach (string source in new[] { $"{from.Address}:{from.Port ^ 1}", "192.0.2.99" })
            Assert.Empty((await client.DataAsync("GET", $"/calls/refused?source={source}")).AsArray());
        await client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "source must be an IP address", "GET",
            "/calls/refused?source=carrier");
    }
}
