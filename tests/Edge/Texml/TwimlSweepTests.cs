using Ringwright.Edge.Telefonie;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>Documents of a number of TwiML's API that goes by another one.</summary>
public sealed class TwimlSweepTests
{
    [Fact]
    public async Task A_number_that_the_operator_takes_away_leaves_no_application_behind()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        var (store, stop) = (host.Node.Node.Database, TestContext.Current.CancellationToken);
        var listed = await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200);
        await host.DoTwimlAsync(HttpMethod.Post, $"IncomingPhoneNumbers/{listed["incoming_phone_numbers"]![0]!["sid"]}.json", 200,
            new() { ["VoiceUrl"] = host.Hook.Url + "/voice" });
        int Left() => store.Routing.Current.Connections.Count(one => one.WebhookUrl == host.Hook.Url + "/voice");
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow + NumberConnections.Young);
        await TwimlNumberDocuments.SweepAsync(store, later, stop);
        Assert.Equal(1, Left());

        string numbers = $"/accounts/{host.Account}/numbers";
        var number = Assert.Single((await host.Operator.DataAsync("GET", numbers)).AsArray())!;
        await host.Operator.DataAsync("DELETE", $"{numbers}/{number["id"]}");
        await TwimlNumberDocuments.SweepAsync(store, later, stop);
        Assert.Equal(0, Left());
    }
}
