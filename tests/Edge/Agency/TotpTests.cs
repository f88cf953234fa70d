using System.Text;
using Ringwright.Agency;

namespace Ringwright.Edge.Agency;

/// <summary>Codes of second factors against the vectors of RFC 6238, appendix B, and RFC 4648, section 10.</summary>
public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void A_code_is_that_of_its_moment(long seconds, string code)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.CodeOf(Secret, Totp.StepOf(at)));
        foreach (int away in new[] { -1, 0, 1 })
            Assert.Equal(Totp.StepOf(at), Totp.Find(Secret, code, at.AddSeconds(30 * away)));
        foreach (int away in new[] { -2, 2 })
            if (seconds + 30 * away >= 0) Assert.Null(Totp.Find(Secret, code, at.AddSeconds(30 * away)));
        Assert.Equal(Totp.StepOf(at), Totp.Find(Secret, code.Insert(3, " "), at));
        Assert.Null(Totp.Find(Secret, code + "0", at));
        Assert.Null(Totp.Find(Secret, "", at));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void A_secret_is_written_in_letters(string bytes, string letters) =>
        Assert.Equal(letters, Totp.Base32(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void Another_user_and_another_nonce_have_another_secret()
    {
        var (user, other) = (Guid.NewGuid(), Guid.NewGuid());
        byte[] secret = Totp.SecretOf("key"u8, user, "a");
        Assert.Equal(Totp.SecretBytes, secret.Length);
        Assert.NotEqual(secret, Totp.SecretOf("key"u8, other, "a"));
        Assert.NotEqual(secret, Totp.SecretOf("key"u8, user, "b"));
        Assert.NotEqual(secret, Totp.SecretOf("yek"u8, user, "a"));
    }
}
