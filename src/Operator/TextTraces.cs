using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Where a text is, for whoever looks for a fault: all but what it says, and numbers by their last digits.</summary>
internal static class TextTraces
{
    public static async ValueTask<Reply> Get(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        if (!Guid.TryParse(op.Path("id"), out var id) || await store.Texts.FindAsync(account.Id, id, op.Stop) is not { } text)
            return op.Unknown("id");
        var names = (await store.TextCarriers.ListAsync(op.Stop)).ToDictionary(one => one.Value.Id, one => one.Value.Name);
        var parts = await store.TextParts.ListAsync(account.Id, id, op.Stop);
        return op.Ok(new JsonObject
        {
            ["id"] = text.Id.ToString(),
            ["record_type"] = "text",
            ["account_id"] = text.Tenant.ToString(),
            ["direction"] = SnakeName.Of(text.Direction),
            ["from"] = E164.Mask(text.From),
            ["to"] = E164.Mask(text.To),
            ["state"] = SnakeName.Of(text.State),
            ["fault"] = text.Fault is { } fault ? SnakeName.Of(fault) : null,
            ["encoding"] = SnakeName.Of(text.Encoding),
            ["parts"] = text.Parts,
            ["received_at"] = OperatorTime.Write(text.ReceivedAt),
            ["due_at"] = Time(text.DueAt),
            ["valid_until"] = Time(text.ValidUntil),
            ["sent_at"] = Time(text.SentAt),
            ["completed_at"] = Time(text.CompletedAt),
            ["carried"] = new JsonArray([.. parts.Select(part => (JsonNode)Show(part, names.GetValueOrDefault(part.Carrier)))]),
        });
    }

    private static JsonObject Show(TextPart part, string? carrier) => new()
    {
        ["number"] = part.Number,
        ["carrier"] = carrier,
        ["carrier_id"] = part.Carrier.ToString(),
        ["state"] = SnakeName.Of(part.State),
        ["attempts"] = part.Attempt,
        ["tries"] = part.Tries,
        ["centre_id"] = part.CentreId,
        ["outcome"] = part.Outcome is { } outcome ? SnakeName.Of(outcome) : null,
        ["error"] = part.Error,
        ["due_at"] = Time(part.DueAt),
        ["submitted_at"] = Time(part.SubmittedAt),
    };

    private static string? Time(DateTimeOffset? at) => at is { } known ? OperatorTime.Write(known) : null;
}
