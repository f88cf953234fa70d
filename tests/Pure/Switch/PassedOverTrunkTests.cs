using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Trunks that fail are passed over, but for the last one that is left (ADR 89).</summary>
public sealed class PassedOverTrunkTests
{
    private readonly ShardRig _rig = new();
    private uint _counter = 1_000;

    public PassedOverTrunkTests() => Trunks("10.0.0.1", "10.0.0.2");

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private void Trunks(params string[] hosts) => _rig.Current = Snapshot(
        trunks: hosts.Select((host, i) => new Trunk { Id = new(Id(i + 1)), Name = $"t{i + 1}", Host = host }),
        routes: hosts.Select((_, i) => new Route { Id = Id(i + 1), Trunk = new(Id(i + 1)), Priority = i, Prefix = "" }));

    /// <summary>Gives where the INVITEs of this call go.</summary>
    private string[] Dial(Action? then = null)
    {
        string to = $"+4989{++_counter}";
        _rig.Dial(Request(to), _counter);
        then?.Invoke();
        return [.. _rig.SentTo.Zip(_rig.Sent)
            .Where(sent => sent.Second.StartsWith($"INVITE sip:{to}@", StringComparison.Ordinal))
            .Select(sent => sent.First.Address.ToString()).Distinct()];
    }

    private void Silence() => _rig.Advance(Limits.TargetSilence.TotalSeconds);

    private void Answer(string status, string? extra = null) => _rig.Receive(Response(_rig.SentLast("INVITE "), status, extra: extra));

