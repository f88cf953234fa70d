using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>
/// The harness of the dialer's cases: two customers, a receiver of events, and a far end that does what its users are called.
/// </summary>
internal sealed class CampaignRig : IAsyncDisposable
{
    public const string Source = "+15559876543", Nobody = "00000000-0000-0000-0000-000000000000";

    private CampaignRig(DialerHost host, Sink hook) => (Host, Hook) = (host, hook);

    public DialerHost Host { get; }
    public Sink Hook { get; }
    public ScriptedUas Uas { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<CampaignRig> StartAsync(Func<Received, int>? answer = null,
        Func<ServeSettings, ServeSettings>? change = null)
    {
        var rig = new CampaignRig(await DialerHost.StartAsync(change), await Sink.StartAsync(answer ?? (_ => 200)));
        await rig.Host.DoneAsync("PUT", "/customer", $$"""{"name":"acme","webhook_uri":"{{rig.Hook.Url}}/hook"}""");
        return rig;
    }

    public IReadOnlyList<JsonNode> Events => [.. Hook.All.Select(received => JsonNode.Parse(received.Text)!)];

    public IReadOnlyList<JsonNode> EventsOf(string type) => [.. Events.Where(told => (string?)told["type"] == type)];

    /// <summary>Types of the events of one resource, in the order in which they came.</summary>
    /// <summary>A campaigncall's flow has its id, and tells of itself.</summary>
    public IReadOnlyList<string> TypesOf(string id) =>
        [.. OfId(id).Select(told => (string)told["type"]!)];

    public IEnumerable<JsonNode> OfId(string id) => Events.Where(told => (string?)told["data"]!["id"] == id
        && !((string?)told["type"])!.StartsWith("activeflow_", StringComparison.Ordinal));

    public async Task<string> PlanAsync(int tries, int interval = 3000, int ring = 5000, string more = "") =>
        (string)(await Host.DoneAsync("POST", "/outplans", $$"""
            {"name":"plan","source":{"type":"tel","target":"{{Source}}"},"dial_timeout":{{ring}},"try_interval":{{interval}},
             "max_try_count_0":{{tries}}{{more}}}
            """))["id"]!;

    public async Task<string> ListAsync(params string[] users)
    {
        string list = (string)(await Host.DoneAsync("POST", "/outdials", """{"name":"list"}"""))["id"]!;
        foreach (string user in users) await TargetAsync(list, user);
        return list;
    }

    public async Task<string> TargetAsync(string list, string user) =>
        (string)(await Host.DoneAsync("POST", $"/outdials/{list}/targets",
            $$"""{"name":"{{user}}","destination_0":{"type":"sip","target":"{{Uas.At(user)}}"} }"""))["id"]!;

    /// <param name="more">Members that are laid over the usual ones.</param>
    public async Task<string> CampaignAsync(string list, string plan, string more = "{}")
    {
        var body = JsonNode.Parse($$"""
            {"name":"campaign","type":"call","service_level":100,"end_handle":"stop",
             "actions":[{"type":"sleep","option":{"duration":20000} }],"outplan_id":"{{plan}}","outdial_id":"{{list}}"}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return (string)(await Host.DoneAsync("POST", "/campaigns", body.ToJsonString()))["id"]!;
    }

    public Task<JsonObject> RunAsync(string campaign) => Host.DoneAsync("PUT", $"/campaigns/{campaign}/status", """{"status":"run"}""");

    public Task<JsonObject> StopAsync(string campaign, bool hangsUp = false) => Host.DoneAsync("PUT", $"/campaigns/{campaign}/status",
        $$"""{"status":"stop","hangup":{{(hangsUp ? "true" : "false")}}}""");

    public async Task<string> StatusAsync(string campaign) => (string)(await Host.DoneAsync("GET", "/campaigns/" + campaign))["status"]!;

    public async Task<JsonObject> TargetOfAsync(string list, int index = 0) =>
        (await Host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray().Reverse().ElementAt(index)!.AsObject();

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> CallsAsync(string campaign) =>
        [.. (await Host.DoneAsync("GET", $"/campaigns/{campaign}/campaigncalls"))["result"]!.AsArray().Select(call => call!.AsObject())];

    public async Task EventuallyAsync(Func<Task<bool>> isSo, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < Eventually.Deadline, $"still not: {what}\n{string.Join("\n", Hook.All.Select(e => e.Text))}");
            await Task.Delay(50, Stop);
        }
    }

    public Task EventuallyAsync(Func<bool> isSo, string what) => EventuallyAsync(() => Task.FromResult(isSo()), what);

    public Task StoppedAsync(string campaign) =>
        EventuallyAsync(async () => await StatusAsync(campaign) is "stop", "the campaign stops");

    /// <summary>Calls begin half a second apart by the node's own clock: what is sent in time may come late, the next not.</summary>
    /// <param name="from">The first of them, counted as they were made.</param>
    public async Task<int> KeepsPaceAsync(string campaign, int from = 0)
    {
        var made = (await CallsAsync(campaign)).Reverse().Skip(from)
            .Select(call => DateTime.Parse((string)call["tm_create"]!, CultureInfo.InvariantCulture)).ToList();
        for (int i = 1; i < made.Count; i++)
            Assert.True((made[i] - made[i - 1]).TotalSeconds > 0.49, $"{made[i - 1]:O} {made[i]:O}");
        return made.Count;
    }

    public static TimeSpan Between(long from, long to) => Stopwatch.GetElapsedTime(from, to);

    /// <summary>Time passes in which nothing is to happen.</summary>
    public static Task QuietAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Stop);

    public async ValueTask DisposeAsync()
    {
        Uas.Dispose();
        await Host.DisposeAsync();
        await Hook.DisposeAsync();
    }
}
