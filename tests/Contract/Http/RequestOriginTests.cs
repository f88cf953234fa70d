using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Http.Tests;

/// <summary>Whose word is taken on where a request came from.</summary>
public sealed class RequestOriginTests
{
    private static readonly IPNetwork[] Proxies = [IPNetwork.Parse("127.0.0.1/32"), IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("2001:db8:1::/48")];

    private static string Of(string peer, params (string Name, string Value)[] headers) => OfAll(peer, Proxies, headers);

    private static string OfAll(string peer, IPNetwork[] proxies, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        foreach (var (name, value) in headers) http.Request.Headers.Append(name, value);
        RequestOrigin.Believe(http, proxies);
        var origin = RequestOrigin.Of(http);
        Assert.Equal(http.Connection.RemoteIpAddress, origin.Address);
        return $"{origin.Address}{(origin.IsKnown ? "" : " unknown")}";
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7"), InlineData("203.0.113.7:4711", "203.0.113.7"), InlineData(" 203.0.113.7 ", "203.0.113.7")]
    [InlineData("2001:db8::9", "2001:db8::9"), InlineData("[2001:db8::9]:443", "2001:db8::9"), InlineData("[2001:db8::9]", "2001:db8::9"),
        InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    // What a client writes itself stands left of what the proxy adds.
    [InlineData("198.51.100.1, 203.0.113.7", "203.0.113.7"), InlineData("127.0.0.1, 203.0.113.7", "203.0.113.7"),
        InlineData("garbage, 203.0.113.7", "203.0.113.7")]
    // Through several trusted proxies: the first from the right that is none.
    [InlineData("198.51.100.1, 203.0.113.7, 10.0.0.5", "203.0.113.7"), InlineData("203.0.113.7, 2001:db8:1::2, 10.9.9.9", "203.0.113.7"),
        InlineData("203.0.113.7,::ffff:10.0.0.5", "203.0.113.7")]
    [InlineData("10.0.0.6, 10.0.0.5", "10.0.0.6")]
    public void A_trusted_proxy_says_who_asked_it(string said, string origin)
    {
        Assert.Equal(origin, Of("127.0.0.1", ("X-Forwarded-For", said)));
        Assert.Equal(origin, Of("::ffff:10.1.2.3", ("X-Forwarded-For", said)));
    }

    [Fact]
    public void Several_headers_are_one_list() =>
        Assert.Equal("203.0.113.7",
            Of("127.0.0.1", ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "10.0.0.5")));

    [Theory]
    [InlineData("unknown"), InlineData("_hidden"), InlineData("203.0.113.7, garbage"), InlineData("203.0.113.7,"), InlineData(" "),
        InlineData("1"), InlineData("0x7f.0.0.1"), InlineData("203.0.113.300"), InlineData("fe80::1%eth0"), InlineData("[203.0.113.7")]
    public void What_a_trusted_proxy_says_and_nobody_understands_is_nobodys_address(string said) =>
        Assert.Equal("127.0.0.1 unknown", Of("127.0.0.1", ("X-Forwarded-For", said)));

    [Fact]
    public void Without_its_word_a_trusted_proxy_asks_for_itself() => Assert.Equal("127.0.0.1", Of("127.0.0.1"));

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7"), InlineData("X-Forwarded-For", " "), InlineData("Forwarded", "for=203.0.113.7")]
    public void A_proxy_on_this_machine_that_nobody_named_is_not_believed_and_is_not_the_machine(string name, string value)
    {
        Assert.Equal("127.0.0.1 unknown", OfAll("127.0.0.1", [], (name, value)));
        Assert.Equal("::1 unknown", Of("::1", (name, value)));
        Assert.Equal("::ffff:127.0.0.2 unknown", Of("::ffff:127.0.0.2", (name, value)));
    }

    [Fact]
    public void A_stranger_who_names_another_stays_who_it_is() =>
        Assert.Equal("203.0.113.9", Of("203.0.113.9", ("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=203.0.113.7")));

    /// <summary>As RFC 7239 has its examples, and as proxies write it.</summary>
    [Theory]
    [InlineData("for=203.0.113.7", "203.0.113.7"), InlineData("For=203.0.113.7;proto=https;by=10.0.0.5", "203.0.113.7")]
    [InlineData("proto=https;host=\"a;b, c\";for=\"203.0.113.7:4711\"", "203.0.113.7")]
    [InlineData("for=\"[2001:db8::9]:4711\"", "2001:db8::9"), InlineData("for=\"[2001:db8::9]\" ; proto=http", "2001:db8::9")]
    [InlineData("for=198.51.100.1, for=203.0.113.7", "203.0.113.7"), InlineData("for=unknown,for=203.0.113.7;by=_x", "203.0.113.7")]
    [InlineData("for=203.0.113.7;, for=10.0.0.5", "203.0.113.7"), InlineData("for=\"203\\.0.113.7\"", "203.0.113.7")]
    public void Without_the_older_header_a_trusted_proxys_Forwarded_counts(string said, string origin) =>
        Assert.Equal(origin, Of("127.0.0.1", ("Forwarded", said)));

    [Theory]
    [InlineData("for=unknown"), InlineData("for=_hidden"), InlineData("proto=https"), InlineData("for=203.0.113.7,"), InlineData(";")]
    [InlineData("for=203.0.113.7;for=203.0.113.8"), InlineData("for"), InlineData("for="), InlineData("for 203.0.113.7")]
    // A client's mark that is open takes in what the proxy adds behind it.
    [InlineData("for=203.0.113.9;x=\", for=203.0.113.7"), InlineData("for=203.0.113.9;x=\", for=\"[2001:db8::9]\"")]
    [InlineData("for=\"203.0.113.9\\"), InlineData("for=\"203.0.113.9\"x, for=203.0.113.7")]
    public void What_a_trusted_proxys_Forwarded_does_not_say_is_nobodys_address(string said) =>
        Assert.Equal("127.0.0.1 unknown", Of("127.0.0.1", ("Forwarded", said)));

    [Fact]
    public void Each_line_of_Forwarded_is_read_by_itself_and_the_older_header_counts_alone()
    {
        Assert.Equal("203.0.113.7", Of("127.0.0.1", ("Forwarded", "for=\"198.51.100.1"), ("Forwarded", "for=203.0.113.7")));
        Assert.Equal("203.0.113.7", Of("127.0.0.1", ("Forwarded", "for=198.51.100.1"), ("X-Forwarded-For", "203.0.113.7")));
    }
}
