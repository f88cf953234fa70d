using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>SRTP as a leg sees it: what policy asks for, what peers get, and that keys stay over changes of the session.</summary>
public sealed class EncryptedCallTests
{
    private const string Crypto = "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh";
    private static readonly string SecureOffer = Offer.Replace("RTP/AVP", "RTP/SAVP").Replace("a=rtpmap:8 ", $"{Crypto}\na=rtpmap:8 ");
    private static readonly TrunkId Carrier = new(new Guid("c0000000-0000-0000-0000-000000000001"));

    private readonly ShardRig _rig = new();

    [Fact]
    public void Equipment_that_must_encrypt_and_does_not_gets_488_and_why()
    {
        _rig.Current = Snapshot(App with { Sip = new() { IsSrtpRequired = true } });
        _rig.Receive(Invite());
        Assert.StartsWith("SIP/2.0 488", _rig.Last);
        Assert.Contains("Warning: 399 ringwright \"B3 SRTP mismatch: media must be encrypted\"", _rig.Last);
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Keys_that_cannot_be_read_are_told_and_another_line_is_taken_in_their_place()
    {
        string broken = Crypto[..^4];
        _rig.Receive(Invite(body: SecureOffer.Replace(Crypto, broken)));
        Assert.Contains("Warning: 399 ringwright \"B3 SRTP mismatch: a=crypto cannot be read\"", _rig.Last);
        Assert.NotNull(Answer(SecureOffer.Replace(Crypto, $"{broken}\n{Crypto}"), "call-2", "z9hG4bKtwo").Keys);
        _rig.Dial(Request() with { Encryption = MediaEncryption.Required });
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: SecureOffer.Replace(Crypto, broken)));
        Assert.Equal("The answer to our offer has nothing that we can use: B3 SRTP mismatch: a=crypto cannot be read.",
            _rig.Ended.Evidence);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_caller_without_a_trunk_gets_the_encryption_that_it_offers(bool isRequired)
    {
        _rig.Current = Snapshot(App with { Sip = new() { IsSrtpRequired = isRequired } });
        var plan = Answer(SecureOffer);
        Assert.Contains("RTP/SAVP", _rig.Last);
        Assert.Contains("a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:", _rig.Last);
        Assert.Equal(CryptoSuite.AesCm128HmacSha1Tag80, plan.Keys?.Receive.Suite);
    }

    [Fact]
    public void A_trunk_decides_for_the_calls_that_come_by_it()
    {
        _rig.Current = Snapshot(trunks: [Trunk(MediaEncryption.Required)]);
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2"));
        Assert.Contains("B3 SRTP mismatch: media must be encrypted", _rig.Last);
        Assert.NotNull(Answer(SecureOffer, "call-3", "z9hG4bKthree").Keys);
        _rig.Current = Snapshot(trunks: [Trunk(MediaEncryption.Disabled)]);
        Assert.NotNull(Answer(SecureOffer, "call-4", "z9hG4bKfour").Keys);
        Assert.Null(Answer(Offer, "call-5", "z9hG4bKfive").Keys);
    }

    [Fact]
    public void Keys_stay_over_a_hold_from_our_side()
    {
        var before = Answer(SecureOffer).Keys!.Value;
        _rig.Receive(Inside(_rig.Last, "ACK", 1, "z9hG4bKack"));
        Assert.True(_rig.Command(new LegCommand.Hold(true)).IsAccepted);
        string hold = _rig.SentLast("INVITE ");
        Assert.Contains("RTP/SAVP", hold);
        string ours = hold.Split("\r\n").First(line => line.StartsWith("a=crypto:", StringComparison.Ordinal)).Split(' ')[0];
        _rig.Receive(Response(hold, "200 OK", tag: null, body: SecureOffer.Replace("a=crypto:4", ours) + "a=recvonly\n"));
        Assert.Equal((before, StreamDirection.SendOnly), (Connected().Keys, Connected().Direction));
    }

    [Fact]
    public void Keys_and_roll_over_counter_stay_over_a_re_INVITE_with_the_same_line_and_a_new_line_changes_one_of_them()
    {
        var before = Answer(SecureOffer).Keys!.Value;
        string ok = _rig.Last;
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKre", SecureOffer + "a=sendonly\n"));
        Assert.Equal(before, Connected().Keys);
        _rig.Receive(Inside(ok, "ACK", 2, "z9hG4bKack2"));
        _rig.Receive(Inside(ok, "INVITE", 3, "z9hG4bKre3", SecureOffer.Replace("inline:bm90", "inline:bm91")));
        Assert.Equal(before.Send, Connected().Keys?.Send);
        Assert.NotEqual(before.Receive, Connected().Keys?.Receive);
        _rig.Receive(Inside(ok, "ACK", 3, "z9hG4bKack3"));

        _rig.Receive(Inside(ok, "INVITE", 4, "z9hG4bKre4", SecureOffer.Replace("AES_CM_128_HMAC_SHA1_80", "F8_128_HMAC_SHA1_80")));
        Assert.StartsWith("SIP/2.0 488", _rig.Last);
        Assert.Contains("no common crypto suite", _rig.Last);
    }

