using Ringwright.Core;
using Ringwright.Server.Trying;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>How long a link lasts, and how much it may.</summary>
public sealed class TryLinkTests
{
    private const string Number = "+15550100077";

    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    private readonly FakeTimeProvider _time = new();
    private readonly TryLinkBook _links;

    public TryLinkTests() => _links = new(_time);

    [Fact]
    public void A_link_is_good_until_it_expires_and_only_as_it_was_given()
    {
        string token = Create();
        Assert.Equal(Number, _links.Find(token)?.To);
        Assert.Null(_links.Find(token[1..]));
        Assert.Null(_links.Find(token.ToUpperInvariant()));
        Assert.Null(_links.Find(new string('A', 5_000)));

        _time.Advance(HalfHour);
        Assert.Null(_links.Find(token));
        Assert.Equal(TryEntry.Unknown, _links.Enter(token, out var call));
        Assert.Null(call);
    }

    [Fact]
    public void A_link_has_one_call_at_a_time_and_fifty_in_all()
    {
        string token = Create();
        for (int i = 0; i < TryLinkBook.CallsOfLink; i++)
        {
            Assert.Equal(TryEntry.Open, _links.Enter(token, out var call));
            Assert.Equal(TryEntry.Busy, _links.Enter(token, out _));
            call!.Dispose();
        }
        Assert.Equal(TryEntry.Busy, _links.Enter(token, out _));
    }

    [Fact]
    public void A_node_has_four_such_calls_and_a_hundred_links_that_have_not_expired()
    {
        var calls = new List<TryCall>();
        for (int i = 0; i < TryLinkBook.MostCalls; i++)
        {
            _links.Enter(Create(), out var call);
            calls.Add(call!);
        }
        string one = Create();
        Assert.Equal(TryEntry.Busy, _links.Enter(one, out _));
        calls[0].Dispose();
        Assert.Equal(TryEntry.Open, _links.Enter(one, out _));

        for (int i = TryLinkBook.MostCalls + 1; i < TryLinkBook.MostLinks; i++) Create();
        Assert.Null(_links.Create(Number, HalfHour));
        _time.Advance(HalfHour);
        Assert.NotNull(_links.Create(Number, HalfHour));
    }

    [Fact]
    public void An_account_has_ten_links_and_leaves_the_others_to_others()
    {
        TenantId one = new(Guid.NewGuid()), other = new(Guid.NewGuid());
        for (int i = 0; i < TryLinkBook.MostOfAccount; i++) Assert.NotNull(_links.CreateFor(one, Number, HalfHour));
        Assert.Null(_links.CreateFor(one, Number, HalfHour));
        Assert.NotNull(_links.CreateFor(other, Number, HalfHour));
        Create();

        _time.Advance(HalfHour);
        Assert.NotNull(_links.CreateFor(one, Number, HalfHour));
    }

    [Fact]
    public void An_account_has_two_such_calls_and_leaves_the_others_to_others()
    {
        TenantId account = new(Guid.NewGuid());
        Assert.Equal(TryEntry.Open, _links.Enter(CreateFor(account), out var first));
        Assert.Equal(TryEntry.Open, _links.Enter(CreateFor(account), out _));
        string third = CreateFor(account);
        Assert.Equal(TryEntry.Busy, _links.Enter(third, out _));
        Assert.Equal(TryEntry.Open, _links.Enter(CreateFor(new(Guid.NewGuid())), out var others));
        Assert.Equal(TryEntry.Open, _links.Enter(Create(), out _));
        first!.Dispose();
        Assert.Equal(TryEntry.Open, _links.Enter(third, out _));

        // A call may go on when its link is over, and counts.
        others!.Dispose();
        _time.Advance(HalfHour);
        Assert.Equal(TryEntry.Busy, _links.Enter(CreateFor(account), out _));
    }

    private string CreateFor(TenantId account) => _links.CreateFor(account, Number, HalfHour)!.Path[TryPages.Root.Length..];

    private string Create() => _links.Create(Number, HalfHour)!.Path[TryPages.Root.Length..];
}
