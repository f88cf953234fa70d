using Ringwright.Pure.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Legs;

namespace Ringwright.Pure.Switch;

/// <summary>Keys by SIP INFO in the dialects that are met.</summary>
public sealed class InfoDialectTests
{
    private const string Relay = "application/dtmf-relay", Plain = "application/dtmf", Event = "audio/telephone-event";

    [Theory]
    [InlineData(Relay, "Signal=5\r\nDuration=160\r\n", '5'), InlineData(Relay, " Signal = 5 \r\n Duration = 160\r\n", '5'),
        InlineData(Relay, "Signal=5;Duration=160", '5'), InlineData(Relay, "Signal=5; Duration=160;\r\n", '5'),
        InlineData(Relay, "Duration=160;signal=5", '5'), InlineData(Relay, "Signal=\"5\"\rDuration=160", '5'), InlineData(Relay, "5", '5')]
    [InlineData(Plain, "5", '5'), InlineData(Plain, "5\r\n", '5'), InlineData(Plain, "d=5\r\n", '5'), InlineData(Plain, "D = #", '#'),
        InlineData(Plain, "Signal=5\r\nDuration=250", '5'), InlineData("Application/DTMF; charset=utf-8", "d=*", '*')]
    [InlineData("application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\ns=success\r\nu=12345678\r\nd=4\r\n", '4')]
    [InlineData(Event, @"\x05\x0A\x05\x00", '5'), InlineData(Event, @"\x0A\x8A\x00\x00", '*'), InlineData(Event, @"\x0F\x8A\x07\xD0", 'D')]
    [InlineData(Event, "5", '5'), InlineData(Event, "11\r\n", '#'), InlineData(Event, "Signal=5\r\nDuration=160\r\n", '5')]
    [InlineData(Relay, "Signal=10", '*'), InlineData(Relay, "Signal=11", '#'), InlineData(Relay, "Signal=12", 'A'),
        InlineData(Relay, "Signal=13", 'B'), InlineData(Relay, "Signal=14", 'C'), InlineData(Relay, "Signal=15", 'D'),
        InlineData(Plain, "10", '*'), InlineData(Plain, "d=11", '#'), InlineData(Relay, "Signal=a", 'A')]
    [InlineData(Plain, @"5\x00", '5'), InlineData(Relay, @"Signal=5\x00", '5'), InlineData(Relay, @"5\x00\x00", '5')]
    public void A_key_is_read(string type, string body, char expected)
    {
        Assert.True(InfoDigit.TryRead(Info(type, body), out char key, out int milliseconds));
        Assert.Equal(expected, key);
        Assert.True(milliseconds is 160 or 250);
    }

    [Theory]
    [InlineData(Relay, "Signal=16\r\nDuration=160\r\n"), InlineData(Relay, "Signal=\r\n"), InlineData(Relay, "Signal=55"),
        InlineData(Relay, ""), InlineData(Relay, "Duration=5"), InlineData(Plain, "d="), InlineData(Plain, "E"),
        InlineData(Event, "16"), InlineData(Event, @"\x10\x8A\x05\x00"), InlineData(Plain, @"\x05\x0A\x05\x00"),
        InlineData("audio/pcmu", "5"),
        InlineData("application/x-unknown", "5"), InlineData("text/plain", "Signal=5")]
    public void What_names_no_key_is_none(string type, string body) => Assert.False(InfoDigit.TryRead(Info(type, body), out _, out _));

    private static SipRequest Info(string type, string body) => Wire.Request($"""
        INFO sip:a@127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKi
        Max-Forwards: 70
        From: <sip:a@sip.example.com>;tag=a
        To: <sip:b@sip.example.com>;tag=b
        Call-ID: i
        CSeq: 2 INFO
        Content-Type: {type}
        """ + "\nContent-Length: {length}\n\n" + body);
}
