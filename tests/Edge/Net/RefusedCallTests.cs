using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Net;
using Ringwright.Sip.Transactions;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>Calls that came in and were refused are seen: in the list, in the log, by a counter; and nobody floods any of them.</summary>
public sealed class RefusedCallTests
{
    private const int Line = 2136;

    private readonly Lines _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RefusedCallBook _book;

    public RefusedCallTests() => _book = new(_log, _clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_no_account_has_is_listed_with_its_reason()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);

        phone.Send(phone.Invite("+4989999", "unknown"));
        await phone.HearAsync("SIP/2.0 404");
        rig.Gate = new(Refusal.TenantChannelLimit, "tenant_channel_limit", "Full.");
        phone.Send(phone.Invite("+4989456", "full"));
        await phone.HearAsync("SIP/2.0 486");
        rig.Gate = GateAnswer.Open;
        rig.HasPorts = false;
        phone.Send(phone.Invite("+4989456", "portless"));
        await phone.HearAsync("SIP/2.0 503");
        rig.HasPorts = true;
        phone.Send(phone.Invite("+4989456", "deaf").Replace("RTP/AVP 0 101", "RTP/AVP 97 98"));
        await phone.HearAsync("SIP/2.0 488");
        rig.IsReady = false;
        phone.Send(phone.Invite("+4989456", "unkept"));
        await phone.HearAsync("SIP/2.0 503");

        await Eventually.TrueAsync(() => rig.Engine.RefusedCalls.List().Count == 5, "five are listed");
        var calls = rig.Engine.RefusedCalls.List();
        Assert.Equal(
        [
            ("ledger_unavailable", 503, "+4989456"), ("offer_no_common_codec", 488, "+4989456"), ("no_media_port", 503, "+4989456"),
            ("tenant_channel_limit", 486, "+4989456"), ("unknown_number", 404, "+4989999"),
        ], calls.Select(call => (call.Reason, call.Status!.Value, call.To)));
        Assert.All(calls, call => Assert.Equal((phone.Local, SipTransport.Udp, "+4930123", 1L),
            (call.Source, call.Transport, call.From, call.Times)));
        Assert.All(calls, call => Assert.StartsWith($"INVITE sip:{call.To}@", call.Message));
    }

    [Fact]
    public async Task A_call_that_is_let_in_or_asks_again_is_not_listed()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        phone.Send(phone.Invite("+4989456", "short").Replace("Contact:", "Supported: timer\nSession-Expires: 20\nContact:"));
        await phone.HearAsync("SIP/2.0 422");
        phone.Send(phone.Invite("+4989456", "right"));
        await phone.HearAsync("SIP/2.0 180");
        Assert.Empty(rig.Engine.RefusedCalls.List());
    }

    [Fact]
    public void An_address_has_twenty_places_and_the_oldest_address_makes_room()
    {
        for (int i = 0; i < 3 * RefusedCallBook.MostOfSource; i++) Refuse("192.0.2.1", "stranger", second: true);
        Assert.Equal(RefusedCallBook.MostOfSource, _book.List().Count);
        Assert.Single(_log.Of(Line));       // one line a minute
        for (int i = 0; i < RefusedCallBook.MostSources; i++) Refuse($"198.51.{i / 100}.{i % 100}", "stranger", second: true);
        Assert.DoesNotContain(_book.List(), call => call.Source.Address.ToString() == "192.0.2.1");
        Assert.Equal(RefusedCallBook.MostSources, _book.List().Count);
    }

    [Fact]
    public void A_flood_is_counted_and_not_read()
    {
        for (int i = 0; i < 1_000; i++) Refuse("192.0.2.1", "stranger_silenced");
        Assert.Equal(10, _book.List().Count);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Refuse("192.0.2.1", "stranger_silenced");
        Assert.Equal(991, _book.List()[0].Times);
        for (int i = 0; i < 100_000; i++) Refuse($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", "stranger");
        Assert.InRange(_book.List().DistinctBy(call => call.Source.Address).Count(), 1, RefusedCallBook.MostSources);
        // Whoever is known has not lost his place.
        Assert.Contains(_book.List(), call => call.Source.Address.ToString() == "192.0.2.1");
    }

    [Fact]
    public void Credentials_keys_and_control_characters_are_shown_to_nobody()
    {
        string invite = "INVITE sip:+4989456@example.net SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nMax-Forwards: 70\r\n"
            + "From: <sip:e%1b%5b2Jve@example.net>;tag=1\r\nTo: <sip:+4989456@example.net>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
            + "Proxy-Authorization: Digest username=\"eve\", response=\"0123456789abcdef\"\r\nContent-Type: application/sdp\r\n"
            + "Content-Length: 62\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0c2Vj\r\n";
        _book.Note(Encoding.UTF8.GetBytes(invite), SipFlow.Udp(new(IPAddress.Parse("192.0.2.1"), 5060)), 407, "wrong_password");
        var call = Assert.Single(_book.List());
        Assert.Equal(("e?[2Jve", "+4989456"), (call.From, call.To));
        Assert.DoesNotContain("0123456789abcdef", call.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", call.Message, StringComparison.Ordinal);
    }

    private void Refuse(string address, string reason, bool second = false)
    {
        if (second) _clock.Advance(TimeSpan.FromSeconds(0.2));
        _book.Note("INVITE nonsense"u8, SipFlow.Udp(new(IPAddress.Parse(address), 5060)), 403, reason);
    }
}
