using System.Text;

namespace Ringwright.Core;

/// <summary>
/// What recognisers of whisper's kind write where nobody has spoken: the last lines of films and videos that they have learned from, and
/// one phrase over and over.
/// </summary>
public static class InventedWords
{
    /// <summary>
    /// So often at least, and of so many letters, a phrase is none that somebody says: "no, no, no" is, and whoever wants another than a
    /// machine says "I want an agent" four or five times. Recognisers that repeat themselves go on to the end of what they may write.
    /// </summary>
    private const int FewestTimes = 8, FewestLetters = 8, MostLetters = 200;

    /// <summary>Names and years stand behind a beginning.</summary>
    private const int BehindBeginning = 60;

    /// <summary>As <see cref="LettersOf"/> has them. No one of them is said to somebody on a telephone.</summary>
    private static readonly string[] Lines = Letters(
        "thank you for watching|thank you so much for watching|thank you very much for watching|thank you all for watching|"
        + "thanks for watching|thanks so much for watching|thanks for watching guys|and i'll see you in the next video|"
        + "i'll see you in the next video|see you in the next video|see you in the next one|"
        + "don't forget to like and subscribe|like and subscribe|please like and subscribe|please subscribe to my channel|"
        + "please subscribe to the channel|subscribe to my channel|don't forget to subscribe|"
        + "vielen dank fürs zuschauen|danke fürs zuschauen|vielen dank für's zuschauen|bis zum nächsten video|"
        + "merci d'avoir regardé|merci d'avoir regardé cette vidéo|merci d'avoir regardé la vidéo|abonnez-vous à la chaîne|"
        + "gracias por ver|gracias por ver el video|gracias por ver el vídeo|suscríbete al canal|no olvides suscribirte|"
        + "grazie per la visione|grazie per aver guardato il video|iscriviti al canale|"
        + "obrigado por assistir|obrigada por assistir|inscreva-se no canal|bedankt voor het kijken|"
        + "dzięki za oglądanie|dziękuję za oglądanie|dziękuję za obejrzenie|dziękujemy za obejrzenie|tack för att ni tittade|"
        + "tack för att du tittade|tak fordi du så med|takk for at du så på|kiitos kun katsoit|děkuji za sledování|"
        + "спасибо за просмотр|подпишись на канал|подписывайтесь на канал|дякую за перегляд|izlediğiniz için teşekkürler|"
        + "izlediğiniz için teşekkür ederim|abone olmayı unutmayın|"
        + "谢谢观看|感谢观看|谢谢大家观看|感谢您的观看|謝謝觀看|感謝觀看|ご視聴ありがとうございました|ご視聴ありがとうございます|"
        + "最後までご視聴いただきありがとうございました|チャンネル登録お願いします|시청해주셔서 감사합니다|구독과 좋아요 부탁드립니다");

    private static readonly string[] Beginnings = Letters(
        "subtitles by amara|subtitles by the amara|transcription by castingwords|transcribed by https otter|"
        + "untertitel der amara|untertitel von stephanie geiges|untertitel im auftrag des|untertitelung des zdf|"
        + "untertitelung im auftrag|"
        + "sous-titres réalisés par|sous-titrage société radio-canada|sous-titrage st' 501|sous-titres par la communauté|"
        + "subtítulos realizados por|subtítulos por la comunidad|sottotitoli creati dalla|sottotitoli e revisione a cura|"
        + "legendas pela comunidade|legenda por amara|ondertitels ingediend door|ondertiteling door|ondertiteld door|"
        + "napisy stworzone przez|napisy by|undertekster av|undertexter från amara|undertexter av|"
        + "danske tekster af|tekstet av nicolai winther|"
        + "titulky vytvořil|субтитры сделал|субтитры создавал|субтитры подготовил|редактор субтитров|altyazı m.k|"
        + "ترجمة نانسي|字幕由amara|字幕志愿者|字幕by|请不吝点赞|請不吝點贊|中文字幕志愿者|한글자막 by|자막 제공");

    /// <summary>The text has nothing else.</summary>
    public static bool Are(string text) => AreOfFilm(text) || IsOver(LettersOf(text)) && !HasDigits(text);

    /// <summary>It has nothing but such lines.</summary>
    public static bool AreOfFilm(string text)
    {
        string letters = LettersOf(text);
        return letters.Length > 0 && (IsOfLines(letters) || Array.Exists(Beginnings, one => IsBegunBy(one, letters)));
    }

    private static bool IsBegunBy(string one, string letters) =>
        letters.StartsWith(one, StringComparison.Ordinal) && letters.Length <= one.Length + BehindBeginning;

    /// <summary>One of them, or several.</summary>
    private static bool IsOfLines(string letters)
    {
        int at = 0;
        while (at < letters.Length)
        {
            int longest = 0;
            foreach (string line in Lines)
                if (line.Length > longest && letters.AsSpan(at).StartsWith(line, StringComparison.Ordinal)) longest = line.Length;
            if (longest == 0) return false;
            at += longest;
        }
        return true;
    }

    /// <summary>The same over and over, to the end. Single words, and what has digits, may be said so.</summary>
    private static bool IsOver(string letters)
    {
        for (int length = 1; length <= MostLetters && length * FewestTimes <= letters.Length; length++)
        {
            int same = length;
            while (same < letters.Length && letters[same] == letters[same - length]) same++;
            if (same == letters.Length) return length >= FewestLetters && !letters.Any(char.IsAsciiDigit);
        }
        return false;
    }

    /// <summary>In words: whoever says a number may say the same digits as often as it has them.</summary>
    private static bool HasDigits(string text)
    {
        string words = text.ToLowerInvariant();
        int begin = 0;
        for (int at = 0; at <= words.Length; at++)
        {
            if (at < words.Length && char.IsLetter(words[at])) continue;
            if (DigitWords.Has(words[begin..at])) return true;
            begin = at + 1;
        }
        return false;
    }

    private static string[] Letters(string lines) => [.. lines.Split('|').Select(LettersOf)];

    /// <summary>Without punctuation and blanks, in lower case.</summary>
    private static string LettersOf(string text)
    {
        var letters = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune)) letters.Append(Rune.ToLowerInvariant(rune).ToString());
        return letters.ToString();
    }
}
