using System.Globalization;
using System.Text;
using Ringwright.Agency.Providers;
using Ringwright.Delivery;

namespace Ringwright.Edge.Agency;

/// <summary>Whether a carrier has sent a webhook, and just now: case W09, whose bytes another program has signed.</summary>
public sealed class CarrierSignatureTests
{
    private const string Key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", Stamp = "1768478400", Sent = "2026-01-15T12:00:00Z",
        Signed = "NaQgCKklBY5WmAN2RaJ62lpphiTG/obDcU9Se5bO0TJla0EhLeFkCpeCXfkKDUSGFmzjriNBP8y0DBNtBDITBA==",
        Body = """{"data":{"event_type":"call.hangup","id":"e-1"}}""", Wrong = "its signature is wrong";

    [Theory]
    [InlineData(Sent, Stamp, Signed, null)]
    [InlineData("2026-01-15T12:05:00Z", Stamp, Signed, null)]
    [InlineData("2026-01-15T11:55:00Z", Stamp, Signed, null)]
    [InlineData("2026-01-15T12:05:01Z", Stamp, Signed, "its timestamp is stale")]
    [InlineData("2026-01-15T11:54:59Z", Stamp, Signed, "its timestamp lies ahead")]
    [InlineData(Sent, "1768478401", Signed, Wrong)]
    [InlineData(Sent, Stamp, "AAAA", Wrong)]
    [InlineData(Sent, Stamp, "none", Wrong)]
    [InlineData(Sent, Stamp, "no base64", Wrong)]
    [InlineData(Sent, Stamp, Signed + Signed, Wrong)]
    [InlineData(Sent, "2026-01-15T12:00:00Z", Signed, "its timestamp is no time")]
    [InlineData(Sent, "-1", Signed, "its timestamp is no time")]
    [InlineData(Sent, "99999999999999", Signed, "its timestamp is no time")]
    [InlineData(Sent, null, Signed, "it is not signed")]
    [InlineData(Sent, Stamp, "", "it is not signed")]
    public void It_is_believed_for_five_minutes_by_the_key_alone(string now, string? stamp, string? signature, string? fault) =>
        Assert.Equal(fault, FaultOf(Key, Body, stamp, signature, now));

    [Fact]
    public void Another_body_and_another_key_are_not_believed()
    {
        Assert.Equal(Wrong, FaultOf(Key, Body.Replace("e-1", "e-2", StringComparison.Ordinal), Stamp, Signed, Sent));
        Assert.Equal(Wrong, FaultOf(Convert.ToBase64String(Signer.PublicKeyOf(new byte[Signer.SeedBytes])), Body, Stamp, Signed, Sent));
        Assert.Null(CarrierSignature.KeyOf("bm9uZQ=="));
        Assert.Null(CarrierSignature.KeyOf("-----BEGIN PUBLIC KEY-----"));
        Assert.Equal(32, CarrierSignature.KeyOf(Key)?.Length);
    }

    private static string? FaultOf(string key, string body, string? stamp, string? signature, string now) => CarrierSignature.FaultOf(
        Signer.Verify, key, Encoding.UTF8.GetBytes(body), stamp, signature, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
}
