using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Descriptions that name a port of the node's own, where another call is.</summary>
public sealed class OwnPortTests
{
    private readonly ShardRig _rig = new();

    private RemoteCandidate Named(string sdp)
    {
        _rig.Receive(Invite(body: sdp));
        _rig.Command(new LegCommand.Answer());
        return Assert.IsType<MediaCommand.Connect>(_rig.Commands[0]).Plan.Remote.Default;
    }

    [Fact]
    public void Nothing_is_sent_there_even_where_the_callers_own_host_is_named()
    {
        Assert.True(Named(Offer).IsTrusted);
        var thief = new OwnPortTests();
        thief._rig.OwnPorts.Add(IPAddress.Loopback, 40_000);
        Assert.False(thief.Named(Offer).IsTrusted);
    }

    [Theory, InlineData("a=rtcp:20001\r\n", true), InlineData("a=rtcp:20003\r\n", false), InlineData("a=rtcp:5060\r\n", true),
        InlineData("a=rtcp:20001 IN IP4 8.8.8.8\r\n", false)]
    public void Nor_are_reports_where_the_policy_forbids(string line, bool isForbidden)
    {
        var own = _rig.OwnPorts;
        own.Add(IPAddress.Loopback, 20_001);
        own.Add(IPAddress.Loopback, 5060);
        var named = Named(Offer + line);
        Assert.True(named.IsTrusted);
        Assert.Equal(isForbidden, named.Control is null);
    }

    [Fact]
    public void A_dialog_that_leads_to_it_is_followed_to_whoever_sent_its_messages()
    {
        _rig.OwnPorts.Add(IPAddress.Loopback, 20_000);
        _rig.Receive(Invite().Replace("<sip:alice@127.0.0.1:5070>", "<sip:alice@127.0.0.1:20000>", StringComparison.Ordinal));
        _rig.Command(new LegCommand.Answer());
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        _rig.Command(new LegCommand.Hangup());
        Assert.NotEqual("", _rig.SentLast("BYE"));
        Assert.Equal(5070, _rig.SentTo[^1].Port);
    }
}
