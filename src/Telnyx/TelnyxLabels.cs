using Ringwright.Calls;

namespace Ringwright.Telnyx;

/// <summary>The labels that this dialect keeps on a leg. Each command may lay new ones over them; they stick for all later events.</summary>
internal static class TelnyxLabels
{
    public const string ClientState = "telnyx.client_state";
    public const string WebhookUrl = "telnyx.webhook_url";
    public const string WebhookMethod = "telnyx.webhook_method";
    /// <summary>The recording that was asked for with the dial or the answer, so that a repeated request is answered alike.</summary>
    public const string Recording = "telnyx.recording_id";

    /// <summary>With the recording that begins with the answer, if one does.</summary>
    public static Labels? With(Labels? labels, RecordPlan? record) =>
        record is null ? labels : (labels ?? Labels.Empty).With(Labels.Of((Recording, record.Id.ToString())));

    /// <summary>Null when there is nothing to lay over the leg's labels.</summary>
    public static Labels? Of(string? clientState, string? webhookUrl = null, string? webhookMethod = null)
    {
        var labels = Labels.Of((ClientState, clientState), (WebhookUrl, webhookUrl), (WebhookMethod, webhookMethod));
        return labels.Values.Count == 0 ? null : labels;
    }
}