    private IReadOnlyList<RouteCandidate> Explain(string to = "+4989777") =>
        new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "sip.example.com", SipDomains.None, new(),
            () => new(_rig.Settings.Trunks, _rig.Now)).Explain(new("+4930123", to, null)).Outbound!.Routes;

    [Fact]
    public void A_dead_trunk_costs_the_first_call_its_time_out_and_no_later_one()
    {
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Dial(then: Silence));
        for (int i = 0; i < 5; i++) Assert.Equal(["10.0.0.2"], Dial(then: () => Answer("486 Busy Here")));
        var news = Assert.Single(_rig.TrunkNews);
        Assert.Equal(("t1", "Nothing answered the INVITE."), (news.Trunk.Name, news.Trouble));
    }

    [Fact]
    public void When_the_while_is_over_one_call_tries_it_and_the_others_do_not_wait()
    {
        Dial(then: () =>
        {
            Silence();
            Answer("486 Busy Here");
        });
        _rig.Advance(30);
        Assert.Equal(["10.0.0.1"], Dial());
        Assert.Equal(["10.0.0.2"], Dial(then: () => Answer("486 Busy Here")));
        Silence();
        // The one that tried it has learnt that it is dead still.
        Assert.Equal(["10.0.0.2"], Dial());
    }

    [Fact]
    public void A_call_that_rings_there_lets_all_back()
    {
        Dial(then: Silence);
        _rig.Advance(30);
        Dial(then: () => Answer("180 Ringing"));
        Assert.Equal(["10.0.0.1"], Dial(then: () => Answer("404 Not Found")));
        Assert.Equal(["10.0.0.1"], Dial());
        Assert.Null(_rig.TrunkNews[^1].Trouble);
    }

    [Fact]
    public void The_last_route_that_is_left_is_tried_when_all_others_have_failed()
    {
        Dial(then: Silence);
        foreach (int _ in (int[])[1, 2]) Assert.Equal(["10.0.0.2", "10.0.0.1"], Dial(then: () => Answer("503 Service Unavailable")));
        // Now neither is well: the first to be tried again is tried, and nobody else.
        Assert.Equal(["10.0.0.1"], Dial(then: () => _rig.Advance(25)));
    }

    [Fact]
    public void A_dead_trunk_that_is_tried_last_does_not_hold_the_call_for_long()
    {
        Dial(then: Silence);
        Dial(then: () =>
        {
            Answer("500 Server Internal Error");
            Silence();
        });
        Assert.Equal(HangupCause.RemoteTimeout, _rig.Ended.Cause);
    }

    [Fact]
    public void The_only_trunk_is_tried_by_every_call()
    {
        Trunks("10.0.0.1");
        Dial(then: () => _rig.Advance(40));
        Assert.Equal(["10.0.0.1"], Dial());
        Assert.Equal(RouteOutcome.TriedLast, Assert.Single(Explain()).Outcome);
    }

    [Fact]
    public void An_emergency_tries_all_of_them()
    {
        Trunks("10.0.0.1", "10.0.0.2", "10.0.0.3");
        Dial(then: () =>
        {
            Silence();
            Silence();
        });
        Assert.Equal(["10.0.0.3", "10.0.0.1"], DialPlan.For(_rig.Current, Request("+4989777"), SipDomains.None,
            trunks: new(_rig.Settings.Trunks, _rig.Now)).Targets.Select(t => t.Host));
        Assert.Equal(["10.0.0.3", "10.0.0.1", "10.0.0.2"], DialPlan.For(_rig.Current, Request("112"), SipDomains.None,
            trunks: new(_rig.Settings.Trunks, _rig.Now)).Targets.Select(t => t.Host));
    }

    [Theory]
    [InlineData("403 Forbidden"), InlineData("404 Not Found"), InlineData("486 Busy Here"), InlineData("500 Server Internal Error")]
    public void What_is_said_of_one_call_is_not_held_against_the_trunk(string answer)
    {
        Dial(then: () => Answer(answer));
        Assert.Equal("10.0.0.1", Dial()[0]);
    }

    [Theory]
    [InlineData("403 Forbidden", false), InlineData("404 Not Found", false), InlineData("486 Busy Here", false)]
    [InlineData("408 Request Timeout", false), InlineData("480 Temporarily Unavailable", false), InlineData("600 Busy Everywhere", false)]
    [InlineData("500 Server Internal Error", true), InlineData("503 Service Unavailable", true), InlineData("580 Precondition", true)]
    public void Unless_the_trunk_says_otherwise_only_failures_of_servers_lead_to_the_next(string answer, bool isNext) =>
        Assert.Equal(isNext ? 2 : 1, Dial(then: () => Answer(answer)).Length);

    [Theory]
    [InlineData("404 Not Found", true), InlineData("486 Busy Here", true), InlineData("480 Temporarily Unavailable", false)]
    [InlineData("500 Server Internal Error", false), InlineData("503 Service Unavailable", false)]
    public void Which_answers_lead_to_the_next_trunk_is_the_trunks_to_say(string answer, bool isNext)
    {
        var trunks = _rig.Current.Trunks.Select(t => t with { NextTrunkOn = AnswerSet.TryParse(["404", "486"])! });
        _rig.Current = Snapshot(trunks: trunks, routes: _rig.Current.Routes);
        Assert.Equal(isNext ? 2 : 1, Dial(then: () => Answer(answer)).Length);
    }

    [Theory]
    [InlineData("4xx", 404, true), InlineData("4xx", 503, false), InlineData("503", 503, true), InlineData("503", 504, false)]
    [InlineData("6xx", 603, true), InlineData("490", 490, true), InlineData("490", 409, false)]
    public void Answers_are_statuses_and_classes(string text, int status, bool isIn) =>
        Assert.Equal(isIn, AnswerSet.TryParse([text])!.Includes(status));

    [Theory]
    [InlineData("200"), InlineData("3xx"), InlineData("5x"), InlineData("5xX"), InlineData("50x"), InlineData("5033"), InlineData("")]
    public void What_is_neither_is_no_answer(string text) => Assert.Null(AnswerSet.TryParse(["503", text]));

    [Fact]
    public void A_customer_whose_numbers_get_503_leaves_the_trunk_to_the_others()
    {
        Dial(then: () => Answer("486 Busy Here"));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(["10.0.0.1", "10.0.0.2"], Dial(then: () =>
            {
                Answer("503 Service Unavailable");
                Answer("486 Busy Here");
            }));
            Assert.Equal(["10.0.0.1"], Dial(then: () => Answer("180 Ringing")));
            _rig.Advance(15);
        }
        Assert.Empty(_rig.TrunkNews);
        // A trunk that answers nothing else is out of service: that is known by the second number, and costs nobody a time-out.
        _rig.Advance(60);
        foreach (int _ in (int[])[1, 2]) Assert.Equal(["10.0.0.1", "10.0.0.2"], Dial(then: () => Answer("503 Service Unavailable")));
        Assert.Equal(["10.0.0.2"], Dial());
    }

    [Fact]
    public void A_503_says_for_how_long()
    {
        Dial(then: () => Answer("503 Service Unavailable", "Retry-After: 120"));
        _rig.Advance(119);
        Assert.Equal(["10.0.0.2"], Dial());
        _rig.Advance(1);
        Assert.Equal(["10.0.0.1"], Dial());
    }

    [Fact]
    public void Of_a_trunk_with_two_addresses_the_dead_one_alone_is_passed_over()
    {
        Trunks("carrier.example", "10.0.0.3");
        _rig.Names["carrier.example"] = [new(IPAddress.Parse("10.0.0.1"), 5060), new(IPAddress.Parse("10.0.0.2"), 5060)];
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Dial(then: Silence));
        Assert.Equal(["10.0.0.2", "10.0.0.3"], Dial(then: Silence));
        Assert.Equal(["10.0.0.3"], Dial());
        Assert.Equal([RouteOutcome.TriedLast, RouteOutcome.Chosen], Explain().Select(route => route.Outcome));
        Assert.Equal(2, new TrunkTargets(_rig.Settings.Trunks, _rig.Settings.Anchor, () => _rig.Now).TargetsOf(new(Id(1)))
            .Count(target => target is { State: TrunkTargetState.PassedOver, Why: "Nothing answered the INVITE." }));
    }

    [Fact]
    public void A_name_that_leads_nowhere_is_not_looked_up_by_each_call()
    {
        Trunks("nowhere.example", "10.0.0.2");
        Dial();
        var route = Explain()[0];
        Assert.Equal((RouteOutcome.TriedLast, 30), (route.Outcome, route.For.TotalSeconds));
        Assert.Contains("nowhere.example has no address", route.Trouble);
    }

    [Fact]
    public void A_ring_timeout_that_is_shorter_than_the_transactions_time_tells_of_silence()
    {
        Trunks("10.0.0.1");
        _rig.Dial(Request("+4989777") with { RingTimeout = TimeSpan.FromSeconds(10) });
        _rig.Advance(10);
        Assert.Equal("t1", Assert.Single(_rig.TrunkNews).Trunk.Name);
    }

    [Fact]
    public void A_caller_who_hangs_up_at_once_tells_nothing()
    {
        _rig.Dial(Request("+4989777"));
        _rig.Advance(2);
        _rig.Command(new LegCommand.Hangup());
        _rig.Advance(40);
        Assert.Empty(_rig.TrunkNews);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_leads_elsewhere_now_is_well()
    {
        Dial(then: Silence);
        _rig.Settings.Trunks.Follow(_rig.Current);
        Trunks("10.0.0.9", "10.0.0.2");
        _rig.Settings.Trunks.Follow(_rig.Current);
        Assert.Equal(["10.0.0.9"], Dial());
        _rig.Current = Snapshot();
        _rig.Settings.Trunks.Follow(_rig.Current);
        Assert.Null(_rig.Settings.Trunks.Find(new(Id(1))));
    }

    [Fact]
    public void Of_shards_that_fail_at_once_none_loses_what_another_learnt()
    {
        var health = new TrunkHealth();
        SipFlow[] flows = [.. Enumerable.Range(1, 8).Select(i => SipFlow.Udp(new(IPAddress.Parse($"10.0.0.{i}"), 5060)))];
        health.Learn(flows);
        Parallel.For(0, 800, i => health.TryFail(flows[i % 8], FailureClass.OfSilence(), "+1", new(1), new(2)));
        Assert.True(health.PassedUntil > new Instant(2));
        int trials = 0;
        Parallel.For(0, 800, _ =>
        {
            if (health.MayTry(flows[0], health.PassedUntil)) Interlocked.Increment(ref trials);
        });
        Assert.Equal(1, trials);
    }
}
