using System.Text;
using Ringwright.Testing;
using Ringwright.Texml.Documents;

namespace Ringwright.Edge.Texml;

/// <summary>Texts that somebody made to hurt who reads them: they are read, or refused by a sentence.</summary>
public sealed class HostileTextTests
{
    private static readonly KeyValuePair<string, string>[] Parameters = [new("To", "+13125550100"), new("a", "b")];

    private static string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    [Theory]
    [InlineData("{{#To}}", "{{/To}}", 400, "nested more than 16 deep"), InlineData("{{^Nobody}}", "{{/Nobody}}", 400, "nested more than")]
    [InlineData("{{#To}}", "{{/To}}", 15_000, "more than 1000 tags"), InlineData("{{a}}", "", 1_001, "more than 1000 tags")]
    [InlineData("{{=<% %>=}}", "", 1, "changes its delimiters"), InlineData("{{ = | | =}}", "", 1, "changes its delimiters")]
    [InlineData("{{a", "", 1, "is not closed"), InlineData("{{/a}}", "", 1, "is broken")]
    public void Templates_that_are_too_much_are_refused_before_they_end_the_process(string open, string close, int depth, string why)
    {
        string text = Many(open, depth) + Many(close, depth);
        Assert.Contains(why, Assert.Throws<TexmlException>(() => TexmlTemplate.Render(text, Parameters)).Message, StringComparison.Ordinal);
        string deepest = Many("{{#To}}", 15) + "x" + Many("{{/To}}", 15);
        Assert.Equal("x", TexmlTemplate.Render(deepest, Parameters));
    }

    [Theory]
    [InlineData("{{"), InlineData("}}"), InlineData("{{{"), InlineData("{{!"), InlineData("{{a"), InlineData("{{a}}"), InlineData("{{>a}}")]
    [InlineData("{{=a b=}}"), InlineData("{{&a}}"), InlineData("{{#a}}"), InlineData("{{/a}}"), InlineData("{{ #a }}\n"), InlineData("{{=")]
    public void Templates_of_one_thing_over_and_over_are_read_or_refused(string one) => Read(Many(one, 240_000 / one.Length));

    [Theory, Seeds(300)]
    public void Any_templates_and_documents_are_read_or_refused(ulong seed)
    {
        var dice = new Random((int)seed);
        string[] pieces =
        [
            "{{", "}}", "{{{", "}}}", "#", "/", "^", "&", ">", "!", "=", " ", "a", "To", "\n", "{{=<% %>=}}", "<%", "%>", "{{#a}}",
            "{{/a}}", "<Response>", "</Response>", "<Say>", "</Say>", "<a b=\"", "\"", "'", "/>", "<![CDATA[", "]]>",
            "<?xml version=\"1.0\"?>", "&#0;", "&#xD800;", "&lt;",
            "<!--", "-->", "<!DOCTYPE x [", "]>", "\0", "\uD800", "\uFFFF", "xmlns:x=\"\"", "<x:y/>",
        ];
        var text = new StringBuilder(dice.Next(2) == 0 ? "<Response>" : "");
        for (int i = dice.Next(60); i > 0; i--) text.Append(pieces[dice.Next(pieces.Length)]);
        Read(text.ToString());
        byte[] bytes = new byte[dice.Next(300)];
        dice.NextBytes(bytes);
        Fine(() => TexmlText.Decode(bytes, dice.Next(2) == 0 ? null : $"text/xml; charset={dice.Next(40) * 500}"));
    }

    private static void Read(string text)
    {
        Fine(() => TexmlReader.Read(text));
        Fine(() => TexmlReader.Read(TexmlTemplate.Render(text, Parameters)));
    }

    private static void Fine(Action read)
    {
        if (Record.Exception(read) is { } wrong) Assert.NotEmpty(Assert.IsType<TexmlException>(wrong).Message);
    }
}
