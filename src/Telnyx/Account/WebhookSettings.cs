using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account;

/// <summary>How an account's webhooks are tried again where the application says nothing. Paths of ours.</summary>
internal static class WebhookSettings
{
    private const string RecordType = "webhook_settings";

    public static ValueTask<Reply> Get(OperationContext op) =>
        new(op.Ok(Show(op.Routing.FindTenant(op.Tenant)?.WebhookRetries ?? RetrySchedule.Short)));

    public static async ValueTask<Reply> Update(OperationContext op, AccountParts parts)
    {
        var wanted = op.ReadObject().Text("retry_schedule") is "long" ? RetrySchedule.Long : RetrySchedule.Short;
        var changed = await parts.Store.Tenants.ChangeRetriesAsync(op.Tenant, wanted,
            (before, after) => op.Note("updated", RecordType, op.Tenant.ToString(), Show(before.WebhookRetries),
                Show(after.WebhookRetries)), op.Stop);
        return op.Ok(Show(changed?.WebhookRetries ?? wanted));
    }

    private static JsonObject Show(RetrySchedule retries) => new()
    {
        ["record_type"] = RecordType,
        ["retry_schedule"] = retries is RetrySchedule.Long ? "long" : "short",
    };
}
