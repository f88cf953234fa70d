using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

public sealed class DialGateTests : GateRig
{
    [Theory]
    [InlineData("+15550001234")]
    [InlineData("+12125550123")]
    [InlineData("+493012345678")]
    [InlineData("sip:alice@example.com")]
    [InlineData("sip:+19005551234@example.com")]
    public void An_ordinary_destination_is_open(string to) => Assert.Equal(GateAnswer.Open, Gate().Enter(Ask(to)));

    [Theory]
    [InlineData("+15550001234", null)]
    [InlineData("+19005551234", "premium_number")]
    [InlineData("911", "emergency_number")]
    [InlineData("24680", null), InlineData("988", null)]        // a short code, and the crisis line, which reads texts
    [InlineData("hello", "bad_destination")]
    [InlineData(Ours, "loop")]
    public void A_message_meets_the_rules_that_hold_on_every_channel_and_no_limit_of_calls(string to, string? rule)
    {
        var gate = Gate(tenantLimit: 0, isChildDisabled: true);
        var message = new MessageAttempt { Tenant = TenantA, From = Ours, To = to };
        Assert.Equal(rule, gate.Ask(message).Rule);
        Assert.Equal("account_disabled", gate.Ask(message with { Tenant = Child }).Rule);
        Assert.Equal(0, gate.Count);
    }

    [Theory]
    [InlineData("911", Refusal.EmergencyDestination, "emergency_number")]
    [InlineData("+1911", Refusal.EmergencyDestination, "emergency_number")]
    [InlineData("sip:112@example.com", Refusal.EmergencyDestination, "emergency_number")]
    [InlineData("988", Refusal.EmergencyDestination, "emergency_number")]
    [InlineData("+19005551234", Refusal.PremiumDestination, "premium_number")]
    [InlineData("+88161234567", Refusal.BadDestination, "bad_destination")]
    [InlineData("+881612345678", Refusal.PremiumDestination, "premium_number")]
    [InlineData("+870712345678", Refusal.PremiumDestination, "premium_number")]
    [InlineData("+979123456789", Refusal.PremiumDestination, "premium_number")]
    [InlineData("+1555", Refusal.BadDestination, "bad_destination")]
    [InlineData("+99900000000", Refusal.BadDestination, "bad_destination")]
    [InlineData("15550001234", Refusal.BadDestination, "bad_destination")]
    [InlineData("hello", Refusal.BadDestination, "bad_destination")]
    [InlineData("", Refusal.BadDestination, "bad_destination")]
    [InlineData(Ours, Refusal.Loop, "loop")]
    public void A_forbidden_destination_is_refused_by_name(string to, Refusal refusal, string rule)
    {
        var gate = Gate();

        var answer = gate.Enter(Ask(to));

        Assert.Equal((refusal, rule), (answer.Refusal, answer.Rule));
        Assert.NotNull(answer.Detail);
        Assert.Equal(0, gate.Count);
    }

