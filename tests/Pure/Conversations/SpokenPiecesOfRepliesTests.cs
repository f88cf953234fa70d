using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Pure.Conversations;

/// <summary>From a brain's text to what is spoken, and to what of it was heard.</summary>
public sealed class SpokenPiecesOfRepliesTests
{
    private static readonly Instant Start = new(5);

    private static List<string> Cut(params ReadOnlySpan<string> bits)
    {
        var cutter = new SentenceCutter();
        var pieces = new List<string>();
        foreach (string bit in bits)
        {
            cutter.Add(bit, Start);
            while (cutter.TryTake(Start, out string piece)) pieces.Add(piece);
        }
        cutter.Finish();
        while (cutter.TryTake(Start, out string last)) pieces.Add(last);
        return pieces;
    }

    [Fact]
    public void Sentences_are_pieces() =>
        Assert.Equal(["Good morning.", "How are you?", "I am fine"], Cut("Good morning. How are", " you? I am", " fine"));

    [Fact]
    public void The_first_piece_may_be_a_clause_and_the_others_are_none() =>
        Assert.Equal(["If you would like to know,", "the shop, which is new, is open."],
            Cut("If you would like to know, the shop, which is new, is open."));

    [Theory]
    [InlineData("你好！请问您要订几张票？我来查。", "你好！|请问您要订几张票？|我来查。")]
    [InlineData("नमस्ते। आप कैसे हैं? मैं ठीक हूँ।", "नमस्ते।|आप कैसे हैं?|मैं ठीक हूँ।")]
    [InlineData("هل أنت هناك؟ نعم. أنا هنا", "هل أنت هناك؟|نعم.|أنا هنا")]
    [InlineData("他说：“好！？”然后走了。", "他说：“好！？”|然后走了。")]
    [InlineData("She said \"Yes.\" Then she left.", "She said \"Yes.\"|Then she left.")]
    [InlineData("We are closed on Sun. You may come on Mon. Bye.", "We are closed on Sun.|You may come on Mon.|Bye.")]
    // With the sources of a model that searches; four digits are none.
    [InlineData("We open at nine.[1][123] Ann does! Bye.[2]", "We open at nine.[1][123]|Ann does!|Bye.[2]")]
    [InlineData("十点开门。[1]今天也是。", "十点开门。[1]|今天也是。"), InlineData("At nine.[2024] Bye.[1", "At nine.[2024] Bye.[1")]
    public void Sentences_end_where_their_script_ends_them(string text, string pieces) => Assert.Equal(pieces.Split('|'), Cut(text));

    [Fact]
    public void A_first_clause_of_a_script_without_blanks_is_a_piece() =>
        Assert.Equal(["如果您想知道我们商店什么时候开门什么时候关门，", "那么请您稍等一下，我马上为您查询。"],
            Cut("如果您想知道我们商店什么时候开门什么时候关门，那么请您", "稍等一下，我马上为您查询。"));

