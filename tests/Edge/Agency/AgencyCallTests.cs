using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyCallsOnSqliteTests() : AgencyCallTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyCallsOnPostgresTests() : AgencyCallTests(Product.Postgres);

/// <summary>Calls of an agency and of its clients, whatever API places them.</summary>
public abstract class AgencyCallTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task A_call_of_a_client_by_another_API_appears_to_the_client_and_its_agency_and_to_nobody_else()
    {
        // Cases R02 and R10.
        string answered = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "ok-1");
        string refused = await _lab.DialAsync((string)Host.AccountA["telnyx_key"]!, "busy");
        var call = await _lab.EndsAsync(answered);
        Assert.Equal((_lab.Client, "outbound", "webhook", AgencyLab.From, "ended", "answered", "hangup", "normal_clearing"),
            ((string?)call["client_id"], (string?)call["direction"], (string?)call["source"], (string?)call["from_number"],
                (string?)call["state"], (string?)call["outcome"], (string?)call["end_reason"], (string?)call["hangup_cause"]));
        var talked = DateTimeOffset.Parse((string)call["ended_at"]!) - DateTimeOffset.Parse((string)call["joined_at"]!);
        // What is shown is cut to milliseconds.
        Assert.InRange((int)call["duration_seconds"]!, (int)Math.Ceiling(talked.TotalSeconds - 0.01),
            (int)Math.Ceiling(talked.TotalSeconds + 0.01));
        int seconds = (int)call["duration_seconds"]!;
        Assert.Equal([answered], await IdsAsync(Host.OwnerA, $"?min_duration={seconds}"));
        Assert.Empty(await IdsAsync(Host.OwnerA, $"?min_duration={seconds + 1}"));
        Assert.Equal((string?)Host.AccountA["id"], (string?)call["agency_id"]);
        foreach (string none in new[] { "campaign_id", "batch_id", "contact_id", "agent_mapping_id", "attempt_no", "disposition" })
            Assert.Null(call[none]);
        var own = await _lab.EndsAsync(refused);
        Assert.Equal((null, "busy", "unjoined", "user_busy", 0, null), ((string?)own["client_id"], (string?)own["outcome"],
            (string?)own["end_reason"], (string?)own["hangup_cause"], (int)own["duration_seconds"]!, (string?)own["joined_at"]));

        Assert.Equal(new[] { answered, refused }.Order(), (await IdsAsync(Host.OwnerA)).Order());
        Assert.Equal([answered], await IdsAsync(_lab.Viewer));
        Assert.Empty(await IdsAsync(_lab.OtherViewer));
        Assert.Empty(await IdsAsync(Host.OwnerB));
        Assert.Empty(await IdsAsync(_lab.OtherViewer, "?client_id=" + _lab.Client));
        Assert.Empty(await IdsAsync(Host.OwnerB, "?client_id=" + _lab.Client));
        var seen = await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + answered);
        foreach (string hidden in new[] { "system_prompt", "provider_cost", "telephony_cost", "llm_cost", "ultravox_call_id" })
            Assert.False(seen.ContainsKey(hidden), hidden);
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
        {
            await Host.RefusedAsync(404, "not_found", token, "GET", "/calls/" + answered);
            await Host.RefusedAsync(404, "not_found", token, "GET", "/calls/" + refused);
        }
        await Host.RefusedAsync(404, "not_found", _lab.Viewer, "GET", "/calls/" + refused);
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "PATCH", "/calls/" + answered, """{"disposition":"conversation"}""");
    }

    /// <summary>As Axios, PHP and OpenAPI's other style write lists, and forms what nobody has chosen.</summary>
    [Fact]
    public async Task Words_come_with_brackets_or_commas_and_what_is_empty_is_not_asked_for()
    {
        string busy = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "busy");
        await _lab.EndsAsync(busy);
        foreach (string list in new[]
            {
                "outcome[]=declined&outcome[]=busy", "outcome[0]=busy", "outcome%5B%5D=busy", "outcome=declined,busy",
                "outcome=&direction=&has_recording=&min_duration=&from=&client_id=&limit=",
            })
            Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?" + list));
        foreach (string none in new[] { "outcome[]=declined", "outcome=answered,declined" })
            Assert.Empty(await IdsAsync(Host.OwnerA, "?" + none));
        foreach (string wrong in new[] { "outcome[]=busy&outcome[]=maybe", "outcome=busy,maybe" })
            await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/calls?" + wrong);
        foreach (string wrong in new[] { "campaign_id[]=x", "outcome[a]=busy", "nothing=" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/calls?" + wrong);
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task Calls_are_found_by_what_they_are_and_annotated_by_who_may()
    {
        string key = await _lab.KeyOfAsync(_lab.Client), busy = await _lab.DialAsync(key, "busy");
        await _lab.EndsAsync(busy);
        string ringing = await _lab.DialAsync(key, "ring");
        await Eventually.SomeAsync(async () => (await IdsAsync(Host.OwnerA, "?state=ringing")).FirstOrDefault(), "it rings");
        Assert.Equal([ringing], await IdsAsync(Host.OwnerA, "?state=ringing"));
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?outcome=busy"));
        Assert.Empty(await IdsAsync(Host.OwnerA, "?outcome=answered"));
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?outcome=declined&outcome=busy"));
        Assert.Equal(2, (await IdsAsync(Host.OwnerA, "?state=ringing&state=ended")).Length);
        Assert.Equal(2, (await IdsAsync(Host.OwnerA, "?has_recording=false")).Length);
        Assert.Empty(await IdsAsync(Host.OwnerA, "?has_recording=true"));
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?search=555+030-0011"));
        // As it is dialled within its country, and from another one.
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?search=0555/030-0011"));
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?search=001+(555)+030-0011"));
        Assert.Empty(await IdsAsync(Host.OwnerA, "?search=0530/300-011"));
        Assert.Empty(await IdsAsync(Host.OwnerA, "?search=nobody"));
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/calls?outcome=busy&outcome=maybe");
        Assert.Empty(await IdsAsync(Host.OwnerA, "?direction=inbound"));
        Assert.Equal(2, (await IdsAsync(Host.OwnerA, "?direction=outbound&number=" + Uri.EscapeDataString(AgencyLab.From))).Length);
        // Nobody has escaped the plus.
        Assert.Equal(2, (await IdsAsync(Host.OwnerA, "?number=" + AgencyLab.From)).Length);
        Assert.Empty(await IdsAsync(Host.OwnerA, "?number=" + Uri.EscapeDataString("+15550999999")));
        Assert.Empty(await IdsAsync(Host.OwnerA, "?batch_id=" + Guid.CreateVersion7()));
        Assert.Empty(await IdsAsync(Host.OwnerA, "?campaign_id=" + Guid.CreateVersion7()));
        foreach (string all in new[] { "source=webhook", "transcript_status=pending", "analysis_status=pending" })
            Assert.Equal(2, (await IdsAsync(Host.OwnerA, "?" + all)).Length);
        foreach (string none in new[]
            {
                "source=historical_sync", "transcript_status=failed", "analysis_status=failed", "sentiment=positive", "disposition=busy",
                "agent_id=" + _lab.Agent,
            })
            Assert.Empty(await IdsAsync(Host.OwnerA, "?" + none));
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + busy);
        string alias = Uri.EscapeDataString((string)shown["to_number"]!);
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?number=" + alias));
        string at = Uri.EscapeDataString((string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + ringing))["created_at"]!);
        Assert.Equal([ringing], await IdsAsync(Host.OwnerA, "?from=" + at));
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?to=" + at));
        var page = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls?limit=1");
        Assert.Equal("""{"total":2,"limit":1,"offset":0,"has_more":true}""", page["pagination"]!.ToJsonString());
        Assert.Equal(ringing, (string?)page["calls"]![0]!["id"]);      // the newest first
        string after = "/calls?limit=1&after=" + page["next_cursor"];
        page = await Host.DoneAsync(200, Host.OwnerA, "GET", after);
        Assert.Equal((busy, null), ((string?)Assert.Single(page["calls"]!.AsArray())!["id"], (string?)page["next_cursor"]));
        Assert.Equal("""{"total":2,"limit":1,"offset":0,"has_more":false}""", page["pagination"]!.ToJsonString());
        foreach (string none in new[] { "/calls?after=x", after + "&offset=1" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", none);
        var wrong = await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/calls?outcome=maybe");
        Assert.Equal("outcome must be one of: no_answer, answered, voicemail, busy, declined, callback_scheduled.",
            (string?)wrong["details"]!["outcome"]![0]);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/calls?from=yesterday");

        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "PATCH", "/calls/" + busy, """{"disposition":"busy"}""");
        var (_, member) = await Host.UserAsync(Host.OwnerA, "ma", "agency_member");
        await Host.RefusedAsync(403, "forbidden", member, "PATCH", "/calls/" + busy, """{"disposition":"busy"}""");
        await MembersAsync(member, busy);
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "PATCH", "/calls/" + busy, """{"disposition":"so-so"}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/calls/" + busy,
            """{"disposition":null,"outcome":"busy"}""");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var said = await Host.DoneAsync(200, admin, "PATCH", "/calls/" + busy, """{"disposition":"busy"}""");
        Assert.Equal("busy", (string?)said["disposition"]);
        Assert.Equal([busy], await IdsAsync(Host.OwnerA, "?disposition=busy&analysis_status=pending"));
        Assert.Equal("busy", (string?)(await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + busy))["disposition"]);
        // Each is said by itself, and leaves the other.
        var tagged = await Host.DoneAsync(200, admin, "PATCH", "/calls/" + busy, """{"tags":["hot lead"," Zürich ","hot lead"]}""");
        Assert.Equal(("busy", "hot lead, Zürich"), ((string?)tagged["disposition"], TagsOf(tagged)));
        await Host.RefusedAsync(400, "validation_error", admin, "PATCH", "/calls/" + busy, """{"tags":["  "]}""");
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "PATCH", "/calls/" + busy, """{"tags":[]}""");
        Assert.Null((await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/calls/" + busy, """{"disposition":null}"""))["disposition"]);
        Assert.Equal("hot lead, Zürich", TagsOf(await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + busy)));
        Assert.Equal("", TagsOf(await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/calls/" + busy, """{"tags":[]}""")));
        Assert.Null((await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + busy))["disposition"]);

        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        string placed = Assert.Single(await IdsAsync(Host.OwnerA, "?batch_id=" + batch));
        // By whose batch it was, and by whom it called.
        foreach (string query in new[] { "?agent_id=" + _lab.Agent, "?search=zoe" })
            Assert.Equal([placed], await IdsAsync(Host.OwnerA, query));
    }

    /// <summary>An agency settles what its members may beyond reading.</summary>
    private async Task MembersAsync(string member, string call)
    {
        foreach (string wrong in new[] { "\"yes\"", "1" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"members_can_annotate":{{{wrong}}}}}""");
        await Host.RefusedAsync(403, "forbidden", member, "GET", $"/calls/{call}/recording");
        await SettleAsync("true");
        foreach (var (status, method, path, body) in new (int, string, string, string?)[]
            {
                (200, "PATCH", "/calls/" + call, """{"disposition":"failed"}"""), (201, "POST", $"/calls/{call}/notes", """{"text":"n"}"""),
                (201, "POST", "/dnc", """{"phone_number":"+15550300077"}"""), (404, "GET", $"/calls/{call}/recording", null),
                (403, "PATCH", "/agency", """{"name":"mine"}"""), (403, "POST", "/clients", """{"name":"mine"}"""),
            })
            Assert.Equal(status, (await Host.AskAsync(member, method, path, body)).Status);
        string[] may = [.. (await Host.DoneAsync(200, member, "GET", "/me"))["permissions"]!.AsArray().Select(one => (string)one!)];
        Assert.Contains("calls.annotate", may);
        Assert.Contains("calls.recording.read", may);
        // A client's viewer is no member.
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", "/dnc", """{"phone_number":"+15550300078"}""");
        await SettleAsync("null");
        await Host.RefusedAsync(403, "forbidden", member, "PATCH", "/calls/" + call, """{"disposition":"busy"}""");

        Task SettleAsync(string value) => Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency",
            $$$"""{"settings":{"members_can_annotate":{{{value}}},"members_can_listen":{{{value}}}}}""");
    }

    private async Task<string[]> IdsAsync(string token, string query = "") =>
        [.. (await _lab.CallsAsync(token, query)).Select(call => (string)call["id"]!)];

    private static string TagsOf(JsonObject call) => string.Join(", ", call["tags"]!.AsArray().Select(tag => (string?)tag));
}
