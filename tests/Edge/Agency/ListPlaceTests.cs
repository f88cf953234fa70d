using Ringwright.Agency;

namespace Ringwright.Edge.Agency;

/// <summary>Cursors of long lists, which come back from anybody.</summary>
public sealed class ListPlaceTests
{
    [Fact]
    public void A_place_is_read_as_it_was_written_to_the_last_digit_of_the_database()
    {
        var place = new ListPlace(new DateTimeOffset(2026, 2, 20, 10, 0, 0, TimeSpan.Zero).AddMicroseconds(123_457),
            "0190a0b0-0000-7000-8000-000000000001");
        Assert.Equal(place, ListPlace.Parse(place.Text));
    }

    [Theory]
    [InlineData(""), InlineData("x"), InlineData("-"), InlineData("1-x"), InlineData("-1-0190a0b0-0000-7000-8000-000000000001")]
    [InlineData("9223372036854775807-0190a0b0-0000-7000-8000-000000000001"), InlineData("0190a0b0-0000-7000-8000-000000000001")]
    public void What_is_no_place_is_none(string text) => Assert.Null(ListPlace.Parse(text));
}
