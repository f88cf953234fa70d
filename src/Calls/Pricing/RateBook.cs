using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Calls.Pricing;

/// <summary>All price lists, and who pays by which. Immutable; look-ups are its only logic.</summary>
public sealed class RateBook
{
    public static readonly RateBook Empty = new([], null, [], []);

    private readonly FrozenDictionary<Guid, RateDeck> _decks;
    private readonly FrozenDictionary<TenantId, MoneyAccount> _accounts;
    private readonly FrozenDictionary<TenantId, TenantId> _parents;
    private readonly FrozenDictionary<TenantId, TenantId[]> _below;

    /// <param name="standard">The deck of tenants that were given none; null prices none of their calls.</param>
    /// <param name="accounts">Of those tenants of which something was said.</param>
    /// <param name="tenants">All of them.</param>
    public RateBook(IEnumerable<RateDeck> decks, Guid? standard, IEnumerable<MoneyAccount> accounts, IEnumerable<Tenant> tenants)
    {
        _decks = decks.ToFrozenDictionary(d => d.Id);
        _accounts = accounts.ToFrozenDictionary(a => a.Tenant);
        Standard = standard is { } id ? _decks.GetValueOrDefault(id) : null;
        var children = tenants.Where(t => t.Parent is not null).ToList();
        _parents = children.ToFrozenDictionary(t => t.Id, t => t.Parent!.Value); // just asked for
        _below = children.Where(t => AccountOf(t.Id).RollsUp).GroupBy(t => t.Parent!.Value, t => t.Id)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray()); // the same
    }

    public RateDeck? Standard { get; }

    public IReadOnlyCollection<RateDeck> Decks => _decks.Values;

    public RateDeck? FindDeck(Guid id) => _decks.GetValueOrDefault(id);

    public MoneyAccount AccountOf(TenantId tenant) => _accounts.GetValueOrDefault(tenant) ?? MoneyAccount.Of(tenant);

    /// <summary>The tenants whose debts count against this one's limit: itself, and those below it that roll up.</summary>
    public IReadOnlyList<TenantId> BelowOf(TenantId tenant) => _below.GetValueOrDefault(tenant) ?? [];

    /// <summary>The tenant above, when what this one owes counts there too.</summary>
    public TenantId? RollsUpTo(TenantId tenant) =>
        _parents.TryGetValue(tenant, out var parent) && AccountOf(tenant).RollsUp ? parent : null;

    /// <summary>The limits that hold for what the tenant spends: its own, and that of the tenant above that pays for it.</summary>
    public IReadOnlyList<CreditLine> CreditsOf(TenantId tenant)
    {
        var lines = new List<CreditLine>(2);
        Add(tenant);
        if (RollsUpTo(tenant) is { } above) Add(above);
        return lines;

        void Add(TenantId owner)
        {
            if (AccountOf(owner).CreditLimitMicros is { } limit) lines.Add(new([owner, .. BelowOf(owner)], limit));
        }
    }

    public RateDeck? DeckOf(TenantId tenant)
    {
        if (_decks.Count == 0) return null;
        var deck = AccountOf(tenant).Deck ?? (_parents.TryGetValue(tenant, out var parent) ? AccountOf(parent).Deck : null);
        return deck is { } id && _decks.TryGetValue(id, out var own) ? own : Standard;
    }

    /// <summary>
    /// What a call of the tenant costs that begins at the moment: by its destination outbound, by the tenant's own number inbound.
    /// </summary>
    /// <returns>Null when it has no price.</returns>
    public Rate? Find(TenantId tenant, Direction direction, string number, DateTimeOffset at) =>
        DeckOf(tenant)?.Find(direction, number, at);

    /// <summary>What a call of the tenant to a number of this node costs that begins at the moment.</summary>
    /// <returns>Null when it has no price.</returns>
    public Rate? FindOnNet(TenantId tenant, DateTimeOffset at) => DeckOf(tenant)?.FindExact(Direction.Outbound, RateDeck.OnNet, at);

    /// <summary>
    /// What a part of a text message costs: by its recipient outbound, by the tenant's own number inbound. To a number of this node the
    /// sender pays what the deck says for that, and who gets it nothing.
    /// </summary>
    /// <returns>Null when it has no price.</returns>
    public Rate? FindText(TenantId tenant, Direction direction, string number, bool isOnNet, DateTimeOffset at) =>
        !isOnNet ? DeckOf(tenant)?.FindText(direction, number, at)
        : direction is Direction.Outbound ? DeckOf(tenant)?.FindExact(direction, RateDeck.Texts + RateDeck.OnNet, at) : null;

    /// <summary>
    /// What a leg is charged: what came or went by a trunk, and what was placed to a number of this
    /// node where the deck has a price for that.
    /// </summary>
    /// <param name="startedAt">Wall time.</param>
    /// <param name="talkSeconds">0 when it was not answered.</param>
    /// <returns>Null when it has no price, which is not the same as a price of nothing.</returns>
    public Charge? ChargeOf(LegFacts leg, DateTimeOffset startedAt, int talkSeconds) =>
        (leg.IsOnNet ? FindOnNet(leg.Tenant, startedAt) : leg.Trunk is null ? null
            : Find(leg.Tenant, leg.Direction, leg.BilledTo ?? leg.To, startedAt))?.ChargeFor(talkSeconds);
}

/// <summary>How much some tenants may owe together.</summary>
/// <param name="Debtors">First whose limit it is, and those for whom it pays.</param>
/// <param name="LimitMicros">Added up, their balances do not fall below this much under 0.</param>
public sealed record CreditLine(IReadOnlyList<TenantId> Debtors, long LimitMicros);
