using System.Text.Json.Nodes;
using Ringwright.Server.Doctor;

namespace Ringwright.Edge.Server;

/// <summary>What doctor says of prefixes that calls are routed by and that have no price.</summary>
public sealed class PriceChecksTests
{
    [Fact]
    public void What_is_priced_is_not_named() =>
        Assert.Empty(PriceChecks.Of("default", new Dictionary<string, bool> { ["+49"] = true, ["+1"] = true }));

    [Fact]
    public void Routes_of_emergency_numbers_need_no_price()
    {
        JsonNode Route(string prefix, bool isEnabled = true) => new JsonObject { ["prefix"] = prefix, ["enabled"] = isEnabled };
        Assert.Equal(["+49"], PriceChecks.PrefixesOf([Route("+49"), Route("911"), Route("+1", isEnabled: false), Route("+49")]));
    }

    [Fact]
    public void What_is_not_is_named_with_the_deck_and_the_command()
    {
        var prices = new Dictionary<string, bool> { ["+1"] = true, ["+44"] = false, ["+49"] = false };
        var finding = Assert.Single(PriceChecks.Of("gold", prices));
        Assert.Equal(Verdict.Warning, finding.Verdict);
        Assert.EndsWith("in the deck gold: +44, +49", finding.Says, StringComparison.Ordinal);
        Assert.Contains("ringwright rates import --deck gold", finding.Advice, StringComparison.Ordinal);
        var many = Assert.Single(PriceChecks.Of("gold", Enumerable.Range(30, 15).ToDictionary(code => $"+{code}", _ => false)));
        Assert.EndsWith("and 5 more", many.Says, StringComparison.Ordinal);
    }
}
