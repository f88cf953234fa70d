using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// What is to be found out of talks in writing: ordered with the first message behind which nothing was ordered yet, and done when nobody
/// has written for an hour.
/// </summary>
internal static class WrittenInsights
{
    /// <summary>Of a conversation's document, and shown to nobody: it is ordered, and has not begun.</summary>
    public const string Ordered = "insights_ordered";

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(60);

    /// <param name="conversation">Its document with the last message, which is changed.</param>
    /// <param name="group">Null where nothing is to be found out.</param>
    /// <param name="model">As the assistant names it.</param>
    public static IReadOnlyList<NewJob> Order(string id, JsonObject conversation, string? group, string model)
    {
        if (group is null || conversation[Ordered] is not null) return [];
        conversation[Ordered] = true;
        var input = new JsonObject { [TalkJobs.Conversation] = id, [TalkJobs.Group] = group, [TalkJobs.Model] = model };
        return [new(TalkJobs.Insights, input) { DueAt = EndOf(conversation) }];
    }

    /// <summary>When it is over, if nobody writes any more.</summary>
    public static DateTimeOffset EndOf(JsonObject conversation)
    {
        string last = conversation.Text(ConversationRecords.LastMessageAt)!;        // each has one
        var at = DateTimeOffset.Parse(last, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        // A customer says himself when his messages were sent.
        return at < DateTimeOffset.MaxValue - Silence ? at + Silence : at;
    }
}
