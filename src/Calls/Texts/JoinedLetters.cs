using System.Collections.Frozen;

namespace Ringwright.Calls.Texts;

/// <summary>
/// Letters that some write as two signs: the bare one, and its accent behind it. .NET joins none of them in a program that knows no
/// culture, as this one (<c>InvariantGlobalization</c>): all text is normal to it.
/// </summary>
internal static class JoinedLetters
{
    private const char FirstAccent = '\u0300', LastAccent = '\u036F';

    /// <summary>Small letters of Latin, with those of Vietnamese, of Greek and of Cyrillic, each behind what is bare of it.</summary>
    private static readonly FrozenDictionary<(char, char), char> Small = new (string Pairs, char Accent)[]
    {
        ("aàeèiìoòuùâầăằêềôồơờưừyỳеѐиѝ", '\u0300'), ("aáeéiíoóuúyýcćlĺnńrŕsśzźâấăắêếôốơớưứαάεέηήιίϋΰοόυύωώϊΐгѓкќ", '\u0301'),
        ("aâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷạậẹệọộ", '\u0302'), ("aãnñoõiĩuũâẫăẵeẽêễôỗơỡưữyỹ", '\u0303'), ("aāeēiīoōuū", '\u0304'),
        ("aăeĕgğiĭoŏuŭạặийуў", '\u0306'), ("cċeėgġzż", '\u0307'), ("aäeëiïoöuüyÿιϊυϋеёії", '\u0308'),
        ("aảâẩăẳeẻêểiỉoỏôổơởuủưửyỷ", '\u0309'), ("aåuů", '\u030A'), ("oőuű", '\u030B'), ("cčdďeělľnňrřsštťzž", '\u030C'),
        ("oơuư", '\u031B'), ("aạeẹiịoọơợuụưựyỵâậăặêệôộ", '\u0323'), ("sștț", '\u0326'), ("cçgģkķlļnņrŗsştţ", '\u0327'),
        ("aąeęiįuų", '\u0328'),
    }.SelectMany(row => row.Pairs.Chunk(2).Select(pair => KeyValuePair.Create((pair[0], row.Accent), pair[1]))).ToFrozenDictionary();

    /// <param name="letter">It may have an accent already: some of Vietnamese have two.</param>
    /// <returns>Null where the two are no letter.</returns>
    public static char? Of(char letter, char accent)
    {
        if (accent is < FirstAccent or > LastAccent) return null;
        char small = char.ToLowerInvariant(letter);
        if (!Small.TryGetValue((small, accent), out char joined)) return null;
        if (small == letter) return joined;
        // Of one that has no large form the large one is no letter.
        return char.ToUpperInvariant(joined) is var large && large != joined ? large : null;
    }
}
