using Ringwright.Telnyx;

namespace Ringwright.Edge.Telnyx;

public sealed class TemplateMarkTests
{
    [Theory]
    [InlineData("Your code is {{code}}.", "code"), InlineData("{{ code }}", "code"), InlineData("{{\n\tapp_name }}", "app_name")]
    [InlineData("{{}}", ""), InlineData("{{{code}}}", "code"), InlineData("{ {code} }", null), InlineData("{{code}", null)]
    [InlineData("{{a {{b}}", "b")]
    public void A_mark_is_named_without_the_space_around_its_name(string text, string? name)
    {
        string[] names = name is null ? [] : [name];
        Assert.Equal(names, TemplateMarks.Mark().Matches(text).Select(TemplateMarks.NameOf));
    }

    /// <summary>A pattern that told the space from the name gave up after a second.</summary>
    [Fact]
    public void Blanks_that_nothing_closes_are_read_once() =>
        Assert.Empty(TemplateMarks.Mark().Matches($"{{{{{new string(' ', 60_000)}{{"));
}