    [Fact]
    public void A_disabled_account_has_no_new_calls_but_a_phones_emergency_call()
    {
        var gate = Gate(isChildDisabled: true);
        foreach (var question
            in new[] { ChildAsk(), ChildAsk() with { Direction = Direction.Inbound }, ChildAsk() with { IsFromPhone = true } })
        {
            var answer = gate.Enter(question);
            Assert.Equal((Refusal.ConnectionInactive, "account_disabled"), (answer.Refusal, answer.Rule));
        }
        Assert.Equal(0, gate.Count);
        Assert.True(gate.Enter(ChildAsk() with { To = "112", IsFromPhone = true }).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void Only_allowed_countries_are_open_when_there_is_a_list()
    {
        var gate = Gate(new() { AllowedCountries = ["de", "US"], IsLoopbackOnly = true });

        Assert.True(gate.Enter(Ask("+493012345678")).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.Equal(Refusal.CountryNotAllowed, gate.Enter(Ask("+447400123456")).Refusal);
        Assert.Equal(Refusal.CountryNotAllowed, gate.Enter(Ask("+18765551234")).Refusal);      // Jamaica under +1
        Assert.Equal(Refusal.CountryNotAllowed, gate.Enter(Ask("+80012345678")).Refusal);
        Assert.True(gate.Enter(Ask("sip:alice@example.com")).IsOpen);
    }

    [Fact]
    public void An_emergency_call_from_a_phone_passes_every_rule_and_limit()
    {
        var gate = Gate(tenantLimit: 0);

        foreach (string number in new[] { "911", "988", "+1988" })
            Assert.True(gate.Enter(Ask(number) with { IsFromPhone = true }).IsOpen, number);
        Assert.Equal(Refusal.TenantChannelLimit, gate.Enter(Ask("+15550001234") with { IsFromPhone = true }).Refusal);
        Assert.Equal(Refusal.PremiumDestination, gate.Enter(Ask("+19005551234") with { IsFromPhone = true }).Refusal);
    }

    [Fact]
    public void A_connection_that_is_switched_off_dials_nobody()
    {
        var answer = Gate(isActive: false).Enter(Ask("+15550001234"));

        Assert.Equal((Refusal.ConnectionInactive, "connection_inactive"), (answer.Refusal, answer.Rule));
    }

    [Fact]
    public void Inbound_legs_meet_no_destination_rule()
    {
        var gate = Gate();

        Assert.True(gate.Enter(Ask(Ours) with { Direction = Direction.Inbound, From = Ours }).IsOpen);
        Assert.True(gate.Enter(Ask("911") with { Direction = Direction.Inbound }).IsOpen);
    }

    [Fact]
    public void The_tenant_limit_counts_both_directions_and_no_other_tenant()
    {
        var gate = Gate(tenantLimit: 2);
        var first = Ask("+15550001234");
        Assert.True(gate.Enter(first).IsOpen);
        Assert.True(gate.Enter(Ask(Ours) with { Direction = Direction.Inbound, From = "+15550001234" }).IsOpen);

        Assert.Equal(Refusal.TenantChannelLimit, gate.Enter(Ask("+15550001235")).Refusal);
        Assert.Equal(Refusal.TenantChannelLimit,
            gate.Enter(Ask(Ours) with { Direction = Direction.Inbound, From = "+15550001236" }).Refusal);
        Assert.True(gate.Enter(Ask("+15550001237") with { Tenant = TenantB, From = Theirs }).IsOpen);

        gate.Leave(first.Leg);
        Assert.True(gate.Enter(Ask("+15550001235")).IsOpen);
    }

    [Theory]
    [InlineData(0, true), InlineData(1, false)]
    public void A_limit_of_none_is_told_from_one_that_is_reached(int limit, bool isForGood)
    {
        var gate = Gate(tenantLimit: limit);
        for (int i = 0; i < limit; i++) Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        var refused = gate.Enter(Ask("+15550001235"));
        Assert.Equal(("tenant_channel_limit", isForGood), (refused.Rule, refused.IsForGood));
    }

    [Fact]
    public void A_childs_legs_count_for_its_own_limit_and_for_its_parents()
    {
        var gate = Gate(tenantLimit: 3, childLimit: 2);
        var first = ChildAsk();
        Assert.True(gate.Enter(first).IsOpen);
        Assert.True(gate.Enter(ChildAsk()).IsOpen);
        Assert.Equal("tenant_channel_limit", gate.Enter(ChildAsk()).Rule);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);

        gate.Leave(first.Leg);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        var above = gate.Enter(ChildAsk());
        Assert.Equal((Refusal.TenantChannelLimit, "parent_channel_limit"), (above.Refusal, above.Rule));
        Assert.Equal("tenant_channel_limit", gate.Enter(Ask("+15550001234")).Rule);
        Assert.True(gate.Enter(Ask("+15550001237") with { Tenant = TenantB, From = Theirs }).IsOpen);
    }

    [Fact]
    public void A_childs_calls_spend_its_parents_money_too()
    {
        var gate = Gate(rates: "+1,1,60,60", tenantSpend: 3_000_000, childSpend: 2_000_000);
        List<CallAttempt> held = [ChildAsk(), ChildAsk()];
        foreach (var question in held) Assert.True(gate.Enter(question).IsOpen);
        var own = gate.Enter(ChildAsk());
        Assert.Equal((Refusal.SpendLimit, "tenant_daily_spend_limit"), (own.Refusal, own.Rule));

        held.Add(Ask("+15550001234"));
        Assert.True(gate.Enter(held[2]).IsOpen);                    // two dollars are the child's
        Assert.Equal("tenant_daily_spend_limit", gate.Enter(Ask("+15550001234")).Rule);
        gate.Leave(held[0].Leg);                                    // never answered
        held[0] = Ask("+15550001234");
        Assert.True(gate.Enter(held[0]).IsOpen);
        Assert.Equal("parent_daily_spend_limit", gate.Enter(ChildAsk()).Rule);

        foreach (var question in held) gate.Leave(question.Leg);
        Assert.True(gate.IsEmpty);
    }

    [Fact]
    public void A_question_asked_without_entering_gets_the_same_answer_and_counts_nothing()
    {
        var gate = Gate(tenantLimit: 1);
        Assert.True(gate.Ask(Ask("+15550001234")).IsOpen);
        Assert.True(gate.Ask(Ask("+15550001234")).IsOpen);
        Assert.Equal(0, gate.Count);

        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.Equal(gate.Enter(Ask("+15550001235")), gate.Ask(Ask("+15550001235")));
        Assert.Equal(Refusal.PremiumDestination, gate.Ask(Ask("+19005551234")).Refusal);
        Assert.Equal(1, gate.Count);
    }

    [Fact]
    public void The_connection_limits_are_apart_for_each_direction()
    {
        var gate = Gate(inbound: 1, outbound: 2);

        Assert.True(gate.Enter(Inbound()).IsOpen);
        var refused = gate.Enter(Inbound());
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);

        Assert.Equal((Refusal.ConnectionChannelLimit, "connection_channel_limit"), (refused.Refusal, refused.Rule));
        Assert.Equal(Refusal.ConnectionChannelLimit, gate.Enter(Ask("+15550001234")).Refusal);

        CallAttempt Inbound() => Ask(Ours) with { Direction = Direction.Inbound, From = "+15550001234" };
    }

    [Fact]
    public void A_profile_refuses_what_costs_more_a_minute_than_it_allows()
    {
        var gate = Gate(rates: "+,0.02,60,60\n+49,0.05,1,1", profile: Spender with { MaxRateMicros = 20_000 });
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        var refused = gate.Enter(Ask("+493012345678"));
        Assert.Equal((Refusal.SpendLimit, "max_destination_rate"), (refused.Refusal, refused.Rule));
    }

    [Fact]
    public void A_profile_spends_no_more_than_its_limit_a_day()
    {
        // Two dollars a minute in steps of half a minute, five dollars a day.
        var gate = Gate(rates: "+1,2,30,30", profile: Spender with { DailySpendLimitMicros = 5_000_000 });
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        gate.Answered(call.Leg);
        Clock.Advance(TimeSpan.FromSeconds(110));      // 120 s are billed: four dollars
        End(gate, call, 4_000_000);

        var last = Ask("+15550001234");
        Assert.True(gate.Ask(last).IsOpen);
        Assert.True(gate.Enter(last).IsOpen);           // holds one dollar
        var refused = gate.Enter(Ask("+15550001235"));
        Assert.Equal((Refusal.SpendLimit, "daily_spend_limit"), (refused.Refusal, refused.Rule));
        Assert.False(gate.Ask(Ask("+15550001235")).IsOpen);
        Assert.Equal("no_price", gate.Enter(Ask("+493012345678")).Rule);    // what nobody has priced would pass the limit

        gate.Leave(last.Leg);                           // never answered: nothing was spent
        Assert.True(gate.Enter(Ask("+15550001236")).IsOpen);
        Clock.Advance(TimeSpan.FromDays(1));
        for (int i = 0; i < 4; i++) Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);   // five are live, and each holds a dollar
    }

