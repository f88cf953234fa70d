using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>What recognisers write where nobody has spoken.</summary>
public sealed class InventedWordTests
{
    [Theory]
    [InlineData("Thank you for watching!"), InlineData(" Thanks for watching. Please subscribe to my channel.")]
    [InlineData("Untertitel der Amara.org-Community"), InlineData("Untertitel im Auftrag des ZDF für funk, 2017")]
    [InlineData("Vielen Dank fürs Zuschauen!"), InlineData("Sous-titres réalisés par la communauté d'Amara.org")]
    [InlineData("Merci d'avoir regardé cette vidéo !"), InlineData("Subtítulos realizados por la comunidad de Amara.org")]
    [InlineData("Sottotitoli creati dalla comunità Amara.org"), InlineData("Legendas pela comunidade Amara.org")]
    [InlineData("Napisy stworzone przez społeczność Amara.org"), InlineData("Субтитры сделал DimaTorzok"), InlineData("Altyazı M.K.")]
    [InlineData("ご視聴ありがとうございました"), InlineData("谢谢观看"), InlineData("字幕由 Amara.org 社群提供"), InlineData("시청해 주셔서 감사합니다.")]
    [InlineData("I'm going home. I'm going home. I'm going home. I'm going home. I'm going home. I'm going home. I'm going home. "
        + "I'm going home. I'm going")]
    [InlineData("Thank you. Thank you. Thank you. Thank you. Thank you. Thank you. Thank you. Thank you.")]
    public void Last_lines_and_phrases_without_an_end_are_words_of_nobody(string text) => Assert.True(InventedWords.Are(text));

    [Theory]
    [InlineData(""), InlineData("..."), InlineData("Thank you."), InlineData("Thank you for waiting."), InlineData("no no no no no no")]
    [InlineData("Thanks for watching my dog."), InlineData("Can you subscribe me?")]
    [InlineData("I don't know, I don't know, I don't know.")]
    [InlineData("null null null null null null null null"), InlineData("12 34 56 78 12 34 56 78 12 34 56 78 12 34 56 78")]
    [InlineData("Representative. Representative. Representative. Representative!")]
    [InlineData("I want an agent. I want an agent, I want an agent! I want an agent. I want an agent.")]
    [InlineData("null eins null eins null eins null eins"), InlineData("Drei vier, drei vier, drei vier, drei vier, drei vier, drei vier, "
        + "drei vier, drei vier, drei vier, drei vier.")]
    [InlineData("Untertitel sind bei mir aus."), InlineData("嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯")]
    public void What_somebody_may_say_is_kept(string text) => Assert.False(InventedWords.Are(text));
}
