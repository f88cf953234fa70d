using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Campaigns;

/// <summary>North American codes whose numbers cost what somebody else says.</summary>
public sealed class NanpGateTests : GateRig
{
    [Theory, InlineData("+19005551234"), InlineData("+19765551234"), InlineData("+12129761234"), InlineData("+15005551234"),
        InlineData("+15885551234"), InlineData("+17005551234"), InlineData("+17105551234")]
    public void They_are_refused_as_premium_numbers_whatever_prices_say(string number) =>
        Assert.Equal((Refusal.PremiumDestination, "premium_number"),
            Gate(rates: "+1,1,60,60").Enter(Ask(number)) is var answer ? (answer.Refusal, answer.Rule) : default);

    [Theory, InlineData("+12115551234", Refusal.BadDestination), InlineData("+18115551234", Refusal.BadDestination),
        InlineData("+1411", Refusal.BadDestination), InlineData("+19115551234", Refusal.EmergencyDestination)]
    public void Those_for_services_in_the_place_are_no_numbers_from_here(string number, Refusal refusal) =>
        Assert.Equal(refusal, Gate().Enter(Ask(number)).Refusal);

    [Theory, InlineData("+18009761234"), InlineData("+12125550123"), InlineData("+18005551234")]
    public void Others_are_called(string number) => Assert.True(Gate().Enter(Ask(number)).IsOpen);
}
