using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Payments that accounts have asked for because their balance ran low; the operator says whether the money came.</summary>
internal static class PaymentRequests
{
    private const int Most = 1_000;

    /// <summary>The newest first, of the last <see cref="Most"/>.</summary>
    public static async ValueTask<Reply> List(OperationContext op, PaymentRequestTable requests)
    {
        var all = await requests.ListOfAllTenantsAsync(Most, op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(request => (JsonNode)Show(op, request))], all.Count);
    }

    public static async ValueTask<Reply> Decide(OperationContext op, PaymentRequestTable requests, bool isApproved)
    {
        string named = op.Path("id");
        if (!Guid.TryParse(named, out var id) || await requests.FindAsync(id, op.Stop) is not { } request)
            return op.Unknown("id", $"there is no payment request '{named}' (ringwright balance requests shows them)");
        if (!await requests.DecideAsync(request, isApproved, op.Stop))
            return op.Fail(Fault.WrongState, $"payment request {id} is decided already");
        return op.Ok(Show(op, (await requests.FindAsync(id, op.Stop))!));     // nothing deletes them
    }

    private static JsonObject Show(OperationContext op, PaymentRequest request) => new()
    {
        ["id"] = request.Id.ToString(),
        ["record_type"] = "payment_request",
        ["account"] = op.Routing.FindTenant(request.Tenant)?.Name ?? "",
        ["account_id"] = request.Tenant.ToString(),
        ["amount"] = request.Amount.Text,
        ["currency"] = request.Amount.Currency,
        ["preference"] = request.Preference,
        ["state"] = request.State.ToString().ToLowerInvariant(),
        ["made_at"] = OperatorTime.Write(request.MadeAt),
        ["decided_at"] = request.DecidedAt is { } at ? OperatorTime.Write(at) : null,
    };
}