    [Theory]
    [InlineData(MediaEncryption.Disabled, MediaEncryption.Disabled, "RTP/AVP", false)]
    [InlineData(MediaEncryption.Disabled, MediaEncryption.Required, "RTP/SAVP", true)]
    [InlineData(MediaEncryption.Optional, MediaEncryption.Disabled, "RTP/AVP", true)]
    [InlineData(MediaEncryption.Optional, MediaEncryption.Required, "RTP/SAVP", true)]
    [InlineData(MediaEncryption.Required, MediaEncryption.Disabled, "RTP/SAVP", true)]
    public void The_stricter_of_trunk_and_dial_says_what_is_offered(MediaEncryption trunk, MediaEncryption dial,
        string profile, bool hasKeys)
    {
        _rig.Current = Snapshot(trunks: [Trunk(trunk)], routes: [new() { Id = Guid.NewGuid(), Trunk = Carrier }]);
        _rig.Dial(Request("+4989000") with { Encryption = dial });
        string invite = _rig.SentLast("INVITE");
        Assert.Contains($" {profile} ", invite);
        Assert.Equal(hasKeys, invite.Contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"));
    }

    [Fact]
    public void An_answer_without_keys_ends_a_call_that_must_be_encrypted()
    {
        _rig.Dial(Request() with { Encryption = MediaEncryption.Required });
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer));
        Assert.Equal((HangupCause.MediaMismatch, 488), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.Receive(Response(_rig.SentLast("BYE"), "200 OK", tag: null));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("488 Not Acceptable Here"), InlineData("606 Not Acceptable")]
    public void An_offer_that_is_refused_for_keys_that_were_optional_is_made_once_more_without(string status)
    {
        _rig.Dial(Request() with { Encryption = MediaEncryption.Optional });
        string first = _rig.SentLast("INVITE");
        _rig.Receive(Response(first, status));
        string again = _rig.SentLast("INVITE");
        Assert.Equal(("2 INVITE", Header(first, "Call-ID")), (Header(again, "CSeq"), Header(again, "Call-ID")));
        Assert.Contains(" RTP/AVP ", again);
        Assert.DoesNotContain("a=crypto", again);
        Assert.Single(again.Split("\r\n"), line => line.StartsWith("Content-Type: ", StringComparison.Ordinal));
        _rig.Receive(Response(again, "200 OK", body: RigMessages.Answer));
        Assert.Null(Connected().Keys);
        Assert.Contains(_rig.Notes, note => note.Contains("keys"));
    }

    [Theory]
    [InlineData(MediaEncryption.Optional, 2), InlineData(MediaEncryption.Required, 1), InlineData(MediaEncryption.Disabled, 1)]
    public void It_is_not_made_a_third_time_and_not_where_keys_must_be_or_were_not(MediaEncryption wanted, int times)
    {
        _rig.Dial(Request() with { Encryption = wanted });
        for (int i = 0; i < times; i++) _rig.Receive(Response(_rig.SentLast("INVITE"), "488 Not Acceptable Here"));
        Assert.Equal((times, HangupCause.MediaMismatch, 488), (_rig.SentOnce("INVITE"), _rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_phone_that_has_rung_is_not_rung_again_for_it()
    {
        _rig.Dial(Request() with { Encryption = MediaEncryption.Optional });
        _rig.Receive(Response(_rig.SentLast("INVITE"), "180 Ringing"));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "488 Not Acceptable Here"));
        Assert.Equal((1, 488), (_rig.SentOnce("INVITE"), _rig.Ended.SipStatus));
    }

    [Fact]
    public void The_next_target_gets_other_keys()
    {
        var second = Trunk(MediaEncryption.Required) with
        {
            Id = new(new Guid("c0000000-0000-0000-0000-000000000002")),
            Name = "second",
            Port = 5071
        };
        _rig.Current = Snapshot(trunks: [Trunk(MediaEncryption.Required), second],
            routes: [new() { Id = Guid.NewGuid(), Trunk = Carrier }, new() { Id = Guid.NewGuid(), Trunk = second.Id, Priority = 200 }]);
        _rig.Dial(Request("+4989000"));
        string first = _rig.SentLast("INVITE");
        _rig.Receive(Response(first, "503 Service Unavailable"));
        Assert.NotEqual(CryptoLine(first), CryptoLine(_rig.SentLast("INVITE")));
    }

    private static string CryptoLine(string message) =>
        message.Split("\r\n").First(line => line.StartsWith("a=crypto:1 ", StringComparison.Ordinal));

    private static Trunk Trunk(MediaEncryption encryption) =>
        new()
        {
            Id = Carrier, Name = "carrier", Host = "127.0.0.1", Port = Peer.Port,
            Sources = [new IPNetwork(IPAddress.Loopback, 32)], Encryption = encryption
        };

    private StreamPlan Answer(string offer, string call = "call-1", string branch = "z9hG4bKone")
    {
        _rig.Receive(Invite(body: offer, branch: branch).Replace("call-1", call));
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.Answer(), _rig.Events[^1].Leg.Id).Refusal);
        return Connected();
    }

    private StreamPlan Connected() => Assert.IsType<MediaCommand.Connect>(_rig.Commands.Last(c => c is MediaCommand.Connect)).Plan;
}
