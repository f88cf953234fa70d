using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>Ways in which a number stands in a URI. Those of RFC 3966 are its own examples.</summary>
public sealed class NumberInUriTests
{
    [Theory]
    [InlineData("sip:+493012345@carrier.example.com", "+493012345")]
    [InlineData("sips:+49-30-12345@carrier.example.com:5061;transport=tls", "+493012345")]
    [InlineData("sip:%2B493012345;npdi=yes@10.0.0.1;user=phone", "+493012345")]
    [InlineData("sip:+493012345:secret@10.0.0.1", "+493012345")]
    [InlineData("sip:7042;phone-context=+1914555@carrier.example.com;user=phone", "+19145557042")]
    [InlineData("tel:+1-201-555-0123", "+12015550123")]
    [InlineData("tel:7042;phone-context=example.com", null)]
    [InlineData("tel:863-1234;phone-context=+1-914-555", "+19145558631234")]
    [InlineData("sip:1001@pbx.example.com", null)]
    [InlineData("sip:bob@phones.example.com", null)]
    [InlineData("sip:carrier.example.com", null)]
    [InlineData("sip:@", null)]
    [InlineData("+493012345", null)]
    [InlineData("", null)]
    public void A_number_is_found_where_it_is_whole(string uri, string? number) =>
        Assert.Equal(number, E164.TryOfUri(uri, out var found) ? found.Text : null);
}
