using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Delivery;

public sealed class LanesTests
{
    private static readonly TenantId One = new(Guid.NewGuid()), Two = new(Guid.NewGuid()), Three = new(Guid.NewGuid());

    private readonly Dictionary<TenantId, TenantId> _above = [];
    private Lanes _lanes;
    private long _seq;

    public LanesTests() => _lanes = Of(perNode: 5);

    private Lanes Of(int perNode) =>
        new(perLane: 2, perAccount: 3, perNode, account => _above.TryGetValue(account, out var one) ? one : null);

    [Fact]
    public void First_attempts_of_a_key_go_one_after_another()
    {
        OutboxEntry first = Entry("leg"), second = Entry("leg"), third = Entry("leg");
        Add(first, second, third);
        Assert.Equal([first], Take());
        _lanes.AttemptEnded(first);
        Assert.Equal([second], Take());
        _lanes.AttemptEnded(second);
        Assert.Equal([third], Take());
        _lanes.AttemptEnded(third);
        Assert.Equal((0, 0), (_lanes.Count, _lanes.InFlight));
    }

    [Fact]
    public void The_next_of_a_key_may_go_elsewhere()
    {
        OutboxEntry first = Entry("leg"), second = Entry("leg", "http://b/hook");
        Add(first, second);
        Assert.Equal([first], Take());
        _lanes.AttemptEnded(first);
        Assert.Equal([second], Take());
    }

    [Fact]
    public void A_key_is_its_accounts_own()
    {
        OutboxEntry one = Entry("leg"), two = Entry("leg", tenant: Two);
        Add(one, two);
        Assert.Equal([one, two], Take());
    }

    [Fact]
    public void A_first_attempt_that_could_not_be_made_goes_before_the_others_of_its_key()
    {
        OutboxEntry first = Entry("leg"), second = Entry("leg");
        Add(first, second);
        Assert.Equal([first], Take());
        _lanes.AttemptEnded(first, keepsTurn: true);
        Assert.Empty(Take());
        _lanes.Add(first);
        Assert.Equal([first], Take());
        _lanes.AttemptEnded(first);
        Assert.Equal([second], Take());
    }

    [Fact]
    public void Retries_run_beside_and_hold_nobody_back()
    {
        var retry = Entry("leg") with { Attempts = 1 };
        var next = Entry("leg");
        Add(retry, next);
        Assert.Equal([next, retry], Take());
        _lanes.AttemptEnded(retry);
        Assert.Empty(Take());
    }

    [Fact]
    public void An_accounts_url_has_its_own_cap_at_which_it_waits()
    {
        var entries = Entries(3, "http://a/hook");
        Add(entries);
        OutboxEntry other = Entry("leg9", "http://a/other"), stranger = Entry("leg9", tenant: Two);
        Add(other, stranger);
        Assert.Equal([entries[0], stranger, other, entries[1]], Take());
        _lanes.AttemptEnded(entries[0]);
        Assert.Equal([entries[2]], Take());
    }

    [Fact]
    public void An_account_whose_urls_all_hang_leaves_room_for_the_others()
    {
        Add([.. Entries(2, "http://a/1"), .. Entries(2, "http://a/2"), .. Entries(2, "http://a/3")]);
        Assert.Equal(3, Take().Count);
        var others = Entries(3, "http://a/1", Two);
        Add(others);
        Assert.Equal(others[..2], Take());
        Assert.Equal(5, _lanes.InFlight);
    }

    [Fact]
    public void Accounts_take_turns_at_the_nodes_cap()
    {
        OutboxEntry[] one = [.. Entries(2, "http://a/1"), .. Entries(2, "http://a/2")], two = Entries(4, "http://b/", Two),
            three = Entries(1, "http://c/", Three);
        Add([.. one, .. two, .. three]);
        var taken = Take();
        Assert.Equal(5, taken.Count);
        Assert.Equal((2, 2, 1),
            (taken.Count(e => e.Tenant == One), taken.Count(e => e.Tenant == Two), taken.Count(e => e.Tenant == Three)));
        _lanes.AttemptEnded(three[0]);
        Assert.Equal([One], Take().Select(e => e.Tenant));
        Assert.Empty(Take());
    }

