using System.Net;
using Ringwright.Core;
using Ringwright.Net;

namespace Ringwright.Edge.Net;

/// <summary>Who gets a connection, and whose is closed for it.</summary>
public sealed class ConnectionBudgetTests
{
    private static readonly IPAddress Proxy = IPAddress.Parse("10.0.0.1");

    private readonly List<string> _closed = [], _refused = [];
    private readonly List<long> _told = [];
    private Instant _now = new(1_000_000_000_000);

    private ConnectionBudget Budget(int all, int strangers, int perUntrusted) =>
        new(new(all, strangers, perUntrusted), source => source.Equals(Proxy), new(_refused.Add, (_, _, times) => _told.Add(times)));

    private ConnectionPlace? Enter(ConnectionBudget budget, string from, string name = "") =>
        budget.TryEnter(IPAddress.Parse(from), () => _closed.Add(name), _now);

    [Fact]
    public void One_stranger_has_so_many_and_not_one_more()
    {
        var budget = Budget(all: 100, strangers: 80, perUntrusted: 3);
        for (int i = 0; i < 3; i++) Enter(budget, "192.0.2.1")!.Prove();
        Assert.Null(Enter(budget, "192.0.2.1"));
        Assert.NotNull(Enter(budget, "192.0.2.2"));
        Assert.Equal(["too_many_of_one_address"], _refused);
    }

    /// <summary>A listener on [::] sees IPv4 addresses as some of IPv6.</summary>
    [Fact]
    public void Who_is_trusted_is_so_in_the_dress_of_IPv6_too()
    {
        var budget = Budget(all: 10, strangers: 1, perUntrusted: 1);
        for (int i = 0; i < 3; i++) Assert.NotNull(Enter(budget, $"::ffff:{Proxy}"));
        Assert.Empty(_closed);
    }

    [Fact]
    public void His_own_silent_ones_make_room_for_who_asks_behind_the_same_address()
    {
        var budget = Budget(all: 100, strangers: 80, perUntrusted: 3);
        foreach (string name in new[] { "first", "second", "third" }) Enter(budget, "192.0.2.1", name);
        var honest = Enter(budget, "192.0.2.1", "honest");
        honest!.Prove();
        Enter(budget, "192.0.2.1");
        Enter(budget, "192.0.2.1");
        Assert.Equal(["first", "second", "third"], _closed);
        Assert.Equal(new[] { "made_room", "made_room", "made_room" }, _refused);
    }

    [Fact]
    public void When_all_is_taken_who_has_the_most_makes_room_for_who_has_fewer()
    {
        var budget = Budget(all: 10, strangers: 10, perUntrusted: 8);
        for (int i = 0; i < 7; i++) Enter(budget, "192.0.2.1", $"flood {i}");
        for (int i = 0; i < 3; i++) Enter(budget, "192.0.2.2", $"few {i}");
        Assert.NotNull(Enter(budget, "192.0.2.3", "one"));
        Assert.NotNull(Enter(budget, "192.0.2.3", "two"));
        Assert.Equal(["flood 0", "flood 1"], _closed);
    }

    [Fact]
    public void What_is_silent_goes_before_what_is_at_rest_and_that_before_what_works()
    {
        var budget = Budget(all: 4, strangers: 4, perUntrusted: 4);
        string[] names = ["works", "rests", "silent", "works too"];
        foreach (string name in names)
        {
            var place = Enter(budget, "192.0.2.1", name)!;
            if (name == "silent") continue;
            place.Prove();
            place.IsAtRest = name == "rests";
        }
        Enter(budget, "192.0.2.2")!.Prove();
        Enter(budget, "192.0.2.3")!.Prove();
        Assert.Equal(["silent", "rests"], _closed);
        Assert.Null(Enter(budget, "192.0.2.1"));        // he has the most himself
        Assert.NotNull(Enter(budget, "192.0.2.4"));
        Assert.Equal(["silent", "rests", "works"], _closed);
        Assert.Null(Enter(budget, "192.0.2.5"));        // nobody has more than he would
    }

    [Fact]
    public void A_flood_from_everywhere_keeps_nobody_out_for_longer_than_two_seconds()
    {
        var budget = Budget(all: 50, strangers: 50, perUntrusted: 5);
        for (int i = 0; i < 50; i++) Enter(budget, $"192.0.2.{i}", $"{i}");
        Assert.Null(Enter(budget, "198.51.100.1"));
        _now += TimeSpan.FromSeconds(2.1);
        Assert.NotNull(Enter(budget, "198.51.100.1"));
        Assert.Single(_closed);
    }

    [Fact]
    public void Who_is_slow_makes_no_room_for_who_holds_more_than_he()
    {
        var budget = Budget(all: 5, strangers: 5, perUntrusted: 5);
        Enter(budget, "198.51.100.1", "honest");
        _now += TimeSpan.FromSeconds(2.1);
        foreach (string from in new[] { "192.0.2.1", "192.0.2.2" })
            for (int i = 0; i < 2; i++) Enter(budget, from, "flood");
        Assert.Null(Enter(budget, "192.0.2.1"));
        Assert.Empty(_closed);
    }

