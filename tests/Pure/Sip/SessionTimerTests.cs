using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>RFC 4028: who refreshes, when, and what ends a session that nobody refreshes.</summary>
public sealed class SessionTimerTests
{
    private readonly SessionTimer _timer = new(new());

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    private static SipRequest Request(string extra) => Wire.Request(Wire.Invite(extra));

    private (string? Expires, string? Require) Answer(string extra, double at = 0)
    {
        var request = Request(extra);
        var response = _timer.Answer(request, new SipResponseBuilder(request, 200), At(at)).Build();
        return (response.Text(SipHeader.SessionExpires), response.Text(SipHeader.Require));
    }

    private void Succeed(string? expires, double at = 0)
    {
        var response = new SipResponseBuilder(Request(""), 200);
        if (expires is not null) response.Add(SipHeader.SessionExpires, expires);
        _timer.OnSuccess(response.Build(), At(at));
    }

    [Theory]
    [InlineData("Supported: timer", "1800;refresher=uac", "timer")]
    [InlineData("Supported: timer\nSession-Expires: 600", "600;refresher=uac", "timer")]
    [InlineData("Supported: timer\nSession-Expires: 600;refresher=uas", "600;refresher=uas", null)]
    [InlineData("Supported: timer\nSession-Expires: 600;refresher=uac\nMin-SE: 120", "600;refresher=uac", "timer")]
    [InlineData("Supported: timer\nMin-SE: 3600", "3600;refresher=uac", "timer")]
    [InlineData("Session-Expires: 600", "600;refresher=uas", null)]
    [InlineData("Session-Expires: 30", "90;refresher=uas", null)]
    [InlineData("x: y", null, null)]
    public void A_call_to_us_gets_the_timer_that_its_caller_can_have(string extra, string? expires, string? require) =>
        Assert.Equal((expires, require), Answer(extra));

    [Theory]
    [InlineData("Supported: timer\nSession-Expires: 89", true)]
    [InlineData("Supported: timer\nSession-Expires: 90", false)]
    [InlineData("Require: timer\nSession-Expires: 60", true)]
    [InlineData("Session-Expires: 30", false)]
    [InlineData("Supported: timer", false)]
    public void Too_short_an_interval_is_refused_with_the_shortest_that_we_take(string extra, bool isRefused)
    {
        var refusal = new SessionTimerSettings().Refuse(Request(extra))?.Build();
        Assert.Equal(isRefused ? (422, "90") : (null, null), ((int?)refusal?.Status, refusal?.Text(SipHeader.MinSE)));
    }

    [Fact]
    public void The_refresher_is_due_at_half_the_interval_and_at_its_end_a_little_early()
    {
        Answer("Supported: timer\nSession-Expires: 600;refresher=uas");
        Assert.True(_timer.IsRefresher);
        Assert.Equal(At(300), _timer.NextDue);
        Assert.Equal(SessionTimerDue.Nothing, _timer.TakeDue(At(299)));
        Assert.Equal(SessionTimerDue.Refresh, _timer.TakeDue(At(300)));
        Assert.Equal(At(568), _timer.NextDue);
        Assert.Equal(SessionTimerDue.Expired, _timer.TakeDue(At(568)));
        Assert.Equal(Instant.Never, _timer.NextDue);
    }

    [Fact]
    public void The_other_side_only_waits()
    {
        Answer("Supported: timer\nSession-Expires: 90;refresher=uac");
        Assert.False(_timer.IsRefresher);
        Assert.Equal(At(60), _timer.NextDue);
        Answer("Supported: timer\nSession-Expires: 90;refresher=uac", at: 45);
        Assert.Equal(At(105), _timer.NextDue);
        Assert.Equal(SessionTimerDue.Expired, _timer.TakeDue(At(105)));
    }

