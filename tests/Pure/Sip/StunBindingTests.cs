using System.Net;
using Ringwright.Sip.Nat;

namespace Ringwright.Pure.Sip;

/// <summary>STUN on the SIP port, against the sample of RFC 5769 and by hand.</summary>
public sealed class StunBindingTests
{
    /// <summary>RFC 5769 section 2.1, without its last two attributes (integrity, fingerprint) and with the length that is left.</summary>
    private static readonly byte[] Sample = Convert.FromHexString(
        "000100382112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36"
        + "000600096576746a3a683676592020 20".Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Bare(string attributes = "")
    {
        byte[] more = Convert.FromHexString(attributes);
        return [0, 1, 0, (byte)more.Length, 0x21, 0x12, 0xA4, 0x42, .. Enumerable.Range(1, 12).Select(i => (byte)i), .. more];
    }

    /// <summary>RFC 5769 section 2.2: 192.0.2.1, port 32853, is written so under this transaction id.</summary>
    [Fact]
    public void The_sample_of_the_RFC_gets_the_samples_address()
    {
        byte[] answer = StunBinding.Answer(Sample, IPEndPoint.Parse("192.0.2.1:32853"))!;
        Assert.Equal("0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643", Convert.ToHexStringLower(answer));
    }

    /// <summary>RFC 5769 section 2.3.</summary>
    [Fact]
    public void So_does_its_sample_of_IPv6()
    {
        byte[] answer = StunBinding.Answer(Sample, IPEndPoint.Parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"))!;
        Assert.Equal("010100182112a442b7e7a701bc34d686fa87dfae002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
            Convert.ToHexStringLower(answer));
    }

    [Fact]
    public void What_must_be_understood_and_is_not_gets_420_with_its_name()
    {
        byte[] answer = StunBinding.Answer(Bare("0003000400000000"), IPEndPoint.Parse("192.0.2.1:5000"))!;     // CHANGE-REQUEST of RFC 5780
        Assert.Equal("01110010", Convert.ToHexStringLower(answer[..4]));
        Assert.Equal("0009000400000414" + "000a000200030000", Convert.ToHexStringLower(answer[20..]));
    }

    [Theory]
    [InlineData("000100002112a442")]                                            // cut
    [InlineData("010100002112a4420102030405060708090a0b0c")]                    // an answer
    [InlineData("000100042112a4420102030405060708090a0b0c")]                    // longer by its own word
    [InlineData("000100000000000001020304050607080900b0c0")]                    // of RFC 3489, without the cookie
    [InlineData("000100042112a4420102030405060708090a0b0c80220008")]            // an attribute longer than what is left
    [InlineData("4f5054494f4e53207369703a6120534950")]                          // SIP
    public void What_is_no_Binding_request_gets_no_answer(string hex) =>
        Assert.Null(StunBinding.Answer(Convert.FromHexString(hex), IPEndPoint.Parse("192.0.2.1:5000")));

    [Fact]
    public void An_answer_is_no_amplifier()
    {
        var far = IPEndPoint.Parse("[2001:db8::1]:5000");
        Assert.True(StunBinding.Answer(Bare(), far)!.Length <= 2.5 * Bare().Length);
    }
}
