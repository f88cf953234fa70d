using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Pure.Calls.Pricing;

public sealed class RateDeckTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("+493012345678", "+49")]
    [InlineData("+491701234567", "+4917")]
    [InlineData("+49", "+49")]
    [InlineData("+4", "+")]
    [InlineData("+15550001234", "+")]
    [InlineData("+", "+")]
    public void The_longest_prefix_wins(string number, string prefix) =>
        Assert.Equal(prefix, Deck("+", "+49", "+4917").Find(Direction.Outbound, number, Now)?.Prefix);

    [Theory]
    [InlineData("+15550001234"), InlineData("sip:+4930@example.com"), InlineData("4930123"), InlineData(""), InlineData("+49x"),
        InlineData("+4912345678901234")]
    public void What_has_no_prefix_has_no_price(string number) => Assert.Null(Deck("+49").Find(Direction.Outbound, number, Now));

    [Fact]
    public void Zeros_at_the_beginning_are_digits() => Assert.Equal("+0", Deck("+0", "+00").Find(Direction.Outbound, "+0123", Now)?.Prefix);

    [Fact]
    public void Inbound_and_outbound_have_prices_of_their_own()
    {
        var deck = new RateDeck(Guid.Empty, "deck", [(Direction.Inbound, Rate("+49", 1)), (Direction.Outbound, Rate("+49", 2))]);
        Assert.Equal((1, 2),
            (deck.Find(Direction.Inbound, "+4930", Now)?.MicrosPerMinute, deck.Find(Direction.Outbound, "+4930", Now)?.MicrosPerMinute));
        Assert.Null(Deck("+49").Find(Direction.Inbound, "+4930", Now));
    }

    [Fact]
    public void A_price_takes_over_at_its_moment()
    {
        var from = Now.AddDays(1);
        var deck = new RateDeck(Guid.Empty, "deck", [(Direction.Outbound, Rate("+49", 5, from)), (Direction.Outbound, Rate("+49", 3)),
            (Direction.Outbound, Rate("+49", 4, Now.AddDays(-1)))]);
        Assert.Equal(3, deck.Find(Direction.Outbound, "+4930", Now.AddDays(-1).AddTicks(-1))?.MicrosPerMinute);
        Assert.Equal(4, deck.Find(Direction.Outbound, "+4930", Now)?.MicrosPerMinute);
        Assert.Equal(4, deck.Find(Direction.Outbound, "+4930", from.AddTicks(-1))?.MicrosPerMinute);
        Assert.Equal(5, deck.Find(Direction.Outbound, "+4930", from)?.MicrosPerMinute);
        Assert.Equal(3, deck.Count);
    }

    [Fact]
    public void Until_a_longer_prefix_has_a_price_the_shorter_one_holds()
    {
        var deck = new RateDeck(Guid.Empty, "deck",
            [(Direction.Outbound, Rate("+49", 3)), (Direction.Outbound, Rate("+4917", 9, Now.AddDays(1)))]);
        Assert.Equal("+49", deck.Find(Direction.Outbound, "+49171", Now)?.Prefix);
        Assert.Equal("+4917", deck.Find(Direction.Outbound, "+49171", Now.AddDays(1))?.Prefix);
    }

    [Fact]
    public void The_later_of_two_lines_with_one_date_counts()
    {
        var deck = new RateDeck(Guid.Empty, "deck", [(Direction.Outbound, Rate("+49", 3)), (Direction.Outbound, Rate("+49", 4))]);
        Assert.Equal((4, 1), (deck.Find(Direction.Outbound, "+4930", Now)!.MicrosPerMinute, deck.Count));
    }

    [Fact]
    public void A_hundred_thousand_prefixes_are_found_like_one_by_one()
    {
        var dice = new Random(7);
        Dictionary<string, Rate> plain = [];
        while (plain.Count < 100_000)
        {
            string prefix = "+" + dice.NextInt64(1, 100_000_000);
            plain[prefix] = Rate(prefix, plain.Count);
        }
        var deck = new RateDeck(Guid.Empty, "deck", plain.Values.Select(rate => (Direction.Outbound, rate)));
        Assert.Equal(plain.Count, deck.Count);
        for (int i = 0; i < 20_000; i++)
        {
            string number = "+" + dice.NextInt64(1_000_000, 999_999_999_999);
            Rate? longest = null;
            for (int length = 1; length <= number.Length; length++) longest = plain.GetValueOrDefault(number[..length]) ?? longest;
            Assert.Same(longest, deck.Find(Direction.Outbound, number, Now));
        }
    }

    [Fact]
    public void A_look_up_keeps_to_its_budget()
    {
        var deck = Deck("+", "+49", "+4917");
        deck.Find(Direction.Outbound, "+491701234567", Now);
        AllocationBudget.Holds("price: look-up", 1_000, () =>
        {
            for (int i = 0; i < 1_000; i++) deck.Find(Direction.Outbound, "+491701234567", Now);
        });
    }

    [Theory]
    [InlineData("+", true), InlineData("+1", true), InlineData("+123456789012345", true), InlineData("+1234567890123456", false),
        InlineData("49", false), InlineData("", false), InlineData("+4a", false), InlineData("sms:+49", true), InlineData("sms:", false),
        InlineData("sms:on-net", true), InlineData("on-net", true), InlineData("sms:+049", false), InlineData("+049", false),
        InlineData("sms:code:", true), InlineData("sms:code:24680", true), InlineData("sms:code:123456789", false),
        InlineData("sms:code:+49", false), InlineData("code:24680", false)]
    public void A_prefix_is_plus_and_up_to_fifteen_digits(string text, bool isOne) => Assert.Equal(isOne, RateDeck.IsPrefix(text));

    [Fact]
    public void Texts_have_prices_of_their_own_beside_those_of_calls()
    {
        var deck = new RateDeck(Guid.Empty, "deck", [(Direction.Outbound, Rate("sms:+49", 9)), (Direction.Outbound, Rate("sms:+", 8)),
            (Direction.Outbound, Rate("+49", 1)), (Direction.Outbound, Rate("sms:on-net", 7)), (Direction.Inbound, Rate("sms:+1", 6))]);
        Assert.Equal((9, 8, 1), (deck.FindText(Direction.Outbound, "+4930", Now)!.MicrosPerMinute,
            deck.FindText(Direction.Outbound, "+33", Now)!.MicrosPerMinute, deck.Find(Direction.Outbound, "+4930", Now)!.MicrosPerMinute));
        Assert.Null(deck.Find(Direction.Outbound, "+33", Now));
        Assert.Equal((6, null), (deck.FindText(Direction.Inbound, "+1555", Now)?.MicrosPerMinute,
            deck.FindText(Direction.Inbound, "+4930", Now)?.MicrosPerMinute));
        Assert.Equal((7, null), (deck.FindExact(Direction.Outbound, "sms:on-net", Now)?.MicrosPerMinute,
            deck.FindExact(Direction.Outbound, "on-net", Now)?.MicrosPerMinute));
        Assert.True(deck is { HasOutbound: true, HasOutboundTexts: true });
        Assert.False(Deck("+49", "sms:on-net", "on-net").HasOutboundTexts);     // no text that leaves has a price by these
        Assert.False(Deck("sms:+49", "sms:on-net", "on-net").HasOutbound);      // no call has a price by these
        Assert.Equal(27, deck.FindText(Direction.Outbound, "+4930", Now)!.PriceOfParts(3));
        Assert.Equal(33, (Rate("sms:+49", 9) with { FeeMicros = 2 }).PriceOfParts(3));
    }

    [Fact]
    public void Texts_to_short_codes_have_prices_that_no_number_has()
    {
        var deck = new RateDeck(Guid.Empty, "deck", [(Direction.Outbound, Rate("sms:code:", 1)),
            (Direction.Outbound, Rate("sms:code:246", 2)), (Direction.Outbound, Rate("sms:+2", 3)), (Direction.Outbound, Rate("+2", 4))]);
        Assert.Equal((2, 1, 3), (deck.FindText(Direction.Outbound, "24680", Now)!.MicrosPerMinute,
            deck.FindText(Direction.Outbound, "0246", Now)!.MicrosPerMinute,
            deck.FindText(Direction.Outbound, "+24680", Now)!.MicrosPerMinute));
        Assert.Equal(1, deck.FindText(Direction.Outbound, "", Now)!.MicrosPerMinute);
        Assert.Null(deck.Find(Direction.Outbound, "24680", Now));               // nobody calls a short code
        Assert.Null(deck.FindText(Direction.Outbound, "SHOP", Now));
        Assert.Null(deck.FindText(Direction.Inbound, "24680", Now));
        Assert.Null(Deck("sms:+").FindText(Direction.Outbound, "24680", Now));
        Assert.True(Deck("sms:code:").HasOutboundTexts);
    }

    [Fact]
    public void A_tenants_own_deck_comes_before_its_parents_and_that_before_the_default_one()
    {
        TenantId parent = new(Guid.NewGuid()), child = new(Guid.NewGuid()), other = new(Guid.NewGuid());
        Tenant[] tenants = [new() { Id = parent, Name = "p" }, new() { Id = child, Name = "c", Parent = parent },
            new() { Id = other, Name = "o" }];
        RateDeck[] decks = [new(Guid.NewGuid(), "standard", []), new(Guid.NewGuid(), "theirs", []), new(Guid.NewGuid(), "own", [])];
        RateBook Book(params MoneyAccount[] accounts) => new(decks, decks[0].Id, accounts, tenants);

        Assert.Equal("standard", Book().DeckOf(child)?.Name);
        Assert.Equal("theirs", Book(new MoneyAccount { Tenant = parent, Deck = decks[1].Id }).DeckOf(child)?.Name);
        Assert.Equal("own", Book(new MoneyAccount { Tenant = parent, Deck = decks[1].Id },
            new MoneyAccount { Tenant = child, Deck = decks[2].Id }).DeckOf(child)?.Name);
        Assert.Equal("standard", Book(new MoneyAccount { Tenant = parent, Deck = decks[1].Id }).DeckOf(other)?.Name);
        Assert.Null(new RateBook(decks, null, [], tenants).DeckOf(other));
    }

    [Fact]
    public void Debts_roll_up_to_the_account_above_unless_it_is_said_otherwise()
    {
        TenantId parent = new(Guid.NewGuid()), child = new(Guid.NewGuid()), apart = new(Guid.NewGuid());
        Tenant[] tenants = [new() { Id = parent, Name = "p" }, new() { Id = child, Name = "c", Parent = parent },
            new() { Id = apart, Name = "a", Parent = parent }];
        var book = new RateBook([], null, [new() { Tenant = apart, RollsUp = false }], tenants);
        Assert.Equal([child], book.BelowOf(parent));
        Assert.Equal((parent, null, null), (book.RollsUpTo(child), book.RollsUpTo(apart), book.RollsUpTo(parent)));
    }

    private static RateDeck Deck(params string[] prefixes) =>
        new(Guid.Empty, "deck", prefixes.Select(prefix => (Direction.Outbound, Rate(prefix, 1))));

    private static Rate Rate(string prefix, long price, DateTimeOffset? from = null) => new()
    {
        Prefix = prefix, Currency = "USD", MicrosPerMinute = price, InitialSeconds = 60, IncrementSeconds = 60,
        EffectiveFrom = from ?? DateTimeOffset.UnixEpoch,
    };
}
