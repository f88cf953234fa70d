using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Numbers that accounts may find and order, as the operator has them.</summary>
internal static class StockNumbers
{
    private const string Name = "phone_number";

    public static async ValueTask<Reply> List(OperationContext op, StockTable stock)
    {
        StockState? state = op.Query["state"] is { } text
            ? Enum.GetValues<StockState>().First(s => SnakeName.Of(s) == text) : null;        // the contract names them
        var (numbers, total) = await stock.ListAsync(state, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. numbers.Select(number => (JsonNode)Show(number))], total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, StockTable stock) =>
        await stock.FindAsync(op.Path(Name), op.Stop) is { } number ? op.Ok(Show(number)) : op.Unknown(Name);

    public static async ValueTask<Reply> Update(OperationContext op, StockTable stock)
    {
        if (Fields.Unknown(op, "stock number") is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        var problems = new List<Problem>();
        StockFields.Read(body, new() { Text = "", Country = "", National = "" }, "", problems);
        if (problems.Count > 0) return op.Fail(problems);
        return await stock.ChangeAsync(op.Path(Name), number => StockFields.Read(body, number, "", []), op.Stop) is { } changed
            ? op.Ok(Show(changed)) : op.Unknown(Name);
    }

    /// <summary>Takes it out of what accounts may find, or puts it back.</summary>
    public static async ValueTask<Reply> Switch(OperationContext op, StockTable stock, bool isOffered)
    {
        string text = op.Path(Name);
        bool isDone = await stock.SwitchAsync(text, isOffered, op.Now, op.Stop);
        if (await stock.FindAsync(text, op.Stop) is not { } number) return op.Unknown(Name);
        return isDone ? op.Ok(Show(number))
            : op.Fail(Fault.WrongState, $"This is not possible while the number is {SnakeName.Of(number.State)}.");
    }

    private static JsonObject Show(StockNumber number) => new()
    {
        ["record_type"] = "stock_number",
        ["phone_number"] = number.Text,
        ["country"] = number.Country,
        ["type"] = SnakeName.Of(number.Type),
        ["national_destination_code"] = number.Ndc,
        ["locality"] = number.Locality,
        ["administrative_area"] = number.Area,
        ["rate_center"] = number.RateCenter,
        ["features"] = new JsonArray([.. number.Features.Select(feature => (JsonNode)feature)]),
        ["upfront_cost"] = Money.Format(number.UpfrontMicros),
        ["monthly_cost"] = Money.Format(number.MonthlyMicros),
        ["currency"] = number.Currency,
        ["reservable"] = number.IsReservable,
        ["quickship"] = number.IsQuickship,
        ["on_request"] = number.IsOnRequest,
        ["block_first"] = number.BlockFirst,
        ["block_size"] = number.BlockSize,
        ["state"] = SnakeName.Of(number.State),
        ["account_id"] = number.Holder?.ToString(),
        ["until"] = number.Until is { } until ? OperatorTime.Write(until) : null,
    };
}
