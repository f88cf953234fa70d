using Ringwright.Campaigns.Dialling;

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
}
