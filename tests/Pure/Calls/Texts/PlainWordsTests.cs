using Ringwright.Calls.Texts;

namespace Ringwright.Pure.Calls.Texts;

/// <summary>Punctuation that keeps a text out of the short alphabet.</summary>
public sealed class PlainWordsTests
{
    [Theory]
    [InlineData("It\u2019s \u201Cready\u201D \u2013 come\u2026", "It's \"ready\" - come...")]
    [InlineData("10\u00A0\u20AC\u200B or `more`", "10 \u20AC or 'more'")]
    [InlineData("two\u2028lines\u2029or\u0085four\u000Bhere", "two\nlines\nor\nfour\nhere")]
    [InlineData("\u200Ehere\u200F \u202Dand\u202C \u2066there\u2069", "here and there")]
    [InlineData("cafe\u0301, A\u030Angstro\u0308m", "caf\u00E9, \u00C5ngstr\u00F6m")]
    [InlineData("man\u0303ana, citta\u0300, C\u0327a", "ma\u00F1ana, citt\u00E0, \u00C7a")]
    [InlineData("\u301DHawai\u02BBi\u301E, 5\u20326\u2033, \u275Bso\u275C", "\"Hawai'i\", 5'6\", 'so'")]
    [InlineData("of\uFB01ce \uFB02oor, e\uFB03cient \u2043 1\u22152", "office floor, efficient - 1/2")]
    [InlineData("\uFF33\uFF2F\uFF33\uFF01 \uFF11\uFF0B\uFF12\uFF40\uFF5E", "SOS! 1+2'~")]
    [InlineData("plain already ^{}", "plain already ^{}")]
    [InlineData("", "")]
    public void It_is_written_plainly(string text, string plain)
    {
        Assert.Equal(plain, PlainWords.Of(text));
        Assert.Equal(TextEncoding.Gsm7, TextCut.Of(plain).Encoding);
    }

    [Theory]
    [InlineData("It\u2019s \u2026 \u0436"), InlineData("\u201Cyes\u201D \uD83D\uDE00")]
    [InlineData("\uFF21\u4F60\u597D\uFF01"), InlineData("\u2019\u00E1"), InlineData("a\u0301 \u2019")]
    [InlineData("c\u0327a \u2019"), InlineData("J\u030C \u2019"), InlineData("\u0301 \u2019")]
    [InlineData("2\u00BD")]       // 21/2 is another number
    public void What_it_does_not_help_stays_as_it_is(string text) => Assert.Equal(text, PlainWords.Of(text));
}
