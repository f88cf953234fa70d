using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Testing;
using Ringwright.Texml.Documents;

namespace Ringwright.Edge.Texml;

/// <summary>What documents of the real world get wrong: each has one value, or is refused or passed over, and it is told.</summary>
public sealed class DocumentTrapTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory]
    [InlineData("\n<?xml version=\"1.0\"?><Response/>", 2, 1), InlineData("  <?xml version=\"1.0\"?><Response/>", 1, 3)]
    [InlineData("\r\n\t <?xml\tversion=\"1.0\"?><Response/>", 2, 3), InlineData("\uFEFF <?xml version=\"1.0\"?><Response/>", 1, 2)]
    public void Blank_before_the_declaration_is_fatal_and_told_as_that(string text, int line, int column)
    {
        var bad = Assert.Throws<TexmlException>(() => TexmlReader.Read(text));
        Assert.Equal(new TexmlPlace(line, column), bad.At);
        Assert.Contains("blank stands before the XML declaration", bad.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n  <Response/>", 2, 4), InlineData("\uFEFF<?xml version=\"1.0\"?>\n<Response/>", 2, 2)]
    [InlineData("\n<?xml-stylesheet href=\"a\"?><Response/>", 2, 29)]
    public void Blank_before_the_root_is_legal_and_so_is_a_byte_order_mark(string text, int line, int column) =>
        Assert.Equal(new TexmlPlace(line, column), TexmlReader.Read(text).At);

    [Theory]
    [InlineData("<Response><Say>Tom & Jerry</Say></Response>"), InlineData("<Response><Redirect>/a?b=1&c=2</Redirect></Response>")]
    [InlineData("<Response><Gather action=\"/a?b=1&c=2\"/></Response>"), InlineData("<Response><Say>a&nbsp;b</Say></Response>")]
    public void A_raw_ampersand_is_fatal_where_it_stands(string text)
    {
        var bad = Assert.Throws<TexmlException>(() => TexmlReader.Read(text));
        Assert.Equal(1, bad.At.Line);
        Assert.InRange(bad.At.Column, text.IndexOf('&', StringComparison.Ordinal), text.IndexOf('&', StringComparison.Ordinal) + 10);
    }

    /// <summary>What the parser says of these, such as "An error occurred while parsing EntityName", helps nobody.</summary>
    [Theory]
    [InlineData("<Response>\n<Say>Tom & Jerry</Say></Response>", 2, "A bare & stands in Say: write &amp;")]
    [InlineData("<Response>\r\n<Say>R&D</Say></Response>", 2, "A bare & stands in Say: write &amp;")]
    [InlineData("<Response><Gather numDigits=\"1\"\n action=\"/a?b=1&c=2\"/></Response>", 2, "A bare & stands in Gather: write &amp;")]
    [InlineData("<Response><Redirect>/a?b=1&c=2</Redirect></Response>", 1, "A bare & stands in Redirect: write &amp;")]
    [InlineData("<Response><Say>Hi</Say> & more</Response>", 1, "A bare & stands: write &amp;")]
    [InlineData("<Response>\n\n<Say>a&nbsp;b</Say></Response>", 3, "&nbsp; stands in Say, and XML knows &amp;, &lt;")]
    [InlineData("<?xml version=\"1.0\"?>\n<!DOCTYPE html>\n<html/>", 2, "It has a document type (<!DOCTYPE")]
    public void The_usual_mistakes_are_told_with_their_line_and_tag(string text, int line, string told)
    {
        var bad = Assert.Throws<TexmlException>(() => TexmlReader.Read(text));
        Assert.Equal(line, bad.At.Line);
        Assert.StartsWith(told, bad.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(" Line ", bad.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=1&amp;b=2", "a=1&b=2"), InlineData("a=1&amp;amp;b=2", "a=1&amp;b=2"), InlineData("<![CDATA[a=1&b=2]]>", "a=1&b=2")]
    [InlineData("<![CDATA[a=1&amp;b=2]]>", "a=1&amp;b=2"), InlineData("a=1&#38;b=2", "a=1&b=2")]
    public void What_is_escaped_is_unescaped_once(string written, string read)
    {
        var root = TexmlReader.Read($"<Response><Redirect>/next?{written}</Redirect></Response>");
        Assert.Equal($"/next?{read}", root.Children[0].Text);
        if (written.StartsWith('<')) return;
        Assert.Equal($"/next?{read}", TexmlReader.Read($"<Response><Gather action=\"/next?{written}\"/></Response>").Children[0]["action"]);
    }

    [Theory]
    [InlineData("<Gather Timeout=\"1\"><Say>Press.</Say></Gather>", "Timeout is no attribute of Gather (line 1, column 19)")]
    [InlineData("<say>Hi</say>", "say is no verb that can stand here (line 1, column 12)")]
    [InlineData("<Dial><number>+15550100009</number></Dial>", "number cannot stand in Dial (line 1, column 18)")]
    [InlineData("<Number>+15550100009</Number>", "Number is no verb that can stand here (line 1, column 12)")]
    public async Task What_has_the_wrong_case_or_place_is_passed_over_and_told_and_the_next_verb_comes(string verb, string told)
    {
        var call = await rig.RunAsync($"<Response>{verb}<Say>Behind it.</Say></Response>");
        Assert.Contains(told, call.Warnings);
        Assert.Equal("Behind it.", call.Commands.OfType<LegCommand.Speak>().Last().Speech.Text);
    }

    /// <summary>As guides of vendors write it: prefixes without a declaration, and the language of some words.</summary>
    [Theory]
    [InlineData("<amazon:effect name=\"whispered\">psst</amazon:effect>", "<effect name=\"whispered\">psst</effect>")]
    [InlineData("One <mstts:silence value=\"1s\"/> two", "One <silence value=\"1s\"></silence> two")]
    [InlineData("Say <lang xml:lang=\"fr-FR\">deux</lang>.", "Say <lang xml:lang=\"fr-FR\">deux</lang>.")]
    public async Task Markup_of_speech_needs_no_declaration_and_keeps_its_language(string written, string spoken)
    {
        var call = await rig.RunAsync($"<Response><Say>{written}</Say></Response>");
        Assert.Equal($"<speak>{spoken}</speak>", Assert.Single(call.Commands.OfType<LegCommand.Speak>()).Speech.Text);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("statusCallback", true), InlineData("statuscallback", false), InlineData("StatusCallback", false)]
    public async Task A_callback_in_the_wrong_case_is_none_and_is_told(string name, bool isCalled)
    {
        var call = await rig.RunAsync($"<Response><Dial><Number {name}=\"/told\">+15550100009</Number></Dial></Response>");
        Assert.Equal(isCalled, Assert.Single(call.Dials).Labels[TexmlLabels.Status] is not null);
        Assert.Equal(!isCalled, call.Warnings.Contains($"{name} is no attribute of Number (line 1, column 25)"));
    }

    /// <summary>As programs write them that want to hear of every end.</summary>
    [Theory]
    [InlineData("initiated ringing answered completed busy no-answer failed canceled", "initiated,ringing,answered,completed")]
    [InlineData("busy, no_answer", "completed"), InlineData("Queued In-Progress", "initiated,answered")]
    public async Task Statuses_among_the_events_of_a_callback_stand_for_the_events_that_tell_them(string written, string events)
    {
        var call = await rig.RunAsync(
            $"<Response><Dial><Number statusCallback=\"/told\" statusCallbackEvent=\"{written}\">+15550100009</Number></Dial></Response>");
        Assert.StartsWith($"POST {events} ", Assert.Single(call.Dials).Labels[TexmlLabels.Status], StringComparison.Ordinal);
        Assert.DoesNotContain(call.Warnings, warning => warning.StartsWith("statusCallbackEvent", StringComparison.Ordinal));
    }

    /// <summary>Which of two that cannot both be holds, and that the other one is told.</summary>
    [Theory]
    [InlineData("<Gather numDigits=\"3\" minDigits=\"5\" maxDigits=\"9\"/>", "numDigits stands for minDigits and maxDigits", 1, 3)]
    [InlineData("<Gather minDigits=\"5\" maxDigits=\"2\"/>", "minDigits is more than maxDigits", 2, 2)]
    public async Task Of_digits_that_contradict_each_other_one_holds(string verb, string told, int fewest, int most)
    {
        var call = await rig.RunAsync($"<Response>{verb}</Response>");
        Assert.Contains(call.Warnings, warning => warning.StartsWith(told, StringComparison.Ordinal));
        var gather = Assert.Single(call.Commands.OfType<LegCommand.Gather>());
        Assert.Equal((fewest, most), (gather.MinimumDigits, gather.MaximumDigits));
    }

    [Theory]
    [InlineData("auto", 0, false), InlineData("3", 3, false), InlineData("60", 60, false), InlineData("61", 0, true)]
    [InlineData("1.5", 0, true), InlineData("soon", 0, true)]
    public async Task A_pause_behind_words_that_no_Gather_can_wait_for_is_told(string written, int seconds, bool isTold)
    {
        var call = await rig.RunAsync($"<Response><Gather input=\"speech\" speechTimeout=\"{written}\"/></Response>");
        Assert.Equal(seconds, Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Speech!.EndSilence.TotalSeconds);
        Assert.Equal(isTold, call.Warnings.Contains("speechTimeout is auto, or whole seconds up to 60 (line 1, column 12)"));
    }

    [Theory]
    [InlineData("<Dial record=\"record-from-answer\" timeout=\"20\"><Queue>line</Queue></Dial>", "record does nothing beside Queue")]
    [InlineData("<Dial><Conference>a</Conference><Number>+15550100009</Number></Dial>", "Number does nothing beside Conference")]
    [InlineData("<Dial>+15550100008<Number>+15550100009</Number></Dial>", "the text of Dial does nothing beside Number")]
    [InlineData("<Say voice=\"woman\" gender=\"male\">Hi</Say>", "gender does nothing beside voice")]
    public async Task What_does_nothing_beside_another_is_told(string verb, string told)
    {
        var call = await rig.RunAsync($"<Response>{verb}</Response>");
        Assert.Contains(call.Warnings, warning => warning.StartsWith(told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_told_of_a_request_that_failed_has_no_password_and_no_query()
    {
        var call = await rig.RunAsync("""
            <Response>
            <HttpRequest async="true"><Request url="http://user:secret@127.0.0.1:9/x?key=hidden" method="POST"/></HttpRequest>
            </Response>
            """);
        await Eventually.TrueAsync(() => call.Warnings.Any(warning => warning.Contains("http://127.0.0.1:9/x)", StringComparison.Ordinal)),
            "the request has failed");
        Assert.DoesNotContain(call.Warnings, warning => warning.Contains("secret", StringComparison.Ordinal)
            || warning.Contains("hidden", StringComparison.Ordinal));
    }

    /// <summary>Connect waits for its stream, Start does not; what stands behind comes once.</summary>
    [Theory, InlineData("Connect"), InlineData("Start")]
    public async Task The_verbs_behind_a_stream_come_once(string around)
    {
        var call = await rig.RunAsync(
            $"<Response><{around}><Stream url=\"ws://127.0.0.1:9/\"/></{around}><Say>First.</Say><Say>Second.</Say></Response>");
        Assert.Equal(["First.", "Second."], call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text));
        var commands = call.Commands.ToList();
        Assert.True(commands.FindIndex(command => command is LegCommand.StartStream)
            < commands.FindIndex(command => command is LegCommand.Speak));
    }

    [Theory, InlineData("FALSE", ConferenceBeeps.Never), InlineData("onenter", ConferenceBeeps.OnEnter)]
    public async Task A_word_in_another_case_is_that_word(string written, ConferenceBeeps beeps)
    {
        var call = await rig.RunAsync($"<Response><Dial><Conference beep=\"{written}\">room</Conference></Dial></Response>");
        Assert.Equal(beeps, Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).Beeps);
        Assert.Empty(call.Warnings);
    }
}
