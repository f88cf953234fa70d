using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What ConversationRelay orders of the node, and what is asked for when it is over.</summary>
public sealed class RelayVerbTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private const string Url = "ws://127.0.0.1:9/relay";

    private async Task<(RelayTerms? Terms, ScriptedCall Call, Step? Step)> RunAsync(string attributes, string within = "",
        string target = "", RelayOutcome? outcome = null, TenantId? account = null)
    {
        RelayTerms? terms = null;
        var call = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, target), Tenant = account ?? new(Guid.NewGuid()),
            Seen = command =>
            {
                if (command is not LegCommand.StartAgent start) return;
                var order = rig.Relays.Find(start.Terms.Conversation)!;     // it is placed before
                (terms, order.Outcome) = (order.Terms, outcome);
            },
        };
        var step = await rig.RunAsync($"""
            <Response>
              <Connect action="/action" method="GET"><ConversationRelay {attributes}>{within}</ConversationRelay></Connect>
            </Response>
            """, call);
        Assert.Equal(0, rig.Relays.Count);
        return (terms, call, step);
    }

    [Fact]
    public async Task What_is_left_out_has_the_languages_defaults()
    {
        var (terms, call, step) = await RunAsync($"url=\"{Url}\"");
        Assert.NotNull(terms);
        Assert.Empty(call.Warnings);
        Assert.Equal((Url, "", "en-US", "en-US", "", (string?)null),
            (terms.Url, terms.Greeting, terms.Language, terms.ListensIn, terms.Voice, terms.Recogniser));
        Assert.Equal((RelayInput.Any, RelayInput.Any, RelayInput.None),
            (terms.Interrupts, terms.InterruptsGreeting, terms.Reports));
        Assert.Equal((false, false, false, false, false, (TimeSpan?)null), (terms.TellsKeys, terms.IsPreemptible, terms.TellsPartials,
            terms.TellsSpeaking, terms.TellsHeard, terms.Silence));
        Assert.Empty(terms.Headers);
        var go = Assert.IsType<Step.Go>(step);
        Assert.Equal(("http://127.0.0.1:9/action", "GET"), (go.Url, go.Method));
    }

    [Fact]
    public async Task Attributes_languages_and_parameters_are_read()
    {
        var (terms, call, _) = await RunAsync($"""
            url="{Url}" welcomeGreeting="Good day." welcomeGreetingInterruptible="false" language="de-DE" transcriptionLanguage="multi"
            ttsProvider="Amazon" voice="Vicki-Neural" interruptible="dtmf" reportInputDuringAgentSpeech="any" dtmfDetection="true"
            preemptible="true" hints="Uno, pizza" partialPrompts="true" speechTimeout="700" debug="debugging tokens-played"
            events="speaker-events" interruptSensitivity="low"
            """, """
            <Language code="fr-FR" voice="Lea-Neural"/><Language code="sv-SE" ttsProvider="ElevenLabs" voice="abc-flash_v2_5-1.0_0.8_0.8"/>
            <Parameter name="a" value="1"/><Parameter name="b"/>
            """);
        Assert.NotNull(terms);
        Assert.Empty(call.Warnings);
        Assert.Equal(("Good day.", "de-DE", "multi", "AWS.Polly.Vicki-Neural"),
            (terms.Greeting, terms.Language, terms.ListensIn, terms.Voice));
        Assert.Equal((RelayInput.Keys, RelayInput.None, RelayInput.Any, RelaySensitivity.Low),
            (terms.Interrupts, terms.InterruptsGreeting, terms.Reports, terms.Sensitivity));
        Assert.Equal((true, true, true, true, true, (TimeSpan?)TimeSpan.FromMilliseconds(700)), (terms.TellsKeys, terms.IsPreemptible,
            terms.TellsPartials, terms.TellsSpeaking, terms.TellsHeard, terms.Silence));
        Assert.Equal(["Uno", "pizza"], terms.Hints);
        Assert.Equal([("fr-FR", "AWS.Polly.Lea-Neural"), ("sv-SE", "ElevenLabs.eleven_flash_v2_5.abc")],
            terms.Languages.Select(one => (one.Code, one.Voice!)));
        Assert.Equal([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "")], terms.Parameters);
    }

    [Fact]
    public async Task TwiML_names_the_call_its_own_way_and_signs_the_handshake_over_the_url_as_it_is_written()
    {
        var (account, token) = await rig.AccountAsync();
        var (terms, call, step) = await RunAsync("url=\"ws://127.0.0.1:9\"", target: "twiml", account: account);
        Assert.NotNull(terms);
        Assert.Equal(
            ["sessionId", "accountSid", "parentCallSid", "callSid", "from", "to", "forwardedFrom", "callType", "callerName", "direction",
                "callStatus"], terms.Setup.Select(one => one.Key));
        var said = terms.Setup.ToDictionary();
        Assert.Matches("^VX[0-9a-f]{32}$", said["sessionId"]);
        Assert.Equal((TwimlSids.Account(account), TwimlSids.Call(call.Leg.Id), "inbound", "IN_PROGRESS"),
            (said["accountSid"], said["callSid"], said["direction"], said["callStatus"]));
        var header = Assert.Single(terms.Headers);
        Assert.Equal(("x-twilio-signature", TwimlSignature.Sign(token, "ws://127.0.0.1:9", [])), (header.Key, header.Value));
        Assert.Equal(said["sessionId"], Assert.IsType<Step.Go>(step).More.ToDictionary()["SessionId"]);
    }

    /// <summary>The rig's documents are all from one server.</summary>
    [Fact]
    public async Task Its_URL_may_be_relative_to_the_document()
    {
        var (account, token) = await rig.AccountAsync();
        var (terms, call, _) = await RunAsync("url=\"/relay\"", target: "twiml", account: account);
        Assert.Equal("ws://127.0.0.1:9/relay", terms?.Url);
        Assert.Equal(TwimlSignature.Sign(token, "ws://127.0.0.1:9/relay", []), Assert.Single(terms!.Headers).Value);
        Assert.Empty(call.Warnings);
    }

    [Theory]
    [InlineData(null, "", "completed", null), InlineData(RelayFault.None, "left", "ended", null)]
    [InlineData(RelayFault.NotReached, "", "failed", "64102"), InlineData(RelayFault.Lost, "", "failed", "64105")]
    [InlineData(RelayFault.Failed, "", "failed", null)]
    public async Task The_action_is_told_how_it_ended(RelayFault? fault, string handoff, string status, string? code)
    {
        var outcome = fault is { } known ? new RelayOutcome(known, handoff.Length > 0 ? handoff : null, "it is silent") : null;
        var (_, _, step) = await RunAsync($"url=\"{Url}\"", outcome: outcome);
        var more = Assert.IsType<Step.Go>(step).More.ToDictionary();
        Assert.Equal((status, "9", code, handoff.Length > 0 ? handoff : null), (more["SessionStatus"], more["SessionDuration"],
            more.GetValueOrDefault("ErrorCode"), more.GetValueOrDefault("HandoffData")));
    }

    [Theory]
    [InlineData("", "ConversationRelay has no url"), InlineData("url=\"http://127.0.0.1:9/x\"", "ConversationRelay: ")]
    [InlineData("url=\"ws://127.0.0.1:9/x#y\"", "its url has a fragment")]
    [InlineData("url=\"ws://127.0.0.1:9/x\" speechTimeout=\"9\"", "speechTimeout is auto, or milliseconds from 600 to 5000")]
    public async Task What_cannot_be_is_told(string attributes, string told)
    {
        var (terms, call, _) = await RunAsync(attributes);
        Assert.Contains(call.Warnings, warning => warning.Contains(told, StringComparison.Ordinal));
        Assert.Equal(attributes.Contains("speechTimeout", StringComparison.Ordinal), terms is not null);
    }

    [Fact]
    public async Task More_than_there_may_be_is_refused()
    {
        string parameters = string.Concat(Enumerable.Range(0, 32).Select(n => $"<Parameter name=\"p{n}\" value=\"v\"/>"));
        Assert.NotNull((await RunAsync($"url=\"{Url}\"", parameters)).Terms);
        Assert.Null((await RunAsync($"url=\"{Url}\"", parameters + "<Parameter name=\"one more\"/>")).Terms);
        string greeting = new('g', 3_000);
        Assert.NotNull((await RunAsync($"url=\"{Url}\" welcomeGreeting=\"{greeting}\"")).Terms);
        Assert.Null((await RunAsync($"url=\"{Url}\" welcomeGreeting=\"{greeting}g\"")).Terms);
    }
}
