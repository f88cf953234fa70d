using System.Net;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class TypedAddressTests
{
    [Theory]
    [InlineData("203.0.113.7"), InlineData("0.0.0.0"), InlineData("2001:DB8::5"), InlineData("::ffff:192.0.2.1"), InlineData("fe80::1%1")]
    public void An_address_that_is_written_out_is_read(string typed)
    {
        Assert.True(TypedAddress.TryRead(typed, out var read));
        Assert.Equal(IPAddress.Parse(typed), read);
    }

    [Theory]
    [InlineData("203.0.113"), InlineData("10"), InlineData("127.1"), InlineData("192.168.001.010"), InlineData("0x7f.0.0.1")]
    [InlineData("3232235777"), InlineData(" 192.0.2.1"), InlineData(""), InlineData("sip.example.com")]
    public void What_the_library_would_guess_at_is_none(string typed)
    {
        Assert.False(TypedAddress.TryRead(typed, out var read));
        Assert.Null(read);
    }
}
