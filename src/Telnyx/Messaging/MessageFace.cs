using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Verify;

namespace Ringwright.Telnyx.Messaging;

/// <summary>The profiles that texts follow, and the webhooks that tell of texts.</summary>
/// <param name="links">To files that go with them; null where nobody fetches any.</param>
public sealed class MessageFace(Database store, DownloadLinks? links = null) : ITextFace
{
    /// <summary>The contract's names of the webhooks that are really sent.</summary>
    public static IReadOnlyList<string> Emitted { get; } = ["deliveryUpdate", "inboundMessage"];

    private const string UsualVersion = "2";
    internal static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(5);

    public async ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop)
    {
        if (await TermsAsync(store, tenant, profile.ToString(), stop) is not { } terms) return null;
        var configs = await store.Documents.Rows(new DocumentKind(AutorespConfigs.RecordType)).ListAsync(tenant,
            new() { Filters = [new(AutorespConfigs.Profile, "eq", [profile.ToString()])], Limit = int.MaxValue }, stop);
        return new()
        {
            IsEnabled = terms.IsEnabled,
            SenderName = terms.Name,
            DailyMicros = terms.DailyMicros,
            Facts = new()
            {
                [MessageBody.WebhookUrl] = terms.WebhookUrl, [MessageBody.FailoverUrl] = terms.WebhookFailoverUrl,
                [MessageBody.Version] = terms.Version,
            },
            Words = [.. configs.Rows.SelectMany(row => AutorespConfigs.WordsOf(row.Body))],
        };
    }

    public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => text.Facts.Flag(MessageBody.Untold, fallback: false) ? [] :
    [
        Message(text, news, store.Routing.Current.FindTenant(text.Tenant)?.WebhookRetries ?? RetrySchedule.Short, links,
            store.Time.GetUtcNow()),
    ];

    /// <summary>What a profile says; null when the account has none of that id.</summary>
    internal static async ValueTask<TextTerms?> TermsAsync(Database store, TenantId tenant, string profile, CancellationToken stop) =>
        Guid.TryParse(profile, out _)
        && await store.Documents.Rows(new DocumentKind(MessagingProfiles.RecordType)).FindAsync(tenant, profile, stop) is { } row
            ? TextTerms.Of(row) : null;

    /// <summary>One without a URL is told to those alone who listen to the account's events.</summary>
    internal static OutboxMessage Message(TextMessage text, TextNews news, RetrySchedule retries, DownloadLinks? links = null,
        DateTimeOffset now = default)
    {
        if (VerifyEvents.Of(text, news, retries, WebhookTimeout) is { } ofCode) return ofCode;
        var at = news is TextNews.Sent ? text.SentAt ?? text.ReceivedAt : text.CompletedAt ?? text.ReceivedAt;
        var id = Guid.CreateVersion7(at);
        string type = news switch
        {
            TextNews.Sent => "message.sent",
            TextNews.Finalized => "message.finalized",
            _ => "message.received",
        };
        string? version = text.Facts.Text(MessageBody.Version);
        bool isForm = version is MessageForm.Version, isFlat = version is MessageFlat.Version;
        var body = isForm ? MessageForm.Of(text, links, now) : isFlat ? MessageFlat.Of(text, links, now)
            : TelnyxEvent.OfMessages(id, type, at, MessageBody.Of(text, links, now));
        return new()
        {
            Id = id,
            Tenant = text.Tenant,
            OrderKey = $"{MessageBody.RecordType}:{text.Id}",
            Format = isForm ? MessageForm.Format : TelnyxWebhookFormat.FormatName,
            EventType = type,
            Url = text.Facts.Text(MessageBody.WebhookUrl) ?? "",
            FailoverUrl = text.Facts.Filled(MessageBody.FailoverUrl),
            Retries = retries,
            Timeout = WebhookTimeout,
            OccurredAt = at,
            Body = body.ToJsonString(TelnyxJson.Plain),
            Version = isFlat ? TelnyxWebhookFormat.Bare : UsualVersion,
        };
    }
}
