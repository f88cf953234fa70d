using Ringwright.Calls.Texts;

namespace Ringwright.Pure.Calls.Texts;

public sealed class TextKeywordsTests
{
    [Theory]
    [InlineData("STOP", TextKeyword.Stop), InlineData("stop", TextKeyword.Stop), InlineData("  Stop.  ", TextKeyword.Stop)]
    [InlineData("stop!!!", TextKeyword.Stop), InlineData("Stop ;", TextKeyword.Stop), InlineData("STOPALL", TextKeyword.Stop)]
    [InlineData("Stop. !", TextKeyword.Stop), InlineData("STOP ...\n!", TextKeyword.Stop)]
    [InlineData("stop \n all", TextKeyword.Stop), InlineData("Unsubscribe", TextKeyword.Stop), InlineData("cancel", TextKeyword.Stop)]
    [InlineData("End", TextKeyword.Stop), InlineData("QUIT,", TextKeyword.Stop), InlineData("revoke", TextKeyword.Stop)]
    [InlineData("opt out", TextKeyword.Stop), InlineData("OptOut", TextKeyword.Stop)]
    [InlineData("Opt-Out", TextKeyword.Stop), InlineData("\"STOP\"", TextKeyword.Stop), InlineData("\u201CStop.\u201D", TextKeyword.Stop)]
    [InlineData("'stop'!", TextKeyword.Stop), InlineData("\u00ABSTOP\u00BB", TextKeyword.Stop), InlineData("STOP\u200B", TextKeyword.Stop)]
    [InlineData("STOP\0", TextKeyword.Stop), InlineData("STOP\uFFFD", TextKeyword.Stop), InlineData("\u0001stop", TextKeyword.Stop)]
    [InlineData("\uFEFFSTOP", TextKeyword.Stop), InlineData("\"\"", TextKeyword.None), InlineData("\"stop", TextKeyword.Stop)]
    [InlineData("STOP \U0001F6D1", TextKeyword.Stop), InlineData("\U0001F6ABstop\u2764\uFE0F", TextKeyword.Stop)]
    [InlineData("Stop. \U0001F64F\U0001F3FD!", TextKeyword.Stop), InlineData("stop all \U0001F469\u200D\U0001F4BB", TextKeyword.Stop)]
    [InlineData("START \U0001F44D", TextKeyword.Start), InlineData("stop\u2753", TextKeyword.None)]
    [InlineData("\U0001F6D1", TextKeyword.None), InlineData("st\U0001F6D1op", TextKeyword.None)]
    [InlineData("\"stop\" and go", TextKeyword.None), InlineData("it's", TextKeyword.None)]
    [InlineData("[STOP]", TextKeyword.Stop), InlineData("(stop).", TextKeyword.Stop), InlineData("*STOP*", TextKeyword.Stop)]
    [InlineData("<Stop>", TextKeyword.Stop), InlineData("_start_", TextKeyword.Start), InlineData("\u00A1Stop!", TextKeyword.Stop)]
    [InlineData("\uFF33\uFF34\uFF2F\uFF30", TextKeyword.Stop), InlineData("\uFF53top\uFF01", TextKeyword.Stop)]
    [InlineData("\u300CSTOP\u300D\u3002", TextKeyword.Stop), InlineData("Stop\u2026", TextKeyword.Stop)]
    [InlineData("help\u060C", TextKeyword.Help), InlineData("stop\uFF1F", TextKeyword.None), InlineData("(stop", TextKeyword.Stop)]
    [InlineData("Opt\u2011out", TextKeyword.Stop), InlineData("OPT\u2013OUT", TextKeyword.Stop), InlineData("opt - out", TextKeyword.None)]
    [InlineData("stop (for now)", TextKeyword.None), InlineData("***", TextKeyword.None), InlineData("()", TextKeyword.None)]
    [InlineData("START", TextKeyword.Start), InlineData("unstop", TextKeyword.Start), InlineData("Help", TextKeyword.Help)]
    [InlineData("", TextKeyword.None), InlineData("   ", TextKeyword.None), InlineData("...", TextKeyword.None)]
    [InlineData("please stop", TextKeyword.None), InlineData("Stop. Thank you", TextKeyword.None), InlineData("stop?", TextKeyword.None)]
    [InlineData("st op", TextKeyword.None), InlineData("YES", TextKeyword.None), InlineData("İSTOP", TextKeyword.None)]
    public void The_whole_text_must_be_the_word(string text, TextKeyword keyword) => Assert.Equal(keyword, TextKeywords.Of(text));

