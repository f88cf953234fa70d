using Ringwright.Calls;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>Where a long text may be cut, and where not.</summary>
public sealed class SpeechPiecesTests
{
    private const string Sentence = "The quick brown fox has jumped over the lazy hound again today. ";

    private static string[] Cut(string text, bool isSsml = false) =>
        [.. SpeechPieces.Of(new PromptSource.Speech(text, "female", "en-US", isSsml)).Select(s => ((PromptSource.Speech)s).Text)];

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    [Fact]
    public void A_long_text_is_cut_behind_its_first_sentence_and_then_less_often()
    {
        string text = Repeat(Sentence, 30);
        string[] pieces = Cut(text);
        Assert.Equal(text, string.Concat(pieces));
        Assert.Equal(Sentence, pieces[0]);
        Assert.Equal(Repeat(Sentence, 3), pieces[1]);
        Assert.All(pieces[2..^1], piece => Assert.InRange(piece.Length, 300, 400));
        Assert.All(pieces[..^1], piece => Assert.EndsWith(". ", piece, StringComparison.Ordinal));
    }

    [Fact]
    public void Voice_language_and_kind_of_the_pieces_are_the_text_s()
    {
        var whole = new PromptSource.Speech(Repeat(Sentence, 10), "AWS.Polly.Joanna", "en-US", IsSsml: false);
        Assert.All(SpeechPieces.Of(whole), piece => Assert.Equal(whole, (PromptSource.Speech)piece with { Text = whole.Text }));
    }

    [Theory]
    [InlineData("A short text. It is made in one. There is nothing to gain.")]
    [InlineData("http://a/1.wav")]
    public void A_short_text_is_whole(string text) => Assert.Equal(text, Assert.Single(Cut(text)));

    [Theory]
    // Abbreviations, numbers, and what goes on in small letters.
    [InlineData("We have seen Dr. Smith and Mr. Jones at 5 p.m. On the 3. May and 4. June they bought 17.5 kg of it for St. Mary, and ")]
    [InlineData("This goes on and on, without an end, or one (so they said!) that is none, e.g. like that... and so on and so forth, ")]
    public void What_may_be_no_end_of_a_sentence_is_none(string text) => Assert.Single(Cut(Repeat(text, 5)));

    [Theory]
    [InlineData("Is this the end of the first one that was said to them? \"Yes, it is!\" Then they went home, and slept until noon.\n\n")]
    [InlineData("今日はとても良い天気ですね。明日も晴れるでしょうか？それはまだ誰にも分かりません。しかし私たちは出かけることにしました。")]
    [InlineData("आज मौसम बहुत अच्छा है और हम सब बाहर जा रहे हैं। कल भी ऐसा ही मौसम रहेगा ऐसा लोग कहते हैं। देखते हैं क्या होता है। ")]
    public void Ends_of_other_kinds_are_ends_too(string text)
    {
        string[] pieces = Cut(Repeat(text, 6));
        Assert.InRange(pieces.Length, 2, 20);
        Assert.Equal(Repeat(text, 6), string.Concat(pieces));
    }

    [Fact]
    public void Markup_is_cut_between_its_sentences_and_each_piece_is_whole_markup()
    {
        string one = $"<s>{Sentence}<break time=\"1s\"/></s>";
        string[] pieces = Cut($" <speak xml:lang='en-US'>{Repeat(one, 12)}</speak>\n", isSsml: true);
        Assert.InRange(pieces.Length, 3, 12);
        Assert.All(pieces, piece =>
        {
            Assert.StartsWith("<speak xml:lang='en-US'><s>", piece, StringComparison.Ordinal);
            Assert.EndsWith("</s></speak>", piece, StringComparison.Ordinal);
        });
        Assert.Equal(12, pieces.Sum(piece => piece.Split("<s>").Length - 1));
        Assert.InRange(Cut(Repeat($"<p>{Sentence}</p>", 12), isSsml: true).Length, 3, 12);
    }

    public static TheoryData<string> Whole => new(
        $"<speak><prosody rate=\"slow\">{Repeat($"<s>{Sentence}</s>", 12)}</prosody></speak>",
        $"<speak>{Repeat(Sentence, 12)}</speak>",
        $"<speak><!-- </s> -->{Repeat($"<s>{Sentence}</s>", 12)}</speak>",
        $"<?xml version=\"1.0\"?><speak>{Repeat($"<s>{Sentence}</s>", 12)}</speak>",
        $"<speak>{Repeat($"<s>{Sentence}</s>", 12)}",
        $"<speak>{Repeat($"<s>{Sentence}</p>", 12)}</speak>",
        $"<speak>{Repeat($"<s>{Sentence}</s>", 12)}</speak><speak>more</speak>",
        $"words <speak>{Repeat($"<s>{Sentence}</s>", 12)}</speak>",
        $"<speak>{Repeat($"<s>{Sentence}</s>", 12)}<s</speak>",
        $"{Repeat("<p>", 40)}{Repeat($"<s>{Sentence}</s>", 12)}{Repeat("</p>", 40)}",
        Repeat("<", 2_000), Repeat("</s>", 500), Repeat("<s a='>", 300));

    [Theory, MemberData(nameof(Whole))]
    public void Markup_in_doubt_is_whole(string ssml) => Assert.Equal(ssml, Assert.Single(Cut(ssml, isSsml: true)));
}
