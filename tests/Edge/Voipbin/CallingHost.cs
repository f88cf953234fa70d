using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Http;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Edge.Voipbin;

/// <summary>A node with customers, somebody who can be called, and a server that is told of everything.</summary>
internal sealed class CallingHost : IAsyncDisposable
{
    private CallingHost(DialerHost api, FarEnds far, Sink hook) => (Api, Far, Hook) = (api, far, hook);

    public DialerHost Api { get; }
    public FarEnds Far { get; }
    public Sink Hook { get; }
    public CallWork Work => Api.Node.Node.Modules.OfType<VoipbinModule.Joined>().Single().Work;

    /// <param name="change">What of the node's settings is to be different.</param>
    public static async Task<CallingHost> StartAsync(Func<ServeSettings, ServeSettings>? change = null,
        Func<string?, IRecogniser?>? recognisers = null)
    {
        var host = new CallingHost(await DialerHost.StartAsync(change, recognisers), new(), await Sink.StartAsync());
        await host.Api.DoneAsync("PUT", "/customer", $$"""{"name":"acme","webhook_uri":"{{host.Hook.Url}}"}""");
        return host;
    }

    /// <summary>Calls somebody who goes into the queue when he answers.</summary>
    /// <param name="more">Options of the action beside the queue.</param>
    public async Task<JsonObject> QueuedAsync(string user, string queue, string more = "") => await Api.DoneAsync("POST", "/calls", $$$"""
        {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{Far.Address(user)}}}],
         "actions":[{"type":"queue_join","option":{"queue_id":"{{{queue}}}"{{{more}}} }}]}
        """);

    public async Task<string> QueueAsync(string more = "") =>
        (string)(await Api.DoneAsync("POST", "/queues", $$"""{"name":"q","routing_method":"random"{{more}}}"""))["id"]!;

    public async Task<string> AgentAsync(string user, string status = "available", string more = "", params string[] others)
    {
        string addresses = string.Join(',', others.Prepend(user).Select(Far.Address));
        var made = await Api.DoneAsync("POST", "/agents", $$"""
            {"username":"{{Guid.NewGuid():N}}@example.com","password":"correct horse","permission":16,"addresses":[{{addresses}}]{{more}}}
            """);
        if (status != "offline") await StatusAsync((string)made["id"]!, status);
        return (string)made["id"]!;
    }

    public Task<JsonObject> StatusAsync(string agent, string status) =>
        Api.DoneAsync("PUT", $"/agents/{agent}/status", $$"""{"status":"{{status}}"}""");

    /// <summary>A call is shown so.</summary>
    public Task<JsonObject> ShownAsync(string path, string field, string value) => Eventually.SomeAsync(async () =>
    {
        if (await Api.DoneAsync("GET", path) is { } shown && (string?)shown[field] == value) return shown;
        // So many questions a second are let in, and no more.
        await Task.Delay(100, TestContext.Current.CancellationToken);
        return null;
    }, $"{path}: {field} is {value}");

    /// <summary>Types of the events about one resource so far, as they came.</summary>
    public List<string> EventsOf(string id) =>
        [.. Events.Where(told => (string?)told["data"]!["id"] == id).Select(told => (string)told["type"]!)];

    public List<JsonNode> Events => [.. Hook.All.Select(received => JsonNode.Parse(received.Text)!)];

    public Task ToldAsync(string id, params string[] types) =>
        Eventually.TrueAsync(() => EventsOf(id).SequenceEqual(types),
            () => $"told is {string.Join(", ", types)}, and not {string.Join(", ", EventsOf(id))}");

    public async Task<JsonObject> QueuecallAsync(JsonObject call) => await Eventually.SomeAsync(async () =>
    {
        var found = (await Api.DoneAsync("GET", "/queuecalls"))["result"]!.AsArray()
            .FirstOrDefault(one => (string?)one!["reference_id"] == (string?)call["id"])?.AsObject();
        if (found is null) await Task.Delay(100, TestContext.Current.CancellationToken);
        return found;
    }, "the call is in a queue");

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Far.DisposeAsync();
        await Hook.DisposeAsync();
    }
}
