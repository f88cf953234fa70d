using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class TargetAddressTests
{
    [Theory]
    [InlineData("SIP:Bob@Phones.Example.COM", "sip:Bob@phones.example.com")]
    [InlineData("sips:Bob@Example.com:5061;transport=TLS", "sips:Bob@example.com:5061;transport=TLS")]
    [InlineData("sip:Bob@Example.com?X-Account=A", "sip:Bob@example.com?X-Account=A")]
    public void Of_a_SIP_URI_scheme_and_host_are_compared_in_small_letters(string text, string address)
    {
        Assert.True(TargetAddress.TryParse(text, out string read));
        Assert.Equal(address, read);
    }

    /// <summary>A number alone is written without a writer of JSON.</summary>
    [Theory]
    [InlineData("+12125550101", null), InlineData("+12125550101", "sip:bob@example.com"), InlineData(null, "+12125550101")]
    [InlineData("sip:\"bob\\@example.com", null), InlineData("+1\"2", null), InlineData("+", null)]
    public void Addresses_are_kept_as_they_are(string? first, string? second)
    {
        string?[] addresses = [first, second, null, null, null];
        Assert.Equal(addresses, JsonNode.Parse(TargetTable.Write(addresses))!.AsArray().Select(one => (string?)one));
    }
}
