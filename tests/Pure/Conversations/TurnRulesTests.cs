using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

public sealed class TurnRulesTests
{
    [Theory]
    [InlineData("I would like a pizza.", 0.4)]
    [InlineData("really?", 0.4)]
    [InlineData("my number is five", 0.5)]
    [InlineData("it is 42", 0.5)]
    [InlineData("anna at", 0.5)]
    [InlineData("b", 0.5)]
    [InlineData("I would like", 1.5), InlineData("ich nehme das, Punkt.", 0.4), InlineData("ich nehme zwei", 1.5)]
    [InlineData("我要订一张票。", 0.4), InlineData("मुझे एक टिकट चाहिए।", 0.4), InlineData("هل أنت هناك؟", 0.4)]
    public void How_long_silence_must_be_is_said_by_the_last_word(string text, double seconds) =>
        Assert.Equal(seconds, TurnRules.SilenceBehind(text, TurnTerms.Usual, isDictation: false).TotalSeconds);

    [Theory]
    [InlineData("four one five", 1.5)]
    [InlineData("four one five.", 1.5)]
    [InlineData("that is all.", 0.4)]
    [InlineData("null eins sieben.", 1.5), InlineData("zéro six, douze", 1.5), InlineData("vierundzwanzig", 1.5)]
    [InlineData("max punkt", 1.5), InlineData("seis uno", 1.5), InlineData("anna underscore", 1.5), InlineData("Das ist alles.", 0.4)]
    public void Whoever_dictates_a_number_may_pause_in_it(string text, double seconds) =>
        Assert.Equal(seconds, TurnRules.SilenceBehind(text, TurnTerms.Usual, isDictation: true).TotalSeconds);

    [Theory]
    [InlineData("मुझे हिंदी", "मुझे|हिंदी"), InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("cafe\u0301 au lait", "cafe\u0301|au|lait")]
    [InlineData("Don't. O’clock", "don't|o'clock"), InlineData("\u0301 a", "a")]
    public void A_word_has_all_that_its_script_writes_within_it(string text, string words) =>
        Assert.Equal(words.Split('|'), SpokenWords.Of(text));

    [Fact]
    public void Without_punctuation_from_the_recogniser_less_silence_is_asked_for() =>
        Assert.Equal(0.7, TurnRules.SilenceBehind("I would like", TurnTerms.Usual with { HasPunctuation = false }, false).TotalSeconds);

    [Theory]
    [InlineData("", true), InlineData("...", true), InlineData("I", true), InlineData("you you you you", true)]
    [InlineData("5", false), InlineData("no", false), InlineData("one one one", false), InlineData("no no", false)]
    [InlineData("Null, null, null.", false), InlineData("cinco cinco cinco", false), InlineData("zéro zéro zéro", false)]
    // Yes and no in Chinese, Korean and Hindi, and a letter of Hindi alone.
    [InlineData("Thanks for watching!", true), InlineData("Untertitel im Auftrag des ZDF, 2017", true)]
    [InlineData("I see it now. I see it now. I see it now. I see it now. I see it now. I see it now. I see it now. I see it now.", true)]
    [InlineData("I want an agent. I want an agent. I want an agent. I want an agent.", false)]
    [InlineData("Representative, representative, representative, representative!", false), InlineData("agent agent agent", false)]
    [InlineData("agent agent agent agent agent agent agent agent", true)]
    [InlineData("No, no, no.", false), InlineData("Yeah, yeah, yeah, yeah.", false), InlineData("wait wait wait", false)]
    [InlineData("Nein, nein, nein!", false), InlineData("Sí, sí, sí.", false), InlineData("нет, нет, нет", false)]
    [InlineData("네, 네, 네.", false), InlineData("no no no no no no no no", true), InlineData("the the the", true)]
    [InlineData("oh oh oh", false)] // three zeros of a number
    [InlineData("seventeen, seventeen, two, seventeen, seventeen, two, seventeen, seventeen, two, seventeen, seventeen, two", false)]
    [InlineData("是", false), InlineData("不。", false), InlineData("네.", false), InlineData("हाँ", false), InlineData("ह", true)]
    public void What_recognisers_write_in_silence_is_nothing(string text, bool isNoise) =>
        Assert.Equal(isNoise, TurnRules.IsNoise(text));

    [Theory, InlineData("S.", false), InlineData("W. W. W.", false), InlineData("you you you", true), InlineData("...", true)]
    [InlineData("J. O. H. N. S. T. O. N.", false), InlineData("s s s s s s s s", true)]
    public void Letters_that_somebody_spells_are_something(string text, bool isNoise) =>
        Assert.Equal(isNoise, TurnRules.IsNoise(text, isDictation: true));

