using System.Text;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>What is said of a document before a call runs it.</summary>
public sealed class DocumentCheckTests
{
    private static IReadOnlyList<DocumentFinding> Check(string text, DocumentLanguage language = DocumentLanguage.Texml) =>
        DocumentCheck.Check(Encoding.UTF8.GetBytes(text), null, language);

    [Fact]
    public void A_good_document_has_nothing_wrong() => Assert.Empty(Check("""
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
          <Gather numDigits="1" action="chosen"><Say voice="woman">Press <break time="1s"/> one, {{From}}.</Say></Gather>
          {{#Digits}}<Say>You pressed {{Digits}}.</Say>{{/Digits}}
          <Say><break time="2s"/></Say>
          <Dial><Number sendDigits="ww1">+15550000001</Number></Dial>
          <Hangup/>
        </Response>
        """));

    [Theory]
    [InlineData("<Response>\n  <Say colour=\"red\">Hi</Say></Response>", 2, 8, "colour", "language, loop, voice")]
    [InlineData("<Response>\n  <Say loop=\"11\">Hi</Say></Response>", 2, 8, "whole number from 0 to 10", null)]
    [InlineData("<Response><Gather>\n<Dial>+1</Dial></Gather></Response>", 2, 2, "Dial cannot stand in Gather", "Say, Play, Pause")]
    [InlineData("<Response>\n<Sya>Hi</Sya></Response>", 2, 2, "Sya is no element", "Say, Play")]
    [InlineData("<Response>\n<Hangup>now</Hangup></Response>", 2, 2, "Hangup has text", "nothing")]
    [InlineData("<Response>\n <Redirect/></Response>", 2, 3, "Redirect is empty", "a URL")]
    [InlineData("<Response>\n <Number>+1</Number></Response>", 2, 3, "Number cannot stand in Response", "Say")]
    [InlineData("<Response><Dial><Number>\n</Number></Dial></Response>", 1, 18, "Number is empty", "a phone number")]
    [InlineData("<Response><Dial><Number machineDetection=\"Perhaps\">1</Number></Dial></Response>", 1, 25, "is one of Enable", null)]
    [InlineData("<Response>\n<Say>Hi</Response>", 2, 10, "Say", null)]
    [InlineData("<Answer/>", 1, 2, "not Response", "Response")]
    [InlineData("<Response><Say>{{#From}}</Say></Response>", 1, 1, "template", null)]
    public void What_is_wrong_has_its_place_and_what_would_be_right(string text, int line, int column, string what, string? accepted)
    {
        var found = Assert.Single(Check(text));
        Assert.True(found.IsError);
        Assert.Equal(new TexmlPlace(line, column), found.At);
        Assert.Contains(what, found.What, StringComparison.Ordinal);
        if (accepted is null) Assert.Null(found.Accepted);
        else
            Assert.All(accepted.Split(", "), word => Assert.Contains(word, found.Accepted!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<Response><AIAssistant id=\"a\" join=\"b\"/></Response>", "assistants that join others")]
    [InlineData("<Response><Gather region=\"eu\"><Say>Hi</Say></Gather></Response>", "regions")]
    public void What_is_right_and_does_nothing_here_is_a_warning(string text, string what)
    {
        var found = Assert.Single(Check(text));
        Assert.False(found.IsError);
        Assert.Contains(what, found.What, StringComparison.Ordinal);
    }

    /// <summary>As guides to TwiML have them: a word of it that does nothing here is no mistake of its writer.</summary>
    [Theory]
    [InlineData("<Dial callReason=\"Your order\">+15550000001</Dial>", 1)]
    [InlineData("<Dial events=\"call-progress-event\">+15550000001</Dial>", 1)]
    [InlineData("<Start action=\"/a\" method=\"POST\"><Stream url=\"wss://a.example\" audioFormat=\"x\" sampleRate=\"16000\"/></Start>", 4)]
    [InlineData("<Dial><Number byoc=\"BY01\">+15550000001</Number></Dial>", 1)]
    [InlineData("<Dial><Conference region=\"us1\" jitterBufferSize=\"small\">room</Conference></Dial>", 2)]
    [InlineData("<Dial><Queue reservationSid=\"WR01\" postWorkActivitySid=\"WA01\">line</Queue></Dial>", 2)]
    [InlineData("<Enqueue workflowSid=\"WW01\">line</Enqueue>", 1)]
    [InlineData("<Gather input=\"speech\" debug=\"true\"><Say>Say it.</Say></Gather>", 1)]
    [InlineData("<Record recordingConfigurationId=\"RC01\"/>", 1)]
    [InlineData("<Dial recordingConfigurationId=\"RC01\" passports=\"e30\">+15550000001</Dial>", 2)]
    [InlineData("<Dial><Conference recordingConfigurationId=\"RC01\">room</Conference></Dial>", 1)]
    [InlineData("<Start><Recording recordingConfigurationId=\"RC01\"/></Start>", 1)]
    [InlineData("<Connect><ConversationRelay url=\"wss://a.example\" turnDetection=\"on\" backgroundNoiseReduction=\"on\"/></Connect>", 2)]
    [InlineData("<Connect><Stream url=\"wss://example.com\" connectorName=\"mine\"/></Connect>", 1)]
    [InlineData("<Start><Transcription profanityFilter=\"false\""
        + " enableAutomaticPunctuation=\"true\" intelligenceService=\"GA01\" conversationId=\"c\""
        + " conversationConfiguration=\"d\" enableProviderData=\"true\"/></Start>", 6)]
    public void Words_of_TwiML_that_do_nothing_here_are_warnings_and_none_of_TeXML(string verb, int warnings)
    {
        var found = Check($"<Response>{verb}</Response>", DocumentLanguage.Twiml);
        Assert.Equal(warnings, found.Count);
        Assert.All(found, one => Assert.False(one.IsError, one.What));
        Assert.Equal(warnings, Check($"<Response>{verb}</Response>").Count(one => one.IsError));
    }

    [Theory]
    [InlineData("<Response><AIGather action=\"/done\"><Greeting>Hello</Greeting><Voice>female</Voice>"
        + "<Parameters><![CDATA[{\"properties\": {\"age\": {}}}]]></Parameters></AIGather></Response>", null)]
    [InlineData("<Response><AIGather><Parameters>{}</Parameters><Voice name=\"Polly.Joanna\"/>"
        + "<MessageHistory><Message role=\"user\">Hello</Message></MessageHistory>"
        + "<Assistant instructions=\"Be brief.\" model=\"some/model\">"
        + "<Tools><Tool><![CDATA[{\"type\": \"hangup\"}]]></Tool></Tools></Assistant>"
        + "</AIGather></Response>", null)]
    [InlineData("<Response><AIGather><MessageHistory><Message role=\"user\"/></MessageHistory></AIGather></Response>", "Message is empty")]
    [InlineData("<Response><Connect><AIAssistant id=\"assistant-1\"/></Connect></Response>", null)]
    [InlineData("<Response><AIGather><Say>Hello</Say></AIGather></Response>", "Say cannot stand in AIGather")]
    [InlineData("<Response><AIGather><Parameters/></AIGather></Response>", "Parameters is empty")]
    public void Assistants_say_what_they_gather(string text, string? what)
    {
        var found = Check(text);
        if (what is null) Assert.Empty(found);
        else Assert.Equal(what, Assert.Single(found).What);
    }

    [Theory]
    [InlineData("<Response><Pause length=\"600\"/></Response>", false, true)]
    [InlineData("<Response><Play mediaStorage=\"true\">a</Play></Response>", true, false)]
    [InlineData("<Response><Dial timeout=\"2\">+15550000001</Dial></Response>", false, true)]
    [InlineData("<Response><Number/></Response>", false, false)]
    [InlineData("<Response><Gather minDigits=\"2\"><Say>Hi</Say></Gather></Response>", true, false)]
    public void Each_language_has_its_own_attributes_and_ranges(string text, bool isTexml, bool isTwiml)
    {
        Assert.Equal(isTexml, !Check(text).Any(found => found.IsError));
        Assert.Equal(isTwiml, !Check(text, DocumentLanguage.Twiml).Any(found => found.IsError));
    }

    [Fact]
    public void Whatever_a_call_would_warn_of_is_found()
    {
        foreach (var row in TexmlSheet.Attributes.Values)
        {
            var element = new TexmlElement(row.Element, new(1, 1)) { Attributes = [new(row.Name, "\u00A7", new(1, 5))] };
            int warnings = new VerbValues(element).Warnings.Count;
            Assert.Equal(warnings, AttributeFault.Of(row, row.Element, element.Attributes[0], isFilled: true) is null ? 0 : 1);
        }
    }

    /// <summary>It is XML only when it is filled: then that is what is judged.</summary>
    [Fact]
    public void A_template_whose_sections_make_markup_is_judged_as_it_is_filled()
    {
        Assert.Empty(Check("<Response><Say {{#From}}voice=\"woman\"{{/From}}>Hi</Say></Response>"));
        Assert.Single(Check("<Response><Say {{#From}}colour=\"red\"{{/From}}>Hi</Say></Response>"));
        Assert.Null(DocumentCheck.FaultOf("<Response><Say {{#From}}colour=\"red\"{{/From}}>Hi</Say></Response>"));
        Assert.Contains("line 1, column", DocumentCheck.FaultOf("<Response><Say></Response>"), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_too_large_or_in_another_encoding_says_so()
    {
        Assert.Contains("262144", Assert.Single(Check($"<Response><Say>{new string('a', 300_000)}</Say></Response>")).Accepted!,
            StringComparison.Ordinal);
        Assert.Contains("utf-8", Assert.Single(DocumentCheck.Check([(byte)'<', 0xC3, 0x28], null, DocumentLanguage.Texml)).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_and_played_is_known_by_its_verb()
    {
        var said = DocumentScript.Of("<Response><Say>Hi {{From}}</Say><Gather><Play>a.wav</Play><Say>One</Say></Gather></Response>"u8,
            [new("From", "Tom")]);
        Assert.Equal(
        [
            (new TexmlPlace(1, 12), "says \"Hi Tom\""), (new TexmlPlace(1, 29), "plays a.wav"), (new TexmlPlace(1, 29), "says \"One\""),
        ], said);
    }
}
