using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>What the end of a text says of whether more will come (5.2).</summary>
internal static class TurnRules
{
    /// <summary>A word of more letters is one that somebody may say thrice ("agent"), and nobody so often.</summary>
    private const int ShortWord = 4, TooOften = 8;

    /// <summary>Of the short words those that people do say thrice: to answer, to stop somebody, to call him.</summary>
    private static readonly FrozenSet<string> SaidAgain = (
        "no nope yes yeah yep yup yo ok okay stop wait hold help what why who sure hey hi bye "
        + "ja nein doch halt non oui si sí ya vale alto para sì não sim nee nej nei nie tak ne da jo "
        + "нет да ні так ага nem igen nu evet yok hayır ναι όχι لا نعم كلا כן לא हाँ हां नहीं जी ไม่ ใช่ vâng dạ tidak ya "
        + "不 不是 不要 不用 不行 是 对 好 いや いいえ はい うん 네 예 아니 아니요")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// What stands in numbers and addresses besides. Only who was asked for one has time behind these: elsewhere they are words as any.
    /// </summary>
    private static readonly FrozenSet<string> InDictation = (
        "zehn elf zwölf zwanzig dreißig hundert punkt ät klammeraffe bindestrich unterstrich "
        + "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent point arobase tiret "
        + "diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien punto arroba guion "
        + "dieci undici dodici tredici quattordici quindici sedici venti trenta quaranta cinquanta sessanta settanta ottanta novanta "
        + "chiocciola trattino dez onze doze treze vinte cinquenta oitenta ponto hífen tien elf twaalf twintig dertig punt apenstaartje "
        + "dziesięć dwadzieścia kropka małpa dash hyphen underscore")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Twenty to ninety of German, with what stands before them in one word.</summary>
    private const string Tens = "zig";

    /// <summary>How much silence behind these words ends a turn.</summary>
    /// <param name="isDictation">A number, a name or an address is asked for.</param>
    public static TimeSpan SilenceBehind(string text, TurnTerms terms, bool isDictation)
    {
        var words = SpokenWords.Of(text);
        bool isNumber = words.Count > 0 && (IsPartOfNumber(words[^1]) || isDictation && IsDictated(words[^1]));
        var rule = isNumber && isDictation ? terms.OnDictation
            : SentenceMarks.EndsSentence(text) ? terms.OnPunctuation
            : isNumber ? terms.OnNumber
            : terms.HasPunctuation ? terms.OnNoPunctuation : terms.Unpunctuated;
        return rule > terms.Wait ? rule : terms.Wait;
    }

    /// <summary>Nothing that anybody has said: recognisers write such things when it is silent.</summary>
    /// <param name="isDictation">As in <see cref="SilenceBehind"/>: who spells says one letter and pauses, or one thrice ("W W W").</param>
    public static bool IsNoise(string text, bool isDictation = false)
    {
        var words = SpokenWords.Of(text);
        if (words.Count == 0) return true;
        if (isDictation && words.Count < TooOften && words.All(static word => word.Length == 1)) return false;
        if (words.Count == 1 && words[0].Length < 2)
            return !char.IsAsciiDigit(words[0][0]) && !SpokenWords.IsWholeWord(words[0][0]);
        if (words.Count >= 3 && words.All(word => word == words[0]))
            return !IsDigit(words[0])
                && (words[0].Length <= ShortWord && !SaidAgain.Contains(words[0]) || words.Count >= TooOften);
        return InventedWords.AreOfFilm(text) || !words.Any(IsDigit) && InventedWords.Are(text);
    }

    private static bool IsDigit(string word) => SpokenWords.IsNumber(word) || DigitWords.Has(word);

    private static bool IsDictated(string word) =>
        DigitWords.Has(word) || InDictation.Contains(word) || word.EndsWith(Tens, StringComparison.Ordinal);

    private static bool IsPartOfNumber(string word) => word.Length == 1 || word is "at" or "dot" || SpokenWords.IsNumber(word);
}
