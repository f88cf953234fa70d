namespace Ringwright.Calls.Texts;

/// <summary>
/// Letters of languages that the default alphabet does not have (3GPP TS 23.038, annex A): Turkish, Spanish and Portuguese. A text in other
/// languages is read by the usual tables.
/// </summary>
internal static class GsmLanguages
{
    private const int Turkish = 1, Spanish = 2, Portuguese = 3;

    private const string TurkishLetters = "@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà";
    private const string PortugueseLetters = "@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|ÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?"
        + "ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà";

    /// <summary>In place of the basic table, without the escape; null where that holds.</summary>
    public static string? Locking(int language) => language switch
    {
        Turkish => TurkishLetters,
        Portuguese => PortugueseLetters,
        _ => null,
    };

    /// <summary>The letter behind an escape; null where the usual extension holds, which all of them have too.</summary>
    public static char? Single(int language, int code)
    {
        var (codes, letters) = language switch
        {
            Turkish => ("GIScgis", "ĞİŞçğış"),
            Spanish => ("\u0009AIOUaiou", "çÁÍÓÚáíóú"),
            Portuguese => ("\u0005\u0009\u000B\u000C\u000E\u000F\u0012\u0013\u0015\u0016\u0017\u0018\u0019\u001FAIOU[\\aiou{|\u007F",
                "êçÔôÁáΦΓΩΠΨΣΘÊÀÍÓÚÃÕÂíóúãõâ"),
            _ => ("", ""),
        };
        return codes.IndexOf((char)code) is >= 0 and var at ? letters[at] : null;
    }
}
