using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Admission.Rating;

/// <summary>Whose spending of the day a call counts towards: an outbound profile's, or a whole tenant's.</summary>
/// <param name="Profile">Null for the tenant as a whole.</param>
/// <param name="LimitMicros">What it may spend a day, in each currency by itself; null counts and never refuses.</param>
internal readonly record struct Spender(TenantId Tenant, long? Profile, long? LimitMicros);

/// <summary>Who pays for a leg, and by which rate.</summary>
internal sealed record Bill
{
    public required TenantId Tenant { get; init; }
    public required Rate Rate { get; init; }
    public required IReadOnlyList<Spender> Spenders { get; init; }
    public IReadOnlyList<CreditLine> Credits { get; init; } = [];
}

/// <summary>An answered call of which something is due.</summary>
/// <param name="Left">How long it is paid for yet, at this moment.</param>
/// <param name="Why">What its next interval does not fit under.</param>
internal readonly record struct ShortCall(LegId Leg, TenantId Tenant, TimeSpan Left, Shortage Why);

/// <summary>Why a call is not made: the first limit of a day, or the first credit, that it does not fit.</summary>
internal readonly record struct Shortage(Spender? Spender, CreditLine? Credit);

/// <summary>
/// What tenants have, and what they and their profiles have spent today (UTC), in memory: a start of the node reads it from the ledger of
/// money. A live call holds its least price, and from its answer on the interval that it is in and the next one; when it has left, its
/// price by this book's clock stands in until the ledger says what it was charged. So whatever is asked at one time, no two calls get the
/// same money.
/// </summary>
internal sealed class SpendBook(TimeProvider clock)
{
    private static readonly TimeSpan ShortestDay = TimeSpan.FromHours(12);
    /// <summary>How often all holds are brought up to date, at most: a second is what prices are counted in.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>However short an interval is: so long ahead it is known that money runs out.</summary>
    private const int LeastSecondsAhead = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, Held> _held = [], _leaving = [];
    private readonly Dictionary<(TenantId Tenant, long? Profile, string Currency), long> _spent = [];
    /// <summary>What calls of other nodes hold, by the names of <see cref="AddUses"/>, as far as it was heard.</summary>
    private IReadOnlyDictionary<string, long> _others = FrozenDictionary<string, long>.Empty;
    /// <summary>Balances without what is held of them.</summary>
    private readonly Dictionary<(TenantId Tenant, string Currency), long> _free = [];
    private long _lookedAt = clock.GetTimestamp();
    private DateOnly _day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
    /// <summary>How much of the day had passed, and when that was by the time that passes.</summary>
    private (TimeSpan Passed, long At) _begun = (clock.GetUtcNow().TimeOfDay, clock.GetTimestamp());

    internal bool IsEmpty
    {
        get { lock (_gate) return _held.Count == 0; }
    }

    /// <summary>Holds the call's least price, unless <paramref name="isCounted"/> is false.</summary>
    /// <returns>What it does not fit under; nothing is held then. Null when it fits.</returns>
    public Shortage? Hold(LegId leg, Bill bill, bool isCounted)
    {
        lock (_gate)
        {
            Turn();
            Look();
            if (_held.ContainsKey(leg)) return null;
            var shortage = ShortageOf(bill);
            if (shortage is null && isCounted) Begin(leg, bill);
            return shortage;
        }
    }

    /// <summary>Holds another bill's least price in place of what the call, which is not answered yet, holds.</summary>
    /// <returns>What it does not fit under; the call holds what it held. Null when it fits.</returns>
    public Shortage? Move(LegId leg, Bill bill)
    {
        lock (_gate)
        {
            Turn();
            Look();
            _held.Remove(leg, out var before);
            long micros = before?.Micros ?? 0;
            if (before is not null) Change(before, 0);
            var shortage = ShortageOf(bill);
            if (shortage is null) Begin(leg, bill);
            else if (before is not null)
            {
                _held.Add(leg, before);
                Change(before, micros);
            }
            return shortage;
        }
    }

