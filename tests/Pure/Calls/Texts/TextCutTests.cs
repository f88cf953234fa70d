using Ringwright.Calls.Texts;

namespace Ringwright.Pure.Calls.Texts;

public sealed class TextCutTests
{
    private const string Emoji = "\U0001F600";

    [Theory]
    [InlineData(0, 1), InlineData(1, 1), InlineData(160, 1), InlineData(161, 2), InlineData(306, 2), InlineData(307, 3),
        InlineData(1530, 10), InlineData(1531, 11)]
    public void Letters_of_the_alphabet_are_160_alone_and_153_among_others(int letters, int parts) =>
        Assert.Equal((TextEncoding.Gsm7, parts), Shape(new string('a', letters)));

    [Theory]
    [InlineData(70, 1), InlineData(71, 2), InlineData(134, 2), InlineData(135, 3), InlineData(670, 10), InlineData(671, 11)]
    public void Others_are_70_alone_and_67_among_others(int letters, int parts) =>
        Assert.Equal((TextEncoding.Ucs2, parts), Shape(new string('ж', letters)));

    [Theory]
    [InlineData("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ÄÖÑÜ§¿äöñüà¡¤", TextEncoding.Gsm7)]
    [InlineData("\f^{}\\[~]|€", TextEncoding.Gsm7)]
    [InlineData("ç", TextEncoding.Ucs2)]           // only the capital one is in it
    [InlineData("`", TextEncoding.Ucs2)]
    [InlineData("á", TextEncoding.Ucs2)]
    [InlineData("\t", TextEncoding.Ucs2)]
    [InlineData("\u001b", TextEncoding.Ucs2)]      // the escape itself is no character
    [InlineData("“quoted”", TextEncoding.Ucs2)]
    [InlineData(Emoji, TextEncoding.Ucs2)]
    public void The_alphabet_is_that_of_the_standard(string text, TextEncoding encoding) =>
        Assert.Equal(encoding, TextCut.Of(text).Encoding);

    [Fact]
    public void An_extended_character_is_two_septets()
    {
        Assert.Equal((TextEncoding.Gsm7, 1), Shape(new string('€', 80)));
        Assert.Equal((TextEncoding.Gsm7, 2), Shape(new string('€', 81)));
        Assert.Equal((TextEncoding.Gsm7, 2), Shape(new string('a', 159) + "€"));       // 161
    }

    [Fact]
    public void An_escape_pair_is_not_parted()
    {
        // The euro would begin at the last septet of the first part.
        var cut = TextCut.Of(new string('a', 152) + "€" + new string('b', 20));
        Assert.Equal([new string('a', 152), "€" + new string('b', 20)], cut.Parts);
        // By dividing, 306 septets were two parts: each of 76 pairs leaves one septet over.
        Assert.Equal(3, TextCut.Of(new string('€', 153)).Parts.Count);
    }

    [Fact]
    public void A_surrogate_pair_is_not_parted()
    {
        string text = "x" + string.Concat(Enumerable.Repeat(Emoji, 35));                // 71 units
        var cut = TextCut.Of(text);
        Assert.Equal([67, 4], cut.Parts.Select(part => part.Length));
        text = string.Concat(Enumerable.Repeat(Emoji, 36));                             // a pair over the border at 67
        cut = TextCut.Of(text);
        Assert.Equal([66, 6], cut.Parts.Select(part => part.Length));
        Assert.All(cut.Parts, part => Assert.False(char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])));
        Assert.Equal(text, string.Concat(cut.Parts));
    }

    [Fact]
    public void Half_a_pair_is_a_unit_of_its_own() => Assert.Equal((TextEncoding.Ucs2, 2), Shape(new string('\ud83d', 71)));

    [Fact]
    public void Whatever_is_cut_is_whole_again()
    {
        var random = new Random(20261125);
        string[] units = ["a", "€", "ж", Emoji, "\n", "{", "é"];
        for (int round = 0; round < 200; round++)
        {
            // without and with what is not in the alphabet
            var from = round % 2 == 0 ? units : ["a", "€", "{", "é", "\n"];
            string text = string.Concat(Enumerable.Range(0, random.Next(0, 700)).Select(_ => from[random.Next(from.Length)]));
            var cut = TextCut.Of(text);
            Assert.Equal(text, string.Concat(cut.Parts));
            int most = cut.Encoding is TextEncoding.Gsm7 ? cut.Parts.Count == 1 ? 160 : 153 : cut.Parts.Count == 1 ? 70 : 67;
            Assert.All(cut.Parts, part =>
                Assert.True((cut.Encoding is TextEncoding.Gsm7 ? part.Sum(Gsm7.SeptetsOf) : part.Length) <= most));
        }
    }

    private static (TextEncoding, int) Shape(string text)
    {
        var cut = TextCut.Of(text);
        return (cut.Encoding, cut.Parts.Count);
    }
}
