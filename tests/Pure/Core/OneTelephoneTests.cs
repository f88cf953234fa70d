using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>Two numbers by which one telephone is known, as lists, carriers and messengers write them.</summary>
public sealed class OneTelephoneTests
{
    [Theory]
    [InlineData("+5215512345678", "+525512345678")]         // Mexico: messengers write a 1 that nobody dials any more
    [InlineData("+5492236001234", "+542236001234")]         // Argentina: the 9 is dialled from abroad
    [InlineData("+5491123456789", "+541123456789")]
    [InlineData("+5531991234567", "+553191234567")]         // Brazil: old lists and messengers have no 9
    [InlineData("+2290197123456", "+22997123456")]          // Benin, since 2024
    public void A_telephone_has_two_numbers(string longer, string shorter)
    {
        Assert.Equal((shorter, longer), (OneTelephone.OtherOf(longer), OneTelephone.OtherOf(shorter)));
        Assert.Equal((shorter, shorter), (OneTelephone.NameOf(longer), OneTelephone.NameOf(shorter)));
        Assert.Equal([longer, "+12125550100", shorter], OneTelephone.AllOf([longer, "+12125550100"]));
        Assert.True(OneTelephone.IsAmong(new HashSet<string> { shorter }, longer));
        Assert.False(OneTelephone.IsAmong(new HashSet<string> { "+12125550100" }, longer));
    }

    [Theory]
    [InlineData("+12125550100"), InlineData("+4930123456"), InlineData("+5212345678"), InlineData("+52155123456789")]
    [InlineData("+551132345678")]                           // of a home in São Paulo
    [InlineData("+5511912345678")]                          // a mobile number that has never been shorter
    [InlineData("+5411"), InlineData("+229"), InlineData("sip:+5215512345678@carrier.example"), InlineData("")]
    public void Any_other_has_one(string number)
    {
        Assert.Null(OneTelephone.OtherOf(number));
        Assert.Equal(number, OneTelephone.NameOf(number));
    }
}