    [Fact]
    public void Accounts_below_one_have_two_thirds_of_the_nodes_together_however_many_there_are()
    {
        _lanes = Of(perNode: 9);
        TenantId[] below = [.. Enumerable.Range(0, 20).Select(_ => new TenantId(Guid.NewGuid()))];
        foreach (var account in below)
        {
            _above[account] = One;
            Add(Entries(2, "http://hangs/", account));
        }
        var hanging = Take();
        Assert.Equal(6, hanging.Count);
        // The one above has its own, and whoever has nothing to do with them.
        var (own, others) = (Entries(1, "http://a/"), Entries(2, "http://b/", Two));
        Add([.. own, .. others]);
        Assert.Equal([own[0], .. others], Take());
        Assert.Empty(Take());
        // Who waits comes in turn, each until all is over.
        foreach (var entry in own.Concat(others)) _lanes.AttemptEnded(entry);
        Assert.Empty(Take());
        int seen = 0;
        for (var taken = hanging; taken.Count > 0; taken = Take())
        {
            Assert.InRange(_lanes.InFlight, 1, 6);
            seen += taken.Count;
            taken.ForEach(entry => _lanes.AttemptEnded(entry));
        }
        Assert.Equal((40, 0, 0), (seen, _lanes.Count, _lanes.InFlight));
    }

    [Fact]
    public void A_place_that_accounts_below_one_have_goes_to_the_one_of_them_that_waits()
    {
        _lanes = Of(perNode: 9);
        TenantId first = new(Guid.NewGuid()), second = new(Guid.NewGuid()), waits = new(Guid.NewGuid());
        foreach (var account in new[] { first, second, waits }) _above[account] = One;
        foreach (var account in new[] { first, second })
            Add([.. Entries(5, "http://hangs/1", account), .. Entries(5, "http://hangs/2", account)]);
        var hanging = Take();
        Assert.Equal(6, hanging.Count);
        var late = Entries(2, "http://a/", waits);
        Add(late);
        Assert.Empty(Take());
        // Each of the two has more to send, and as many under way as it may.
        for (int i = 0; i < 2; i++)
        {
            _lanes.AttemptEnded(hanging[i]);
            hanging.AddRange(Take());
        }
        Assert.Contains(late[0], hanging);
        Assert.Equal(6, _lanes.InFlight);
    }

    [Fact]
    public void Nothing_is_left_when_all_is_over()
    {
        OutboxEntry[] entries = [.. Entries(7, "http://a/1"), .. Entries(7, "http://a/2", Two), .. Entries(7, "http://a/1", Three)];
        Add(entries);
        var seen = new List<OutboxEntry>();
        for (var taken = Take(); taken.Count > 0; taken = Take())
        {
            seen.AddRange(taken);
            taken.ForEach(e => _lanes.AttemptEnded(e));
        }
        Assert.Equal(entries.OrderBy(e => e.Seq), seen.OrderBy(e => e.Seq));
        Assert.Equal((0, 0), (_lanes.Count, _lanes.InFlight));
    }

    [Theory]
    [InlineData("http://a/x?y=z", "http://a")]
    [InlineData("http://A:80/", "http://a")]
    [InlineData("https://a:8443/", "https://a:8443")]
    [InlineData("nonsense", "nonsense")]
    public void A_destination_is_scheme_host_and_port(string url, string destination) =>
        Assert.Equal(destination, Lanes.DestinationOf(Entry("leg", url)));

    private List<OutboxEntry> Take()
    {
        var taken = new List<OutboxEntry>();
        while (_lanes.TryTake(out var entry)) taken.Add(entry);
        return taken;
    }

    private void Add(params OutboxEntry[] entries)
    {
        foreach (var entry in entries) _lanes.Add(entry);
    }

    /// <summary>Each with a key of its own.</summary>
    private OutboxEntry[] Entries(int count, string url, TenantId? tenant = null) =>
        [.. Enumerable.Range(0, count).Select(_ => Entry($"leg {_seq}", url, tenant))];

    private OutboxEntry Entry(string key, string url = "http://a/hook", TenantId? tenant = null) => new()
    {
        Seq = ++_seq,
        Id = Guid.NewGuid(),
        Tenant = tenant ?? One,
        OrderKey = key,
        Url = url,
        Attempts = 0,
        IsOnFailover = false,
        AttemptsOnUrl = 0,
    };
}
