using System.Security.Cryptography;
using System.Text;
using Ringwright.Chakra.Plugins;

namespace Ringwright.Edge.Chakra;

/// <summary>Which URL Twilio has signed: it leaves out the port, or not, and its own libraries take both.</summary>
public sealed class PluginSignatureTests
{
    private const string Token = "12345", Path = "/chakra/v1/ext/plugin/twilio/event/team/secret?x=1";

    private static readonly KeyValuePair<string, string>[] Form =
        [new("CallSid", "CA1"), new("CallStatus", "ringing"), new("AccountSid", "AC1")];

    private static string Sign(string url)
    {
#pragma warning disable CA5350 // the algorithm is the protocol's
        byte[] mac = HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token),
            Encoding.UTF8.GetBytes($"{url}AccountSidAC1CallSidCA1CallStatusringing"));
#pragma warning restore CA5350
        return Convert.ToBase64String(mac);
    }

    [Theory]
    [InlineData("https://calls.example.com:8443", "https://calls.example.com:8443")]
    [InlineData("https://calls.example.com:8443", "https://calls.example.com")]
    [InlineData("https://calls.example.com", "https://calls.example.com:443")]
    [InlineData("http://calls.example.com", "http://calls.example.com:80")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1"), InlineData("http://[::1]:8080", "http://[::1]")]
    public void A_port_may_be_signed_or_not(string ours, string theirs)
    {
        Assert.True(PluginKeys.IsTwilios(Sign(theirs + Path), Token, ours + Path, Form));
        Assert.False(PluginKeys.IsTwilios(Sign(theirs + Path), "12346", ours + Path, Form));
    }

    [Theory]
    [InlineData("https://calls.example.com:8443", "https://calls.example.com:443")]
    [InlineData("https://calls.example.com:8443", "http://calls.example.com"), InlineData("http://a.example.com", "http://b.example.com")]
    public void Another_address_is_another(string ours, string theirs) =>
        Assert.False(PluginKeys.IsTwilios(Sign(theirs + Path), Token, ours + Path, Form));

    [Fact]
    public void What_is_not_signed_is_not_believed() =>
        Assert.False(PluginKeys.IsTwilios(null, Token, "https://calls.example.com" + Path, Form));
}
