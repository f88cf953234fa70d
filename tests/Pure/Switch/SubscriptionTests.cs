using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Subscriptions;

namespace Ringwright.Pure.Switch;

/// <summary>When a subscription's phone is told, and when it is over: the machine alone.</summary>
public sealed class SubscriptionTests
{
    private static readonly Instant Start = new(1_000_000_000_000);

    private readonly Subscription _subscription = new(new("alice1", EventPackage.Dialog, "bob", "sip:alice1@10.0.0.5"), dialog: null);

    private static Instant At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private void Begin(int expires = 600)
    {
        _subscription.Accept(TimeSpan.FromSeconds(expires), Start);
        Assert.True(_subscription.TryTell(Start, out int version));
        Assert.Equal(0, version);
    }

    [Fact]
    public void One_NOTIFY_is_under_way_and_the_next_tells_what_came_last()
    {
        Begin();
        for (int i = 0; i < 100; i++) _subscription.Change();
        Assert.False(_subscription.TryTell(At(1), out _));
        Assert.Equal(_subscription.ExpiresAt, _subscription.NextDue);
        _subscription.OnAnswer(200, null, At(1));
        Assert.True(_subscription.TryTell(At(1), out int version));
        Assert.Equal(1, version);
        _subscription.OnAnswer(200, null, At(1.1));
        Assert.False(_subscription.TryTell(At(9), out _));
    }

    [Fact]
    public void A_storm_is_told_in_paces()
    {
        Begin();
        int told = 0;
        for (double at = 0; at < 10; at += 0.01)
        {
            if (_subscription.IsTelling) _subscription.OnAnswer(200, null, At(at));
            _subscription.Change();
            if (_subscription.TryTell(At(at), out _)) told++;
        }
        Assert.InRange(told, 45, 51);
    }

    [Fact]
    public void It_expires_and_says_so_once()
    {
        Begin(60);
        _subscription.OnAnswer(200, null, At(0.1));
        Assert.Equal(At(60), _subscription.NextDue);
        Assert.True(_subscription.TryTell(At(60), out _));
        Assert.Equal("timeout", _subscription.Ended);
        _subscription.Change();
        _subscription.OnAnswer(200, null, At(60.1));
        Assert.True(_subscription.IsGone);
        Assert.Equal(Instant.Never, _subscription.NextDue);
    }

    [Fact]
    public void A_refresh_makes_it_last()
    {
        Begin(60);
        _subscription.OnAnswer(200, null, At(0.1));
        _subscription.Accept(TimeSpan.FromSeconds(60), At(50));
        Assert.True(_subscription.TryTell(At(50), out int version));
        Assert.Equal(1, version);
        _subscription.OnAnswer(200, null, At(50.1));
        Assert.Equal(At(110), _subscription.NextDue);
    }

    [Fact]
    public void A_fetch_is_told_once_and_leaves_nothing()
    {
        Begin(0);
        Assert.Equal("timeout", _subscription.Ended);
        _subscription.OnAnswer(200, null, At(0.1));
        Assert.True(_subscription.IsGone);
    }

    [Theory]
    [InlineData(481), InlineData(489), InlineData(404), InlineData(300), InlineData(603), InlineData(null)]
    public void Whoever_knows_of_none_or_is_silent_is_told_no_more(int? status)
    {
        Begin();
        _subscription.Change();
        _subscription.OnAnswer(status, null, At(0.1));
        Assert.True(_subscription.IsGone);
        Assert.False(_subscription.TryTell(At(1), out _));
        Assert.Equal(Instant.Never, _subscription.NextDue);
    }

    [Theory]
    [InlineData(null, 5), InlineData(1, 5), InlineData(20, 20), InlineData(86_400, 300)]
    public void Who_is_in_trouble_is_asked_again_when_he_likes_within_bounds(int? retryAfter, int seconds)
    {
        Begin();
        _subscription.OnAnswer(503, retryAfter is { } given ? TimeSpan.FromSeconds(given) : null, At(0.1));
        Assert.Equal(At(0.1) + TimeSpan.FromSeconds(seconds), _subscription.NextDue);
        Assert.False(_subscription.TryTell(At(seconds - 0.5), out _));
        Assert.True(_subscription.TryTell(At(seconds + 0.2), out _));
    }

    [Fact]
    public void Who_is_in_trouble_for_ever_is_let_go()
    {
        Begin(3_600);
        double at = 0;
        for (int i = 0; i < Limits.NotifyFailures; i++)
        {
            _subscription.OnAnswer(500, null, At(at += 1));
            Assert.True(_subscription.TryTell(At(at += 10), out _));
        }
        _subscription.OnAnswer(500, null, At(at));
        Assert.True(_subscription.IsGone);
    }

    [Fact]
    public void The_last_word_waits_for_no_retry_and_is_the_end_whatever_comes_of_it()
    {
        Begin();
        _subscription.OnAnswer(503, TimeSpan.FromSeconds(200), At(0.1));
        _subscription.End("noresource", At(1));
        Assert.True(_subscription.TryTell(At(1), out _));
        _subscription.OnAnswer(503, TimeSpan.FromSeconds(200), At(2));
        Assert.True(_subscription.IsGone);
    }

    [Fact]
    public void The_first_reason_stands()
    {
        Begin();
        _subscription.End("noresource", At(1));
        _subscription.End("timeout", At(2));
        Assert.Equal("noresource", _subscription.Ended);
    }
}
