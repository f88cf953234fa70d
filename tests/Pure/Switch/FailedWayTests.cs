using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What has cost one call its time-out does not cost it at each, also where it is no trunk's (ADR 147).</summary>
public sealed class FailedWayTests
{
    private readonly ShardRig _rig = new() { Current = Phones.Snapshot() };
    private int _calls, _registers;

    public FailedWayTests()
    {
        _rig.Names["one.example.net"] = [new(IPAddress.Loopback, 5081)];
        _rig.Names["two.example.net"] = [new(IPAddress.Loopback, 5082)];
    }

    /// <summary>Gives the ports to which the INVITEs of this call go.</summary>
    private int[] Call(string number, Action? then = null)
    {
        HashSet<string> before = [.. Invites.Select(sent => Header(sent.Text, "Call-ID"))];
        string call = $"call-{++_calls}@";
        _rig.Receive(Invite(number, branch: $"z9hG4bKcall{_calls}").Replace("call-1@", call, StringComparison.Ordinal));
        then?.Invoke();
        return [.. Invites.Where(sent => !before.Contains(Header(sent.Text, "Call-ID"))).Select(sent => sent.To.Port).Distinct()];
    }

    private IEnumerable<(string Text, IPEndPoint To)> Invites =>
        _rig.Sent.Zip(_rig.SentTo).Where(sent => sent.First.StartsWith("INVITE ", StringComparison.Ordinal));

    /// <summary>Calls that were refused with 408.</summary>
    private int Unanswered => _rig.SentOnce("SIP/2.0 408");

    private void Answer(string status) => _rig.Receive(Response(_rig.SentLast("INVITE "), status));

    private void Register(int port, string contact = "", string? extra = null, SipTransport transport = SipTransport.Udp)
    {
        if (contact.Length == 0) contact = $"<sip:alice1@127.0.0.1:{port}>";
        string text = Phones.Request("REGISTER", "alice1", ++_registers, extra: extra)
            .Replace("<sip:alice1@10.0.0.5:5060>", contact, StringComparison.Ordinal);
        _rig.ReceiveBy(new(transport, new(IPAddress.Loopback, port)), text, new(Phones.Desk, "alice1"));
    }

    [Fact]
    public void Equipment_that_was_silent_comes_after_the_customers_next_place()
    {
        Assert.Equal([5081, 5082], Call("+4989116", () =>
        {
            _rig.Advance(3.1);
            Answer("486 Busy Here");
        }));
        for (int i = 0; i < 3; i++) Assert.Equal([5082], Call("+4989116", () => Answer("486 Busy Here")));
        _rig.Advance(30);
        Assert.Equal([5081], Call("+4989116", () => Answer("180 Ringing")));      // one call finds out
        Assert.Equal([5081], Call("+4989116", () => Answer("486 Busy Here")));
    }

    [Fact]
    public void Where_every_place_has_failed_all_are_tried_and_none_for_long()
    {
        Call("+4989116", () => _rig.Advance(3.1 + 32.5));
        Assert.Equal(1, Unanswered);
        Assert.Equal([5081, 5082], Call("+4989116", () => _rig.Advance(6.2)));
        Assert.Equal(2, Unanswered);
    }

    [Fact]
    public void A_503_of_equipment_is_about_the_call()
    {
        foreach (string number in (string[])["+4989116", "+4989116", "+4989116"])
            Assert.Equal([5081, 5082], Call(number, () =>
            {
                Answer("503 Service Unavailable");
                Answer("486 Busy Here");
            }));
    }

    [Fact]
    public void Of_the_addresses_of_one_name_the_one_that_was_silent_comes_last()
    {
        _rig.Names["one.example.net"] = [new(IPAddress.Loopback, 5083), new(IPAddress.Loopback, 5084)];
        Assert.Equal([5083, 5084], Call("+4989116", () =>
        {
            _rig.Advance(3.1);
            Answer("486 Busy Here");
        }));
        Assert.Equal([5084], Call("+4989116", () => Answer("486 Busy Here")));
        Assert.Equal([5084, 5083], Call("+4989116", () =>
        {
            _rig.Advance(3.1);
            Answer("486 Busy Here");
        }));
    }

    [Fact]
    public void A_phone_that_did_not_answer_has_four_seconds_until_it_is_heard()
    {
        Register(5071);
        Call("+4989111", () => _rig.Advance(33));
        Assert.Equal(1, Unanswered);
        Assert.Equal([5071], Call("+4989111", () => _rig.Advance(Limits.TargetSilence.TotalSeconds)));
        Assert.Equal(2, Unanswered);
        Register(5071);
        Call("+4989111", () => _rig.Advance(20));
        Assert.Equal(2, Unanswered);
        Answer("180 Ringing");
        Call("+4989111", () => _rig.Advance(20));
        Assert.Equal(2, Unanswered);
    }

    [Fact]
    public void One_of_two_phones_that_does_not_answer_does_not_hurry_the_other()
    {
        Register(5071);
        Register(5072);
        Call("+4989111", () => _rig.Advance(33));
        Assert.Equal([5071, 5072], Call("+4989111", () => _rig.Advance(20)).Order());
        Assert.Equal(1, Unanswered);
    }

    [Fact]
    public void Of_a_phones_flows_the_one_that_failed_comes_last_at_the_next_call()
    {
        foreach (int id in (int[])[1, 2])
        {
            Register(40_000 + id, $"<sip:alice1@10.0.0.5:5060;transport=tcp>;reg-id={id};+sip.instance=\"<urn:uuid:one>\"",
                $"Supported: path, outbound\nX-Flow: {id}", SipTransport.Tcp);
            _rig.Advance(1);
        }
        Assert.Equal([40_002, 40_001], Call("+4989111", () =>
        {
            _rig.FailLast("the connection is gone", isLost: true);
            _rig.FailLast("nobody there");
        }));
        Assert.Equal([40_001], Call("+4989111"));
        _rig.Advance(31);
        // One call finds out whether it is back, and goes by the other when it is not.
        Assert.Equal([40_002, 40_001], Call("+4989111", () => _rig.Advance(Limits.TargetSilence.TotalSeconds)));
    }

    [Fact]
    public void A_request_that_is_too_long_for_UDP_does_not_look_for_TCP_each_time()
    {
        var request = Request() with
        {
            Headers = [.. Enumerable.Range(0, 8).Select(i => new CustomSipHeader($"X-Filler-{i}", new string('x', 100)))],
        };
        _rig.Current = Snapshot();
        _rig.Dial(request);
        Assert.Equal(SipTransport.Tcp, _rig.SentBy[^1].Transport);
        _rig.FailLast("the far end refused the connection");
        _rig.Receive(Response(_rig.Last, "486 Busy Here"));
        _rig.Dial(request, counter: 1_001);
        Assert.Equal(SipTransport.Udp, _rig.SentBy[^1].Transport);
        _rig.Receive(Response(_rig.Last, "486 Busy Here"));
        _rig.Advance(31);
        _rig.Dial(request, counter: 1_002);
        Assert.Equal(SipTransport.Tcp, _rig.SentBy[^1].Transport);      // one finds out whether it is there by now
    }
}
