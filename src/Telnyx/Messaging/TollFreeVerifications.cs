using System.Net.Mail;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// What an account says of itself and of its messages before it may send them from toll-free numbers. The operator decides, at the desk;
/// what he rejects or gives back may be changed, which brings it before him again.
/// </summary>
internal static class TollFreeVerifications
{
    public const string RecordType = "toll_free_verification", EventType = "toll_free_verification.updated";
    /// <summary>So long a request that was given back waits for its account.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    private const string Status = "verificationStatus", Reason = "reason", Numbers = "phoneNumbers", Number = "phoneNumber",
        Phone = "businessContactPhone";
    private const string InProgress = "In Progress", WithUs = "Waiting For Telnyx", WithVendor = "Waiting For Vendor",
        WithCustomer = "Waiting For Customer", Verified = "Verified", Rejected = "Rejected";
    /// <summary>A deletion that the state does not allow is 400 in this family.</summary>
    private const string NotDeletable = "10000";
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(10);
    private static readonly JsonObject NoReason = new() { [Reason] = null };
    private static readonly JsonObject Lapse = new() { [Reason] = "Nothing was changed for 30 days." };

    public static ResourceKind Kind(MessagingParts parts) => new(RecordType)
    {
        StateField = Status,
        Awaits = [InProgress, WithUs, WithVendor],
        Transitions =
        [
            new(Transition.Created, [], InProgress),
            new(Transition.Updated, [InProgress, WithUs, WithCustomer, Rejected], InProgress) { Sets = NoReason },
            new(Transition.Deleted, [Rejected], "") { Refusal = NotDeletable },
            new("taken", [InProgress], WithUs) { By = Mover.Operator },
            new("forwarded", [InProgress, WithUs], WithVendor) { By = Mover.Operator },
            new("returned", [InProgress, WithUs, WithVendor], WithCustomer) { By = Mover.Operator, Says = Reason },
            new("verified", [InProgress, WithUs, WithVendor], Verified) { By = Mover.Operator, Sets = NoReason },
            new("rejected", [InProgress, WithUs, WithVendor, Verified], Rejected) { By = Mover.Operator, Says = Reason },
            new("lapsed", [WithCustomer], Rejected) { By = Mover.Timer, After = Patience, Sets = Lapse },
        ],
        Indexed = [Status],
        Queries = new Dictionary<string, (string, string)>
        {
            ["status"] = (Status, "eq"),
            ["phone_number"] = (Numbers, "eq"),
            ["business_name"] = ("businessName", "eq"),
            ["date_start"] = ("created_at", "gte"),
            ["date_end"] = ("created_at", "lte"),
        },
        ClampsPages = true,
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        Work = change => new(new UnitOfWork { Messages = Tell(change, parts) }),
        Show = Show,
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, MessagingParts parts)
    {
        foreach (var item in body[Numbers]!.AsArray()) TypedNumbers.Lay(item!.AsObject(), Number);       // the schema demands it
        TypedNumbers.Lay(body, Phone);
        foreach (var (i, item) in body[Numbers]!.AsArray().Index())          // the same
            if (ProblemOf(op, item!.AsObject().Text(Number), parts) is { } what)
                return At($"/{Numbers}/{i}/{Number}", VoiceErrors.BadRequest, what);
        string? email = body.Text("businessContactEmail");
        if (!(MailAddress.TryCreate(email, out var address) && address.Address == email))
            return At("/businessContactEmail", "10019", "businessContactEmail must be an address such as name@example.com.");
        if (!E164.TryParse(body.Text(Phone), out _))
            return At("/" + Phone, VoiceErrors.NotE164, $"{Phone} must be a number in +E.164 format.");
        if (!Uri.TryCreate(body.Text("corporateWebsite"), UriKind.Absolute, out var site) || site.Scheme is not ("https" or "http"))
            return At("/corporateWebsite", VoiceErrors.InvalidUrl, "corporateWebsite must be the address of a web page, with its scheme.");
        if (body.Filled("webhookUrl") is not { } url) return null;
        return await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
            ? At("/webhookUrl", VoiceErrors.InvalidUrl, verdict.Detail ?? "webhookUrl is no URL that may be used.") : null;
    }

    /// <summary>Why messages from this number need no verification by this account; null when they do.</summary>
    private static string? ProblemOf(OperationContext op, string? text, MessagingParts parts)
    {
        if (!E164.TryParse(text, out var number) || number.Text != text) return "A phone number must be in +E.164 format.";
        if (op.Routing.FindOwnNumber(text) is not { } owned || owned.Tenant != op.Tenant || owned.IsPortedOut)
            return $"{text} is no number of this account.";
        return text.StartsWith("+1", StringComparison.Ordinal) && parts.Plans.Classify(number).Type is NumberType.TollFree ? null
            : $"{text} is no toll-free number of the United States or Canada: it needs no verification.";
    }

    /// <summary>A request without a URL is told of to those alone who listen to the account's events.</summary>
    private static IReadOnlyList<OutboxMessage> Tell(ResourceChange change, MessagingParts parts)
    {
        if (change is not { Before: { } before, After: { } after } || before.Body.Text(Status) == after.Body.Text(Status)) return [];
        var id = Guid.CreateVersion7(change.At);
        var payload = new JsonObject { ["record_type"] = RecordType, ["id"] = after.Id };
        foreach (var (name, value) in after.Body) payload[name] = value?.DeepClone();
        Stamp(payload, after);
        return
        [
            new()
            {
                Id = id,
                Tenant = after.Tenant,
                OrderKey = $"{RecordType}:{after.Id}",
                Format = TelnyxWebhookFormat.FormatName,
                EventType = EventType,
                Url = after.Body.Text("webhookUrl") ?? "",
                Retries = parts.Store.Routing.Current.FindTenant(after.Tenant)?.WebhookRetries ?? RetrySchedule.Short,
                Timeout = WebhookTimeout,
                OccurredAt = change.At,
                Body = TelnyxEvent.Of(id, EventType, change.At, payload).ToJsonString(TelnyxJson.Plain),
            },
        ];
    }

    private static void Show(OperationContext op, ResourceRow row, JsonObject shown)
    {
        // The contract gives a deletion an empty object.
        if (op.Operation.Method is "DELETE") shown.Clear();
        else if (op.Operation.Method is "GET") Stamp(shown, row);
        else shown["verificationRequestId"] = row.Id;
    }

    private static void Stamp(JsonObject shown, ResourceRow row)
    {
        shown["createdAt"] = TelnyxTime.Millis(row.CreatedAt);
        shown["updatedAt"] = TelnyxTime.Millis(row.UpdatedAt);
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
