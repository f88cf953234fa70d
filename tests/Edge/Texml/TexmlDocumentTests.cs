using System.Text;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Documents as text, and what their attributes may say: a row of the contract's sheet each.</summary>
public sealed class TexmlDocumentTests
{
    public static TheoryData<string, string> Attributes => [.. TexmlSheet.Attributes.Keys.Select(key => (key.Element, key.Name))];

    private static TexmlException Bad(string text) => Assert.Throws<TexmlException>(() => TexmlReader.Read(text));

    [Fact]
    public void Elements_have_their_places_attributes_and_text()
    {
        var root = TexmlReader.Read("""
            <?xml version="1.0"?>
            <Response>
              <Say voice='woman'>Tom &amp; <break time="1s"/><![CDATA[<J>]]></Say>
            </Response>
            """);
        var say = Assert.Single(root.Children);
        Assert.Equal(("Say", new TexmlPlace(3, 4), "woman"), (say.Name, say.At, say["voice"]));
        Assert.Equal(new TexmlPlace(3, 8), say.Attributes[0].At);
        Assert.Equal("Tom & <J>", say.Text);
        Assert.Equal("Tom &amp; <break time=\"1s\"></break>&lt;J>", say.Inner);
    }

    [Theory]
    [InlineData("<!DOCTYPE Response [<!ENTITY a \"aaaa\">]><Response><Say>&a;</Say></Response>")]
    [InlineData("<!DOCTYPE Response SYSTEM \"http://127.0.0.1:1/x.dtd\"><Response/>")]
    [InlineData("<Response><Say>&undefined;</Say></Response>")]
    [InlineData("<Response><Say></Response>")]
    [InlineData("<Response/><Response/>")]
    [InlineData("<html/>")]
    [InlineData("Hello")]
    [InlineData("")]
    public void What_is_no_document_is_refused_with_its_place(string text)
    {
        var bad = Bad(text);
        Assert.True(bad.At.Line >= 1 && bad.At.Column >= 1);
        Assert.NotEmpty(bad.Message);
    }

