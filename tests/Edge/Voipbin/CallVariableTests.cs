using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Variables that a request gives to the flows of its calls.</summary>
public sealed class CallVariableTests : IAsyncLifetime
{
    private const string Source = """{"type":"tel","target":"+15559876543"}""";

    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task The_flow_of_a_call_and_of_each_of_a_group_knows_what_the_request_says()
    {
        await using var server = await Sink.StartAsync();
        string actions = $$$"""
            [{"type":"webhook_send","option":{"sync":true,"uri":"{{{server.Url}}}/told","data_type":"text/plain",
              "data":"${customer_name} of ${campaign_id}"}}]
            """;
        Task<JsonObject> AskAsync(string path, params string[] users) => _host.Api.DoneAsync("POST", path, $$"""
            {"source":{{Source}},"actions":{{actions}},"variables":{"customer_name":"Jane \"J\" Doe","campaign_id":"summer-2026"},
             "destinations":[{{string.Join(',', users.Select(_host.Far.Address))}}]}
            """);
        await AskAsync("/calls", "now-1");
        await Eventually.TrueAsync(() => server.All.Count == 1, "the server is told");
        var group = await AskAsync("/groupcalls", "now-2", "now-3");
        await _host.ShownAsync("/groupcalls/" + group["id"], "status", "hangup");
        Assert.Equal(3, server.All.Count);
        Assert.All(server.All, told => Assert.Equal("Jane \"J\" Doe of summer-2026", told.Text));
        // Nothing is left of them behind the calls, nor of one that nobody answers.
        await AskAsync("/calls", "busy-4");
        await Eventually.TrueAsync(() => _host.Work.Parts.Flows!.Given.Count == 0, "nothing is kept");
    }

    [Fact]
    public async Task What_cannot_be_a_variable_is_refused_and_calls_nobody()
    {
        foreach (var (variables, reason) in new[]
            {
                ("""{"n":5}""", "INVALID_ARGUMENT"), ("""{"n":null}""", "INVALID_ARGUMENT"), ("""{"":"x"}""", "INVALID_ARGUMENT"),
                ("""{"voipbin.call.id":"x"}""", "INVALID_ARGUMENT"), ("""["n"]""", "INVALID_JSON_BODY"), ("\"n\"", "INVALID_JSON_BODY"),
            })
            foreach (string path in new[] { "/calls", "/groupcalls" })
                DialerHost.Refuses(400, reason, await _host.Api.AskAsync("POST", path,
                    $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("now-1")}}],"variables":{{variables}}}"""));
        Assert.Empty(_host.Far.Calls);
        Assert.Empty((await _host.Api.DoneAsync("GET", "/flows"))["result"]!.AsArray());
    }
}
