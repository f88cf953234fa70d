using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>Texts with variables in them.</summary>
public sealed class TemplateTests
{
    private static readonly Dictionary<string, string> Known = new() { ["name"] = "Zoe", ["company"] = "" };

    [Fact]
    public void A_variable_that_is_not_there_is_what_the_text_says_for_that()
    {
        const string text = "Hi {{name | default: \"there\"}}, of {{company | default: 'your company'}}? {{gone}}{{gone || \"Bye\"}}.";
        Assert.Equal("Hi Zoe, of your company? Bye.", Template.Fill(text, Known));
        Assert.Equal("https://a.example/x/a%20b", Template.Fill("https://a.example/x/{{gone ?? 'a b'}}", Known,
            encode: Uri.EscapeDataString));
    }

    [Fact]
    public void Of_one_for_which_the_text_says_something_nobody_is_warned() => Assert.Equal(["gone", "day"],
        Template.Unknown("{{name | upcase}} {{gone}} {{ gone }} {{lost | default: 'x'}} {{day | date: '%A'}}", Known));
}
