using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
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

    [Theory]
    [InlineData("desk@acme.example.com", true, "acme.example.com"), InlineData("+1555@acme.example.com:5070", true, "acme.example.com")]
    [InlineData("1001@[2001:db8::1]:5060", true, "[2001:db8::1]"), InlineData("1001@[2001:db8::1]", true, "[2001:db8::1]")]
    [InlineData("acme.example.com", true, "acme.example.com"), InlineData("+1555@carrier.example.com", false, null)]
    [InlineData(null, true, null)]
    public void A_call_of_the_accounts_own_equipment_says_which_domain_it_was_sent_to(string? called, bool isCustomers, string? domain)
    {
        var language = new TwimlLanguage(PublicLinks.Relative, new(new(0, 1, new byte[32])));
        var leg = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with
        {
            ToUri = called,
            IsPlacedByCustomer = isCustomers,
        };
        Assert.Equal(domain, language.OfHeaders(leg).FirstOrDefault(field => field.Key == "SipDomain").Value);
    }

    [Theory]
    [InlineData("", AttestationLevel.A, CallerVerification.Passed, "ShakenStirAttestation=A ShakenStirValidated=true")]
    [InlineData("", null, CallerVerification.NotDone, "ShakenStirValidated=false")]
    [InlineData("", AttestationLevel.C, null, "ShakenStirAttestation=C")]
    [InlineData(TwimlLanguage.Target, AttestationLevel.B, CallerVerification.Passed, "StirVerstat=TN-Validation-Passed-B")]
    [InlineData(TwimlLanguage.Target, AttestationLevel.A, CallerVerification.Failed, "StirVerstat=TN-Validation-Failed-A")]
    [InlineData(TwimlLanguage.Target, null, CallerVerification.Passed, "StirVerstat=TN-Validation-Passed")]
    [InlineData(TwimlLanguage.Target, AttestationLevel.C, CallerVerification.NotDone, "StirVerstat=No-TN-Validation")]
    [InlineData(TwimlLanguage.Target, AttestationLevel.A, null, "")]
    public void What_the_trunk_knows_of_the_caller_is_told_with_the_first_callback_too(string target, AttestationLevel? level,
        CallerVerification? verification, string expected)
    {
        var leg = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with
        {
            Application = new(ApplicationKind.Document, target),
            Labels = Labels.Of((TexmlLabels.Status, $"POST initiated {DocumentRig.Nobody}")),
        };
        var begun = new CallEvent.LegInitiated { Leg = leg, At = Script.At(1), Attestation = new(level, verification) };
        var call = rig.Open(new ScriptedCall { Application = leg.Application, Begun = begun });
        Assert.Equal(expected, Told(call.Parameters));
        var body = JsonNode.Parse(Assert.Single(rig.Projector.Project(begun, Script.Anchor.Wall, Script.Anchor.Wall)).Body)!.AsObject();
        Assert.Equal(expected, Told(body.Select(field => KeyValuePair.Create(field.Key, (string?)field.Value ?? ""))));

        static string Told(IEnumerable<KeyValuePair<string, string>> fields) => string.Join(' ', fields
            .Where(field => field.Key.Contains("Stir", StringComparison.Ordinal)).Select(field => $"{field.Key}={field.Value}"));
    }

    [Theory]
    [InlineData(TwimlLanguage.Target, true, "desk", "SipCallId=a84b@10.0.0.7 SipSourceIp=203.0.113.7 SipUsername=desk")]
    [InlineData(TwimlLanguage.Target, true, null, "SipCallId=a84b@10.0.0.7 SipSourceIp=203.0.113.7")]
    [InlineData(TwimlLanguage.Target, false, null, ""), InlineData("", true, "desk", "")]
    public void A_call_of_the_accounts_own_equipment_says_how_it_came(string target, bool isCustomers, string? user, string expected)
    {
        var leg = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with { IsPlacedByCustomer = isCustomers };
        var begun = new CallEvent.LegInitiated { Leg = leg, At = Script.At(1), Origin = new("a84b@10.0.0.7", "203.0.113.7", user) };
        var call = rig.Open(new ScriptedCall
        {
            Application = new(ApplicationKind.Document, target), IsPlacedByCustomer = isCustomers, Begun = begun,
        });
        Assert.Equal(expected, string.Join(' ', call.Parameters.Where(field => field.Key is "SipCallId" or "SipSourceIp" or "SipUsername")
            .Select(field => $"{field.Key}={field.Value}")));
    }

    /// <summary>Guides read the fields by name, and many frameworks answer 400 where one is not there.</summary>
    [Theory]
    [InlineData("+14155550100", "US"), InlineData("+493012345678", "DE"), InlineData("+80012345678", "")]
    [InlineData("sip:desk@acme.example", "")]
    public void Where_a_party_is_from_is_told_as_far_as_its_number_says(string party, string country)
    {
        var sids = new TwimlSids(new(0, 1, new byte[32]));
        var leg = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with { From = party, To = "+4989123456" };
        var told = new TwimlLanguage(PublicLinks.Relative, sids).OfCall(leg, "ringing").ToDictionary();
        foreach (string who in (string[])["From", "Caller"])
            Assert.Equal(("", "", "", country), (told[who + "City"], told[who + "State"], told[who + "Zip"], told[who + "Country"]));
        Assert.Equal(("DE", "DE"), (told["ToCountry"], told["CalledCountry"]));
        Assert.DoesNotContain("from_country", new PlainLanguage(PublicLinks.Relative, sids).OfCall(leg, "ringing").ToDictionary().Keys);
    }

    [Fact]
    public async Task Documents_are_filled_with_them()
    {
        var call = new ScriptedCall { Headers = [new("X-Account", "17")] };
        await rig.RunAsync("<Response><Say>Account {{SipHeader_X-Account}}.</Say></Response>", call);
        Assert.Equal(["Account 17."], call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text));
    }
}
