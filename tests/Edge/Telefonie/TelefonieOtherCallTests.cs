using System.Text.Json.Nodes;
using Ringwright.Edge.Chakra;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>Calls that this API has not placed: those that come in from outside, and another API's that is ended here.</summary>
public sealed class TelefonieOtherCallTests
{
    private const string Caller = "+4930123", Withheld = "+99900000000", Hooks = "http://127.0.0.1:9/hooks";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TF30_CH13_whoever_calls_gives_up_is_answered_or_is_not_taken_in_time()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        var (cancelled, _, first, firstCall) = await host.RingAsync();
        using var impatient = first;
        var rings = await ShownAsync(host, cancelled, "ringing");
        Assert.Equal(("inbound", Caller, ChakraHost.Number, Hooks),
            ((string?)rings["direction"], (string?)rings["from"], (string?)rings["to"], (string?)rings["url"]));
        Assert.False(rings.ContainsKey("start_time") || rings.ContainsKey("end_time"));
        first.Send(first.Request("CANCEL", ChakraHost.Number, firstCall, To(host), 1, "z9hG4bK" + firstCall, null));
        NobodyTalked(await ShownAsync(host, cancelled, "canceled"));
        await host.BecomesAsync(cancelled, "MISSED");

        var (answered, control, second, secondCall) = await host.RingAsync();
        using var talker = second;
        await host.ActAsync(control, "answer");
        string ok = await second.HearAsync("SIP/2.0 200");
        second.Send(second.Inside(ok, ChakraHost.Number, "ACK", 1, secondCall));
        var talks = await ShownAsync(host, answered, "in-progress");
        second.Send(second.Inside(ok, ChakraHost.Number, "BYE", 2, secondCall));
        var over = await ShownAsync(host, answered, "completed");
        Assert.Equal((string?)talks["start_time"], (string?)over["start_time"]);
        await host.BecomesAsync(answered, "ANSWERED");

        // Nobody takes it within our limit.
        string application = (string)(await host.OtherApiAsync(HttpMethod.Get, "/v2/call_control_applications"))["data"]!.AsArray()
            .Single(one => (string?)one!["application_name"] == "in")!["id"]!;
        await host.OtherApiAsync(HttpMethod.Patch, "/v2/call_control_applications/" + application,
            $$"""
            {"application_name":"in","webhook_event_url":"{{Hooks}}","first_command_timeout":true,"first_command_timeout_secs":2}
            """);
        var (missed, _, third, _) = await host.RingAsync();
        using var patient = third;
        await third.HearAsync("SIP/2.0 480");
        NobodyTalked(await ShownAsync(host, missed, "no-answer"));
        Assert.Null((await host.BecomesAsync(missed, "MISSED"))["user"]);
    }

    /// <summary>A number that is withheld is in no document, however the far end says whose it is.</summary>
    [Fact]
    public async Task TF30_CH14_who_hides_is_told_by_no_field()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await host.NumberAsync();
        using var caller = new SipPeer(host.Node.Node.Settings.Sip);
        caller.Send(caller.Invite(ChakraHost.Number, "hidden-1").Replace("Max-Forwards: 70",
            $"Max-Forwards: 70\nPrivacy: id\nP-Asserted-Identity: <sip:{Caller}@example.net>\nRemote-Party-ID: <sip:{Caller}@example.net>",
            StringComparison.Ordinal));
        await caller.HearAsync("SIP/2.0 180");
        var logged = await Eventually.SomeAsync(async () => (await host.ListAsync("""{"filter":{"type":"INBOUND"}}""")).Calls
            .FirstOrDefault(), "the call in is listed");
        string id = (string)logged["id"]!;
        var shown = await ShownAsync(host, id, "ringing");
        Assert.Equal((Withheld, Withheld), ((string?)shown["from"], (string?)logged["from"]));
        foreach (var document in new[] { shown, logged })
            Assert.DoesNotContain(Caller[1..], document.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(id, (string?)Assert.Single((await host.ListAsync($$$"""{"filter":{"from":"{{{Withheld}}}"}}""")).Calls)["id"]);
        caller.Send(caller.Request("CANCEL", ChakraHost.Number, "hidden-1", To(host), 1, "z9hG4bKhidden-1", null));
        NobodyTalked(await ShownAsync(host, id, "canceled"));
    }

    [Fact]
    public async Task TF26_a_call_of_an_application_is_ended_here_and_its_application_hears_of_it()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await using var hook = await Sink.StartAsync();
        string profile = (string)(await host.OtherApiAsync(HttpMethod.Post, "/v2/outbound_voice_profiles",
            """{"name":"out"}"""))["data"]!["id"]!;
        string application = (string)(await host.OtherApiAsync(HttpMethod.Post, "/v2/call_control_applications", $$"""
            {"application_name":"dials","webhook_event_url":"{{hook.Url}}/hook",
             "outbound":{"outbound_voice_profile_id":"{{profile}}"} }
            """))["data"]!["id"]!;
        string id = (string)(await host.OtherApiAsync(HttpMethod.Post, "/v2/calls", $$"""
            {"connection_id":"{{application}}","from":"+15559876543","to":"sip:now-26@127.0.0.1:{{host.Far.Port}}"}
            """))["data"]!["call_leg_id"]!;
        await ShownAsync(host, id, "in-progress");
        await AskAsync(host, HttpMethod.Post, id, """{"status":"completed"}""");
        await ShownAsync(host, id, "completed");
        await Eventually.TrueAsync(() => host.Far.To("now-26").Single().IsOver, "it was hung up on");
        var told = await Eventually.SomeAsync(() => ValueTask.FromResult(hook.All
            .Select(received => JsonNode.Parse(received.Text)!["data"]!)
            .FirstOrDefault(one => (string?)one["event_type"] == "call.hangup")?["payload"]), "its application hears of the end");
        Assert.Equal((id, "normal_clearing", "caller"),
            ((string?)told["call_leg_id"], (string?)told["hangup_cause"], (string?)told["hangup_source"]));
    }

    private static string To(ChakraHost host) => $"<sip:{ChakraHost.Number}@{host.Node.Node.Settings.Sip}>";

    private static void NobodyTalked(JsonObject call)
    {
        Assert.Equal(0, (int?)call["duration"]);
        Assert.False(call.ContainsKey("start_time"), call.ToJsonString());
        Assert.True(call.ContainsKey("end_time"), call.ToJsonString());
    }

    private static Task<JsonObject> ShownAsync(ChakraHost host, string id, string status) => Eventually.SomeAsync(async () =>
        await AskAsync(host, HttpMethod.Get, id) is { } call && (string?)call["status"] == status ? call : null, $"{id} is {status}");

    /// <returns>Null as long as the ledger has not what another API has answered.</returns>
    private static async Task<JsonObject?> AskAsync(ChakraHost host, HttpMethod method, string id, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"{TelefonieHost.Root}/voice/calls/{id}");
        request.Headers.Add("X-API-Key", RunningNode.Key);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var answer = await host.Node.Api.SendAsync(request, Stop);
        if (method == HttpMethod.Get && (int)answer.StatusCode == 404) return null;
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
