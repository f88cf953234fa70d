using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>Two programs on one PostgreSQL are given the same dials; what arrives at the far end is counted.</summary>
public sealed class OneDialTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("two processes; DialClaimTests have two nodes in one")]
    public async Task An_id_rings_once_whichever_node_is_asked_and_whichever_dies()
    {
        string database = await Migrated.OnPostgresAsync(ofNode: true);
        using var phone = new FarEnd();
        using var one = await ServedNode.StartAsync([], flags: ["--database", database]);
        string copy = $"mkdir -m 700 -p {{disk}}/data && cp -p {Path.Combine(one.Disk, "data", "key")} {{disk}}/data/key && exec \"$@\"";
        using var two = await ServedNode.StartAsync(["sh", "-c", copy, "sh"], flags: ["--database", database, "--node", "2"]);
        string application = await ApplicationAsync(one);
        string path = $"v2/call_control_applications/{application}";
        await Eventually.SomeAsync(async () => (await two.Api.GetAsync(path, Stop)).IsSuccessStatusCode ? path : null,
            "the other node knows it");

        // One after the other: the same call in the same shape; what has become of it meanwhile is said too.
        var (_, first) = await DialAsync(one, application, "a0", phone.Uri("a0"));
        var (_, second) = await DialAsync(two, application, "a0", phone.Uri("a0"));
        foreach (var told in new[] { first, second }) told!["data"]!["is_alive"] = null;
        Assert.Equal(first!["data"]!.ToJsonString(), second!["data"]!.ToJsonString());

        // At the same time, some to two places at once. A node has ports for sixteen calls.
        var both = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            string[] to = i % 3 == 0 ? [phone.Uri($"b{i}"), phone.Uri($"b{i}x")] : [phone.Uri($"b{i}")];
            return await Task.WhenAll(DialAsync(one, application, $"b{i}", to), DialAsync(two, application, $"b{i}", to));
        }));
        foreach (var told in both)
        {
            Assert.All(told, t => Assert.True(t.Status == HttpStatusCode.OK, $"{t}"));
            Assert.Equal(IdOf(told[0].Body), IdOf(told[1].Body));
        }

        // The first node is killed somewhere in the middle of them; who has heard nothing asks the other.
        var cut = Enumerable.Range(0, 6).Select(i => DialAsync(one, application, $"k{i}", phone.Uri($"k{i}"))).ToArray();
        await Eventually.TrueAsync(() => phone.Count("k") >= 1, "one is dialled");
        one.Process.Kill();
        var again = new List<string?>();
        for (int i = 0; i < cut.Length; i++)
        {
            string id = $"k{i}";
            again.Add(await Eventually.SomeAsync(async () =>
            {
                var (status, body) = await DialAsync(two, application, id, phone.Uri(id));
                // The database may not know yet that the other is dead, and then nobody can say: "try again", as clients do.
                if (status == HttpStatusCode.ServiceUnavailable) return null;
                Assert.True(status == HttpStatusCode.OK, $"{status} {body}");
                return IdOf(body);
            }, $"{id} is somebody's"));
        }
        for (int i = 0; i < cut.Length; i++)
        {
            string? heard = await cut[i].ContinueWith(
                told => told.IsCompletedSuccessfully && told.Result.Status == HttpStatusCode.OK ? IdOf(told.Result.Body) : null, Stop);
            if (heard is not null) Assert.Equal(heard, again[i]);
        }

        // What the second node dialled has its INVITE by then.
        await DialAsync(two, application, "last", phone.Uri("last"));
        await Eventually.TrueAsync(() => phone.Count("last") == 1, "the last one rings");
        Assert.All(phone.Calls, place => Assert.True(place.Value.Count == 1, $"{place.Key} got {place.Value.Count} calls"));
        Assert.Equal((1, 8), (phone.Count("a"), phone.Count("b")));
        // Of those that the dead node had committed some may never ring; the others do.
        Assert.InRange(phone.Count("k"), 1, cut.Length);
    }

    internal static async Task<(HttpStatusCode Status, JsonNode? Body)> DialAsync(ServedNode node, string application,
        string id, params string[] to)
    {
        var body = new JsonObject
        {
            ["connection_id"] = application, ["from"] = "+15550100000",
            ["command_id"] = id, ["to"] = to.Length == 1 ? to[0] : new JsonArray([.. to.Select(t => (JsonNode)t)]),
        };
        using var answer = await node.PostAsync("v2/calls", body.ToJsonString());
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop)));
    }

    private static string? IdOf(JsonNode? body) => (string?)body!["data"]!["call_control_id"];

    internal static async Task<string> ApplicationAsync(ServedNode node)
    {
        string profile = (string)JsonNode.Parse(await node.Api.GetStringAsync("v2/outbound_voice_profiles", Stop))!["data"]![0]!["id"]!;
        var body = new JsonObject
        {
            ["application_name"] = "app", ["webhook_event_url"] = "http://127.0.0.1:9/",
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        };
        using var answer = await node.PostAsync("v2/call_control_applications", body.ToJsonString());
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["data"]!["id"]!;
    }
}