    [Theory]
    [InlineData("What is your order number?", true), InlineData("Please spell your last name.", true), InlineData("Your e-mail?", true)]
    [InlineData("And your number? You find it on the receipt.", true), InlineData("Wie ist Ihre Kundennummer?", true)]
    [InlineData("Ihre Postleitzahl bitte.", true), InlineData("Quel est votre numéro ?", true)]
    [InlineData("Your order number is four seven one one.", false), InlineData("How many pizzas?", false), InlineData("", false)]
    [InlineData("I have your number. Shall I call?", false), InlineData("What are the letters on your card?", true)]
    [InlineData("Und das Kennzeichen?", true)]
    public void What_is_asked_for_shows_by_the_words_of_the_question(string said, bool isDictated) =>
        Assert.Equal(isDictated, Dictation.IsAskedBy(said));

    [Theory]
    [InlineData("age", """{"type": "integer"}""", true), InlineData("size", """{"type": ["number", "null"]}""", true)]
    [InlineData("contact", """{"type": "string", "format": "email"}""", true), InlineData("phone_1", """{"type": "string"}""", true)]
    [InlineData("city", """{"type": "string"}""", false), InlineData("city", "null", false), InlineData("city", """{"type": {}}""", false)]
    public void What_is_gathered_shows_by_the_field(string field, string schema, bool isDictated) =>
        Assert.Equal(isDictated, Dictation.IsAskedBy(field, System.Text.Json.Nodes.JsonNode.Parse(schema)));

    [Theory]
    [InlineData("mm-hm, okay", "en-US", true), InlineData("okay but", "en-US", false), InlineData("", "en-US", false)]
    [InlineData("genau", "de-AT", true), InlineData("genau", "en-US", false)]
    [InlineData("嗯，好的。", "zh-CN", true), InlineData("我要一张票。", "zh-CN", false), InlineData("ठीक है, जी।", "hi-IN", true)]
    [InlineData("네, 네.", "ko-KR", true), InlineData("はい", "ja-JP", true), InlineData("Sì, certo.", "it-IT", true)]
    // As recognisers write them, however long they are drawn.
    [InlineData("Uh-huh.", "en-US", true), InlineData("Mhmm", "en-US", true), InlineData("Hmmmm…", "en-US", true)]
    [InlineData("Yeahhh", "en-US", true), InlineData("Okaaay, goood.", "en-US", true), InlineData("uh-huh, okay", "es-MX", true)]
    [InlineData("M-hm.", "de-DE", true), InlineData("Mmhmm", "fr-FR", true), InlineData("对对对对对", "zh-CN", true)]
    // Phrases, whose words by themselves are none.
    [InlineData("All right, got it.", "en-US", true), InlineData("all", "en-US", false), InlineData("got him", "en-US", false)]
    [InlineData("Alles klar.", "de-DE", true), InlineData("alles", "de-DE", false), InlineData("D’accord, très bien.", "fr-FR", true)]
    [InlineData("Just det, okej.", "sv-SE", true), InlineData("det", "sv-SE", false), InlineData("Ja, nettopp.", "nb-NO", true)]
    [InlineData("Joo, selvä.", "fi-FI", true), InlineData("Угу, понятно.", "ru-RU", true), InlineData("Tak, dobrze.", "pl-PL", true)]
    [InlineData("Jo, dobře.", "cs-CZ", true), InlineData("Evet, tamam.", "tr-TR", true), InlineData("Igen, persze.", "hu-HU", true)]
    [InlineData("نعم، تمام.", "ar-EG", true), InlineData("כן, בסדר.", "he-IL", true), InlineData("Vâng ạ", "vi-VN", false)]
    [InlineData("Vâng, được rồi.", "vi-VN", true), InlineData("ครับ", "th-TH", true), InlineData("Ναι, εντάξει.", "el-GR", true)]
    [InlineData("Da, bine.", "ro-RO", true), InlineData("Iya, betul.", "id-ID", true), InlineData("um", "pt-BR", false)]
    public void Acknowledgements_are_of_a_language(string text, string language, bool isOne) =>
        Assert.Equal(isOne, Acknowledgements.IsOnly(text, language));

    [Theory]
    [InlineData("stop it", "en-US", true), InlineData("等一下！", "zh-CN", true), InlineData("잠깐만요", "ko-KR", true)]
    [InlineData("aspetti, prego", "it", true), InlineData("zum Beispiel", "de", false), InlineData("rather not", "sv-SE", false)]
    public void Words_that_always_get_a_turn_are_of_a_language(string text, string language, bool halts) =>
        Assert.Equal(halts, Acknowledgements.Halts(text, language));

    [Theory]
    [InlineData("one two, three", "123"), InlineData("4 1 5", "415"), InlineData("oh seven", "07"), InlineData("maybe two", "")]
    [InlineData("٤١٥", "415"), InlineData("४ १ ५", "415"), InlineData("４１５", "415")]
    public void Digits_that_are_said_are_digits(string text, string digits) => Assert.Equal(digits, SpokenWords.DigitsOf(text));
}
