using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>Forgers, far ends that play with us, and floods, on real sockets.</summary>
public sealed class HostilePeerTests
{
    private const string User = "alice1", Password = "secret-of-alice", Domain = "sip.example.com";
    private static readonly ConnectionId Desk = new(11);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static EngineRig Rig(int shards = 2) =>
        new(change: o => o with { Shards = shards, Domains = [Domain] }) { Current = Equipment() };

    /// <summary>A phone beside the application; its number is +4989111.</summary>
    private static RoutingSnapshot Equipment()
    {
        Connection[] connections = [
            EngineRig.Routing().FindConnection(EngineRig.Tenant, EngineRig.Connection)!,       // it is in there
            new()
            {
                Id = Desk, Tenant = EngineRig.Tenant, Kind = ConnectionKind.Credential, Name = "desk",
                Sip = new() { UserName = User, Password = Password }
            },
        ];
        return new([new() { Id = EngineRig.Tenant, Name = "one" }], connections,
            [new("+4989456", EngineRig.Tenant, EngineRig.Connection), new("+4989111", EngineRig.Tenant, Desk)], [], [], []);
    }

    private static string Register(SipPeer phone, int cseq, string? credentials = null) => $"""
        REGISTER sip:{Domain} SIP/2.0
        Via: SIP/2.0/UDP {phone.Local};branch=z9hG4bKreg{cseq};rport
        Max-Forwards: 70
        From: <sip:{User}@{Domain}>;tag=phone
        To: <sip:{User}@{Domain}>
        Call-ID: reg-{phone.Local.Port}
        CSeq: {cseq} REGISTER
        Contact: <sip:{User}@{phone.Local}>{(credentials is null ? "" : "\nAuthorization: " + credentials)}
        Content-Length: 0


        """;

    private static string Credentials(string nonce, string password)
    {
        string uri = $"sip:{Domain}",
            response = Md5($"{Md5($"{User}:{Domain}:{password}")}:{nonce}:00000001:c0ffee:auth:{Md5($"REGISTER:{uri}")}");
        return $"Digest username=\"{User}\", realm=\"{Domain}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5, "
            + "qop=auth, nc=00000001, cnonce=\"c0ffee\"";
    }

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private static string NonceOf(string challenge) => Regex.Match(challenge, "nonce=\"([0-9a-f]+)\"").Groups[1].Value;

    private static async Task<string> RegisterAsync(SipPeer phone, int cseq)
    {
        phone.Send(Register(phone, cseq));
        string nonce = NonceOf(await phone.HearAsync("SIP/2.0 401"));
        phone.Send(Register(phone, cseq + 1, Credentials(nonce, Password)));
        return await phone.HearAsync("SIP/2.0 200");
    }