    [Fact]
    public void Depth_number_and_size_are_bounded()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 40)) + string.Concat(Enumerable.Repeat("</a>", 40));
        Assert.Contains("nested", Bad($"<Response>{deep}</Response>").Message, StringComparison.Ordinal);
        Assert.Contains("elements", Bad($"<Response>{string.Concat(Enumerable.Repeat("<a/>", 2_001))}</Response>").Message,
            StringComparison.Ordinal);
        Bad($"<Response><Say>{new string('a', 600_000)}</Say></Response>");
        Assert.Equal(1_998, TexmlReader.Read($"<Response>{string.Concat(Enumerable.Repeat("<a/>", 1_998))}</Response>").Children.Count);
    }

    [Theory]
    [InlineData("utf-8", null, true), InlineData("utf-16", null, true), InlineData("utf-16BE", null, true)]
    [InlineData("iso-8859-1", "text/xml; charset=iso-8859-1", false), InlineData("iso-8859-1", null, false)]
    public void Bytes_are_read_by_their_mark_their_type_or_their_declaration(string encoding, string? type, bool hasMark)
    {
        var written = Encoding.GetEncoding(encoding);
        string text = $"<?xml version=\"1.0\" encoding=\"{encoding}\"?><Response><Say>grün</Say></Response>";
        byte[] bytes = [.. hasMark ? written.GetPreamble() : [], .. written.GetBytes(text)];
        Assert.Equal("grün", TexmlReader.Read(TexmlText.Decode(bytes, type)).Children[0].Text);
    }

    [Theory]
    [InlineData("text/xml; charset=utf8", "utf8", new byte[] { 0xE2, 0x82, 0xAC })]
    [InlineData("text/xml; charset=\"UTF8\"", "utf-8", new byte[] { 0xE2, 0x82, 0xAC })]
    [InlineData(null, "utf8", new byte[] { 0xE2, 0x82, 0xAC }), InlineData(null, "windows-1252", new byte[] { 0x80 })]
    [InlineData("text/xml; charset=windows-1252", "windows-1252", new byte[] { 0x80 })]
    public void Encodings_are_known_by_the_names_that_servers_give_them(string? type, string declared, byte[] euro)
    {
        byte[] head = Encoding.ASCII.GetBytes($"<?xml version=\"1.0\" encoding=\"{declared}\"?><Response><Say>");
        byte[] bytes = [.. head, .. euro, .. "</Say></Response>"u8];
        Assert.Equal("€", TexmlReader.Read(TexmlText.Decode(bytes, type)).Children[0].Text);
    }

    [Theory]
    [InlineData("utf-8", null, "utf-16"), InlineData("utf-8", "text/xml; charset=utf-16", "utf-16")]
    [InlineData("utf-8", "application/xml", "UTF-16"), InlineData("utf-8", null, "Unicode")]
    [InlineData("utf-16", "text/xml", "utf-16"), InlineData("utf-16BE", null, "utf-16")]
    [InlineData("utf-16", "text/xml; charset=utf-8", "utf-8")]
    public void How_many_bytes_a_letter_has_is_seen(string encoding, string? type, string declared)
    {
        string text = $"<?xml version=\"1.0\" encoding=\"{declared}\"?>\r\n<Response><Say>grün</Say></Response>";
        byte[] bytes = Encoding.GetEncoding(encoding).GetBytes(text);
        Assert.Equal("grün", TexmlReader.Read(TexmlText.Decode(bytes, type)).Children[0].Text);
    }

    [Fact]
    public void What_is_not_in_its_encoding_is_refused()
    {
        Assert.Throws<TexmlException>(() => TexmlText.Decode([(byte)'<', 0xC3, 0x28], "text/xml; charset=utf-8"));
        Assert.Throws<TexmlException>(() => TexmlText.Decode([(byte)'<', 0xC3, 0x28], "text/xml; charset=utf8"));
        Assert.Throws<TexmlException>(() => TexmlText.Decode("<a/>"u8, "text/xml; charset=klingon"));
        Assert.Throws<TexmlException>(() => TexmlText.Decode("<a/>"u8, "text/xml; charset=utf-7"));
    }

    [Fact]
    public void Templates_are_filled_with_the_requests_parameters_and_escaped()
    {
        KeyValuePair<string, string>[] parameters = [new("From", "<Tom>"), new("Digits", "5")];
        Assert.Equal("<Say>&lt;Tom&gt; 5 yes</Say>",
            TexmlTemplate.Render("<Say>{{From}} {{Digits}}{{#Digits}} yes{{/Digits}}{{^Nothing}}{{/Nothing}}</Say>", parameters));
        Assert.Equal("<Say>{ {From} }</Say>", TexmlTemplate.Render("<Say>{ {From} }</Say>", parameters));
        Assert.Throws<TexmlException>(() => TexmlTemplate.Render("<Say>{{#From}}</Say>", parameters));
    }

    [Fact]
    public void What_a_caller_says_stands_for_no_variable_that_the_document_takes_later()
    {
        const string document = """
            <Response>
              <HttpRequest><Response><Content><Field><Name>token</Name><Value>token</Value></Field></Content></Response></HttpRequest>
              <Say>{{CallerName}}, {{SpeechResult}}: {{token}}</Say>
            </Response>
            """;
        KeyValuePair<string, string>[] parameters = [new("CallerName", "{{token}}"), new("SpeechResult", "{{{ token }}} {{other}}")];
        var root = TexmlReader.Read(TexmlTemplate.Render(document, parameters));
        var say = TexmlVariables.Fill(root.Children.Single(child => child.Name is "Say"), TexmlVariables.DeclaredIn(root),
            new Dictionary<string, string> { ["token"] = "secret" });
        Assert.Equal("{ {token}}, { { { token }}} { {other}}: secret", say.Text);
    }

    [Theory]
    [InlineData("{", "{token}}", "{token}}")]
    [InlineData("{{", "token}}", "token}}")]
    [InlineData("a { \t{ ", "{token}}", "a{token}}")]
    [InlineData("{{to", "ken}}", "{ {token}}")]
    [InlineData("{}", "{token}}", "{}{token}}")]
    public void Two_parameters_side_by_side_stand_for_no_such_variable_either(string first, string second, string said)
    {
        const string document = """
            <Response>
              <HttpRequest><Response><Content><Field><Name>token</Name><Value>token</Value></Field></Content></Response></HttpRequest>
              <Say>{{First}}{{Second}}</Say><Say><emphasis>{{First}}</emphasis>{{Second}}</Say>
            </Response>
            """;
        var root = TexmlReader.Read(TexmlTemplate.Render(document, [new("First", first), new("Second", second)]));
        var declared = TexmlVariables.DeclaredIn(root);
        var known = new Dictionary<string, string> { ["token"] = "secret" };
        Assert.All(root.Children.Where(child => child.Name is "Say"),
            say => Assert.Equal(said, TexmlVariables.Fill(say, declared, known).Text));
    }

    [Theory, MemberData(nameof(Attributes))]
    public void An_attribute_takes_what_its_row_says_and_warns_of_all_else(string element, string name)
    {
        var row = TexmlSheet.Attributes[(element, name)];
        Assert.Contains(element, TexmlSheet.Elements.Keys);
        if (row.Default is { Length: > 0 } usual && row.Values is not "text") Assert.Null(ValueRule.FaultOf(row, usual));
        foreach (var (value, isGood) in Samples(row.Values))
        {
            Assert.Equal(isGood, ValueRule.FaultOf(row, value) is null);
            var values = new VerbValues(new(element, new(2, 3)) { Attributes = [new(name, value, new(2, 9))] });
            bool acts = isGood && row.Default is not null && row.Lacks.Length == 0;
            Assert.Equal(acts ? 0 : 1, values.Warnings.Count);
            if (!acts) Assert.Contains("line 2, column 9", values.Warnings[0], StringComparison.Ordinal);
            if (row.Default is not null) Assert.Equal(acts ? value : row.Default, values.Text(name));
        }
    }

    [Fact]
    public void Every_element_that_may_stand_somewhere_has_a_row_and_every_verb_is_carried_out()
    {
        foreach (var element in TexmlSheet.Elements.Values)
        {
            Assert.All(element.Children.Where(child => child != "*"), child => Assert.Contains(child, TexmlSheet.Elements.Keys));
            if (element.Role == "verb") Assert.Contains(element.Name, Ringwright.Texml.Verbs.VerbTable.All.Keys);
        }
    }

    private static (string Value, bool IsGood)[] Samples(string rule)
    {
        string[] parts = rule.Split(": ", 2);
        if (parts[0] == "bool") return [("true", true), ("FALSE", true), ("yes", false), ("", false)];
        if (parts[0] == "method") return [("get", true), ("POST", true), ("PUT", false)];
        if (parts[0] == "int")
        {
            string[] ranges = parts[1].Split(' ');
            int[] ends = [.. ranges[^1].Split('-').Select(int.Parse)];
            return
            [
                .. ranges[..^1].Select(one => (one, true)), ($"{ends[0]}", true), ($"{ends[1]}", true), ($"{ends[1] + 1}", false),
                ("-1", false), ("1.5", false), ("x", false),
            ];
        }
        if (parts[0] == "one") return [.. parts[1].Split(' ').Select(word => (word, true)), ("neither", false)];
        if (parts[0] == "some") return [(parts[1], true), ("neither", false)];
        return parts[0] == "keys" ? [(parts[1][..2], true), ("%", false)] : [("anything", true)];
    }
}