    /// <summary>As people write who are written to all the same.</summary>
    [Theory]
    [InlineData("STOP STOP STOP", TextKeyword.Stop), InlineData("Stop! Stop!!", TextKeyword.Stop)]
    [InlineData("stop.\nSTOP.", TextKeyword.Stop), InlineData("STOP , unsubscribe", TextKeyword.Stop)]
    [InlineData("halt stop", TextKeyword.Stop), InlineData("Halt, halt!", TextKeyword.Stop)]
    [InlineData("stop stopping", TextKeyword.None), InlineData("stop start", TextKeyword.None), InlineData("start start", TextKeyword.None)]
    [InlineData("stop? stop", TextKeyword.None), InlineData("help stop", TextKeyword.None)]
    public void Nothing_but_words_of_stop_is_one(string text, TextKeyword keyword) =>
        Assert.Equal(keyword, TextKeywords.Of(text, new Dictionary<string, TextKeyword> { ["halt"] = TextKeyword.Stop }));

    /// <summary>As Macs and some keyboards write it; a keyboard of Vietnamese joins the one accent, and not the other.</summary>
    [Theory]
    [InlineData("arr\u00EAt", "ARRE\u0302T"), InlineData("arre\u0302t", "Arr\u00EAt."), InlineData("h\u1EE7y", "HU\u0309Y")]
    [InlineData("vi\u1EC7t", "VIE\u0323\u0302T"), InlineData("vi\u1EC7t", "vi\u00EA\u0323t"), InlineData("n\u00E3o", "NA\u0303O")]
    [InlineData("\u03B4\u03B9\u03B1\u03BA\u03BF\u03C0\u03AE", "\u0394\u03B9\u03B1\u03BA\u03BF\u03C0\u03B7\u0301")]
    [InlineData("\u0441\u0442\u043E\u0439", "\u0421\u0442\u043E\u0438\u0306")]
    public void A_letter_and_its_accent_are_one(string word, string text)
    {
        var own = new Dictionary<string, TextKeyword> { [TextKeywords.Normal(word)!] = TextKeyword.Stop };
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of(text, own));
        Assert.Equal(TextKeyword.None, TextKeywords.Of("arret", own));
    }

    [Theory, InlineData("sto\u0301p"), InlineData("stop\u0302"), InlineData("\u0302stop")]
    public void With_an_accent_it_is_another_word(string text) => Assert.Equal(TextKeyword.None, TextKeywords.Of(text));

    /// <summary>An emoji that was cut.</summary>
    [Fact]
    public void Half_of_a_pair_is_around_it()
    {
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of("stop\uD83D"));
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of("\uDE00 stop"));
        Assert.Equal(TextKeyword.None, TextKeywords.Of("\uD83D"));
    }

    [Fact]
    public void Own_words_add_to_the_usual_ones_and_take_none_away()
    {
        var own = new Dictionary<string, TextKeyword>
        {
            [TextKeywords.Normal("Halt")!] = TextKeyword.Stop, [TextKeywords.Normal("Mehr  Wissen!")!] = TextKeyword.Help,
            ["stop"] = TextKeyword.Start, [TextKeywords.Normal(" \U0001F44D ")!] = TextKeyword.Start,
        };
        // A sign that else stands around words is one by itself, and so is an emoji.
        own[TextKeywords.Normal("*")!] = TextKeyword.Help;
        Assert.Equal(TextKeyword.Help, TextKeywords.Of(" * ", own));
        Assert.Equal(TextKeyword.Start, TextKeywords.Of("\U0001F44D", own));
        Assert.Equal(TextKeyword.None, TextKeywords.Of("\U0001F44E", own));
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of("halt \U0001F44D", own));
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of("HALT", own));
        Assert.Equal(TextKeyword.Help, TextKeywords.Of("mehr wissen", own));
        Assert.Equal(TextKeyword.Stop, TextKeywords.Of("stop", own));
        Assert.Equal(TextKeyword.None, TextKeywords.Of("mehr", own));
    }

    [Theory]
    [InlineData("Stop. Thank you", true), InlineData("please STOP!", true), InlineData("I want to opt out now", true)]
    [InlineData("STOP", false), InlineData("Nonstop", false), InlineData("", false), InlineData("help me", false)]
    public void A_sentence_with_a_word_of_stop_in_it_is_a_hint(string text, bool isHint) => Assert.Equal(isHint, TextKeywords.IsHint(text));

    [Fact]
    public void A_long_text_is_no_keyword() => Assert.Null(TextKeywords.Normal(new string('s', TextKeywords.Longest + 1)));
}
