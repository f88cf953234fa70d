using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The application dials a phone, which answers, refuses, rings on or says nothing. Cases 7 to 9.</summary>
public sealed class OutgoingCallTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 7
    public async Task A_dialled_phone_gets_an_INVITE_and_its_answer_is_announced()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var dialled = (await customer.TryAsync(HttpMethod.Post, "calls",
            customer.DialBody(phone.Uri, new() { ["from_display_name"] = "Clinic" }))).Succeeds().Data;
        Assert.Equal(("call", false), ((string?)dialled["record_type"], (bool)dialled["is_alive"]!));

        var call = await phone.RingsAsync();
        Assert.Equal(phone.Uri, call.Offer.RequestUri);
        Assert.Equal(phone.Uri, call.Offer.ToUri);
        Assert.Equal(customer.Number, SipText.UserOf(call.Offer.FromUri));
        Assert.Contains("Clinic", call.Offer["From"], StringComparison.Ordinal);

        var initiated = await customer.NextAsync("call.initiated");
        foreach (string id in new[] { "call_control_id", "call_leg_id", "call_session_id" })
            Assert.Equal((string?)dialled[id], (string?)initiated[id]);
        Assert.Equal("outgoing", (string?)initiated["direction"]);
        Assert.Equal((customer.Number, phone.Uri), ((string?)initiated["from"], (string?)initiated["to"]));
        Assert.DoesNotContain("call.answered", customer.Types);

        call.Ring();
        await call.AcceptAsync();
        var answered = await customer.NextAsync("call.answered");
        Assert.Equal((string?)dialled["call_control_id"], (string?)answered["call_control_id"]);
        Assert.Equal((string?)initiated["start_time"], (string?)answered["start_time"]);

        call.Bye();
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Types);
    }

    [Fact] // case 7
    public async Task A_hangup_command_sends_the_dialled_phone_BYE()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer);
        (await customer.TryActAsync(call, "hangup")).IsOk();
        await phone.ReceivesAsync("BYE");
        Assert.Equal(("normal_clearing", "caller", "unspecified"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact] // case 7
    public async Task A_number_is_dialled_through_the_trunk_that_its_route_names()
    {
        var customer = await CustomerAsync();
        var (carrier, number) = await CarrierAsync();

        await customer.DialAsync(number);
        var call = await carrier.RingsAsync();
        Assert.Equal(number, SipText.UserOf(call.Offer.RequestUri));
        Assert.Equal(number, SipText.UserOf(call.Offer.ToUri));
        Assert.Equal(customer.Number, SipText.UserOf(call.Offer.FromUri));
        await call.AcceptAsync();
        await customer.NextAsync("call.answered");
    }

    [Theory] // case 9
    [InlineData(486, "user_busy", "callee")]
    [InlineData(600, "user_busy", "callee")]
    [InlineData(404, "not_found", "callee")]
    [InlineData(410, "not_found", "callee")]
    [InlineData(484, "not_found", "callee")]
    [InlineData(604, "not_found", "callee")]
    [InlineData(403, "call_rejected", "callee")]
    [InlineData(603, "call_rejected", "callee")]
    [InlineData(607, "call_rejected", "callee")]
    [InlineData(408, "timeout", "callee")]
    [InlineData(480, "timeout", "callee")]
    [InlineData(488, "unspecified", "unknown")]
    [InlineData(500, "unspecified", "unknown")]
    [InlineData(503, "unspecified", "unknown")]
    public async Task A_phone_that_refuses_ends_the_call_with_the_cause_of_its_status(int status, string cause, string source)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var dialled = await customer.DialAsync(phone.Uri);
        await (await phone.RingsAsync()).RefuseAsync(status);

        var ended = await customer.NextAsync("call.hangup");
        Assert.Equal((cause, source, $"{status}"), Hangup(ended));
        Assert.Equal((string?)dialled["call_control_id"], (string?)ended["call_control_id"]);
        Assert.Equal(["call.initiated", "call.hangup"], customer.Types);
        Assert.Equal(1, phone.InviteCount);
    }

    [Theory] // case 9
    [InlineData(401, "WWW-Authenticate")]
    [InlineData(407, "Proxy-Authenticate")]
    public async Task A_challenge_that_nobody_can_answer_is_a_rejection(int status, string header)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        await customer.DialAsync(phone.Uri);
        await (await phone.RingsAsync()).RefuseAsync(status, $"{header}: Digest realm=\"pbx\", nonce=\"abc\", algorithm=MD5");
        Assert.Equal(("call_rejected", "callee", $"{status}"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Theory] // case 7
    [InlineData(401, "WWW-Authenticate", "Authorization")]
    [InlineData(407, "Proxy-Authenticate", "Proxy-Authorization")]
    public async Task A_challenge_is_answered_with_the_credentials_of_the_dial(int status, string challenge, string credentials)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        await customer.DialAsync(phone.Uri, new() { ["sip_auth_username"] = "ada", ["sip_auth_password"] = "lovelace" });
        var call = await phone.RingsAsync();
        var first = call.Offer;
        await call.RefuseAsync(status, $"{challenge}: Digest realm=\"pbx\", nonce=\"n0nce\", qop=\"auth\", algorithm=MD5, opaque=\"o\"");

        var second = await call.InvitesAgainAsync();
        var fields = second[credentials]["Digest ".Length..].Split(',').Select(f => f.Trim().Split('=', 2))
            .ToDictionary(f => f[0], f => f[1].Trim('"'));
        Assert.Equal(("ada", "pbx", "n0nce", "o", "auth"),
            (fields["username"], fields["realm"], fields["nonce"], fields["opaque"], fields["qop"]));
        string secret = Md5("ada:pbx:lovelace"), request = Md5($"INVITE:{fields["uri"]}");
        Assert.Equal(Md5($"{secret}:n0nce:{fields["nc"]}:{fields["cnonce"]}:auth:{request}"), fields["response"]);
        Assert.Equal(first.FromTag, second.FromTag);
        Assert.Equal(int.Parse(first["CSeq"].Split(' ')[0]) + 1, int.Parse(second["CSeq"].Split(' ')[0]));

        call.Accept();
        await customer.NextAsync("call.answered");
        Assert.Equal(["call.initiated", "call.answered"], customer.Types);
    }

    private static string Md5(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(text)));

    [Depth("SIPp gets the CANCEL of a command in the gate; the time is the simulator's")]
    [Fact] // case 8
    public async Task A_phone_that_rings_on_gets_CANCEL_when_the_ring_time_is_over()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        await customer.DialAsync(phone.Uri, new() { ["timeout_secs"] = 5 });
        var call = await phone.RingsAsync();
        call.Ring();
        await call.ReceivesAsync("CANCEL");
        Assert.Equal(("timeout", "caller", "487"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.hangup"], customer.Types);
        await call.ReceivesAsync("ACK");
    }

    [Fact, Depth("RefusedAttemptTests in Edge have a dead trunk; SIPp gets its CANCEL in the gate")] // case 8
    public async Task A_phone_that_says_nothing_at_all_times_out_with_408()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        await customer.DialAsync(phone.Uri, new() { ["timeout_secs"] = 5 });
        await phone.RingsAsync();
        Assert.Equal(("timeout", "caller", "408"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact] // case 8
    public async Task A_hangup_command_cancels_a_ringing_phone()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var dialled = await customer.DialAsync(phone.Uri);
        var call = await phone.RingsAsync();
        call.Ring();
        (await customer.TryActAsync(dialled, "hangup")).IsOk();
        await call.ReceivesAsync("CANCEL");
        Assert.Equal(("originator_cancel", "caller", "487"), Hangup(await customer.NextAsync("call.hangup")));
        (await customer.TryActAsync(dialled, "hangup")).Refuses(422, "90018");
    }

    [Theory] // case 8
    [InlineData("""{"timeout_secs":4}""", "90028", "/timeout_secs")]
    [InlineData("""{"timeout_secs":601}""", "90028", "/timeout_secs")]
    [InlineData("""{"time_limit_secs":29}""", "90029", "/time_limit_secs")]
    [InlineData("""{"time_limit_secs":14401}""", "90029", "/time_limit_secs")]
    [InlineData("""{"client_state":"%%%"}""", "90017", "/client_state")]
    [InlineData("""{"to":"12125550100"}""", "10016", "/to")]
    [InlineData("""{"from":"Ada"}""", "10016", "/from")]
    [InlineData("""{"connection_id":"12"}""", "10015", "/connection_id")]
    public async Task A_dial_with_a_bad_value_is_refused_and_calls_nobody(string change, string code, string pointer)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var answer = await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(phone.Uri, JsonNode.Parse(change)!.AsObject()));
        answer.Refuses(422, code);
        Assert.Equal(pointer, answer.Pointer);
        Assert.Empty((await customer.GetAsync($"connections/{customer.Application}/active_calls")).Succeeds().Data.AsArray());
    }
}
