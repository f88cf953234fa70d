using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Several Numbers and Sips of one Dial: each is rung by its own attributes.</summary>
public sealed class DialNounTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Fact]
    public async Task Each_is_rung_by_its_own_attributes()
    {
        var call = await rig.RunAsync("""
            <Response><Dial timeout="20">
            <Number statusCallback="/one" sendDigits="1" url="/whisper">+15550100008</Number>
            <Sip username="eve" password="secret" statusCallback="/two" machineDetection="Enable">sip:eve@127.0.0.1:9?X-Who=eve</Sip>
            <Number>+15550100009</Number>
            </Dial></Response>
            """);
        var dial = Assert.Single(call.Dials);
        var all = dial.Also.Prepend(dial).ToList();
        Assert.Empty(dial.AlsoTo);
        Assert.Equal(["+15550100008", "sip:eve@127.0.0.1:9", "+15550100009"], all.Select(one => one.To));
        Assert.Equal(["POST completed http://127.0.0.1:9/one", "POST completed http://127.0.0.1:9/two", ""],
            all.Select(one => one.Labels[TexmlLabels.Status] ?? ""));
        Assert.Equal(["1", "", ""], all.Select(one => one.DigitsOnAnswer ?? ""));
        Assert.Equal(["", "eve", ""], all.Select(one => one.AuthUser ?? ""));
        Assert.Equal(["", "secret", ""], all.Select(one => one.AuthPassword ?? ""));
        Assert.Equal([0, 1, 0], all.Select(one => one.Headers.Count));
        Assert.Equal([false, true, false], all.Select(one => one.MachineDetection is not null));
        // Who is to hear a document first is joined behind it.
        Assert.Equal([false, true, true], all.Select(one => one.Link!.JoinsOnAnswer));
        Assert.Equal(3, all.Select(one => one.Application.Target).Distinct().Count());
        Assert.All(all, one => Assert.Equal(TimeSpan.FromSeconds(20), one.RingTimeout));
        Assert.StartsWith("Dial was refused", Assert.Single(call.Warnings), StringComparison.Ordinal);
    }

    [Theory, InlineData("statusCallback=\"/leg\"", true), InlineData("statusCallback=\"/other\"", false), InlineData("", false)]
    public async Task Those_that_are_alike_are_one_request(string second, bool isAlike)
    {
        var call = await rig.RunAsync($"""
            <Response><Dial><Number statusCallback="/leg">+15550100008</Number><Number {second}>+15550100009</Number></Dial></Response>
            """);
        var dial = Assert.Single(call.Dials);
        Assert.Equal(isAlike ? (1, 0) : (0, 1), (dial.AlsoTo.Count, dial.Also.Count));
    }

    /// <summary>The first example of the guide to Dial, and what that to Number takes beside it.</summary>
    [Theory]
    [InlineData("415-123-4567", TwimlLanguage.Target, "+14151234567"), InlineData("(415) 555-1212", TwimlLanguage.Target, "+14155551212")]
    [InlineData("1 415.555.1212", TwimlLanguage.Target, "+14155551212")]
    [InlineData("+44 20 7946 0000", TwimlLanguage.Target, "+442079460000")]
    [InlineData("\u202A+1\u2011415\u2011555\u20131212\u202C", "", "+14155551212")]
    [InlineData("0301234567", TwimlLanguage.Target, null), InlineData("415-123-4567", "", null)]
    public async Task A_number_of_North_America_needs_no_country_in_TwiML(string written, string target, string? number)
    {
        foreach (string noun in (string[])[written, $"<Number>{written}</Number>"])
        {
            var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
            await rig.RunAsync($"<Response><Dial>{noun}</Dial></Response>", call);
            Assert.Equal(number, call.Dials.SingleOrDefault()?.To);
        }
    }

    [Theory]
    [InlineData("415-123-4567", TwimlLanguage.Target, "+14151234567"), InlineData("+1 (415) 123-4567", "", "+14151234567")]
    [InlineData("+14151234567", "", "+14151234567"), InlineData("sip:front-desk@pbx.example.com", "", "sip:front-desk@pbx.example.com")]
    public async Task Who_is_shown_is_written_as_who_is_dialled(string written, string target, string shown)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        await rig.RunAsync($"<Response><Dial callerId=\"{written}\">+15550100009</Dial></Response>", call);
        Assert.Equal(shown, Assert.Single(call.Dials).From);
        Assert.DoesNotContain(call.Warnings, warning => warning.StartsWith("callerId", StringComparison.Ordinal));
    }

    /// <summary>There are no clients here: it is a name, and the call is from the number that it came from.</summary>
    [Theory, InlineData("callerId=\"client:alice\"", TwimlLanguage.Target, "alice")]
    [InlineData("callerId=\"Client:alice.b-1\"", TwimlLanguage.Target, "alice.b-1")]
    [InlineData("callerId=\"client:alice\" fromDisplayName=\"Alice\"", "", "Alice")]
    public async Task A_client_that_is_shown_is_a_name_beside_the_calls_own_number(string attributes, string target, string name)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        await rig.RunAsync($"<Response><Dial {attributes}>+15550100009</Dial></Response>", call);
        var dial = Assert.Single(call.Dials);
        Assert.Equal((call.Leg.From, name), (dial.From, dial.CallerName));
        Assert.DoesNotContain(call.Warnings, warning => warning.StartsWith("callerId", StringComparison.Ordinal));
    }

    [Theory, InlineData("eve@127.0.0.1:9"), InlineData("sipuser@127.0.0.1:9"), InlineData("sip.eve@127.0.0.1:9")]
    public async Task A_Sip_without_a_scheme_is_a_SIP_URI_whatever_its_name_begins_with(string written)
    {
        var call = await rig.RunAsync($"<Response><Dial><Sip>{written}</Sip></Dial></Response>");
        Assert.Equal($"sip:{written}", Assert.Single(call.Dials).To);
    }

    /// <summary>Other vendors' guides write one there.</summary>
    [Theory, InlineData("", "sip"), InlineData(TwimlLanguage.Target, "sips"), InlineData("", "SIP")]
    public async Task A_SIP_URI_where_a_number_is_asked_for_stays_as_it_is(string target, string scheme)
    {
        string uri = $"{scheme}:front-desk@pbx.example.com;transport=tls";
        foreach (string noun in (string[])[$"{uri}?X-Who=eve", $"<Number>{uri}?X-Who=eve</Number>"])
        {
            var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
            await rig.RunAsync($"<Response><Dial>{noun}</Dial></Response>", call);
            var dial = Assert.Single(call.Dials);
            Assert.Equal(uri, dial.To);
            Assert.Equal(new CustomSipHeader("X-Who", "eve"), Assert.Single(dial.Headers));
        }
    }

    [Fact]
    public async Task One_after_the_other_each_has_its_own_too()
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        await rig.RunAsync("""
            <Response><Dial sequential="true">
            <Number sendDigits="1">+15550100008</Number><Number sendDigits="2">+15550100009</Number>
            </Dial></Response>
            """, call);
        Assert.Equal([("+15550100008", "1"), ("+15550100009", "2")], call.Dials.Select(dial => (dial.To, dial.DigitsOnAnswer ?? "")));
    }

    [Fact]
    public async Task One_who_cannot_be_called_is_told_and_the_others_ring()
    {
        var call = await rig.RunAsync("<Response><Dial><Number>nobody</Number><Number>+15550100008</Number></Dial></Response>");
        var dial = Assert.Single(call.Dials);
        Assert.Equal(("+15550100008", 0, 0), (dial.To, dial.AlsoTo.Count, dial.Also.Count));
        Assert.Contains("nobody is no number in +E.164 format and no SIP URI, and is not rung (line 1, column 12)", call.Warnings);
    }

    [Theory, InlineData(""), InlineData(" sendDigits=\"1\"")]
    public async Task One_who_is_refused_is_told_and_the_Dial_ends_with_the_others(string attribute)
    {
        var call = new ScriptedCall { Dialling = Dialling };
        var step = await rig.RunAsync($"""
            <Response><Dial action="/done"><Number>+15550100008</Number><Number{attribute}>+15550100009</Number></Dial></Response>
            """, call);
        Assert.Contains(KeyValuePair.Create("DialCallStatus", "busy"), Assert.IsType<Step.Go>(step).More);
        Assert.Equal("+15550100009 is not rung: Nobody may call it.", Assert.Single(call.Warnings));

        Dialled Dialling(DialRequest request)
        {
            Assert.True(request.LeavesOutRefused);
            var script = new Script(request.Tenant, counter: 2);
            script.Facts = script.Facts with { To = request.To, Application = request.Application };
            var busy = (CallEvent.LegEnded)script.Ended(5, HangupCause.CalleeBusy);
            rig.Dialled.Find(request.Application.Target)!.Tell(new DialledNews.Over(busy));      // the Dial has named it so
            return Dialled.Accepted(script.Facts) with
            {
                LeftOut = [new("+15550100009", Dialled.Refused(Refusal.DoNotCall, "do_not_call", "Nobody may call it."))],
            };
        }
    }

    [Fact]
    public async Task Where_nobody_can_be_called_the_Dial_is_refused()
    {
        var call = await rig.RunAsync("<Response><Dial><Number>nobody</Number><Number url=\"/x\">no one</Number></Dial></Response>");
        Assert.Empty(call.Dials);
        Assert.StartsWith("Dial was refused: nobody is no number", Assert.Single(call.Warnings), StringComparison.Ordinal);
    }
}
