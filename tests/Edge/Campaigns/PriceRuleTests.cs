using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Edge.Campaigns;

/// <summary>Numbers that nobody has priced.</summary>
public sealed class PriceRuleTests : GateRig
{
    private const string Unpriced = "+493012345678";

    [Theory]
    [InlineData(null, null, null, null, true)]                          // nothing was said of money
    [InlineData("+1,1,60,60", null, null, null, false)]                 // a deck with prices for others
    [InlineData("on-net,1,60,60", null, null, null, true)]
    [InlineData("prefix,price,initial,increment,direction\n+1,1,60,60,inbound", null, null, null, true)]
    [InlineData(null, 0L, null, null, false)]                           // pays in advance
    [InlineData(null, null, 30_000_000L, null, false)]                  // a cap that the operator named
    [InlineData(null, null, 25_000_000L, null, true)]                   // the cap of every new account
    [InlineData(null, null, null, 100_000L, false)]                     // a dearest price
    public void Are_called_only_where_money_is_no_limit(string? rates, long? credit, long? cap, long? dearest, bool isOpen)
    {
        DialGate Make(DialGateOptions? options = null) => Gate(options, rates, credit is null ? null
                : [new MoneyAccount { Tenant = TenantA, CreditLimitMicros = credit }],
            tenantSpend: cap, profile: Spender with { MaxRateMicros = dearest });
        var answer = Make().Enter(Ask(Unpriced));
        Assert.Equal(isOpen, answer.IsOpen);
        Assert.True(Make(new() { IsLoopbackOnly = true, AllowsUnpriced = true }).Enter(Ask(Unpriced)).IsOpen);
        if (isOpen) return;
        Assert.Equal((Refusal.SpendLimit, "no_price"), (answer.Refusal, answer.Rule));
        Assert.Contains("needs one for +49,", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("ringwright rates import", answer.Detail, StringComparison.Ordinal);
        // What no trunk is paid for needs none.
        Assert.True(Make().Enter(Ask(Unpriced) with { IsOnNet = true }).IsOpen);
        Assert.True(Make().Enter(Ask(Unpriced) with { IsByOperator = true }).IsOpen);
        Assert.True(Make().Enter(Ask("sip:bob@example.com")).IsOpen);
        Assert.True(Make().Enter(Ask("911") with { IsFromPhone = true }).IsOpen);
    }

    [Fact]
    public void What_an_account_above_may_spend_asks_below_it_too()
    {
        Assert.True(Gate().Enter(ChildAsk()).IsOpen);
        Assert.Equal("no_price", Gate(tenantSpend: 1_000_000).Enter(ChildAsk()).Rule);
        Assert.Equal("no_price", Gate(accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]).Enter(ChildAsk()).Rule);
        Assert.True(Gate(accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }, new() { Tenant = Child, RollsUp = false }])
            .Enter(ChildAsk()).IsOpen);
    }

    [Theory]
    [InlineData(null, null, null, true)]                        // nothing was said of money
    [InlineData("+1,1,60,60", null, null, true)]                // a deck with prices of calls alone
    [InlineData("sms:on-net,1,1,1", null, null, true)]
    [InlineData("sms:+1,1,1,1", null, null, false)]             // prices of texts to others
    [InlineData(null, null, 30_000_000L, true)]                 // a cap of the day does not count texts
    [InlineData("+49,1,60,60", 0L, null, false)]                // pays in advance, and has a price of calls alone
    [InlineData("sms:+49,1,1,1", 0L, null, true)]
    public void Are_written_to_only_where_money_is_no_limit(string? rates, long? credit, long? cap, bool isOpen)
    {
        DialGate Make(DialGateOptions? options = null) => Gate(options, rates,
            credit is null ? null : [new MoneyAccount { Tenant = TenantA, CreditLimitMicros = credit }], tenantSpend: cap);
        var text = new MessageAttempt { Tenant = TenantA, From = Ours, To = Unpriced };
        var answer = Make().Ask(text);
        Assert.Equal(isOpen, answer.IsOpen);
        if (isOpen) return;
        Assert.Equal((Refusal.SpendLimit, "no_price"), (answer.Refusal, answer.Rule));
        Assert.Contains("needs one for sms:+49,", answer.Detail, StringComparison.Ordinal);
        Assert.True(Make(new() { AllowsUnpriced = true }).Ask(text).IsOpen);
        // What nobody is paid for needs none, and what has one keeps it.
        Assert.True(Make(new() { IsOfLab = static number => number == Unpriced }).Ask(text).IsOpen);
        Assert.True(Make().Ask(text with { To = Theirs }).IsOpen);
        Assert.True(Make().Ask(text with { IsPriced = true }).IsOpen);
        Assert.True(Make().Ask(text with { To = "24680", IsOnNet = true }).IsOpen);
        Assert.Equal("no_price", Make().Ask(text with { To = "24680" }).Rule);
        Assert.Contains("needs one for sms:code:,", Make().Ask(text with { To = "24680" }).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_to_a_short_code_that_has_a_price_leaves()
    {
        var gate = Gate(rates: "sms:code:246,1,1,1", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        var text = new MessageAttempt { Tenant = TenantA, From = Ours, To = "24680" };
        Assert.True(gate.Ask(text).IsOpen);
        Assert.Equal("no_price", gate.Ask(text with { To = "13579" }).Rule);
    }

    [Fact]
    public void A_text_of_an_account_below_one_that_pays_in_advance_needs_a_price_too()
    {
        var text = new MessageAttempt { Tenant = Child, From = Ours, To = Unpriced };
        Assert.True(Gate().Ask(text).IsOpen);
        Assert.Equal("no_price", Gate(accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]).Ask(text).Rule);
        Assert.True(Gate(accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }, new() { Tenant = Child, RollsUp = false }])
            .Ask(text).IsOpen);
    }

    [Fact]
    public void A_call_that_would_be_sent_on_to_one_stays_what_it_was()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 1_000_000 }]);
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        Assert.Equal("no_price", gate.Move(call with { To = Unpriced }).Rule);
        Assert.Equal(1_000_000, gate.HeldMicros(TenantA, "USD"));
    }
}
