using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telefonie.Numbers;

/// <summary>
/// Numbers of the node's stock: what an account's search shows it may buy for a day, whichever API it asks. A number that is bought is the
/// account's, and paid, in one transaction.
/// </summary>
internal static class TelefonieMarket
{
    private const string Number = "phone_number", Area = "area_code", Contains = "contains";
    private const int MostFound = 20;

    public static async ValueTask<Reply> SearchAsync(OperationContext op, TelefonieParts parts)
    {
        foreach (string name in (string[])[Area, Contains])
            if (op.Query[name] is { } digits && (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')))
                return op.Fail(new Problem(TelefonieErrors.Parameter, $"{name} has digits, and nothing else.") { Parameter = name });
        int limit = MostFound;
        if (op.Query["limit"] is { } text && !(int.TryParse(text, out limit) && limit is >= 1 and <= MostFound))
            return op.Fail(new Problem(TelefonieErrors.Parameter, $"limit is 1 to {MostFound}.") { Parameter = "limit" });
        var features = new List<string>();
        if (op.Query["voice_enabled"] is "true") features.Add("voice");
        if (op.Query["sms_enabled"] is "true") features.Add("sms");
        var found = await parts.Store.StockSearch.FindAsync(op.Tenant, new()
        {
            Country = op.Query["country_code"]!.ToUpperInvariant(),     // required
            Type = TypeOf(op.Query["type"]), Ndc = op.Query[Area], Contains = op.Query[Contains], Features = features, Limit = limit,
        }, op.Now, op.Stop);
        if (found.Count > 0) await parts.Store.StockSearch.RememberAsync(op.Tenant, [.. found.Select(n => n.Text)], op.Now, op.Stop);
        return op.Ok(new JsonObject { ["available_numbers"] = new JsonArray([.. found.Select(Show)]) });
    }

    public static async ValueTask<Reply> BuyAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        var problems = (await TelefonieNumbers.CheckAsync(op, parts, body, [Number])).ToList();
        if (!E164.TryParse((string?)body[Number], out var number))
            problems.Add(TelefonieErrors.Bad(Number, $"{Number} must be a number in +E.164 format."));
        if (problems.Count > 0) return op.Fail(problems);
        var now = op.Now;
        var claim = new NumberClaim(op.Tenant, [number.Text], now);
        var refusal = await parts.Store.StockClaims.OrderAsync(claim, parts.Store.Numbers, stock => new NumberTaking(
            [.. stock.Select(one => new NewNumber(new(one.Text, op.Tenant, null) { Country = one.Country }, op.Snowflakes.Next(), now))],
            new UnitOfWork { Note = op.Note("created", TelefonieNumbers.RecordType, number.Text) }), op.Stop);
        if (refusal is not null) return op.Fail(ProblemOf(refusal, number.Text));
        var changed = await TelefonieNumbers.ChangeAsync(op, parts, number.Text, body, op.Created);
        // It is bought and paid, whatever became of the rest: an error would have it bought again. The reply shows what it has.
        return changed.IsProblem && await TelefonieNumbers.FindAsync(op, parts, number.Text) is { } row
            ? op.Created(await TelefonieNumbers.ShowAsync(op, parts, row)) : changed;
    }

    private static Problem ProblemOf(ClaimRefusal refusal, string number) => refusal.Fault switch
    {
        ClaimFault.NotFound => TelefonieErrors.Bad(Number, $"{number} was not found by a search of this account in the last 24 hours."),
        ClaimFault.NoCredit => new("insufficient_funds", "The balance does not pay for the setup and the first month of the number."),
        ClaimFault.OwnedAlready => new("conflict", $"The account has {number} already.") { Pointer = "/" + Number },
        ClaimFault.OnRequest => new("conflict", $"{number} is sold on request, and an order of this API waits for nobody.")
        {
            Pointer = "/" + Number,
        },
        _ => new("conflict", $"{number} is not available any more.") { Pointer = "/" + Number },
    };

    private static JsonNode Show(StockNumber number)
    {
        bool Has(string feature) => number.Features.Contains(feature);
        return new JsonObject
        {
            [Number] = number.Text,
            ["country_code"] = number.Country,
            ["type"] = number.Type switch
            {
                StockType.TollFree => "toll-free",
                StockType.Mobile => "mobile",
                StockType.Local => "local",
                _ => "national",
            },
            ["capabilities"] = new JsonObject { ["voice"] = Has("voice"), ["sms"] = Has("sms"), ["mms"] = false },
            ["monthly_rate"] = Money.Format(number.MonthlyMicros),
        };
    }

    private static StockType? TypeOf(string? type) => type switch
    {
        null => null,
        "toll-free" => StockType.TollFree,
        "mobile" => StockType.Mobile,
        "local" => StockType.Local,
        _ => StockType.National,
    };
}
