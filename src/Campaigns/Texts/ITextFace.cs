using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Texts;

/// <summary>What has happened to a text, for whoever tells of it.</summary>
public enum TextNews { Sent, Finalized, Received }

/// <summary>The API whose profiles texts follow, and that tells of them.</summary>
public interface ITextFace
{
    /// <summary>The rules of an account's messaging profile; null when it has none of that id.</summary>
    /// <param name="number">Of the account, which is on the profile and sends or gets a text.</param>
    ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop);

    /// <summary>What the account is told, in the order in which it is; committed with what has happened.</summary>
    IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news);

    /// <summary>What is done for the account that a text has come to; committed with its row. Nothing for most faces.</summary>
    IReadOnlyList<NewJob> Take(TextMessage come) => [];
}

/// <summary>What holds for texts of a profile.</summary>
public sealed record TextRules
{
    public required bool IsEnabled { get; init; }
    /// <summary>What is kept with a text that comes, or that the node writes: <see cref="TextMessage.Facts"/>.</summary>
    public required JsonObject Facts { get; init; }
    /// <summary>Words that ask for something beside the usual ones, as <see cref="TextKeywords.Normal"/> has them; by country.</summary>
    public required IReadOnlyList<TextWord> Words { get; init; }

    /// <summary>What they may be from in place of a number; null when there is nothing.</summary>
    public string? SenderName { get; init; }
    /// <summary>What they may cost in a day (UTC), in millionths of each currency by itself; null is no limit.</summary>
    public long? DailyMicros { get; init; }

    /// <summary>The words that count for a sender of this country.</summary>
    public IReadOnlyDictionary<string, TextKeyword> WordsFor(string? country)
    {
        var found = new Dictionary<string, TextKeyword>(StringComparer.Ordinal);
        foreach (var word in Words.Where(w => w.IsFor(country)).OrderBy(w => w.Country is TextWord.Anywhere))
            found.TryAdd(word.Word, word.Keyword);
        return found;
    }

    /// <summary>What is answered to who wrote such a word; null answers nothing.</summary>
    /// <param name="word">As <see cref="TextKeywords.Normal"/> has it: of several lines of one kind, the one that names it answers.</param>
    public string? AnswerFor(TextKeyword keyword, string? word, string? country)
    {
        var said = Words.Where(w => w.Keyword == keyword && w.IsFor(country))
            .OrderBy(w => w.Word != word).ThenBy(w => w.Country is TextWord.Anywhere).FirstOrDefault();
        string? answer = said is null ? Usual(keyword) : said.Answer;
        return answer is { Length: > 0 } ? answer : null;
    }

    private static string? Usual(TextKeyword keyword) => keyword switch
    {
        TextKeyword.Stop => "You will get no more messages from this number. Reply START to get them again.",
        TextKeyword.Start => "You will get messages from this number again. Reply STOP to get no more.",
        TextKeyword.Help => "Reply STOP to get no more messages from this number.",
        _ => null,
    };
}

/// <summary>A word of a profile, and what is answered to it; without words of its own a line gives the answer to the usual ones.</summary>
/// <param name="Country">ISO 3166 alpha-2, or <see cref="Anywhere"/>.</param>
/// <param name="Answer">Null or empty answers nothing.</param>
public sealed record TextWord(TextKeyword Keyword, string Word, string Country, string? Answer)
{
    public const string Anywhere = "*";

    public bool IsFor(string? country) => Country is Anywhere || Country == country;
}
