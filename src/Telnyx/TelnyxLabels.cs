using Ringwright.Calls;

namespace Ringwright.Telnyx;

/// <summary>
/// The labels that this dialect keeps on a leg. Each command may lay new ones over them; they stick for all later events.
/// </summary>
internal static class TelnyxLabels
{
    public const string ClientState = "telnyx.client_state";
    public const string WebhookUrl = "telnyx.webhook_url";
    public const string WebhookMethod = "telnyx.webhook_method";
    /// <summary>The like for events of one type: the type stands behind the dot.</summary>
    public const string WebhookUrlOf = "telnyx.webhook_urls.";
    public const string WebhookMethodOfTypes = "telnyx.webhook_urls_method";
    /// <summary>The recording that was asked for with the dial or the answer, so that a repeated request is answered alike.</summary>
    public const string Recording = "telnyx.recording_id";
    /// <summary>What is told of a call that tells a code: JSON, and the code is not in it.</summary>
    public const string Verification = "telnyx.verification";

    /// <summary>With the recording that begins with the answer, if one does, and the billing group that the call says itself.</summary>
    public static Labels? With(Labels? labels, RecordPlan? record, string? billingGroup = null)
    {
        var more = Labels.Of((Recording, record?.Id.ToString()), (Labels.BillingGroup, billingGroup));
        return more.Values.Count == 0 ? labels : (labels ?? Labels.Empty).With(more);
    }

    /// <summary>Null when there is nothing to lay over the leg's labels.</summary>
    public static Labels? Of(string? clientState, string? webhookUrl = null, string? webhookMethod = null)
    {
        var labels = Labels.Of((ClientState, clientState), (WebhookUrl, webhookUrl), (WebhookMethod, webhookMethod));
        return labels.Values.Count == 0 ? null : labels;
    }
}
