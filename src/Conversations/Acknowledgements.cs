using System.Collections.Frozen;
using System.Text;

namespace Ringwright.Conversations;

/// <summary>What listeners say without wanting a turn, and what they say to get one at once; by language.</summary>
internal static class Acknowledgements
{
    /// <summary>Sounds more than words: recognisers write them alike in all languages.</summary>
    private const string Everywhere = "ok okay okey okej okei oké m mm mmm mhm mhmm mmhm mmhmm hm hmm hmhm uh huh uhuh uhhuh ah aha oh eh ";

    private const int LongestPhrase = 3;

    /// <summary>Words of a phrase, which are none by themselves, have lines between them.</summary>
    private static readonly FrozenDictionary<string, FrozenSet<string>> Spoken = Sets(Everywhere,
        ("en", "yeah yea yes yep yup ya yah right alright all_right sure um i see good great fine cool nice perfect exactly absolutely "
            + "understood gotcha got_it of_course sounds_good i_understand"),
        ("de", "ja jaja jo joa jep jap genau gut na_gut äh ähm ach so klar alles_klar schön stimmt richtig verstehe natürlich super prima"),
        ("fr", "oui ouais ouaip d'accord bien très_bien bien_sûr bon euh voilà entendu exact parfait je_vois"),
        ("es", "sí si sip vale bien muy_bien claro ajá ya bueno dale perfecto exacto correcto entiendo de_acuerdo"),
        ("it", "sì si bene va_bene certo esatto giusto già d'accordo perfetto capito ho_capito"),
        ("pt", "sim é tá está bem tudo_bem bom certo claro uhum aham isso beleza perfeito entendi pois_é"),
        ("nl", "ja jaja jawel goed precies juist klopt prima tuurlijk begrepen snap_ik"),
        ("pl", "tak no no_tak dobrze dobra jasne rozumiem oczywiście"),
        ("sv", "ja jaha jo japp visst precis bra just_det jag_förstår"), ("da", "ja jaja jo nemlig fint godt klart præcis lige_præcis"),
        ("no", Norwegian), ("nb", Norwegian), ("nn", Norwegian), ("fi", "joo juu kyllä niin selvä hyvä aivan just"),
        ("cs", "jo ano dobře jasně fajn přesně rozumím"), ("sk", "áno hej jo dobre jasne fajn presne rozumiem"),
        ("hu", "igen ja jó persze értem rendben"), ("ro", "da bine așa desigur sigur exact înțeleg"),
        ("ru", "да ага угу так хорошо ладно ясно понятно конечно верно точно ок окей м мм мхм хм э эм ну_да"),
        ("uk", "так ага угу добре гаразд ясно зрозуміло звісно точно ок окей м мм хм е"),
        ("el", "ναι εντάξει καλά μάλιστα ωραία σωστά οκ οκέι μμ χμ α"), ("tr", "evet tamam peki olur tabii güzel doğru anladım he hı hıhı"),
        ("ar", "نعم أيوه ايوه أيوا ايوا حسنا حسنًا تمام طيب ماشي صح صحيح أوكي اوكي آه اه"), ("he", "כן אוקיי אוקי בסדר טוב נכון הבנתי אהה"),
        ("hi", "हाँ हां हा जी ठीक है अच्छा ओके हम्म haan ji theek hai accha achha"),
        ("id", "ya iya oke baik betul siap"), ("ms", "ya ye baik betul faham"), ("vi", "vâng dạ ừ ờ à được được_rồi đúng đúng_rồi"),
        ("th", "ครับ ค่ะ คะ ใช่ โอเค ได้ อืม อือ"),
        ("zh", "嗯 嗯嗯 嗯哼 好 好的 好吧 对 对对 对对对 是 是的 行 哦 噢 喔 啊 明白 了解 知道了"),
        ("ja", "はい はいはい ええ うん うんうん そう そうです そうですね なるほど へえ あー ああ わかりました 分かりました 了解"),
        ("ko", "네 네네 예 예예 넵 응 음 아 그래요 그렇군요 맞아요 알겠습니다 알겠어요 오케이"));

    private const string Norwegian = "ja jaha jo jaja greit fint bra akkurat nettopp";

    private static readonly FrozenDictionary<string, FrozenSet<string>> Halting = Sets("",
        ("en", "stop wait hold"), ("de", "stopp stop halt warte warten moment"), ("fr", "stop attendez attends"),
        ("es", "alto para espera espere"), ("it", "stop aspetta aspetti fermo ferma basta"), ("pt", "pare para espera espere"),
        ("nl", "stop wacht"), ("pl", "stop czekaj stój moment chwila"), ("hi", "रुको रुकिए रुकिये बस स्टॉप"), ("zh", "停 停一下 等等 等一下 等一等 慢着"),
        ("ja", "待って 待ってください ちょっと待って ストップ"), ("ko", "잠깐 잠깐만 잠깐만요 잠시만요 그만 멈춰"));

    /// <summary>Nothing but such words.</summary>
    public static bool IsOnly(string text, string language)
    {
        var words = SpokenWords.Of(text);
        var known = Of(Spoken, language);
        int at = 0;
        while (at < words.Count)
        {
            int length = Math.Min(LongestPhrase, words.Count - at);
            while (length > 0 && !Has(known, string.Join(' ', words.Skip(at).Take(length)))) length--;
            if (length == 0) return false;
            at += length;
        }
        return at > 0;
    }

    /// <summary>One of the words that always get a turn.</summary>
    public static bool Halts(string text, string language)
    {
        var known = Of(Halting, language);
        return SpokenWords.Of(text).Any(word => Has(known, word));
    }

    /// <summary>However long a sound of it is drawn: hmmmm, yeahhh, okaaay.</summary>
    private static bool Has(FrozenSet<string> known, string said) =>
        known.Contains(said) || known.Contains(Drawn(said, 1)) || known.Contains(Drawn(said, 2));

    /// <summary>The same with so many of each sign that stands there three times or more.</summary>
    private static string Drawn(string said, int times)
    {
        var drawn = new StringBuilder();
        for (int from = 0, to; from < said.Length; from = to)
        {
            for (to = from + 1; to < said.Length && said[to] == said[from];) to++;
            drawn.Append(said[from], to - from >= 3 ? times : to - from);
        }
        return drawn.ToString();
    }

    private static FrozenSet<string> Of(FrozenDictionary<string, FrozenSet<string>> sets, string language) =>
        sets.GetValueOrDefault(language.Split('-')[0].ToLowerInvariant()) ?? sets["en"];

    private static FrozenDictionary<string, FrozenSet<string>> Sets(string all, params ReadOnlySpan<(string Language, string Words)> rows)
    {
        var sets = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        foreach (var (language, words) in rows)
            sets[language] = (all + words).Split(' ').Select(word => word.Replace('_', ' ')).ToFrozenSet(StringComparer.Ordinal);
        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