    [Fact, Failure("passwords-guessed")]
    public async Task Forged_REGISTERs_shut_nobody_out_and_their_forger_hears_a_challenge_each_time()
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        using var forger = new SipPeer(rig.Engine.Local);
        for (int i = 1; i <= 50; i++)
        {
            forger.Send(Register(forger, i, Credentials(new string('a', 48), "guess")));
            Assert.Contains("stale=true", await forger.HearAsync("SIP/2.0 401"));
        }
        Assert.Equal(RegistrationState.NotRegistered, (await rig.Engine.Registrations.FindStatusAsync(User, Stop)).State);
        using var phone = new SipPeer(rig.Engine.Local);
        await RegisterAsync(phone, 1);
        await RegisterAsync(forger, 100);           // even from the forger's own port
        Assert.Equal(RegistrationState.Registered, (await rig.Engine.Registrations.FindStatusAsync(User, Stop)).State);
    }

    [Fact]
    public async Task A_phone_registers_beside_a_guesser_who_is_shut_out_at_its_own_address_and_for_its_own_name()
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        using var guesser = new SipPeer(rig.Engine.Local);
        guesser.Send(Register(guesser, 1));
        string nonce = NonceOf(await guesser.HearAsync("SIP/2.0 401"));
        for (int i = 2; i < 2 + Limits.FailuresPerName; i++)
        {
            guesser.Send(Register(guesser, i, Credentials(nonce, $"guess{i}")));
            await guesser.HearAsync("SIP/2.0 401");
        }
        guesser.Send(Register(guesser, 90, Credentials(nonce, Password)));
        await guesser.HearAsync("SIP/2.0 403");
        using var phone = new SipPeer(rig.Engine.Local);
        await RegisterAsync(phone, 1);
    }

    [Fact]
    public async Task A_far_end_whose_Min_SE_grows_for_ever_gets_three_INVITEs()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var peer = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{peer.Local}"), Stop);
        int seen = 0;
        while (seen < 3)
        {
            string invite = await peer.HearAsync("INVITE ");
            peer.Send(peer.Response(invite, "422 Session Interval Too Small")
                .Replace("Contact:", $"Min-SE: {1_800 + 60 * ++seen}\nContact:"));
        }
        Assert.Equal((HangupCause.RemoteFailure, 422),
            await rig.EventAsync<CallEvent.LegEnded>() is var ended ? (ended.Cause, ended.SipStatus!.Value) : default);
        await peer.HearOutAsync(TimeSpan.FromMilliseconds(300));
        Assert.DoesNotContain(peer.Passed, line => line.StartsWith("INVITE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_200_without_a_To_tag_is_acknowledged_and_its_call_ends_by_BYE()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var peer = new SipPeer(rig.Engine.Local);
        var dialled = await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{peer.Local}"), Stop);
        string invite = await peer.HearAsync("INVITE ");
        peer.Send(peer.Response(invite, "200 OK", peer.Sdp).Replace(";tag=peer", ""));
        Assert.DoesNotContain(";tag=", SipPeer.Header(await peer.HearAsync("ACK "), "To"));
        await rig.EventAsync<CallEvent.LegAnswered>();
        Assert.True((await rig.Engine.Calls.SendAsync(dialled.Leg!.Id, new LegCommand.Hangup(), Stop)).IsAccepted);
        Assert.DoesNotContain(";tag=", SipPeer.Header(await peer.HearAsync("BYE "), "To"));
    }

    [Fact]
    public async Task A_phone_hears_no_ringing_before_the_far_end_is_reached_and_its_refusal_as_it_is()
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        await RegisterAsync(phone, 1);
        using var caller = new SipPeer(rig.Engine.Local);

        caller.Send(caller.Invite("+4989111", "one"));
        string invite = await phone.HearAsync("INVITE ");
        phone.Send(phone.Response(invite, "100 Trying"));
        await Task.Delay(200, Stop);
        phone.Send(phone.Response(invite, "486 Busy Here"));
        await caller.HearAsync("SIP/2.0 486");
        Assert.DoesNotContain(caller.Passed, line => line.StartsWith("SIP/2.0 18", StringComparison.Ordinal));

        caller.Send(caller.Invite("+4989111", "two"));
        invite = await phone.HearAsync("INVITE ");
        phone.Send(phone.Response(invite, "180 Ringing"));
        await caller.HearAsync("SIP/2.0 180");
        phone.Send(phone.Response(invite, "200 OK", phone.Sdp));
        await caller.HearAsync("SIP/2.0 200");
    }

    /// <summary>In the gate what begins calls, what ends them, what answers, and what is nothing.</summary>
    public static TheoryData<string> Floods => Depth.Rows(["INVITE", "BYE", "response", "garbage"], ["OPTIONS", "INFO", "ACK"]);

    /// <summary>
    /// A shard stands still, and its mailbox is filled with what a stranger or a mad peer can send;
    /// then comes what ends calls. No peer here repeats anything.
    /// </summary>
    [Theory, Failure("sip-flood"), MemberData(nameof(Floods))]
    public async Task A_flood_does_not_keep_calls_from_ending(string flood)
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        using var mad = new SipPeer(rig.Engine.Local);
        string[] calls = [.. Enumerable.Range(0, 1_000).Select(i => $"call-{i}")
            .Where(call => ShardOf(phone.Invite("+4989456", call)) == 0).Take(5)];
        var (talks, up) = await CallAsync(rig, phone, calls[0], isAnswered: true);
        phone.Send(phone.Inside(up!, "+4989456", "ACK", 1, calls[0]));
        var (waits, waiting) = await CallAsync(rig, phone, calls[1], isAnswered: true);
        var (rings, _) = await CallAsync(rig, phone, calls[2], isAnswered: false);

        using var hold = new ManualResetEventSlim();
        rig.Holds = hold;
        phone.Send(phone.Invite("+4989456", calls[3]));
        await Eventually.TrueAsync(() => rig.IsHeld, "the shard stands still");
        for (int i = 0; i < 2 * Limits.MailboxMessages; i++)
        {
            mad.Send(Mad(mad, flood, calls[4], i));
            if (i % 32 == 0) await Task.Delay(1, Stop);        // the socket holds few
        }
        await CaughtUpAsync(rig, "flood");
        phone.Send(phone.Inside(up!, "+4989456", "BYE", 2, calls[0]));
        phone.Send(phone.Inside(waiting!, "+4989456", "ACK", 1, calls[1]));
        phone.Send(phone.Invite("+4989456", calls[2]).Replace("INVITE", "CANCEL"));
        await CaughtUpAsync(rig, "ends");
        rig.Holds = null;
        hold.Set();

        await Eventually.TrueAsync(() => EndOf(rig, talks) is HangupCause.RemoteHangup && EndOf(rig, rings) is HangupCause.CallerCancel,
            "BYE and CANCEL have ended their calls");
        // RFC 3261 section 15: no BYE of ours before the ACK.
        Assert.True((await rig.Engine.Calls.SendAsync(waits, new LegCommand.Hangup(), Stop)).IsAccepted);
        await phone.HearAsync("BYE ");
    }

    /// <summary>What was sent before now has been read: the other shard answers what came behind it.</summary>
    private static async Task CaughtUpAsync(EngineRig rig, string name)
    {
        using var peer = new SipPeer(rig.Engine.Local);
        await peer.SendUntilHeardAsync(Enumerable.Range(0, 1_000)
            .Select(i => peer.Request("OPTIONS", "+4989456", $"{name}-{i}", "<sip:+4989456@h>", 1, $"z9hG4bK{name}", null))
            .First(text => ShardOf(text) == 1));
    }

    private static HangupCause? EndOf(EngineRig rig, LegId leg) =>
        rig.Events.OfType<CallEvent.LegEnded>().FirstOrDefault(e => e.Leg.Id == leg)?.Cause;

    private static int ShardOf(string message) =>
        ShardHint.Find(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), 1, new byte[32], shards: 2);

    private static async Task<(LegId Leg, string? Answer)> CallAsync(EngineRig rig, SipPeer phone, string call, bool isAnswered)
    {
        int before = rig.Events.OfType<CallEvent.LegInitiated>().Count();
        phone.Send(phone.Invite("+4989456", call));
        await phone.HearAsync("SIP/2.0 180");
        var leg = rig.Events.OfType<CallEvent.LegInitiated>().Skip(before).Single().Leg.Id;
        if (!isAnswered) return (leg, null);
        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop)).IsAccepted);
        return (leg, await phone.HearAsync("SIP/2.0 200"));
    }

    private static string Mad(SipPeer mad, string kind, string call, int number)
    {
        string tag = $"<sip:+4989456@h>;tag={number:x44}", branch = $"z9hG4bKmad{number}";
        return kind switch
        {
            "garbage" => $"nonsense\nCall-ID: {call}\n\n",
            "OPTIONS" or "INVITE" => mad.Request(kind, "+4989999", call, "<sip:+4989999@h>", number + 1, branch, null),
            "response" => mad.Response(mad.Request("INVITE", "+4989999", call, tag, 1, branch, null).ReplaceLineEndings("\r\n"), "200 OK"),
            _ => mad.Request(kind, "+4989456", call, tag, number + 1, branch, null),
        };
    }
}
