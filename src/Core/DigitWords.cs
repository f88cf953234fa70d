using System.Collections.Frozen;

namespace Ringwright.Core;

/// <summary>Digits in words, by which people say numbers.</summary>
public static class DigitWords
{
    private static readonly FrozenSet<string> All = (
        "zero oh one two three four five six seven eight nine null eins zwei zwo drei vier fünf sechs sieben acht neun "
        + "zéro un deux trois quatre cinq sept huit neuf cero uno dos tres cuatro cinco seis siete ocho nueve "
        + "due tre quattro cinque sei sette otto nove um uma dois duas três quatro sete oito "
        + "nul een twee vijf zes zeven negen jeden dwa trzy cztery pięć sześć siedem osiem dziewięć")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <param name="word">In lower case.</param>
    public static bool Has(string word) => All.Contains(word);
}
