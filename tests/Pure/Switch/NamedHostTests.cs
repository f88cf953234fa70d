using System.Net;
using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Descriptions that name a host in place of an address: nobody waits on the shard, and nothing is believed more for it.</summary>
public sealed class NamedHostTests
{
    private const string Named = "media.example.com";
    private static readonly string OfferByName = Offer.Replace("c=IN IP4 127.0.0.1", $"c=IN IP4 {Named}", StringComparison.Ordinal);

    private readonly ShardRig _rig = new();

    [Fact]
    public void The_call_waits_for_the_look_up_and_then_goes_on_like_any_other()
    {
        _rig.AnswersLookUps = false;
        _rig.Receive(Invite(body: OfferByName));
        _rig.Receive(Invite(body: OfferByName));
        Assert.Equal([Named], _rig.Looked);
        Assert.Equal("SIP/2.0 100 Trying", Assert.Single(_rig.StartLines.Distinct()));
        Assert.Equal(1, _rig.State.OpenQuestions);

        _rig.Handle(new ShardMessage.HostFound(Named, [IPAddress.Parse("127.0.0.9")]));
        _rig.Command(new LegCommand.Answer());
        var connect = Assert.IsType<MediaCommand.Connect>(_rig.Commands[0]);
        Assert.Equal("127.0.0.9:40000", connect.Plan.Remote.Default.Address.ToString());
        Assert.Equal(0, _rig.State.OpenQuestions);

        // The next call within half a minute knows it; a later one asks again.
        _rig.Receive(Invite(body: OfferByName, branch: "z9hG4bKtwo").Replace("Call-ID: ", "Call-ID: two", StringComparison.Ordinal));
        Assert.Single(_rig.Looked);
        _rig.Advance(31);
        _rig.Receive(Invite(body: OfferByName, branch: "z9hG4bKthree").Replace("Call-ID: ", "Call-ID: three", StringComparison.Ordinal));
        Assert.Equal(2, _rig.Looked.Count);
    }

    [Fact]
    public void A_name_that_leads_nowhere_is_told()
    {
        _rig.Receive(Invite(body: OfferByName));
        Assert.StartsWith("SIP/2.0 488", _rig.Last, StringComparison.Ordinal);
        Assert.Equal("301 ringwright \"The host name in c= leads nowhere\"", Header(_rig.Last, "Warning"));
        Assert.Empty(_rig.Events);
        Assert.Empty(_rig.InGate);
    }

    [Theory]
    [InlineData("10.0.0.7", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("203.0.113.8", true)]
    [InlineData("9.9.9.9", true)]
    public void An_address_that_was_looked_up_is_believed_as_if_it_had_stood_there(string address, bool isTrusted)
    {
        var rig = new ShardRig(isLoopbackOnly: false) { Current = ShardRig.Snapshot() };
        rig.Hosts[Named] = IPAddress.Parse(address);
        var peer = new IPEndPoint(IPAddress.Parse("203.0.113.8"), 5060);
        foreach (string body in new[] { OfferByName, Offer.Replace("c=IN IP4 127.0.0.1", $"c=IN IP4 {address}", StringComparison.Ordinal) })
        {
            rig.Commands.Clear();
            rig.Events.Clear();
            rig.Receive(Invite(body: body, branch: $"z9hG4bK{body.Length}")
                .Replace("Call-ID: ", $"Call-ID: {body.Length}", StringComparison.Ordinal), peer);
            rig.Command(new LegCommand.Answer());
            Assert.Equal(isTrusted, Assert.IsType<MediaCommand.Connect>(rig.Commands[0]).Plan.Remote.Default.IsTrusted);
        }
    }

    [Fact]
    public void A_multicast_address_behind_a_name_is_none()
    {
        _rig.Hosts[Named] = IPAddress.Parse("224.0.0.1");
        _rig.Receive(Invite(body: OfferByName));
        Assert.Equal("301 ringwright \"No usable media address\"", Header(_rig.Last, "Warning"));
    }

    [Fact]
    public void Who_is_cancelled_while_he_waits_has_no_call()
    {
        _rig.AnswersLookUps = false;
        _rig.Receive(Invite(body: OfferByName));
        _rig.Receive(Invite(body: null).Replace("INVITE", "CANCEL", StringComparison.Ordinal));
        Assert.Contains("SIP/2.0 487 Request Terminated", _rig.StartLines);
        _rig.Handle(new ShardMessage.HostFound(Named, [IPAddress.Loopback]));
        Assert.Empty(_rig.Events);
        Assert.Equal(0, _rig.State.OpenQuestions);
    }

    [Fact]
    public void Another_call_under_the_same_Call_ID_does_not_wait_with_it()
    {
        _rig.AnswersLookUps = false;
        _rig.Receive(Invite(body: OfferByName));
        Assert.Empty(_rig.Kinds);
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("tag=alice", "tag=other", StringComparison.Ordinal));
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        _rig.Handle(new ShardMessage.HostFound(Named, [IPAddress.Loopback]));
        Assert.Equal(["LegInitiated", "LegInitiated"], _rig.Kinds);
    }

    [Fact]
    public void What_a_callee_says_by_name_keeps_its_order()
    {
        _rig.AnswersLookUps = false;
        _rig.Dial();
        string invite = _rig.SentLast("INVITE");
        string answer = Offer.Replace("c=IN IP4 127.0.0.1", $"c=IN IP4 {Named}", StringComparison.Ordinal);
        _rig.Receive(Response(invite, "183 Session Progress", body: answer));
        // Without a description of its own: behind the one that waits, it has one.
        _rig.Receive(Response(invite, "200 OK"));
        Assert.DoesNotContain("LegAnswered", _rig.Kinds);
        _rig.Handle(new ShardMessage.HostFound(Named, [IPAddress.Loopback]));
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered"], _rig.Kinds);
    }

    [Fact]
    public void A_flood_of_names_waits_in_bounded_numbers()
    {
        _rig.AnswersLookUps = false;
        for (int i = 0; i < 200; i++)
            _rig.Receive(Invite(body: OfferByName.Replace(Named, $"h{i}.example.com", StringComparison.Ordinal), branch: $"z9hG4bK{i}")
                .Replace("Call-ID: ", $"Call-ID: {i}", StringComparison.Ordinal));
        Assert.Equal(Ringwright.Switch.Limits.CallsBehindNames, _rig.Looked.Count);
        Assert.Equal(200 - Ringwright.Switch.Limits.CallsBehindNames, _rig.SentCount("SIP/2.0 488"));
        foreach (string name in _rig.Looked.ToArray()) _rig.Handle(new ShardMessage.HostFound(name, []));
        Assert.Equal(200, _rig.SentCount("SIP/2.0 488"));
        Assert.Equal(0, _rig.State.OpenQuestions);
    }
}
