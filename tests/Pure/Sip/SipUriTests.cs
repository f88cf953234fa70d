using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class SipUriTests
{
    [Fact]
    public void A_URI_comes_apart()
    {
        Assert.Equal(ParseStatus.Ok,
            SipUri.TryParse("sip:al%69ce;x=1:p%40ss@host.example.com:5070;transport=TCP;lr?subject=a%20b&to=c"u8, out var uri));
        Assert.Equal(UriScheme.Sip, uri.Scheme);
        Assert.Equal("alice;x=1", uri.UserText);
        Assert.Equal("p%40ss", uri.Password.AsText());
        Assert.Equal("host.example.com", uri.HostText);
        Assert.Equal(5070, uri.Port);
        Assert.True(uri.Parameters.TryFind("TRANSPORT"u8, out var transport));
        Assert.Equal("TCP", transport.AsText());
        Assert.True(uri.IsLooseRouter);
        Assert.Equal("subject=a%20b&to=c", uri.Headers.AsText());
    }

    [Fact]
    public void Nothing_before_the_at_is_no_user()
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse("sip:@gateway.example.com:5070;user=phone"u8, out var uri));
        Assert.Equal(("", "gateway.example.com", (int?)5_070), (uri.UserText, uri.HostText, uri.Port));
        SipUri.TryParse("sip:gateway.example.com:5070;user=phone"u8, out var other);
        Assert.True(uri.IsSameAs(other));
        Assert.Equal("", Wire.Request(Wire.Invite(from: "<sip:@192.0.2.7>;tag=a1")).From.ParseUri().UserText);
    }

    [Theory]
    [InlineData("sip:a@h?Replaces=c1@192.0.2.7%3Bto-tag%3D1", "a")]
    [InlineData("sip:h?Replaces=c1@192.0.2.7%3Bto-tag%3D1", "")]
    public void An_at_sign_that_nobody_escaped_may_stand_in_Replaces(string text, string user)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.Equal((user, "h", "Replaces=c1@192.0.2.7%3Bto-tag%3D1"), (uri.UserText, uri.HostText, uri.Headers.AsText()));
    }

    [Theory]
    [InlineData("sip:a@[::ffff:192.0.2.128]:5070", "192.0.2.128:5070"), InlineData("sip:a@h;maddr=[::FFFF:c000:280]", "192.0.2.128:5060")]
    [InlineData("sip:a@[2001:db8::9]", "[2001:db8::9]:5060"), InlineData("sip:a@192.0.2.128:5070", "192.0.2.128:5070")]
    public void An_IPv4_address_in_the_form_of_IPv6_is_one(string text, string expected)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.True(uri.TryGetEndPoint(out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
    }

    [Theory]
    [InlineData("sip:a@[fe80::1%eth0]:5070", "[fe80::1]:5070"), InlineData("sip:a@[fe80::1%25en-0.1]", "[fe80::1]:5060")]
    [InlineData("sip:a@h;maddr=[FE80::9%253]", "[fe80::9]:5060")]
    public void The_zone_of_an_address_is_nobodys_but_its_owners(string text, string expected)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.True(uri.TryGetEndPoint(out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
        Assert.Equal(text, uri.ToString());
    }

    [Theory]
    [InlineData("sip:a@0.0.0.0"), InlineData("sip:a@0.0.0.0:5070;transport=tcp"), InlineData("sip:a@[::]")]
    [InlineData("sip:a@[::%eth0]:5060"), InlineData("sip:a@[::ffff:0.0.0.0]"), InlineData("sip:a@h;maddr=0.0.0.0")]
    public void Nobody_is_nowhere(string text)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.False(uri.TryGetEndPoint(out _));
    }

    [Fact]
    public void A_parameter_may_stand_in_quotation_marks()
    {
        const string text = "sip:a@192.0.2.9;transport=udp;x-tiu=\"VGhdczo+/aa==\";lr";
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.True(uri.Parameters.TryFind("x-tiu"u8, out var hidden) && hidden.SequenceEqual("\"VGhdczo+/aa==\""u8));
        Assert.True(uri.IsLooseRouter);
        var invite = Wire.Request(Wire.Invite(uri: text)
            .Replace("sip:alice@192.0.2.7:5070>", text + ">;expires=60", StringComparison.Ordinal));
        FixedPoint.Check(invite);
        Assert.Equal(text, invite.RequestUri.AsText());
        Assert.Equal(text, Dialog.OfRequest(invite, "<sip:192.0.2.1>")?.CreateRequest(SipMethod.Bye).Build().RequestUri.AsText());
    }

    [Fact]
    public void An_at_sign_may_stand_in_a_parameter()
    {
        const string text = "sip:1014@192.0.2.77:5070;user=phone;phone-context=+33@carrier.example";
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.Equal(("1014", "192.0.2.77", (int?)5_070), (uri.UserText, uri.HostText, uri.Port));
        Assert.True(uri.Parameters.TryFind("phone-context"u8, out var context) && context.SequenceEqual("+33@carrier.example"u8));
        var invite = Wire.Request(Wire.Invite(uri: text));
        FixedPoint.Check(invite);
        Assert.Equal(text, invite.RequestUri.AsText());
    }

    [Theory]
    [InlineData("sip:a@h;x=\"y")]
    [InlineData("sip:a@h;x=y\"z\"")]
    [InlineData("sip:a@h;x=\"y\"z")]
    [InlineData("sip:a@h;\"x\"=y")]
    [InlineData("sip:a@h;x\"")]
    [InlineData("sip:\"a\"@h")]
    [InlineData("sip:a@\"h\"")]
    [InlineData("sip:a@h?x=\"y\"")]
    [InlineData("tel:\"1\"")]
    [InlineData("foo:\"x\"")]
    [InlineData("sip::x@h")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@h:")]
    [InlineData("sip:a@h:x")]
    [InlineData("sip:a@h;;x")]
    [InlineData("sip:a@h;=x")]
    [InlineData("sip:a@h?")]
    [InlineData("sip:a%4@h")]
    [InlineData("sip:a%zz@h")]
    [InlineData("sip:a b@h")]
    [InlineData("sip:a@[::1")]
    [InlineData("sip:a@[1.2.3.4]")]
    [InlineData("sip:a@[fe80::1%]")]
    [InlineData("sip:a@[fe80::1%25a%25b]")]
    [InlineData("sip:a@[fe80::1%eth0;x]")]
    [InlineData("tel:")]
    [InlineData("tel:12+3")]
    [InlineData("tel:hello")]
    [InlineData("1sip:a@h")]
    [InlineData("nothing")]
    [InlineData("<sip:a@h>")]
    public void Broken_URIs_are_refused(string text) =>
        Assert.Equal(ParseStatus.BadUri, SipUri.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory] // the examples of RFC 3261 §19.1.4 and their kin
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:a%3Bb@h", "sip:a;b@h", false)]
    [InlineData("sip:a@h", "sips:a@h", false)]
    [InlineData("tel:+1-555-0100", "tel:+1(555)0100", true)]
    [InlineData("tel:555;phone-context=a", "tel:555", false)]
    public void Comparison_follows_RFC_3261(string a, string b, bool isSame)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(a), out var left));
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.UTF8.GetBytes(b), out var right));
        Assert.Equal(isSame, left.IsSameAs(right));
        Assert.Equal(isSame, right.IsSameAs(left));
    }
}
