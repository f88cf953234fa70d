using Ringwright.Calls;
using Ringwright.Delivery.Mails;
using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>Makes one attempt to deliver a message. Never throws for what the network or the far end does; only when stopped.</summary>
public sealed class MessageSender(EgressClient egress, WebhookWriter writer, DeliveryOptions options)
{
    /// <summary>Null where no mail goes out.</summary>
    public MailSender? Mails { get; init; }

    /// <summary>Waits that its message has of its own; null where its schedule holds.</summary>
    internal IReadOnlyList<TimeSpan>? WaitsOf(OutboxEntry entry) =>
        MailSender.Takes(entry.Url) ? options.MailWaits : writer.WaitsOf(entry.Format);

    /// <summary>An answer below 500 ends the tries of its message.</summary>
    internal bool RetriesServerErrorsOnly(OutboxEntry entry) =>
        !MailSender.Takes(entry.Url) && writer.RetriesServerErrorsOnly(entry.Format);

    /// <param name="attempt">From 1, over all URLs.</param>
    internal async ValueTask<Sent> SendAsync(OutboxMessage message, int attempt, string url, CancellationToken stop)
    {
        if (!MailSender.Takes(url)) return await PostAsync(message, attempt, url, stop).ConfigureAwait(false);
        return Mails is null ? Sent.Nothing("This installation has no mail server.")
            : await Mails.SendAsync(message, url, stop).ConfigureAwait(false);
    }

    private async ValueTask<Sent> PostAsync(OutboxMessage message, int attempt, string url, CancellationToken stop)
    {
        var (webhook, missing) = await writer.WriteAsync(message, attempt, url, stop).ConfigureAwait(false);
        if (webhook is null) return Sent.Nothing(missing);
        var result = await egress.SendAsync(new()
        {
            Url = webhook.Url,
            Use = Core.TargetUse.Webhook,
            Method = webhook.IsGet ? "GET" : "POST",
            Body = webhook.IsGet ? (ReadOnlyMemory<byte>?)null : webhook.Body,
            ContentType = webhook.ContentType,
            Timeout = message.Timeout > TimeSpan.Zero ? message.Timeout : options.DefaultTimeout,
            MaxBytes = AttemptLog.MaxBytes,
            IsBodyCut = true,
            Headers = webhook.Headers,
        }, stop).ConfigureAwait(false);
        return new(webhook.Headers, result);
    }
}

/// <summary>What an attempt said, and what came of it.</summary>
internal readonly record struct Sent(IReadOnlyList<KeyValuePair<string, string>> Headers, EgressResult Result)
{
    /// <summary>Nothing could be sent, and never can.</summary>
    public static Sent Nothing(string? why) => new([], new() { Failure = EgressFailure.BadUrl, Detail = why });
}
