using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>What a client does to a call that is up, beside what its flow does.</summary>
public sealed class CallCommandTests : IAsyncLifetime
{
    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_call_that_is_up_is_recorded_spoken_to_and_held()
    {
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-440")}}}],
             "actions":[{"type":"sleep","option":{"duration":60000}}]}
            """);
        string path = "/calls/" + made["id"];
        await _host.ShownAsync(path, "status", "progressing");
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("POST", path + "/recording_stop"));
        string nobodys = $$"""{"on_end_flow_id":"{{Guid.NewGuid()}}"}""";
        foreach (string wrong in new[] { """{"format":"flac"}""", """{"end_of_key":"#"}""", nobodys })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", path + "/recording_start", wrong));

        var recorded = await _host.Api.DoneAsync("POST", path + "/recording_start", """
            {"format":"wav","end_of_silence":0,"end_of_key":"none","duration":0,"on_end_flow_id":""}
            """);
        string recording = (string)recorded["recording_id"]!;
        Assert.Equal(recording, (string?)Assert.Single(recorded["recording_ids"]!.AsArray()));
        await _host.ToldAsync(recording, "recording_started");
        await _host.Api.DoneAsync("POST", path + "/recording_stop");
        await _host.ToldAsync(recording, "recording_started", "recording_finished");

        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", path + "/talk", "{}"));
        await _host.Api.DoneAsync("POST", path + "/talk", """{"text":"Hello.","language":"en-US"}""");
        // Nobody else would hear it.
        foreach (string method in new[] { "POST", "DELETE" })
            DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync(method, path + "/mute"));
        foreach (string absent in new[] { "/silence", "/moh" })
            DialerHost.Refuses(501, "NOT_IMPLEMENTED", await _host.Api.AskAsync("POST", path + absent));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("POST", path + "/hold", null, _host.Api.Second));
        var far = await _host.Far.CalledAsync("now-440");
        Assert.Equal(made["id"]!.ToString(), (string?)(await _host.Api.DoneAsync("POST", path + "/hold"))["id"]);
        await Eventually.TrueAsync(() => far.IsHeld, "it is held");
        await _host.Api.DoneAsync("DELETE", path + "/hold");
        await Eventually.TrueAsync(() => !far.IsHeld, "it talks again");

        await _host.Api.DoneAsync("POST", path + "/hangup");
        await _host.ShownAsync(path, "status", "hangup");
        foreach (string late in new[] { "/hold", "/mute", "/recording_start", "/recording_stop" })
            DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("POST", path + late));
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_call_in_a_conference_is_muted_and_heard_again()
    {
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-440")}}}],
             "actions":[{"type":"conference_join","option":{"conference_id":"{{{Guid.NewGuid()}}}"}}]}
            """);
        string path = $"/calls/{made["id"]}/mute";
        await IsMutedAsync(made, false);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("POST", path, null, _host.Api.Second));
        Assert.Equal((string?)made["id"], (string?)(await _host.Api.DoneAsync("POST", path))["id"]);
        await IsMutedAsync(made, true);
        await _host.Api.DoneAsync("DELETE", path);
        await IsMutedAsync(made, false);
    }

    /// <summary>It takes part in a conference, and is heard there or not.</summary>
    private async Task IsMutedAsync(JsonObject call, bool isMuted)
    {
        var (store, stop) = (_host.Api.Node.Node.Database, TestContext.Current.CancellationToken);
        var (tenant, id) = (new TenantId(Guid.Parse((string)call["customer_id"]!)), Guid.Parse((string)call["id"]!));
        await Eventually.SomeAsync(async () =>
            await store.Legs.FindByUuidAsync(tenant, id, stop) is { } leg
            && await store.Conferences.FindOfLegAsync(tenant, leg.Id, stop) is { } room
            && (await store.Conferences.ListPresentAsync(tenant, room, 0, 10, stop)).Any(one =>
                one.Part.LegUuid == id && one.Part.As.IsMuted == isMuted) ? "so" : null, $"it is muted: {isMuted}");
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_flow_follows_what_a_client_records()
    {
        string flow = (string)(await _host.Api.DoneAsync("POST", "/flows", """{"name":"after","actions":[{"type":"empty"}]}"""))["id"]!;
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-440")}}}],
             "actions":[{"type":"sleep","option":{"duration":60000}}]}
            """);
        string path = "/calls/" + made["id"];
        await _host.ShownAsync(path, "status", "progressing");
        var recorded = await _host.Api.DoneAsync("POST", path + "/recording_start", $$"""{"on_end_flow_id":"{{flow}}"}""");
        await _host.ToldAsync((string)recorded["recording_id"]!, "recording_started");
        await _host.Api.DoneAsync("POST", path + "/hangup");
        JsonNode run = await Eventually.SomeAsync(async () =>
        {
            var runs = (await _host.Api.DoneAsync("GET", "/activeflows"))["result"]!.AsArray();
            if (runs.FirstOrDefault(one => (string?)one!["flow_id"] == flow) is { } found) return found;
            await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
            return null;
        }, "the flow runs");
        Assert.Equal(("recording", (string?)recorded["recording_id"], (string?)recorded["activeflow_id"]),
            ((string?)run["reference_type"], (string?)run["reference_id"], (string?)run["reference_activeflow_id"]));
    }
}
