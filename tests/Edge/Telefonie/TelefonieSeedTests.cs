using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Egress;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>A node that follows the sources to the letter. What it does by itself is what all other tests see.</summary>
public sealed class TelefonieSeedTests
{
    [Fact]
    public async Task The_url_of_a_call_is_shown_once_it_was_called_and_a_new_application_has_the_first_version()
    {
        await using var host = await TelefonieHost.StartAsync(null, settings => settings with { Compat = CompatSettings.Seed });
        await using var documents = await Sink.StartAsync(async (_, context) =>
        {
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync("<Response><Pause length=\"30\"/></Response>");
        });
        string more = $",\"url\":\"{documents.Url}/\"";
        var refused = await host.CallAsync("busy", more);
        Assert.False(refused.ContainsKey("url"));
        Assert.False((await host.ShownAsync(refused, "busy")).ContainsKey("url"));
        Assert.Empty(documents.All);

        var call = await host.CallAsync("ring", more);
        Assert.False((await host.ShownAsync(call, "ringing")).ContainsKey("url"));
        host.Far.Answer(host.Far.Of(TelefonieHost.Number("ring")).Single(), 200, "OK");
        Assert.Equal(documents.Url + "/", (string?)(await host.ShownAsync(call, "in-progress"))["url"]);
        await Eventually.TrueAsync(() => documents.All.Count == 1, "the document is asked for");
        await host.DoneAsync(200, "POST", $"/voice/calls/{call["id"]}", """{"status":"completed"}""");
        await host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
        Assert.Equal([false, false, true, true], host.Told(call).Select(told => told["call"]!.AsObject().ContainsKey("url")));

        using var content = new StringContent("""{"application_name":"first","webhook_event_url":"http://127.0.0.1:9/"}""", null,
            "application/json");
        using var made = await host.Node.Api.PostAsync("/v2/call_control_applications", content, TestContext.Current.CancellationToken);
        string text = await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(made.IsSuccessStatusCode, text);
        Assert.Equal("1", (string?)JsonNode.Parse(text)!["data"]!["webhook_api_version"]);
    }
}
