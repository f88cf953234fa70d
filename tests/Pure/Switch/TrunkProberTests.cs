using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Trunks;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class TrunkProberTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5099, ProbeSeconds = 60,
    };

    private readonly ShardRig _rig = new();

    private TrunkTargetStatus Target =>
        Assert.Single(new TrunkTargets(_rig.Settings.Trunks, _rig.Settings.Anchor, () => _rig.Now).TargetsOf(Carrier.Id));

    /// <summary>Without repetitions.</summary>
    private int Probes => _rig.SentOnce("OPTIONS ");

    private void Follow(params Trunk[] trunks)
    {
        _rig.Current = Snapshot(trunks: trunks,
            routes: trunks.Select((t, i) => new Route { Id = t.Id.Value, Trunk = t.Id, Prefix = "", Priority = i }));
        _rig.FireAt(_rig.Now);
    }

    private void Answer(string status) => _rig.Receive(Response(_rig.SentLast("OPTIONS "), status));

    [Theory]
    [InlineData("200 OK", 200), InlineData("404 Not Found", 404), InlineData("401 Unauthorized", 401)]
    [InlineData("503 Service Unavailable", 503)]
    public void Any_final_answer_is_life(string answer, int status)
    {
        Follow(Carrier);
        _rig.Advance(60);
        Assert.Equal(1, Probes);
        Assert.StartsWith("OPTIONS sip:127.0.0.1:5099", _rig.SentLast("OPTIONS "));
        Assert.Equal(TrunkTargetState.Unknown, Target.State);
        _rig.Receive(Response(_rig.SentLast("OPTIONS "), "100 Trying"));
        Assert.Equal(TrunkTargetState.Unknown, Target.State);
        Answer(answer);
        Assert.Equal((TrunkTargetState.Up, status, null), (Target.State, Target.ProbeStatus, Target.ProbeTrouble));
        _rig.Advance(67);
        Assert.Equal(2, Probes);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_ping_says_what_the_trunk_may_ask_of_us(bool mayRefer)
    {
        Follow(Carrier with { MayRefer = mayRefer });
        _rig.Advance(60);
        string allow = Header(_rig.SentLast("OPTIONS "), "Allow");
        Assert.StartsWith("INVITE, ", allow, StringComparison.Ordinal);
        Assert.Equal(mayRefer, allow.EndsWith(", REFER", StringComparison.Ordinal));
    }

    [Fact]
    public void Silence_alone_passes_nobody_over()
    {
        Follow(Carrier);
        _rig.Advance(110);
        Assert.Equal((TrunkTargetState.Unknown, null, "nothing answered"), (Target.State, Target.ProbeStatus, Target.ProbeTrouble));
        Assert.Equal(default, _rig.Settings.Trunks.Of(Carrier.Id).PassedUntil);
    }

    [Fact]
    public void They_can_be_off_and_end_with_the_trunk()
    {
        Follow(Carrier with { ProbeSeconds = 0 }, Carrier with { Id = new(Guid.NewGuid()), IsEnabled = false });
        _rig.Advance(300);
        Assert.Equal(0, Probes);
        Follow(Carrier);
        _rig.Advance(60);
        Follow();
        Answer("200 OK");
        Assert.Null(_rig.Settings.Trunks.Find(Carrier.Id));
        _rig.AssertNothingLeft();
        Assert.Equal(1, Probes);
    }

    [Fact]
    public void A_trunk_that_failed_calls_is_asked_soon_and_let_back_by_its_answer()
    {
        Follow(Carrier);
        var flow = Ringwright.Sip.Transactions.SipFlow.Udp(new(IPAddress.Loopback, 5099));
        var health = _rig.Settings.Trunks.Of(Carrier.Id);
        health.Learn([flow]);
        health.TryFail(flow, Ringwright.Switch.Routing.FailureClass.OfSilence(), "+4989777", _rig.Now, _rig.Now);
        _rig.FireAt(_rig.Now);
        _rig.Advance(15);
        Assert.Equal((1, TrunkTargetState.PassedOver), (Probes, Target.State));
        Answer("200 OK");
        Assert.Equal(TrunkTargetState.Up, Target.State);
        Assert.Null(Assert.Single(_rig.TrunkNews).Trouble);
    }

    [Fact]
    public void Each_address_is_asked_by_the_trunks_transport()
    {
        _rig.Names["carrier.example"] = [new(IPAddress.Parse("10.0.0.1"), 5061), new(IPAddress.Parse("10.0.0.2"), 5061)];
        Follow(Carrier with { Host = "carrier.example", Port = null, Transport = SipTransport.Tls });
        _rig.Advance(60);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], _rig.SentBy.Select(flow => flow.Remote.Address.ToString()));
        Assert.All(_rig.SentBy, flow => Assert.Equal(SipTransport.Tls, flow.Transport));
    }

    [Fact]
    public void A_name_that_leads_nowhere_is_told()
    {
        Follow(Carrier with { Host = "nowhere.example" });
        _rig.Advance(60);
        Assert.Equal((null, "there is no such name"), (Target.Address, Target.ProbeTrouble));
    }

    [Fact]
    public void Many_trunks_are_asked_one_after_another_and_never_too_many_at_once()
    {
        Follow([.. Enumerable.Range(1, 300).Select(i => Carrier with { Id = new(new Guid(i, 0, 0, new byte[8])), Port = 10_000 + i })]);
        int most = 0, inOneSecond = 0;
        for (int i = 0; i < 120; i++)
        {
            int before = Probes;
            _rig.Advance(1);
            most = Math.Max(most, _rig.State.Transactions);
            inOneSecond = Math.Max(inOneSecond, Probes - before);
        }
        Assert.InRange(most, 10, Limits.OpenProbes + Limits.DialTargets);
        Assert.InRange(inOneSecond, 1, 64);
        Follow();
        _rig.AssertNothingLeft();
    }
}
