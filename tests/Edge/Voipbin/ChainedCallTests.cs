using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Calls that a flow places beside its own: those that end with that, and as whom they call.</summary>
public sealed class ChainedCallTests : IAsyncLifetime
{
    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Calls_that_are_chained_name_each_other_and_end_together()
    {
        const string sleep = """{"type":"sleep","option":{"duration":60000}}""";
        string Call(string user, string isChained) => $$$"""
            {"type":"call","option":{"destinations":[{{{_host.Far.Address(user)}}}],"actions":[{{{sleep}}}],"chained":{{{isChained}}} }}
            """;
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-first-700")}}}],
             "actions":[{{{Call("now-chained-600", "true")}}},{{{Call("now-alone-500", "false")}}},{{{sleep}}}]}
            """);
        string first = "/calls/" + made["id"];
        var shown = await Eventually.SomeAsync(async () =>
        {
            var now = await _host.Api.DoneAsync("GET", first);
            if (now["chained_call_ids"]!.AsArray().Count > 0 && _host.Far.Calls.Count == 3) return now;
            await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
            return null;
        }, "the call names another one");
        string chained = (string)Assert.Single(shown["chained_call_ids"]!.AsArray())!;
        Assert.Equal((string?)made["id"], (string?)(await _host.Api.DoneAsync("GET", "/calls/" + chained))["master_call_id"]);
        var alone = (await _host.Api.DoneAsync("GET", "/calls"))["result"]!.AsArray().Select(call => call!.AsObject())
            .Single(call => (string?)call["id"] != (string?)made["id"] && (string?)call["id"] != chained);
        Assert.Equal(Guid.Empty.ToString(), (string?)alone["master_call_id"]);

        await _host.Api.DoneAsync("POST", first + "/hangup");
        await _host.ShownAsync("/calls/" + chained, "status", "hangup");
        Assert.Equal("progressing", (string?)(await _host.Api.DoneAsync("GET", "/calls/" + alone["id"]))["status"]);
    }

    /// <summary>The documents have it as the "target_name" of the address: for a number the caller's name.</summary>
    [Fact]
    public async Task The_name_of_a_source_is_shown_to_whom_it_calls_and_stands_where_it_was_said()
    {
        const string source = """{"type":"tel","target":"+15559876543","target_name":"Acme Shop"}""";
        const string again = """{"type":"tel","target":"+15559876543","target_name":"${voipbin.call.source.target_name}"}""";
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{{{source}}},"destinations":[{{{_host.Far.Address("now-1-700")}}}],
             "actions":[{"type":"call","option":{"source":{{{source}}},"destinations":[{{{_host.Far.Address("ring-2")}}}],"actions":[]} },
                 {"type":"connect","option":{"source":{{{again}}},"destinations":[{{{_host.Far.Address("ring-3")}}}]} }]}
            """);
        Assert.Equal(("Acme Shop", ""), ((string?)made["source"]!["target_name"], (string?)made["source"]!["name"]));
        foreach (string user in new[] { "now-1-700", "ring-2", "ring-3" })
            Assert.StartsWith("\"Acme Shop\" ", (await _host.Far.CalledAsync(user)).From, StringComparison.Ordinal);
    }
}
