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

    [Fact]
    public void Prefixes_of_texts_are_those_of_carriers_that_are_on()
    {
        JsonNode Carrier(bool isEnabled, params string[] prefixes) => new JsonObject
        {
            ["enabled"] = isEnabled, ["prefixes"] = new JsonArray([.. prefixes.Select(prefix => (JsonNode)prefix)]),
        };
        Assert.Equal(["+", "+43", "+49", "code:"],
            PriceChecks.TextPrefixesOf(
                [Carrier(true, "+49", "+43"), Carrier(false, "+1"), Carrier(true, "+", "code:", "+49"), Carrier(true)]));
    }

    [Fact]
    public void Texts_without_a_price_are_named_as_texts()
    {
        Assert.Empty(PriceChecks.OfTexts("gold", new Dictionary<string, bool> { ["+49"] = true }));
        var finding = Assert.Single(PriceChecks.OfTexts("gold", new Dictionary<string, bool> { ["+43"] = false, ["+49"] = true }));
        Assert.Equal(Verdict.Warning, finding.Verdict);
        Assert.EndsWith("a price of texts in the deck gold: +43", finding.Says, StringComparison.Ordinal);
        Assert.Contains("sms: before the prefix", finding.Advice, StringComparison.Ordinal);
        Assert.Contains(": accounts that it prices cannot write there", finding.Advice, StringComparison.Ordinal);
        // What prices calls alone lets whoever owes what he likes write for nothing.
        var ofCalls = Assert.Single(PriceChecks.OfTexts("gold", new Dictionary<string, bool> { ["+43"] = false }, pricesSome: false));
        Assert.Contains("whose money is limited cannot write there", ofCalls.Advice, StringComparison.Ordinal);
        Assert.Contains("ringwright rates import --deck gold", finding.Advice, StringComparison.Ordinal);
    }
}
