using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>How numbers in international form may begin, as routes, carriers and registries name them.</summary>
public sealed class NumberBeginningTests
{
    [Theory]
    [InlineData("+"), InlineData("+1"), InlineData("+4930"), InlineData("+123456789012345")]
    public void A_plus_and_digits_is_one(string text) => Assert.True(E164.IsBeginning(text));

    [Theory]
    [InlineData(""), InlineData("1"), InlineData("+0"), InlineData("+049"), InlineData("+1x"), InlineData("+1 2"), InlineData("++1")]
    [InlineData("+1234567890123456"), InlineData("+٣")]
    public void Anything_else_is_none(string text) => Assert.False(E164.IsBeginning(text));
}