    [Fact]
    public void A_text_without_blanks_is_cut_between_signs()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("𠀋", 200));
        var pieces = Cut(text);
        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece[^1])));
    }

    [Theory]
    [InlineData("By J. R. Hill at 9 a.m. Tuesday."), InlineData("In the U.S. Army."), InlineData("At Main St. Apt. 5, Acme Inc. Berlin.")]
    [InlineData("Sra. López y Gen. Ruiz."), InlineData("z.B. Anna, d.h. Sie.")]
    [InlineData("On Mon. 5 Jan. 2026 or Sept. 7."), InlineData("At 12 Oak Ln. Suite 5 on Hwy. 101.")]
    [InlineData("Am Di. 3. März, ca. 20 €.")]
    [InlineData("Ask Dr. Smith."), InlineData("It costs 3.50 today."), InlineData("Use e.g. Berlin here.")]
    public void A_stop_that_ends_no_sentence_cuts_nothing(string text) => Assert.Equal([text], Cut(text));

    [Fact]
    public void A_first_piece_of_sixty_characters_is_cut_at_a_word()
    {
        string text = "this is one long beginning without any mark in it that goes on and on for ever";
        var pieces = Cut(text);
        Assert.True(pieces[0].Length <= 60 && text.StartsWith(pieces[0] + " ", StringComparison.Ordinal), pieces[0]);
        Assert.Equal(text, string.Join(' ', pieces));
    }

    [Fact]
    public void After_a_quarter_second_without_a_bit_what_is_there_is_said()
    {
        var cutter = new SentenceCutter();
        cutter.Add("Well then", Start);
        Assert.False(cutter.TryTake(Start, out _));
        Assert.Equal(Start + TimeSpan.FromMilliseconds(250), cutter.NextDue);
        // The last word may not be whole.
        Assert.True(cutter.TryTake(cutter.NextDue, out string piece));
        Assert.Equal("Well", piece);
        Assert.Equal(Instant.Never, cutter.NextDue);
    }

    [Theory]
    [InlineData("Hello there. This is a first, and (really) a second sentence! Is it? 12. It is.\nA line, e.g. this one. End")]
    [InlineData("no marks at all but quite a lot of words so that it has to be cut somewhere and then somewhere else again and again until "
        + "all of the two hundred and fifty characters that a piece may have at most have been used up and something is left over for it")]
    public void However_it_comes_no_word_is_lost_or_said_twice(string text)
    {
        string[] words = text.Split([' ', '\n']);
        for (int size = 1; size < 40; size += 3)
            Assert.Equal(words, string.Join(' ', Cut([.. text.Chunk(size).Select(bit => new string(bit))])).Split(' '));
    }

    [Theory]
    [InlineData("**Yes**, _really_.", "Yes, really.")]
    [InlineData("# Menu\n- one\n- two", "Menu one two")]
    [InlineData("See [our page](https://example.org/a) now.", "See our page now.")]
    [InlineData("Go to https://example.org/x. Then call.", "Go to example.org. Then call.")]
    [InlineData("Great 🎉 news ✅!", "Great news !")]
    [InlineData("It costs 5 € at 20°.", "It costs 5 € at 20°.")]
    [InlineData("Mail john_doe@example.com, __please__.", "Mail john_doe@example.com, please.")]
    [InlineData("Dial *67 or *21*030123#, or press *.", "Dial *67 or *21*030123#, or press *.")]
    [InlineData("5 * 3 and 5*3 are *15* each, ***really***.", "5 * 3 and 5*3 are 15 each, really.")]
    [InlineData("One.<br/>Two <b>big</b> ones.<|im_end|>", "One. Two big ones.")]
    [InlineData("Wait <break time=\"1s\"/> here, 5 < 6.", "Wait here, 5 < 6.")]
    [InlineData("The total → ten.", "The total ten."), InlineData("One.\n====\nTwo.", "One. Two.")]
    [InlineData("| a | b |\n|---|:--|\n| c | d |", "a b c d"), InlineData("See:\n~~~\nx = 1\n~~~\nDone.", "See: Done.")]
    [InlineData("---", ""), InlineData("…", ""), InlineData("🎉!", ""), InlineData("5%", "5%")]
    [InlineData("1\uFE0F\u20E3 Call us 👩\u200D⚕\uFE0F, 2\u200B000 times\u00AD.", "1 Call us , 2000 times.")]
    [InlineData("Our page (https://www.example.org/a?b#c) says so, **https://example.org**.",
        "Our page (example.org) says so, example.org.")]
    [InlineData("[https://example.org/a](https://example.org/a), <https://ann@example.org:80/>!", "example.org, example.org!")]
    [InlineData("请访问https://example.com/a。谢谢", "请访问example.com。谢谢"), InlineData("https://example.org", "example.org")]
    [InlineData("Tom &amp; Ann&#39;s caf&eacute;&nbsp;at R&D: 5 &lt; 6", "Tom & Ann's café at R&D: 5 < 6")]
    [InlineData("It is \\$5, or \\*67, a\\_b and 1\\. one.\\n\\nBye. a\\new", "It is $5, or *67, a_b and 1. one. Bye. a\\new")]
    [InlineData("部屋は120㎡、荷物は5㎏です。㈜", "部屋は120㎡、荷物は5㎏です。㈜"), InlineData("ශ්\u200Dරී", "ශ්\u200Dරී")]
    // Of models that search: OpenAI's of files and of the web, Perplexity's; and what is none.
    [InlineData("We open at nine【4:0†source】, Ann【12:3†hours.pdf】.", "We open at nine, Ann.")]
    [InlineData("It is ten\uE200cite\uE202turn0search5\uE202turn0search15\uE201.", "It is ten.")]
    [InlineData("At nine[1][2], or ten.[12] Yes.", "At nine, or ten. Yes.")]
    [InlineData("At nine[1] by [our page](https://example.org/a), yes.[2](https://example.org/b)", "At nine by our page, yes.")]
    [InlineData("Press [1], or call +49[0]30 5 or a[b].", "Press [1], or call +49[0]30 5 or a[b].")]
    [InlineData("【重要】请听。", "【重要】请听。"), InlineData("Press **[1]** or \"[2]\".", "Press [1] or \"[2]\".")]
    public void What_is_meant_for_eyes_is_not_said(string text, string said) => Assert.Equal(said, new PlainSpeech().Take(text));

    [Fact]
    public void Code_between_fences_is_not_said_even_when_it_comes_in_pieces()
    {
        var plain = new PlainSpeech();
        Assert.Equal("Like this:", plain.Take("Like this: ```int a;"));
        Assert.Equal("", plain.Take("int b;"));
        Assert.Equal("Done.", plain.Take("``` Done."));
    }

    [Theory]
    [InlineData(0, ""), InlineData(0.39, ""), InlineData(0.6, "one"), InlineData(1.2, "one two"), InlineData(5, "one two three four")]
    public void Only_words_that_ended_were_heard(double seconds, string heard) =>
        Assert.Equal(heard, HeardWords.Of("one two three four", TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2.4)));

    [Theory, InlineData("今天下午三点半。", 1, "今天下午"), InlineData("今天下午三点半。", 0.1, "")]
    [InlineData("いらっしゃいませ", 1.5, "いらっしゃい")]
    [InlineData("สวัสดีครับ", 1, "สวัส"), InlineData("오늘 오후 세 시", 1, "오늘"), InlineData("我叫 Tom Miller", 0.5, "我叫")]
    public void Of_scripts_without_blanks_the_signs_are_told_that_were_heard(string text, double seconds, string heard) =>
        Assert.Equal(heard, HeardWords.Of(text, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2)));

    [Fact]
    public void Of_a_text_whose_length_nobody_knows_it_is_reckoned() =>
        Assert.Equal("one two", HeardWords.Of("one two three four five six", TimeSpan.FromSeconds(0.6), null));
}
