using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>Headers that a call came with, as requests for its documents tell them.</summary>
public sealed class CallHeaderTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Fact]
    public void They_are_told_by_their_names_and_each_once()
    {
        var sids = new TwimlSids(new(0, 1, new byte[32]));
        var language = new TwimlLanguage(PublicLinks.Relative, sids);
        var leg = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with
        {
            Headers = [new("X-Account", "17"), new("User-to-User", "56;encoding=hex"), new("x-account", "18")],
        };
        Assert.Equal([("SipHeader_X-Account", "17"), ("SipHeader_User-to-User", "56;encoding=hex")],
            language.OfHeaders(leg).Select(field => (field.Key, field.Value)));
        Assert.Empty(language.OfHeaders(leg with { Direction = Direction.Outbound }));
        Assert.Empty(new PlainLanguage(PublicLinks.Relative, sids).OfHeaders(leg));
    }

    [Fact]
    public async Task Documents_are_filled_with_them()
    {
        var call = new ScriptedCall { Headers = [new("X-Account", "17")] };
        await rig.RunAsync("<Response><Say>Account {{SipHeader_X-Account}}.</Say></Response>", call);
        Assert.Equal(["Account 17."], call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text));
    }
}
