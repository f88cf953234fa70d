using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>What stands between the braces of a text, as templates of other services have it.</summary>
public sealed class TextMarkTests
{
    [Theory]
    [InlineData("name", "name", null)]
    [InlineData(" Company Size ", "Company Size", null)]
    [InlineData("name | default: \"there\"", "name", "there")]          // Liquid, as Vapi has it
    [InlineData("name|default:'there'", "name", "there")]
    [InlineData("name | default(\"there\")", "name", "there")]          // Jinja
    [InlineData("name|default('it is you', true)", "name", "it is you")]
    [InlineData("contact.first_name || 'Hello'", "contact.first_name", "Hello")]
    [InlineData("name ?? \"a|b\"", "name", "a|b")]
    [InlineData("name | default: \"it's you\"", "name", "it's you")]
    [InlineData("name | default: “there”", "name", "there")]            // by a word processor
    [InlineData("name | upcase | Default: ''", "name", "")]
    [InlineData("name | capitalize", "name", null)]
    [InlineData("day | date: \"%A\"", "day", null)]                     // the quotes are the date's
    [InlineData("name | default: \"there", "name", null)]
    [InlineData("name | default: other", "name", null)]
    [InlineData("|", "", null)]
    [InlineData("", "", null)]
    public void It_is_a_name_and_maybe_what_is_said_where_nothing_is_known_by_it(string mark, string name, string? fallback) =>
        Assert.Equal((name, fallback), TextMark.Read(mark));

    [Theory]
    [InlineData("{{name}}", "{ {name}}")]
    [InlineData("{{{name}}}", "{ { {name}}}")]          // Mustache, without escapes
    [InlineData("{{{{{", "{ { { { {")]
    [InlineData("{name} }}", "{name} }}")]
    public void A_text_that_is_no_template_has_no_marks_however_many_braces_stand_in_a_row(string text, string unmarked) =>
        Assert.Equal(unmarked, TextMark.Unmarked(text));

    [Fact]
    public void A_value_that_is_empty_is_as_good_as_none_and_a_name_may_have_a_bar()
    {
        var known = new Dictionary<string, string> { ["name"] = "Zoe", ["empty"] = "", ["A | B"] = "both" };
        string[] marks =
            [" name ", "name | default: \"you\"", "name | upcase", "empty | default: \"you\"", "gone || 'you'", "gone", "A | B"];
        Assert.Equal(["Zoe", "Zoe", "Zoe", "you", "you", "", "both"],
            marks.Select(mark => TextMark.ValueOf(mark, name => known.GetValueOrDefault(name))));
    }
}
