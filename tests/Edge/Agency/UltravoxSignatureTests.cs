using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Agency.Providers;

namespace Ringwright.Edge.Agency;

/// <summary>Section D of the agency's cases: by what a provider's webhook is believed.</summary>
public sealed class UltravoxSignatureTests
{
    private const string Body = """{"event":"call.ended","call":{"callId":"c-1"}}""", Sent = "2026-01-15T12:00:00.000Z";
    private const string Signed = "79f43251106a8de66ff4bb7bc6edd4d0f3c7ab15ff2bd227a97a36a34450623e";
    private const string SignedBefore = "83c7adc300c325a0374a185bcb54cbdde0a7832bdbdc2b91f03a8ee3aead9870";

    // Cases W01, W02, W04 and W05.
    [Theory]
    [InlineData(Signed, "2026-01-15T12:00:30Z", null)]
    [InlineData("deadbeef," + Signed, "2026-01-15T12:00:30Z", null)]
    [InlineData(SignedBefore, "2026-01-15T12:00:30Z", null)]
    [InlineData(Signed, "2026-01-15T12:01:00Z", null)]
    [InlineData(Signed, "2026-01-15T12:01:01Z", "its timestamp is stale")]
    [InlineData(Signed, "2026-01-15T11:58:59Z", "its timestamp lies ahead")]
    [InlineData("deadbeef", "2026-01-15T12:00:30Z", "its signature is wrong")]
    [InlineData("", "2026-01-15T12:00:30Z", "it is not signed")]
    [InlineData(null, "2026-01-15T12:00:30Z", "it is not signed")]
    public void It_is_believed_by_any_of_its_digests_and_secrets_for_a_minute(string? digests, string now, string? fault) =>
        Assert.Equal(fault, UltravoxSignature.FaultOf(["test-secret", "old-secret"], Encoding.UTF8.GetBytes(Body), Sent, digests, At(now)));

    [Theory]
    [InlineData(Body, Sent, "another-secret")]
    [InlineData("""{"event":"call.ended","call":{"callId":"c-2"}}""", Sent, "test-secret")]
    [InlineData(Body, "2026-01-15T12:00:00.001Z", "test-secret")]
    public void Another_body_time_or_secret_is_not_believed(string body, string sent, string secret) => Assert.Equal(
        "its signature is wrong",
        UltravoxSignature.FaultOf([secret], Encoding.UTF8.GetBytes(body), sent, Signed, At("2026-01-15T12:00:30Z")));

    [Theory, InlineData("yesterday"), InlineData("1768478400"), InlineData("2026-01-15")]
    public void A_time_that_is_none_is_not_believed(string sent) => Assert.Equal("its timestamp is no time",
        UltravoxSignature.FaultOf(["test-secret"], Encoding.UTF8.GetBytes(Body), sent, Signed, At("2026-01-15T12:00:30Z")));

    [Fact]
    public void What_is_sealed_opens_for_what_it_was_sealed_for_alone()
    {
        // Case P03.
        var seal = new ProviderSeal(new byte[32]);
        string kept = seal.Seal("key of A", "a api_key");
        Assert.DoesNotContain("key of A", Encoding.Latin1.GetString(Convert.FromBase64String(kept)), StringComparison.Ordinal);
        Assert.NotEqual(kept, seal.Seal("key of A", "a api_key"));
        Assert.Equal("key of A", seal.Unseal(kept, "a api_key"));
        Assert.ThrowsAny<CryptographicException>(() => seal.Unseal(kept, "b api_key"));
        Assert.ThrowsAny<CryptographicException>(() => new ProviderSeal([.. new byte[31], 1]).Unseal(kept, "a api_key"));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
