using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

public sealed class NumberPartTests
{
    [Theory]
    [InlineData("+498912345", true), InlineData("498912345", true), InlineData("89 123", true), InlineData("12345", true)]
    [InlineData("089 123", true), InlineData("(089) 12 345", true), InlineData("089/123-45", true), InlineData("0049 89 123", true)]
    [InlineData("00498912345", true), InlineData("089\u00A0123", true)]
    [InlineData("012345", false), InlineData("0043 89 123", false), InlineData("0089", false), InlineData("Anna", false)]
    [InlineData("+", true), InlineData("", false), InlineData("-", false)]
    public void A_part_of_a_number_is_read_as_people_write_one(string typed, bool fits) =>
        Assert.Equal(fits, NumberPart.Of(typed).Fits("+498912345"));
}
