using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using Ringwright.Admission.Numbering;
using Ringwright.Admission.Rating;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Admission;

/// <summary>
/// The one gate before every leg. Outbound legs meet the destination rules (emergency, possible number, premium, country), the loop rule,
/// the switch of their connection and what its outbound profile allows and may spend, legs of both directions the channel limits.
/// What is open is counted until <see cref="Leave"/>. Any thread may ask. <see cref="Rating.AccountWatch"/> asks of live calls.
/// </summary>
/// <param name="shared">While there are other nodes, whoever meets a channel limit and fits here must fit beside their legs too.
/// Null where there are none.</param>
/// <param name="doNotCall">What must be looked up takes its time, and is answered later. Null where nobody waits for that: what is asked
/// then, is asked without it.</param>
public sealed class DialGate(IRouting routing, NumberingPlans plans, EmergencyNumbers emergencies, DialGateOptions options,
    TimeProvider clock, ISharedUse? shared = null, DoNotCallRule? doNotCall = null) : IDialGate, IHolds
{
    private readonly FrozenSet<string> _countries = options.AllowedCountries.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _premiumCodes = options.PremiumCallingCodes.ToFrozenSet(StringComparer.Ordinal);
    private readonly LiveLegs _live = new();
    private readonly SpendBook _spending = new(clock);
    /// <summary>Legs of which it is looked up whether they may go to another number.</summary>
    private readonly ConcurrentDictionary<LegId, byte> _moving = new();

    private enum Asking { Ask, Enter, Move }

    private static GateAnswer AccountDisabled => new(Refusal.ConnectionInactive, "account_disabled", "The account is switched off.");

    /// <inheritdoc cref="IDialGate.EnterAsync"/>
    public GateAnswer Enter(CallAttempt question) => Answer(question, Asking.Enter);

    /// <inheritdoc cref="IDialGate.AskAsync"/>
    public GateAnswer Ask(ContactAttempt question) => question switch
    {
        CallAttempt call => Answer(call, Asking.Ask),
        MessageAttempt message => Answer(message),
        _ => throw new UnreachableException(),
    };

    /// <inheritdoc cref="IDialGate.MoveAsync"/>
    public GateAnswer Move(CallAttempt question) => Answer(question, Asking.Move);

    ValueTask<GateAnswer> IDialGate.EnterAsync(CallAttempt call)
    {
        bool wasHere = _live.Has(call.Leg);
        var answer = Enter(call);
        if (!answer.IsOpen) return new(answer);
        if (ListedNumber(call) is { } number) return EnterListedAsync(call, number, wasHere);
        return wasHere ? new(answer) : EnterAmongOthers(call);
    }

    ValueTask<GateAnswer> IDialGate.AskAsync(ContactAttempt attempt)
    {
        var answer = Ask(attempt);
        return answer.IsOpen && ListedNumber(attempt) is { } number ? doNotCall!.AskAsync(attempt.Tenant, number) : new(answer);
    }

    ValueTask<GateAnswer> IDialGate.MoveAsync(CallAttempt call) =>
        ListedNumber(call) is { } number ? MoveListedAsync(call, number) : new(Move(call));

    public void Answered(LegId leg) => _spending.Answered(leg);

    public void Leave(LegId leg)
    {
        _moving.TryRemove(leg, out _);
        _live.Leave(leg);
        _spending.Leave(leg);
    }

    /// <summary>What tenants have, and what was spent today, as the ledger of money has it; in place of all that was known.</summary>
    public void Load(MoneyStand stand)
    {
        var snapshot = routing.Current;
        _spending.Load(stand.Balances, [.. stand.Charged.Select(spent => ((IReadOnlyList<Spender>)SpendersOf(spent.Tenant,
            spent.Profile is { } id ? snapshot.FindProfile(spent.Tenant, id) : null, snapshot), spent.Amount))]);
    }

    /// <summary>The ledger has a leg's end, and with it what it was charged; null for a leg without a price.</summary>
    public void Charged(LegFacts leg, Charge? charge)
    {
        var snapshot = routing.Current;
        var profile = leg.Direction is Direction.Outbound ? snapshot.ProfileOf(leg.Tenant, leg.Connection) : null;
        _spending.Charged(leg.Id, leg.Tenant, charge is null ? [] : SpendersOf(leg.Tenant, profile, snapshot), charge);
    }

    /// <summary>The tenant paid, or its balance was put right.</summary>
    public void Paid(TenantId tenant, Money amount) => _spending.Add(tenant, amount);

    public ValueTask<long> HeldMicrosAsync(TenantId tenant, string currency, CancellationToken stop) => new(HeldMicros(tenant, currency));

    internal long HeldMicros(TenantId tenant, string currency) => _spending.HeldMicros(tenant, currency);

    /// <summary>All that this node's legs use of what is limited.</summary>
    public IReadOnlyList<Use> Uses()
    {
        var uses = new List<Use>();
        _live.AddUses(uses);
        _spending.AddUses(uses);
        return uses;
    }

    /// <summary>
    /// What other nodes use. Their channels are asked for when a leg wants one; their calls' money is reckoned with as it was heard.
    /// </summary>
    public void Hear(IReadOnlyDictionary<string, long> others) => _spending.Hear(others);

    /// <summary>Live legs that the gate has counted; for metrics and tests.</summary>
    public int Count => _live.Count;

    /// <summary>Of each tenant that has any.</summary>
    public IReadOnlyList<(TenantId Tenant, int Legs)> CountByTenant() => _live.CountByTenant();

    internal bool IsEmpty => _live.IsEmpty && _spending.IsEmpty;

    private long LoopWindowTicks => (long)(options.LoopWindow.TotalSeconds * clock.TimestampFrequency);

    /// <summary>The number of whoever is contacted, where a list may have it; null where none has, or none holds.</summary>
    private string? ListedNumber(ContactAttempt attempt)
    {
        if (doNotCall is null || attempt is CallAttempt { Direction: not Direction.Outbound }) return null;
        if (attempt is CallAttempt { IsFromPhone: true } && emergencies.IncludesCall(attempt.To)) return null;
        return doNotCall.NumberToAsk(attempt);
    }

    /// <summary>It has its place while the list is asked, so that whoever leaves meanwhile gives it back.</summary>
    private async ValueTask<GateAnswer> EnterListedAsync(CallAttempt call, string number, bool wasHere)
    {
        var answer = await doNotCall!.AskAsync(call.Tenant, number).ConfigureAwait(false); // a number is its word
        if (answer.IsOpen) return wasHere ? answer : await EnterAmongOthers(call).ConfigureAwait(false);
        if (!wasHere) Leave(call.Leg);
        return answer;
    }

    /// <summary>It stays what it was until it is known that it may become another call.</summary>
    private async ValueTask<GateAnswer> MoveListedAsync(CallAttempt call, string number)
    {
        _moving[call.Leg] = 0;
        var answer = await doNotCall!.AskAsync(call.Tenant, number).ConfigureAwait(false);
        if (answer.IsOpen) answer = Move(call);
        // Whoever left before this has left; whoever leaves after it finds what there is.
        if (!_moving.TryRemove(call.Leg, out _)) Leave(call.Leg);
        return answer;
    }

    private ValueTask<GateAnswer> EnterAmongOthers(CallAttempt call) =>
        shared is { HasOthers: true } others ? AskOthersAsync(call, others) : new(GateAnswer.Open);

    /// <summary>The leg has its place here, so that no other of this node takes it meanwhile.</summary>
    private async ValueTask<GateAnswer> AskOthersAsync(CallAttempt call, ISharedUse others)
    {
        var snapshot = routing.Current;
        var limits = LimitsOf(call, IsEmergency(call), snapshot);
        var entry = Entry(call, snapshot);
        IReadOnlyList<Use> asked = _live.UsesOf(entry, limits);
        if (asked.Count == 0) return GateAnswer.Open;
        _live.Wait(entry);
        try
        {
            string account = (entry.Parent ?? entry.Tenant).ToString();
            int? full = await others.TakeAsync(account, () => asked = _live.UsesOf(entry, limits), Tell,
                CancellationToken.None).ConfigureAwait(false);
            return full is { } place ? LiveLegs.Full(asked[place], entry, limits) : GateAnswer.Open;
        }
        catch (StoreUnavailableException)
        {
            Leave(call.Leg);
            return GateAnswer.Silent;
        }

        void Tell(int? full)
        {
            if (full is null) _live.Settle(call.Leg);
            else Leave(call.Leg);
        }
    }

    /// <summary>What holds for whoever is written to as for whoever is called.</summary>
    private GateAnswer Answer(MessageAttempt message)
    {
        var snapshot = routing.Current;
        if (snapshot.FindTenant(message.Tenant) is { IsDisabled: true }) return AccountDisabled;
        bool isEmergency = emergencies.Includes(message.To);
        var destination = ShortCode.IsOne(message.To) && !isEmergency ? CheckCode(message)
            : CheckDestination(message, DestinationKind.Number, isEmergency, out _);
        return destination.IsOpen ? CheckPrice(message, snapshot) : destination;
    }

    /// <summary>A short code is one of the sender's country: elsewhere the same digits are somebody else's.</summary>
    private GateAnswer CheckCode(MessageAttempt message)
    {
        string? country = E164.TryParse(message.From, out var sender) ? plans.Classify(sender).Country : null;
        return _countries.Count == 0 || (country is not null && _countries.Contains(country)) ? GateAnswer.Open
            : new(Refusal.CountryNotAllowed, "country", "Texts to short codes of the sender's country are not allowed on this node.");
    }

    /// <summary>What a text costs is held where it is kept: one without a price holds nothing, and would pass every limit.</summary>
    private GateAnswer CheckPrice(MessageAttempt text, RoutingSnapshot snapshot)
    {
        bool isPaid = !text.IsPriced && !text.IsOnNet && snapshot.FindOwnNumber(text.To) is null && !options.IsOfLab(text.To);
        if (!isPaid || options.AllowsUnpriced || PriceRule.AsksOfTexts(text.Tenant, snapshot) is not { } reason) return GateAnswer.Open;
        var rate = snapshot.Rates.FindText(text.Tenant, Direction.Outbound, text.To, isOnNet: false, clock.GetUtcNow());
        if (rate is not null) return GateAnswer.Open;
        return ShortCode.IsOne(text.To) ? NoPriceFor(RateDeck.Texts + TextCarrier.Codes, reason)
            : NoPrice(text.To, reason, RateDeck.Texts);
    }

    private GateAnswer Answer(CallAttempt question, Asking asking)
    {
        if (question.IsStandIn && !_live.Has(question.Leg)) return new(Refusal.AlreadyEnded, "already_ended", "The call has ended.");
        var snapshot = routing.Current;
        bool isEmergency = IsEmergency(question);

        if (snapshot.FindTenant(question.Tenant) is { IsDisabled: true } && !(isEmergency && question.IsFromPhone))
            return AccountDisabled;
        // A phone's emergency call is never held back here; whether a route leads there is the switch's business.
        if (!(isEmergency && question.IsFromPhone) && question.Direction is Direction.Outbound)
        {
            var destination = CheckDestination(question, question.Kind, isEmergency, out var facts);
            if (!destination.IsOpen) return destination;
            var connection = snapshot.FindConnection(question.Tenant, question.Connection);
            if (connection is { IsActive: false })
                return new(Refusal.ConnectionInactive, "connection_inactive", "The connection is switched off: its field active is false.");
            var allowance = ProfileRules.Check(question, facts, snapshot, options.IsLoopbackOnly);
            if (!allowance.IsOpen) return allowance;
        }
        if (!(isEmergency && question.IsFromPhone) && CheckPrice(question, snapshot, asking) is { IsOpen: false } tooDear) return tooDear;
        var limits = LimitsOf(question, isEmergency, snapshot);
        var entry = Entry(question, snapshot);
        long now = clock.GetTimestamp();
        if (asking is Asking.Ask) return _live.Ask(entry, limits, now, LoopWindowTicks);
        // What does not move after all stays what it was until it leaves.
        if (asking is Asking.Move) return _live.Move(entry, limits, now, LoopWindowTicks);
        var answer = _live.Enter(entry, limits, now, LoopWindowTicks);
        if (!answer.IsOpen) _spending.Leave(question.Leg);
        return answer;
    }

    /// <summary>What has no price costs nothing that a limit could count: where there is one, it is not called.</summary>
    private GateAnswer CheckPrice(CallAttempt question, RoutingSnapshot snapshot, Asking asking)
    {
        var at = clock.GetUtcNow();
        var found = !question.IsOnNet ? snapshot.Rates.Find(question.Tenant, question.Direction, question.To, at)
            : question.Direction is Direction.Outbound ? snapshot.Rates.FindOnNet(question.Tenant, at) : null;
        var profile = question.Direction is Direction.Outbound ? snapshot.ProfileOf(question.Tenant, question.Connection) : null;
        if (found is not { } rate)
        {
            bool isPaid = question is
            {
                Direction: Direction.Outbound, Kind: DestinationKind.Number, IsOnNet: false, StaysHere: false,
                IsByOperator: false
            };
            if (isPaid && !options.AllowsUnpriced && PriceRule.Asks(question.Tenant, profile, snapshot) is { } reason)
                return NoPrice(question.To, reason);
            if (asking is Asking.Move) _spending.Leave(question.Leg);
            return GateAnswer.Open;
        }
        if (rate.MicrosPerMinute > profile?.MaxRateMicros)
            return new(Refusal.SpendLimit, "max_destination_rate",
                "The destination costs more a minute than the outbound voice profile allows.");
        var bill = new Bill
        {
            Tenant = question.Tenant, Rate = rate, Spenders = SpendersOf(question.Tenant, profile, snapshot),
            Credits = snapshot.Rates.CreditsOf(question.Tenant)
        };
        var shortage = asking is Asking.Move ? _spending.Move(question.Leg, bill)
            : _spending.Hold(question.Leg, bill, isCounted: asking is Asking.Enter);
        return shortage is { } why ? Say(why, question.Tenant) : GateAnswer.Open;
    }

    /// <summary>With the shortest prefix that would do: the calling code's, for nobody prices a single number.</summary>
    /// <param name="mark">What prices of its kind begin with.</param>
    private GateAnswer NoPrice(string to, string why, string mark = "")
    {
        return NoPriceFor(mark + to[..Math.Min(to.Length, 1 + Math.Max(1, plans.CallingCodeLength(to.AsSpan(1))))], why);
    }

    private static GateAnswer NoPriceFor(string prefix, string why) => new(Refusal.SpendLimit, "no_price",
        $"The destination has no price, and {why}: it needs one for {prefix}, or a longer prefix of it (ringwright rates import).");

    private static GateAnswer Say(Shortage why, TenantId tenant) => why switch
    {
        { Spender: { Profile: not null } } =>
            new(Refusal.SpendLimit, "daily_spend_limit", "The outbound voice profile's spend limit of the day is reached."),
        { Spender: { } over } when over.Tenant == tenant =>
            new(Refusal.SpendLimit, "tenant_daily_spend_limit", "The account's spend limit of the day is reached."),
        { Spender: not null } =>
            new(Refusal.SpendLimit, "parent_daily_spend_limit", "The spend limit of the day of the account above this one is reached."),
        { Credit: { } credit } when credit.Debtors[0] != tenant =>
            new(Refusal.InsufficientFunds, "parent_insufficient_funds",
                "What the account above this one has, and may owe, does not pay for this call."),
        _ => new(Refusal.InsufficientFunds, "insufficient_funds", "What the account has, and may owe, does not pay for this call."),
    };

    /// <summary>
    /// Answered calls hold their next interval from now on, as far as it fits under the limits that hold now.
    /// </summary>
    /// <returns>Those for which it does not fit, with what is paid for yet.</returns>
    internal IReadOnlyList<(LegId Leg, TenantId Tenant, TimeSpan Left, GateAnswer Why)> Extend()
    {
        var snapshot = routing.Current;
        return
        [
            .. _spending.Extend(bill => bill with
            {
                Spenders = SpendersOf(bill.Tenant, ProfileOf(bill, snapshot), snapshot), Credits = snapshot.Rates.CreditsOf(bill.Tenant),
            }).Select(call => (call.Leg, call.Tenant, call.Left, Say(call.Why, call.Tenant))),
        ];
    }

    /// <summary>Live calls of accounts that are switched off, emergency calls of phones left out.</summary>
    internal IReadOnlyList<LegId> LegsOfDisabled()
    {
        var snapshot = routing.Current;
        bool IsDisabled(TenantId? tenant) => tenant is { } id && snapshot.FindTenant(id) is { IsDisabled: true };
        return _live.Those(leg => !leg.IsEmergency && (IsDisabled(leg.Tenant) || IsDisabled(leg.Parent)));
    }

    private static OutboundProfile? ProfileOf(Bill bill, RoutingSnapshot snapshot) =>
        bill.Spenders.Select(spender => spender.Profile).FirstOrDefault(id => id is not null) is { } profile
            ? snapshot.FindProfile(bill.Tenant, profile) : null;

    /// <summary>The profile, the tenant and the one above it.</summary>
    private static List<Spender> SpendersOf(TenantId id, OutboundProfile? profile, RoutingSnapshot snapshot)
    {
        var spenders = new List<Spender>(3);
        if (profile is not null) spenders.Add(new(id, profile.Id, profile.DailySpendLimitMicros));
        var tenant = snapshot.FindTenant(id);
        spenders.Add(new(id, null, tenant?.Limits.DailySpendMicros));
        if (tenant?.Parent is { } parent) spenders.Add(new(parent, null, snapshot.FindTenant(parent)?.Limits.DailySpendMicros));
        return spenders;
    }

    /// <param name="facts">Null for a SIP URI.</param>
    private GateAnswer CheckDestination(ContactAttempt question, DestinationKind kind, bool isEmergency, out NumberFacts? facts)
    {
        facts = null;
        if (isEmergency)
            return new(Refusal.EmergencyDestination, "emergency_number", "Emergency numbers cannot be dialled through the API.");
        if (string.Equals(question.From, question.To, StringComparison.OrdinalIgnoreCase))
            return new(Refusal.Loop, "loop", "The call would go from a number to itself.");
        if (kind is DestinationKind.Nowhere)
            return new(Refusal.BadDestination, "bad_destination", Destination.NoNumber);
        if (kind is not DestinationKind.Number) return GateAnswer.Open;
        if (!E164.TryParse(question.To, out var number))
            return new(Refusal.BadDestination, "bad_destination", "The destination must be a number in +E.164 format or a SIP URI.");

        var known = plans.Classify(number);
        facts = known;
        if (!known.IsPossible)
            return new(Refusal.BadDestination, "bad_destination", "The destination is not a possible telephone number.");
        bool isDear = known.Type is NumberType.Premium or NumberType.CarrierService or NumberType.Government
            || known is { Type: NumberType.Personal, CallingCode: NanpClasses.CallingCode };
        if (isDear || _premiumCodes.Contains(known.CallingCode))
            return new(Refusal.PremiumDestination, "premium_number",
                "Premium-rate, satellite and international network numbers, and North American 5XX, 700, 710 and 976, cannot be dialled.");
        if (_countries.Count > 0 && (known.Country is not { } country || !_countries.Contains(country)))
            return new(Refusal.CountryNotAllowed, "country",
                $"Calls to {known.Country ?? $"+{known.CallingCode}"} are not allowed on this node.");
        return GateAnswer.Open;
    }

    private bool IsEmergency(CallAttempt question) => question.Direction is Direction.Outbound && emergencies.IncludesCall(question.To);

    private ChannelLimits LimitsOf(CallAttempt question, bool isEmergency, RoutingSnapshot snapshot)
    {
        if (isEmergency) return ChannelLimits.None;
        var connection = snapshot.FindConnection(question.Tenant, question.Connection);
        bool isOutbound = question.Direction is Direction.Outbound;
        var tenant = snapshot.FindTenant(question.Tenant);
        return new()
        {
            Tenant = tenant?.Limits.Channels,
            Parent = tenant?.Parent is { } parent ? snapshot.FindTenant(parent)?.Limits.Channels : null,
            Connection = isOutbound ? connection?.OutboundChannelLimit : connection?.InboundChannelLimit,
            Profile = isOutbound ? snapshot.ProfileOf(question.Tenant, question.Connection)?.ConcurrentCallLimit : null,
            Pair = options.LoopLimit,
            Zone = ZoneOf(question, snapshot) is { } zone ? tenant?.ChannelsOf(zone) : null,
        };
    }

    private LiveLeg Entry(CallAttempt question, RoutingSnapshot snapshot)
    {
        bool isOutbound = question.Direction is Direction.Outbound;
        return new()
        {
            Leg = question.Leg,
            Tenant = question.Tenant,
            Parent = snapshot.FindTenant(question.Tenant)?.Parent,
            Connection = question.Connection,
            Direction = question.Direction,
            Profile = isOutbound ? snapshot.ProfileOf(question.Tenant, question.Connection)?.Id : null,
            // Only a call to a number of ours comes back to us.
            Pair = isOutbound && snapshot.FindNumber(question.To) is not null ? (question.From, question.To) : null,
            Zone = ZoneOf(question, snapshot)?.Name,
            IsEmergency = question.IsFromPhone && IsEmergency(question),
        };
    }

    /// <summary>
    /// Of a call to a number that is paid by channel; the leg by which it goes on to the account's equipment is a part of it.
    /// </summary>
    private static ChannelZone? ZoneOf(CallAttempt question, RoutingSnapshot snapshot) =>
        question is { Direction: Direction.Inbound, Kind: not DestinationKind.Here }
            && snapshot.FindNumber(question.To) is { Voice.IsPaidByChannel: true } number && number.Tenant == question.Tenant
                ? ChannelZone.Of(number) : null;
}
