using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Balances, credit and what live calls hold of them, at the gate.</summary>
public sealed class MoneyGateTests : GateRig
{
    [Fact]
    public void An_account_that_pays_in_advance_calls_for_what_it_has()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 500_000 }]);
        gate.Load(new([(TenantA, new(1_500_000, "USD"))], []));
        CallAttempt first = Ask("+15550001234"), second = Ask("+15550001234"), third = Ask("+15550001234");
        Assert.True(gate.Enter(first).IsOpen);
        Assert.True(gate.Enter(second).IsOpen);         // the second one by its credit
        Assert.Equal(2_000_000, gate.HeldMicros(TenantA, "USD"));
        Assert.Equal((Refusal.InsufficientFunds, "insufficient_funds"), (gate.Enter(third).Refusal, gate.Ask(third).Rule));
        Assert.Equal("no_price", gate.Enter(Ask("+493012345678")).Rule);
        Assert.True(gate.Enter(Ask("+15550001234") with { Tenant = TenantB, From = Theirs }).IsOpen);      // has no limit

        gate.Leave(second.Leg);     // was never answered
        Assert.True(gate.Enter(third).IsOpen);
        gate.Leave(third.Leg);
        gate.Paid(TenantA, new(1_000_000, "USD"));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Theory]
    [InlineData("", 0)]                            // nothing, unless the deck says so
    [InlineData("\non-net,0.5,60,60", 500_000)]
    public void A_call_between_numbers_of_the_node_holds_the_price_of_that(string more, long held)
    {
        var gate = Gate(rates: "+1,9,60,60" + more,
            accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }, new() { Tenant = TenantB, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(500_000, "USD"))], []));
        Assert.Equal("insufficient_funds", gate.Enter(Ask(Theirs)).Rule);       // by a trunk it would be too dear
        var call = Ask(Theirs) with { IsOnNet = true };
        Assert.True(gate.Enter(call).IsOpen);
        Assert.Equal(held, gate.HeldMicros(TenantA, "USD"));
        // whoever is called pays nothing
        Assert.True(gate.Enter(Ask(Theirs) with { IsOnNet = true, Direction = Direction.Inbound, Tenant = TenantB }).IsOpen);
        Assert.Equal(0, gate.HeldMicros(TenantB, "USD"));
        gate.Leave(call.Leg);
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
    }

    [Fact]
    public void A_call_to_an_own_number_meets_the_rules_of_its_country_and_of_premium_numbers()
    {
        Assert.Equal("whitelisted_destinations",
            Gate(profile: Spender with { Destinations = ["DE"] }).Enter(Ask(Theirs) with { IsOnNet = true }).Rule);
        Assert.Equal("country", Gate(new() { IsLoopbackOnly = true, AllowedCountries = ["DE"] })
            .Enter(Ask(Theirs) with { IsOnNet = true }).Rule);
        Assert.Equal(Refusal.PremiumDestination, Gate().Enter(Ask("+19005551234") with { IsOnNet = true }).Refusal);
        Assert.Equal("no_outbound_profile", Gate(isApplicationBare: true).Enter(Ask(Theirs) with { IsOnNet = true }).Rule);
    }

    [Fact]
    public void A_call_that_is_sent_on_holds_the_price_of_the_number_that_it_goes_to()
    {
        var gate = Gate(rates: "+1,1,60,60\n+49,3,60,60\n+44,9,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }],
            profile: Spender with { Destinations = ["US", "DE", "GB"], DailySpendLimitMicros = 8_000_000 });
        gate.Load(new([(TenantA, new(4_000_000, "USD"))], []));
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        Assert.True(gate.Move(call with { To = "+493012345678" }).IsOpen);
        Assert.Equal(3_000_000, gate.HeldMicros(TenantA, "USD"));
        Assert.Equal("daily_spend_limit", gate.Move(call with { To = "+442071234567" }).Rule);
        Assert.Equal(3_000_000, gate.HeldMicros(TenantA, "USD"));       // as before
        Assert.True(gate.Move(call with { To = "sip:bob@example.com", Kind = DestinationKind.Elsewhere }).IsOpen);
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
        gate.Paid(TenantA, new(-2_000_000, "USD"));
        Assert.Equal("insufficient_funds", gate.Move(call with { To = "+493012345678" }).Rule);
        Assert.True(gate.Move(call with { To = "+15550001234" }).IsOpen);
        gate.Leave(call.Leg);
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
        Assert.True(gate.IsEmpty);
    }

    [Fact]
    public void A_call_that_goes_on_holds_more_and_more()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(3_000_000, "USD"))], []));
        var call = Ask("+15550001234");
        gate.Enter(call);
        gate.Answered(call.Leg);
        Clock.Advance(TimeSpan.FromSeconds(110));
        Assert.Equal(2_000_000, gate.HeldMicros(TenantA, "USD"));
        Assert.True(gate.Ask(Ask("+15550001234")).IsOpen);
        Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(gate.Ask(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void What_the_ledger_charged_takes_the_place_of_what_was_reckoned()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(3_000_000, "USD"))], []));
        var call = Ask("+15550001234");
        gate.Enter(call);
        gate.Answered(call.Leg);
        Clock.Advance(TimeSpan.FromSeconds(50));
        gate.Leave(call.Leg);
        Assert.Equal(1_000_000, gate.HeldMicros(TenantA, "USD"));      // until the ledger has it
        gate.Charged(Facts(call), Charge(2_000_000));
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);

        // The other way round, and without a price.
        var other = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        other.Load(new([(TenantA, new(1_000_000, "USD"))], []));
        other.Enter(call);
        other.Answered(call.Leg);
        other.Charged(Facts(call), null);
        other.Leave(call.Leg);
        Assert.True(other.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void What_an_account_below_owes_counts_above_unless_it_pays_for_itself()
    {
        MoneyAccount above = new() { Tenant = TenantA, CreditLimitMicros = 0 };
        var gate = Gate(rates: "+1,1,60,60", accounts: [above]);
        gate.Load(new([(TenantA, new(2_000_000, "USD")), (Child, new(-1_000_000, "USD"))], []));
        var call = ChildAsk();
        Assert.True(gate.Enter(call).IsOpen);
        var refused = gate.Enter(ChildAsk());
        Assert.Equal((Refusal.InsufficientFunds, "parent_insufficient_funds"), (refused.Refusal, refused.Rule));
        Assert.Equal("insufficient_funds", gate.Enter(Ask("+15550001234")).Rule);
        Assert.Equal((0, 1_000_000), (gate.HeldMicros(TenantA, "USD"), gate.HeldMicros(Child, "USD")));

        var apart = Gate(rates: "+1,1,60,60", accounts: [above, new() { Tenant = Child, CreditLimitMicros = 1_000_000, RollsUp = false }]);
        apart.Load(new([(TenantA, new(1_000_000, "USD"))], []));
        Assert.True(apart.Enter(ChildAsk()).IsOpen);
        Assert.Equal("insufficient_funds", apart.Enter(ChildAsk()).Rule);
        Assert.True(apart.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void Currencies_are_never_added()
    {
        var gate = Gate(rates: "prefix,price,initial,increment,currency\n+1,1,60,60,USD\n+49,1,60,60,EUR",
            accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }], tenantSpend: 1_000_000);
        gate.Load(new([(TenantA, new(5_000_000, "USD"))], []));
        Assert.Equal("insufficient_funds", gate.Enter(Ask("+493012345678")).Rule);
        gate.Paid(TenantA, new(5_000_000, "EUR"));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.True(gate.Enter(Ask("+493012345678")).IsOpen);       // a dollar and a euro of one each
        Assert.Equal("tenant_daily_spend_limit", gate.Enter(Ask("+15550001234")).Rule);
        Assert.Equal("tenant_daily_spend_limit", gate.Enter(Ask("+493012345678")).Rule);
    }

    [Fact]
    public void A_start_knows_what_was_spent_today()
    {
        var gate = Gate(rates: "+1,1,60,60", tenantSpend: 5_000_000, profile: Spender with { DailySpendLimitMicros = 2_000_000 });
        gate.Load(new([], [new(TenantA, 5, new(1_000_000, "USD")), new(Child, null, new(1_000_000, "USD"))]));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.Equal("daily_spend_limit", gate.Enter(Ask("+15550001234")).Rule);
        Assert.True(gate.Enter(Ask("+15550001234") with { Connection = Second }).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001234") with { Connection = Second }).IsOpen);
        // the child's dollar too
        Assert.Equal("tenant_daily_spend_limit", gate.Enter(Ask("+15550001234") with { Connection = Second }).Rule);
    }

    [Fact]
    public void Calls_that_come_in_cost_what_the_deck_says_of_the_own_number()
    {
        var gate = Gate(rates: "prefix,price,initial,increment,direction\n+1555010,1,60,60,inbound",
            accounts: [new() { Tenant = TenantA, CreditLimitMicros = 1_000_000 }]);
        CallAttempt Inbound() => Ask(Ours) with { Direction = Direction.Inbound, From = "+15550001234" };
        Assert.True(gate.Enter(Inbound()).IsOpen);
        Assert.Equal(Refusal.InsufficientFunds, gate.Enter(Inbound()).Refusal);
        Assert.Equal("no_price", gate.Enter(Ask("+15550001234")).Rule);
    }

    [Fact]
    public async Task However_many_dial_at_once_none_passes_a_limit_by_a_cent()
    {
        var gate = Gate(rates: "+1,0.30,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 1_000_000 }],
            tenantSpend: 10_000_000);
        gate.Load(new([(TenantA, new(5_000_000, "USD"))], []));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => Task.Run(() => gate.Enter(Ask("+15550001234")), TestContext.Current.CancellationToken)));
        Assert.Equal(20, answers.Count(a => a.IsOpen));
        Assert.Equal(6_000_000, gate.HeldMicros(TenantA, "USD"));
    }

    /// <summary>
    /// Calls come, are answered, end and are charged in any order; money comes between them. What is held and owed never passes the limit.
    /// </summary>
    [Theory, Seeds(50)]
    public void Whatever_happens_holds_and_debts_stay_within_the_credit(ulong seed)
    {
        var dice = new Random((int)seed);
        long balance = dice.Next(0, 20) * 1_000_000L;
        const long credit = 3_000_000, price = 1_000_000;
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = credit }]);
        gate.Load(new([(TenantA, new(balance, "USD"))], []));
        List<CallAttempt> live = [], leaving = [];
        for (int i = 0; i < 500; i++)
        {
            switch (dice.Next(6))
            {
                case <= 2 when Ask("+15550001234") is var call && gate.Enter(call).IsOpen:
                    live.Add(call);
                    if (dice.Next(2) == 0) gate.Answered(call.Leg);
                    break;
                case 3 when live.Count > 0:
                    leaving.Add(live[0]);
                    gate.Leave(live[0].Leg);
                    live.RemoveAt(0);
                    break;
                case 4 when leaving.Count > 0:
                    // Whether it was answered is the ledger's to say; none lasts longer than its first minute.
                    long charged = dice.Next(2) * price;
                    if (balance - charged - live.Count * price < -credit) charged = 0;
                    gate.Charged(Facts(leaving[0]), Charge(charged));
                    balance -= charged;
                    leaving.RemoveAt(0);
                    break;
                case 5 when dice.Next(10) == 0:
                    gate.Paid(TenantA, new(price, "USD"));
                    balance += price;
                    break;
            }
            Assert.True(balance - live.Count * price >= -credit, $"{balance} and {live.Count} calls");
        }
        foreach (var call in live) gate.Leave(call.Leg);
        foreach (var call in live.Concat(leaving)) gate.Charged(Facts(call), null);
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
        Assert.True(gate.IsEmpty);
    }
}
