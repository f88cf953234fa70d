using System.Collections.Frozen;

namespace Ringwright.Conversations;

/// <summary>What listeners say without wanting a turn, and what they say to get one at once; by language.</summary>
internal static class Acknowledgements
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> Spoken = Sets(
        ("en", "yeah yes yep yup ok okay right sure mm mhm hm hmm mmm uh huh um aha ah oh i see good great fine"),
        ("de", "ja jo ok okay genau gut mm mhm hm hmm äh ähm aha ach so klar schön stimmt"),
        ("fr", "oui ouais ok okay d'accord bien mm mhm hm hmm euh ah bon"),
        ("es", "sí si ok okay vale bien claro mm mhm hm hmm eh ah ajá"),
        ("it", "sì si ok okay bene certo esatto giusto mm mhm hm hmm eh ah già"),
        ("pt", "sim é ok okay tá está bem bom certo claro mm mhm hm hmm uhum aham ah"),
        ("nl", "ja jaja oké ok okay goed precies juist mm mhm hm hmm eh ah"),
        ("pl", "tak no ok okay dobrze jasne mm mhm hm hmm aha ah"),
        ("hi", "हाँ हां जी ठीक है अच्छा ओके हम्म mm hm ok okay"),
        ("zh", "嗯 嗯嗯 好 好的 好吧 对 对对 对对对 是 是的 行 哦 啊 ok okay"),
        ("ja", "はい はいはい ええ うん うんうん そう そうです そうですね なるほど へえ あー ok"),
        ("ko", "네 네네 예 응 음 아 그래요 맞아요 알겠습니다 ok"));

    private static readonly FrozenDictionary<string, FrozenSet<string>> Halting = Sets(
        ("en", "stop wait hold"), ("de", "stopp stop halt warte warten moment"), ("fr", "stop attendez attends"),
        ("es", "alto para espera espere"), ("it", "stop aspetta aspetti fermo ferma basta"), ("pt", "pare para espera espere"),
        ("nl", "stop wacht"), ("pl", "stop czekaj stój moment chwila"), ("hi", "रुको रुकिए रुकिये बस स्टॉप"), ("zh", "停 停一下 等等 等一下 等一等 慢着"),
        ("ja", "待って 待ってください ちょっと待って ストップ"), ("ko", "잠깐 잠깐만 잠깐만요 잠시만요 그만 멈춰"));

    /// <summary>Nothing but such words.</summary>
    public static bool IsOnly(string text, string language) =>
        SpokenWords.Of(text) is { Count: > 0 } words && words.All(Of(Spoken, language).Contains);

    /// <summary>One of the words that always get a turn.</summary>
    public static bool Halts(string text, string language) => SpokenWords.Of(text).Any(Of(Halting, language).Contains);

    private static FrozenSet<string> Of(FrozenDictionary<string, FrozenSet<string>> sets, string language) =>
        sets.GetValueOrDefault(language.Split('-')[0].ToLowerInvariant()) ?? sets["en"];

    private static FrozenDictionary<string, FrozenSet<string>> Sets(params ReadOnlySpan<(string Language, string Words)> rows)
    {
        var sets = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        foreach (var (language, words) in rows) sets[language] = words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