    [Fact]
    public void Who_is_trusted_finds_places_that_strangers_cannot_have_and_never_has_too_many_of_one_address()
    {
        var budget = Budget(all: 10, strangers: 6, perUntrusted: 6);
        for (int i = 0; i < 6; i++) Enter(budget, "192.0.2.1")!.Prove();
        for (int i = 0; i < 4; i++) Enter(budget, Proxy.ToString())!.Prove();
        Assert.Empty(_closed);
        Assert.NotNull(Enter(budget, "192.0.2.7"));     // at the cost of the stranger with the most, not of the proxy
        Assert.Single(_closed);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::", "0.0.0.0", false)]
    public void One_source_is_an_address_of_IPv4_or_a_network_of_64_bits(string one, string other, bool isSame)
    {
        Assert.Equal(isSame, SourceKey.Of(IPAddress.Parse(one)) == SourceKey.Of(IPAddress.Parse(other)));
        var budget = Budget(all: 10, strangers: 10, perUntrusted: 1);
        Enter(budget, one)!.Prove();
        Assert.Equal(isSame, Enter(budget, other) is null);
    }

    [Fact]
    public void A_place_is_free_once_and_only_when_its_descriptor_is_closed()
    {
        var budget = Budget(all: 4, strangers: 4, perUntrusted: 1);
        var first = Enter(budget, "192.0.2.1", "first")!;
        Enter(budget, "192.0.2.1");
        Assert.Equal(["first"], _closed);
        Assert.Equal(2, budget.Count);
        first.Leave();
        first.Leave();
        Assert.Equal(1, budget.Count);
    }

    [Fact]
    public void Of_those_that_are_closing_only_so_many_are_waited_for()
    {
        var budget = Budget(all: 80, strangers: 80, perUntrusted: 1);
        var places = Enumerable.Range(0, 12).Select(_ => Enter(budget, "192.0.2.1")).ToArray();
        Assert.Equal((11, 1), (places.Count(p => p is not null), places.Count(p => p is null)));
        places[0]!.Leave();
        Assert.NotNull(Enter(budget, "192.0.2.1"));
    }

    [Fact]
    public async Task A_newcomer_waits_for_those_that_are_closing_instead_of_being_refused()
    {
        var budget = Budget(all: 8, strangers: 8, perUntrusted: 8);
        var flood = Enumerable.Range(0, 8).Select(_ => Enter(budget, "192.0.2.1")!).ToArray();
        for (int i = 0; i < 4; i++) Enter(budget, $"192.0.2.{2 + i}")!.Prove();
        var waits = budget.EnterAsync(IPAddress.Parse("192.0.2.9"), () => { }, TestContext.Current.CancellationToken).AsTask();
        Assert.False(waits.IsCompleted);
        Assert.DoesNotContain("too_many", _refused);
        flood[0].Leave();
        Assert.NotNull(await waits);
    }

    [Fact]
    public async Task When_those_that_are_closing_hang_only_the_first_waits_for_them()
    {
        var budget = Budget(all: 8, strangers: 8, perUntrusted: 8);
        var flood = Enumerable.Range(0, 8).Select(_ => Enter(budget, "192.0.2.1")!).ToArray();
        for (int i = 0; i < 4; i++) Enter(budget, $"192.0.2.{2 + i}")!.Prove();
        Assert.Null(await budget.EnterAsync(IPAddress.Parse("192.0.2.9"), () => { }, TestContext.Current.CancellationToken));
        var next = budget.EnterAsync(IPAddress.Parse("192.0.2.9"), () => { }, TestContext.Current.CancellationToken);
        Assert.True(next.IsCompleted);
        Assert.Null(await next);
        flood[0].Leave();
        Assert.NotNull(await budget.EnterAsync(IPAddress.Parse("192.0.2.9"), () => { }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Who_asks_nothing_is_closed()
    {
        var budget = Budget(all: 10, strangers: 10, perUntrusted: 10);
        Enter(budget, "192.0.2.1", "silent");
        Enter(budget, "192.0.2.1", "asks")!.Prove();
        _now += TimeSpan.FromSeconds(10);
        Enter(budget, "192.0.2.1", "new");
        Assert.True(budget.CloseSilent(_now - TimeSpan.FromSeconds(5), _now));
        Assert.Equal(["silent"], _closed);
        Assert.Equal(["nothing_asked"], _refused);

        _now += TimeSpan.FromSeconds(10);
        Assert.False(budget.CloseSilent(_now - TimeSpan.FromSeconds(5), _now));
        Assert.Equal(["silent", "new"], _closed);
    }

    [Fact]
    public async Task Who_is_silent_is_closed_each_time_that_somebody_comes()
    {
        var budget = new ConnectionBudget(new(10, 10, 10), source => source.Equals(Proxy), new(_ => { }, (_, _, _) => { }));
        using var watch = new SilenceWatch(budget, silence: TimeSpan.FromMilliseconds(30), look: TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 3; i++)
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var silent = budget.TryEnter(Proxy, closed.SetResult, EngineClock.Now)!;
            watch.Begin();
            await closed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            silent.Leave();
            // It rests by now, and one that asks does not keep it awake.
            await Task.Delay(50, TestContext.Current.CancellationToken);
            budget.TryEnter(Proxy, () => Assert.Fail("it had asked"), EngineClock.Now)!.Prove();
            watch.Begin();
        }
    }

    [Fact]
    public void Connections_of_our_own_have_places_that_nobody_takes()
    {
        var budget = Budget(all: 4, strangers: 3, perUntrusted: 3);
        for (int i = 0; i < 4; i++) Assert.True(budget.TryLeaveFor(Proxy, _now));
        Assert.False(budget.TryLeaveFor(Proxy, _now));
        Assert.Null(Enter(budget, "192.0.2.1"));
        budget.Returned();
        Assert.NotNull(Enter(budget, "192.0.2.1"));
    }

    [Fact]
    public void A_flood_is_counted_one_by_one_and_told_every_ten_seconds()
    {
        var budget = Budget(all: 1, strangers: 1, perUntrusted: 1);
        Enter(budget, "192.0.2.1")!.Prove();
        for (int i = 0; i < 100; i++) Enter(budget, "192.0.2.1");
        _now += TimeSpan.FromSeconds(11);
        Enter(budget, "192.0.2.1");
        Assert.Equal(101, _refused.Count);
        Assert.Equal([1, 100], _told);
    }
}