    [Fact, Failure("clock-stepped")]
    public void A_call_costs_the_time_that_passed_whatever_the_wall_clock_says()
    {
        var gate = Gate(rates: "+1,1,60,60", profile: Spender with { DailySpendLimitMicros = 4_000_000 });
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        gate.Answered(call.Leg);
        Clock.Step(TimeSpan.FromHours(1));
        Clock.Advance(TimeSpan.FromSeconds(110));      // two dollars of four
        End(gate, call, 2_000_000);
        var second = Ask("+15550001234");
        Assert.True(gate.Enter(second).IsOpen);
        gate.Answered(second.Leg);
        Clock.Advance(TimeSpan.FromSeconds(110));
        gate.Leave(second.Leg);
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);

        Clock.Step(TimeSpan.FromDays(-1));             // back over midnight: the day's money is spent
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-40)]
    public void A_clock_that_is_set_back_by_days_gives_money_again_at_the_next_midnight_and_not_before(int days)
    {
        var gate = Gate(rates: "+1,1,60,60", profile: Spender with { DailySpendLimitMicros = 1_000_000 });
        SpendAll(gate);
        Clock.Step(TimeSpan.FromDays(days));
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);
        Clock.Advance(TimeSpan.FromHours(9));      // it was three in the afternoon
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void A_clock_that_is_set_over_midnight_and_back_gives_no_money()
    {
        var gate = Gate(rates: "+1,1,60,60", profile: Spender with { DailySpendLimitMicros = 1_000_000 });
        Clock.Advance(TimeSpan.FromHours(9));
        SpendAll(gate);
        Clock.Step(TimeSpan.FromMinutes(-20));
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);
        Clock.Advance(TimeSpan.FromMinutes(30));   // midnight for the second time
        Assert.False(gate.Enter(Ask("+15550001234")).IsOpen);
        Clock.Advance(TimeSpan.FromHours(24));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    private void SpendAll(DialGate gate)
    {
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        gate.Answered(call.Leg);
        Clock.Advance(TimeSpan.FromSeconds(50));
        End(gate, call, 1_000_000);
    }

    [Fact]
    public void What_the_channel_limits_refuse_holds_no_money()
    {
        var gate = Gate(rates: "+1,1,60,60", outbound: 1, profile: Spender with { DailySpendLimitMicros = 2_000_000 });
        var first = Ask("+15550001234");
        Assert.True(gate.Enter(first).IsOpen);
        for (int i = 0; i < 5; i++) Assert.Equal(Refusal.ConnectionChannelLimit, gate.Enter(Ask("+15550001235")).Refusal);
        gate.Leave(first.Leg);
        Assert.True(gate.IsEmpty);
    }

    [Fact]
    public void Calls_to_an_own_number_that_come_round_again_are_a_loop()
    {
        var gate = Gate(new() { LoopLimit = 3, LoopWindow = TimeSpan.FromSeconds(10) });
        for (int i = 0; i < 3; i++) Assert.True(gate.Enter(Round()).IsOpen);

        Assert.Equal((Refusal.Loop, "loop"), (gate.Enter(Round()).Refusal, gate.Enter(Round()).Rule));
        Assert.True(gate.Enter(Round() with { From = "+15550009999" }).IsOpen);
        Assert.True(gate.Enter(Round() with { Tenant = TenantB }).IsOpen);

        Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.True(gate.Enter(Round()).IsOpen);

        CallAttempt Round() => Ask(Ours) with { From = "+15550001234" };
    }

    [Fact]
    public void Many_calls_to_one_number_elsewhere_are_no_loop()
    {
        var gate = Gate(new() { LoopLimit = 1 });

        for (int i = 0; i < 100; i++) Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public void A_leg_that_enters_twice_counts_once_and_may_leave_twice()
    {
        var gate = Gate(tenantLimit: 2);
        var question = Ask("+15550001234");

        Assert.True(gate.Enter(question).IsOpen);
        Assert.True(gate.Enter(question).IsOpen);
        Assert.Equal(1, gate.Count);

        gate.Leave(question.Leg);
        gate.Leave(question.Leg);
        gate.Leave(LegId.Compose(1, 0, 1, 999, 999));
        Assert.Equal(0, gate.Count);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
        Assert.True(gate.Enter(Ask("+15550001235")).IsOpen);
        Assert.False(gate.Enter(Ask("+15550001236")).IsOpen);
    }

    [Fact]
    public async Task Threads_never_pass_a_limit_and_leave_nothing_behind()
    {
        const int limit = 50;
        var gate = Gate(tenantLimit: limit);
        int most = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                List<CallAttempt> held = [];
                for (int k = 0; k < 10; k++)
                {
                    var question = Ask(k % 2 == 0 ? "+15550001234" : "sip:alice@example.com");
                    if (gate.Enter(question).IsOpen) held.Add(question);
                }
                int count = gate.Count;
                InterlockedMax(ref most, count);
                foreach (var question in held) gate.Leave(question.Leg);
            }
        }, TestContext.Current.CancellationToken)));

        Assert.InRange(most, 1, limit);
        Assert.Equal(0, gate.Count);
        Assert.True(gate.IsEmpty);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = target; value > seen; seen = target)
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
    }
}