    [Theory]
    [InlineData("1800;refresher=uac", true)]
    [InlineData("1800;refresher=uas", false)]
    [InlineData("1800", true)]
    public void The_answer_to_our_call_says_who_refreshes(string expires, bool isOurs)
    {
        Succeed(expires);
        Assert.Equal((1800u, isOurs), (_timer.Seconds, _timer.IsRefresher));
    }

    [Fact]
    public void An_answer_without_the_header_ends_the_timer()
    {
        Succeed("1800;refresher=uac");
        Succeed(null);
        Assert.Null(_timer.Seconds);
        Assert.Equal(Instant.Never, _timer.NextDue);
    }

    [Fact]
    public void A_refresh_keeps_interval_and_roles()
    {
        Succeed("600;refresher=uas");
        var refresh = _timer.Ask(Samples.Request(SipMethod.Update)).Build();
        Assert.Equal(("600;refresher=uas", "90"), (refresh.Text(SipHeader.SessionExpires), refresh.Text(SipHeader.MinSE)));
        Succeed("600;refresher=uac");
        Assert.Equal("600;refresher=uac", _timer.Ask(Samples.Request(SipMethod.Update)).Build().Text(SipHeader.SessionExpires));
        Assert.Equal("600;refresher=uas", Answer("Supported: timer").Expires);
    }

    [Fact]
    public void A_422_raises_what_we_ask_for_once()
    {
        Assert.Equal("1800", _timer.Ask(Samples.Request(SipMethod.Invite)).Build().Text(SipHeader.SessionExpires));
        var refusal = new SipResponseBuilder(Request(""), 422).Add(SipHeader.MinSE, "3600").Build();
        Assert.True(_timer.TryRaise(refusal));
        var again = _timer.Ask(Samples.Request(SipMethod.Invite)).Build();
        Assert.Equal(("3600", "3600"), (again.Text(SipHeader.SessionExpires), again.Text(SipHeader.MinSE)));
        Assert.False(_timer.TryRaise(refusal));
        Assert.False(_timer.TryRaise(new SipResponseBuilder(Request(""), 422).Build()));
    }

    [Fact]
    public void The_third_wish_for_a_longer_interval_is_not_followed()
    {
        bool Raise(uint seconds) => _timer.TryRaise(new SipResponseBuilder(Request(""), 422).Add(SipHeader.MinSE, $"{seconds}").Build());
        for (uint i = 1; i <= Ringwright.Sip.Limits.SessionRaises; i++) Assert.True(Raise(1_800 + i));
        Assert.False(Raise(1_900));
    }

    [Fact]
    public void Nor_is_one_for_longer_than_the_longest_call()
    {
        bool Raise(uint seconds) =>
            new SessionTimer(new()).TryRaise(new SipResponseBuilder(Request(""), 422).Add(SipHeader.MinSE, $"{seconds}").Build());
        Assert.True(Raise(Ringwright.Sip.Limits.LongestSessionSeconds));
        Assert.False(Raise(Ringwright.Sip.Limits.LongestSessionSeconds + 1));
        Assert.False(Raise(uint.MaxValue));
    }

    [Fact]
    public void An_answer_with_an_interval_that_leaves_no_peace_does_not_make_us_hurry()
    {
        Succeed("1;refresher=uac");
        Assert.Equal((Ringwright.Sip.Limits.ShortestSessionSeconds, At(Ringwright.Sip.Limits.ShortestSessionSeconds / 2)),
            (_timer.Seconds, _timer.NextDue));
    }

    [Fact]
    public void A_refresh_that_could_not_be_is_tried_again_before_the_end()
    {
        Succeed("600;refresher=uac");
        Assert.Equal(SessionTimerDue.Refresh, _timer.TakeDue(At(300)));
        _timer.Postpone(At(300));
        Assert.Equal(At(434), _timer.NextDue);
        Assert.Equal(SessionTimerDue.Refresh, _timer.TakeDue(At(434)));
        _timer.Postpone(At(567.5));
        Assert.Equal(At(568), _timer.NextDue);
    }
}
