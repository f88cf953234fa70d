using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>What is done by Telefonie's API with a call that goes on: held, taken off hold, handed on.</summary>
public sealed class TelefonieChangeTests : IAsyncLifetime
{
    private TelefonieHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(null);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_answered_call_is_held_and_talks_again()
    {
        var call = await _host.CallAsync("wait");
        await _host.ShownAsync(call, "in-progress");
        var far = _host.Far.Of(TelefonieHost.Number("wait")).Single();
        // Also as a text, as some languages write it.
        foreach (var (holds, direction) in new[]
            {
                ("true", "a=sendonly"), ("\"0\"", "a=sendrecv"), ("\"True\"", "a=sendonly"), ("false", "a=sendrecv"),
            })
        {
            int heard = far.Offers.Count;
            var shown = await _host.DoneAsync(200, "POST", $"/voice/calls/{call["id"]}", $$"""{"hold":{{holds}}}""");
            Assert.Equal("in-progress", (string?)shown["status"]);
            await Eventually.TrueAsync(() => far.Offers.Skip(heard).Any(offer => offer.Contains(direction, StringComparison.Ordinal)),
                () => $"{direction}: {string.Join("\n", far.Offers)}");
        }
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{call["id"]}");
        await _host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task An_answered_call_is_handed_on_and_both_end_together()
    {
        var call = await _host.CallAsync("wait");
        await _host.ShownAsync(call, "in-progress");
        await _host.DoneAsync(200, "POST", $"/voice/calls/{call["id"]}", $$"""{"transfer_to":"{{TelefonieHost.Number("ok-3")}}"}""");
        await Eventually.TrueAsync(() => _host.Far.Of(TelefonieHost.Number("ok-3")).Any(), "the other one is called");
        // The number that the account may show.
        Assert.Equal(TelefonieHost.FirstNumber, _host.Far.Of(TelefonieHost.Number("ok-3")).Single().Caller);
        var other = await Eventually.SomeAsync(async () => (await _host.DoneAsync(200, "GET", "/voice/calls"))["calls"]!.AsArray()
            .FirstOrDefault(one => (string?)one!["to"] == TelefonieHost.Number("ok-3"))?.AsObject(), "the other call is listed");
        Assert.Equal((string?)call["status_callback"], (string?)other["status_callback"]);
        await _host.ShownAsync(other, "completed");
        await _host.ShownAsync(call, "completed");
        await _host.ToldAsync(other, "queued", "ringing", "in-progress", "completed");
        await _host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task Who_takes_part_in_a_conference_is_muted_by_his_call_and_nobody_else_is()
    {
        string room = $"/voice/conferences/{(await _host.DoneAsync(201, "POST", "/voice/conferences"))["id"]}/participants";
        var part = await _host.DoneAsync(201, "POST", room,
            $$"""{"to":"{{TelefonieHost.Number("wait")}}","from":"{{TelefonieHost.FirstNumber}}"}""");
        string call = $"/voice/calls/{part["call_id"]}", his = $"{room}/{part["call_id"]}";
        await Eventually.SomeAsync(async () =>
            await _host.AskAsync("GET", his) is (200, var shown) && (string?)shown["status"] is "in-progress" ? "" : null, "he takes part");
        foreach (bool isOn in new[] { true, false })
        {
            await _host.DoneAsync(200, "POST", call, $$"""{"muted":{{(isOn ? "true" : "false")}}}""");
            await Eventually.SomeAsync(async () =>
                (bool)(await _host.DoneAsync(200, "GET", his))["muted"]! == isOn ? "" : null, $"muted is {isOn}");
        }
        var alone = await _host.CallAsync("wait");
        await _host.ShownAsync(alone, "in-progress");
        var error = await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{alone["id"]}", """{"muted":true}""");
        Assert.Equal("/muted", (string?)error["details"]![0]!["pointer"]);
        Assert.Equal("in-progress", (string?)(await _host.GetAsync(alone))["status"]);
    }

    [Fact, Depth("MoneyTests charge, SharedLimitsTests refuse beyond a limit; a call is held here in the gate")]
    public async Task What_cannot_be_done_is_refused_and_the_call_goes_on()
    {
        string number = TelefonieHost.Number("ok-1");
        var rings = await _host.CallAsync("ring");
        await _host.ShownAsync(rings, "ringing");
        foreach (string json in new[] { """{"hold":true}""", $$"""{"transfer_to":"{{number}}"}""" })
            await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{rings["id"]}", json);

        await using var documents = await Sink.StartAsync();
        var call = await _host.CallAsync("wait");
        await _host.ShownAsync(call, "in-progress");
        foreach (var (json, field) in new[]
            {
                ("""{"hold":"yes"}""", "hold"), ("""{"muted":1}""", "muted"), ("""{"hold":true,"muted":true}""", "muted"),
                ("""{"transfer_to":7}""", "transfer_to"), ("""{"transfer_to":"abc"}""", "transfer_to"),
                ("""{"transfer_to":"+99912345"}""", "transfer_to"), ("""{"hold":true,"status":"completed"}""", "status"),
                ($$"""{"hold":true,"transfer_to":"{{number}}"}""", "transfer_to"),
                ($$"""{"transfer_to":"{{number}}","url":"{{documents.Url}}/"}""", "url"),
            })
        {
            var error = await _host.RefusesAsync(400, "invalid_request", "POST", $"/voice/calls/{call["id"]}", json);
            Assert.Equal("/" + field, (string?)error["details"]![0]!["pointer"]);
        }
        // Nothing leads there.
        var refused = await _host.RefusesAsync(422, "no_route", "POST", $"/voice/calls/{call["id"]}", """{"transfer_to":"+12125550101"}""");
        Assert.Equal("/transfer_to", (string?)refused["details"]![0]!["pointer"]);
        Assert.Equal("in-progress", (string?)(await _host.GetAsync(call))["status"]);
        Assert.Empty(_host.Far.Of(number));
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{call["id"]}");
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{call["id"]}", """{"hold":true}""");
    }
}
