using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Edge.Campaigns;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>Texts of runs to numbers without a price, before the node's own gate.</summary>
public sealed class FlowTextPriceTests : IAsyncLifetime
{
    private const string Ours = "+15550100000", Priced = "+15550100002", Unpriced = "+493012345678";

    private readonly FlowRig _rig = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Where_money_is_limited_a_text_without_a_price_is_not_sent_and_the_others_are()
    {
        Limit(credit: 0);
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(To(Unpriced)));
        Assert.Empty(_rig.Records.Texts);
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(To(Unpriced, Priced)));
        Assert.Equal([(Ours, Priced, "Hello")], _rig.Records.Texts);
    }

    [Fact]
    public async Task On_a_call_the_one_that_is_refused_is_told_with_its_rule()
    {
        Limit(credit: 0);
        var far = await _rig.CallAsync(To(Unpriced, Priced));
        string told = Assert.Single(far.Warnings, warning => warning.Contains(Unpriced, StringComparison.Ordinal));
        Assert.Contains("no_price: ", told, StringComparison.Ordinal);
        Assert.Contains("needs one for sms:+49,", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_owes_what_he_likes_sends_it()
    {
        Limit(credit: null, rates: "+1,1,60,60");
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(To(Unpriced)));
        Assert.Equal([(Ours, Unpriced, "Hello")], _rig.Records.Texts);
    }

    [Fact]
    public async Task What_would_expire_before_its_turn_comes_is_not_sent_and_the_others_are()
    {
        _rig.Parts.WaitOf = to => to == Unpriced ? TimeSpan.FromMinutes(61) : TimeSpan.FromMinutes(60);
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(To(Unpriced)));
        Assert.Empty(_rig.Records.Texts);
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(To(Unpriced, Priced)));
        Assert.Equal([(Ours, Priced, "Hello")], _rig.Records.Texts);
    }

    private static string To(params string[] numbers)
    {
        string destinations = string.Join(",", numbers.Select(number => $$"""{"type":"tel","target":"{{number}}"}"""));
        return $$$"""
            [{"type":"message_send","option":{"source":{"type":"tel","target":"{{{Ours}}}"},"text":"Hello",
              "destinations":[{{{destinations}}}]}}]
            """;
    }

    /// <summary>The gate of a node whose one account is the rig's.</summary>
    private void Limit(long? credit, string rates = "sms:+1,0.01,1,1")
    {
        var sheet = RateSheet.Read(new StringReader(rates), new() { EffectiveFrom = DateTimeOffset.UnixEpoch });
        Tenant[] tenants = [new() { Id = _rig.Tenant, Name = "acme" }];
        MoneyAccount[] accounts = credit is null ? [] : [new() { Tenant = _rig.Tenant, CreditLimitMicros = credit }];
        var routing = new OneRouting(new(tenants, [], [], [], [], [])
        {
            Rates = new([new(Guid.Empty, "deck", sheet.Rates)], Guid.Empty, accounts, tenants),
        });
        _rig.Parts.Gate = new DialGate(routing, NumberingPlansTests.Plans, NumberingPlansTests.Emergencies,
            new() { IsLoopbackOnly = true }, _rig.Clock);
    }

    private sealed class OneRouting(RoutingSnapshot current) : IRouting
    {
        public RoutingSnapshot Current => current;
    }
}
