using Ringwright.Delivery;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Delivery;

public sealed class LanesTests
{
    private readonly Lanes _lanes = new(limit: 2);
    private long _seq;

    [Fact]
    public void First_attempts_of_a_key_go_one_after_another()
    {
        OutboxEntry first = Entry("leg"), second = Entry("leg"), third = Entry("leg");
        foreach (var entry in new[] { first, second, third }) _lanes.Add(entry);
        Assert.Equal([first], Take("http://a"));
        Assert.Equal("http://a", _lanes.AttemptEnded(first));
        Assert.Equal([second], Take("http://a"));
        _lanes.AttemptEnded(second);
        Assert.Equal([third], Take("http://a"));
        Assert.Null(_lanes.AttemptEnded(third));
        Assert.Equal(0, _lanes.Count);
    }

    [Fact]
    public void The_next_of_a_key_may_go_elsewhere()
    {
        OutboxEntry first = Entry("leg"), second = Entry("leg", "http://b/hook");
        _lanes.Add(first);
        _lanes.Add(second);
        Assert.Empty(Take("http://b"));
        Assert.Equal([first], Take("http://a"));
        Assert.Equal("http://b", _lanes.AttemptEnded(first));
        Assert.Equal([second], Take("http://b"));
    }

    [Fact]
    public void Retries_run_beside_and_hold_nobody_back()
    {
        var retry = Entry("leg") with { Attempts = 1 };
        var next = Entry("leg");
        _lanes.Add(retry);
        _lanes.Add(next);
        Assert.Equal([next, retry], Take("http://a"));
        Assert.Null(_lanes.AttemptEnded(retry));
    }

    [Fact]
    public void A_destination_has_its_own_limit_at_which_it_waits()
    {
        var entries = Enumerable.Range(0, 3).Select(i => Entry($"leg{i}")).ToList();
        entries.ForEach(_lanes.Add);
        var other = Entry("leg9", "http://b/");
        _lanes.Add(other);
        Assert.Equal(entries[..2], Take("http://a"));
        Assert.Equal([other], Take("http://b"));
        _lanes.AttemptEnded(entries[0]);
        Assert.Equal(entries[2..], Take("http://a"));
    }

    [Theory]
    [InlineData("http://a/x?y=z", "http://a")]
    [InlineData("http://A:80/", "http://a")]
    [InlineData("https://a:8443/", "https://a:8443")]
    [InlineData("nonsense", "nonsense")]
    public void A_destination_is_scheme_host_and_port(string url, string destination) => Assert.Equal(destination, Lanes.DestinationOf(Entry("leg", url)));

    private List<OutboxEntry> Take(string destination)
    {
        var taken = new List<OutboxEntry>();
        while (_lanes.TryTake(destination, out var entry)) taken.Add(entry);
        return taken;
    }

    private OutboxEntry Entry(string key, string url = "http://a/hook") => new()
    {
        Seq = ++_seq,
        Id = Guid.NewGuid(),
        Tenant = new(Guid.Empty),
        OrderKey = key,
        Url = url,
        Attempts = 0,
        IsOnFailover = false,
        AttemptsOnUrl = 0,
    };
}