    public void Answered(LegId leg)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(leg, out var held)) held.AnsweredAt ??= clock.GetTimestamp();
        }
    }

    /// <summary>
    /// Holds the next interval of each answered call that does not hold it yet, the one that is short of money soonest first.
    /// </summary>
    /// <param name="current">The same call with the limits that hold now.</param>
    /// <returns>Those for which it does not fit.</returns>
    public IReadOnlyList<ShortCall> Extend(Func<Bill, Bill> current)
    {
        List<ShortCall>? shortCalls = null;
        lock (_gate)
        {
            Turn();
            Look();
            foreach (var (leg, held) in _held)
            {
                if (held.AnsweredAt is not { } at) continue;
                var (rate, elapsed) = (held.Bill.Rate, clock.GetElapsedTime(at).TotalSeconds);
                if (held.PaidSeconds == 0) held.PaidSeconds = rate.BilledSeconds(1);
                long wanted = rate.BilledSeconds((long)Math.Ceiling(elapsed) + Math.Max(rate.IncrementSeconds, LeastSecondsAhead));
                if (wanted <= held.PaidSeconds) continue;
                var limits = current(held.Bill);
                while (held.PaidSeconds < wanted)
                {
                    long next = rate.BilledSeconds(held.PaidSeconds + 1);
                    long more = rate.PriceOf(next) - held.Micros;
                    if (more > 0 && ShortageOf(limits, more) is { } why)
                    {
                        (shortCalls ??= []).Add(new(leg, held.Bill.Tenant, TimeSpan.FromSeconds(held.PaidSeconds - elapsed), why));
                        break;
                    }
                    Change(held, Math.Max(held.Micros, rate.PriceOf(next)));
                    held.PaidSeconds = next;
                }
            }
        }
        shortCalls?.Sort((one, other) => one.Left.CompareTo(other.Left));
        return shortCalls ?? (IReadOnlyList<ShortCall>)[];
    }

    /// <summary>The call is over, or was not made after all.</summary>
    public void Leave(LegId leg)
    {
        lock (_gate)
        {
            if (!_held.Remove(leg, out var held)) return;
            Turn();
            // A call that was held yesterday counts today, when it ends, with all that it cost.
            Change(held, PriceOf(held));
            if (held.AnsweredAt is not null) _leaving[leg] = held;
        }
    }

    /// <summary>The ledger has the leg's end: what it was charged takes the place of what was held or reckoned.</summary>
    /// <param name="spenders">Those that the charge counts towards; their limits do not matter.</param>
    public void Charged(LegId leg, TenantId tenant, IReadOnlyList<Spender> spenders, Charge? charge)
    {
        lock (_gate)
        {
            Turn();
            if (_held.Remove(leg, out var held) || _leaving.Remove(leg, out held)) Change(held, 0);
            if (charge is not null) Book(tenant, spenders, charge.Currency, charge.Micros);
        }
    }

    /// <summary>Money came, or was taken, beside calls.</summary>
    public void Add(TenantId tenant, Money amount)
    {
        lock (_gate) Slot(tenant, amount.Currency) += amount.Micros;
    }

    /// <summary>
    /// Balances, and what was spent since midnight, by those whose limits it counts towards. What live calls hold is added.
    /// </summary>
    public void Load(IReadOnlyList<(TenantId Tenant, Money Balance)> balances,
        IReadOnlyList<(IReadOnlyList<Spender> Spenders, Money Amount)> spent)
    {
        lock (_gate)
        {
            Turn();
            _free.Clear();
            _spent.Clear();
            foreach (var (tenant, balance) in balances) Slot(tenant, balance.Currency) += balance.Micros;
            foreach (var (spenders, amount) in spent) Spend(spenders, amount.Currency, amount.Micros);
            foreach (var held in _held.Values.Concat(_leaving.Values))
                Book(held.Bill.Tenant, held.Bill.Spenders, held.Bill.Rate.Currency, held.Micros);
        }
    }

    /// <summary>
    /// What live calls hold, by the names that nodes give to each other: of what whoever is limited may spend a day, and of whose balance.
    /// </summary>
    public void AddUses(List<Use> uses)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        lock (_gate)
        {
            Look();
            foreach (var held in _held.Values.Concat(_leaving.Values))
            {
                string currency = held.Bill.Rate.Currency;
                foreach (var spender in held.Bill.Spenders)
                    CollectionsMarshal.GetValueRefOrAddDefault(sums, DayOf(spender, currency), out _) += held.Micros;
                CollectionsMarshal.GetValueRefOrAddDefault(sums, OwedBy(held.Bill.Tenant, currency), out _) += held.Micros;
            }
        }
        foreach (var (name, micros) in sums) uses.Add(new(name, micros, null));
    }

    /// <summary>In place of what was heard before.</summary>
    public void Hear(IReadOnlyDictionary<string, long> others)
    {
        lock (_gate) _others = others;
    }

    /// <summary>What the tenant's calls hold, in millionths; at all nodes, as far as it was heard.</summary>
    public long HeldMicros(TenantId tenant, string currency)
    {
        lock (_gate)
        {
            Look();
            return Sum(_held) + Sum(_leaving) + OfOthers(OwedBy(tenant, currency));
        }

        long Sum(Dictionary<LegId, Held> calls) =>
            calls.Values.Sum(held => held.Bill.Tenant == tenant && held.Bill.Rate.Currency == currency ? held.Micros : 0);
    }

    /// <summary>
    /// At midnight all begin anew, with what live calls hold. A clock that is set gives nobody the day's money twice,
    /// and keeps it from nobody for longer than it must: one that is set back goes on with the day, and a day that a step
    /// has made very short goes on into the next.
    /// </summary>
    private void Turn()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (today == _day) return;
        bool isSetBack = today < _day;
        _day = today;
        if (isSetBack || _begun.Passed + clock.GetElapsedTime(_begun.At) < ShortestDay) return;
        _begun = (TimeSpan.Zero, clock.GetTimestamp());
        _spent.Clear();
        foreach (var held in _held.Values.Concat(_leaving.Values)) Spend(held.Bill.Spenders, held.Bill.Rate.Currency, held.Micros);
    }

    /// <summary>Calls that go on cost more and more.</summary>
    private void Look()
    {
        if (clock.GetElapsedTime(_lookedAt) < BetweenLooks) return;
        _lookedAt = clock.GetTimestamp();
        foreach (var held in _held.Values)
            if (held.AnsweredAt is not null) Change(held, Math.Max(PriceOf(held), held.Bill.Rate.PriceOf(held.PaidSeconds)));
    }

    private Shortage? ShortageOf(Bill bill) => ShortageOf(bill, bill.Rate.PriceOf(1));

    /// <param name="least">What must be there beside all that is held.</param>
    private Shortage? ShortageOf(Bill bill, long least)
    {
        string currency = bill.Rate.Currency;
        foreach (var spender in bill.Spenders)
            if (_spent.GetValueOrDefault((spender.Tenant, spender.Profile, currency))
                    + (_others.Count > 0 ? OfOthers(DayOf(spender, currency)) : 0) + least > spender.LimitMicros)
                return new(spender, null);
        foreach (var credit in bill.Credits)
            if (Free(credit, currency) + credit.LimitMicros < least) return new(null, credit);
        return null;
    }

    private void Begin(LegId leg, Bill bill)
    {
        var held = new Held { Bill = bill };
        _held.Add(leg, held);
        Change(held, bill.Rate.PriceOf(1));
    }

    private long PriceOf(Held held) =>
        held.AnsweredAt is { } at ? held.Bill.Rate.PriceOf((long)Math.Ceiling(clock.GetElapsedTime(at).TotalSeconds)) : 0;

    private long Free(CreditLine credit, string currency)
    {
        long free = 0;
        foreach (var debtor in credit.Debtors) free += FreeOf(debtor, currency);
        return free;
    }

    private long FreeOf(TenantId tenant, string currency) =>
        _free.GetValueOrDefault((tenant, currency)) - (_others.Count > 0 ? OfOthers(OwedBy(tenant, currency)) : 0);

    private long OfOthers(string name) => _others.GetValueOrDefault(name);

    private static string DayOf(Spender spender, string currency) => $"day {spender.Tenant} {spender.Profile} {currency}";

    private static string OwedBy(TenantId tenant, string currency) => $"held {tenant} {currency}";

    private void Change(Held held, long micros)
    {
        if (micros != held.Micros) Book(held.Bill.Tenant, held.Bill.Spenders, held.Bill.Rate.Currency, micros - held.Micros);
        held.Micros = micros;
    }

    private void Book(TenantId tenant, IReadOnlyList<Spender> spenders, string currency, long micros)
    {
        Spend(spenders, currency, micros);
        Slot(tenant, currency) -= micros;
    }

    private void Spend(IReadOnlyList<Spender> spenders, string currency, long micros)
    {
        foreach (var spender in spenders)
            CollectionsMarshal.GetValueRefOrAddDefault(_spent, (spender.Tenant, spender.Profile, currency), out _) += micros;
    }

    private ref long Slot(TenantId tenant, string currency) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_free, (tenant, currency), out _);

    private sealed class Held
    {
        public required Bill Bill { get; init; }
        public long Micros { get; set; }
        public long? AnsweredAt { get; set; }
        /// <summary>From the answer on; what it holds pays for them.</summary>
        public long PaidSeconds { get; set; }
    }
}
