using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

/// <summary>Parties where only numbers may stand.</summary>
public sealed class PartyAliasTests
{
    [Theory]
    [InlineData("+15550100001"), InlineData("+12"), InlineData("+999123456789012")]
    public void A_number_is_itself(string number) => Assert.Equal(number, PartyAlias.Of(number));

    [Theory]
    [InlineData(""), InlineData("anonymous"), InlineData("Anonymous"), InlineData("sip:anonymous@anonymous.invalid")]
    public void Who_is_not_shown_is_one_party(string party) => Assert.Equal(PartyAlias.Anonymous, PartyAlias.Of(party));

    [Theory]
    [InlineData("sip:ada@example.com"), InlineData("1001"), InlineData("+0155"), InlineData("+"), InlineData("+1 555 010 0001")]
    [InlineData("anonymousy"), InlineData("+1234567890123456")]
    public void Whoever_has_no_number_gets_one_that_stays(string party)
    {
        string alias = PartyAlias.Of(party);
        Assert.Matches(@"^\+999[1-9]\d{11}$", alias);
        Assert.True(PartyAlias.IsNumber(alias));
        Assert.Equal(alias, PartyAlias.Of(party.ToUpperInvariant()));
        Assert.NotEqual(alias, PartyAlias.Of(party + "x"));
    }

    [Fact]
    public void A_scheme_makes_no_other_party() => Assert.Equal(PartyAlias.Of("ada@example.com"), PartyAlias.Of("sip:ada@example.com"));
}
