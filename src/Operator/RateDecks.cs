using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Price lists: what calls cost, by prefix. Their prices come as CSV, all of a file or none.</summary>
internal static class RateDecks
{
    private const int FaultsShown = 20;

    public static async ValueTask<Reply> List(OperationContext op, RateDeckTable decks)
    {
        var all = await decks.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(deck => Show(op, deck))], all.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, RateDeckTable decks) =>
        await FindAsync(op, decks) is { } found ? op.Ok(Show(op, found)) : op.Unknown("id");

    public static async ValueTask<Reply> Create(OperationContext op, RateDeckTable decks)
    {
        var body = op.ReadObject();
        string name = ((string)body["name"]!).Trim();       // required
        if (name.Length == 0) return op.Invalid("/name", "invalid", "name must not be empty.");
        return await decks.CreateAsync(name, (bool?)body["default"] ?? false, op.Stop) is { } made ? op.Created(Show(op, made))
            : Taken(op, name);
    }

    public static async ValueTask<Reply> Update(OperationContext op, RateDeckTable decks)
    {
        if (await FindAsync(op, decks) is not { } found) return op.Unknown("id");
        var body = op.ReadObject();
        string name = ((string?)body["name"])?.Trim() ?? found.Name;
        if (name.Length == 0) return op.Invalid("/name", "invalid", "name must not be empty.");
        return await decks.UpdateAsync(found.Id, name, (bool?)body["default"] ?? found.IsDefault, op.Stop) switch
        {
            // just written; only the operator deletes
            WriteOutcome.Done => op.Ok(Show(op, (await decks.FindAsync(found.Id, op.Stop))!)),
            WriteOutcome.Duplicate => Taken(op, name),
            _ => op.Unknown("id"),
        };
    }

    public static async ValueTask<Reply> Delete(OperationContext op, RateDeckTable decks)
    {
        if (await FindAsync(op, decks) is not { } found) return op.Unknown("id");
        return await decks.DeleteAsync(found.Id, op.Stop) switch
        {
            WriteOutcome.Done => op.Ok(Show(op, found)),
            WriteOutcome.InUse => op.Fail(Fault.InUse, "Accounts are priced by this deck: give them another one first."),
            _ => op.Unknown("id"),
        };
    }

    /// <summary>The body is the file.</summary>
    public static async ValueTask<Reply> Import(OperationContext op, RateDeckTable decks)
    {
        if (await FindAsync(op, decks) is not { } found) return op.Unknown("id");
        var defaults = new SheetDefaults { EffectiveFrom = op.Now };
        if (op.Query["effective_from"] is { } date)
        {
            if (!RateSheet.TryMoment(date, out var from))
                return Wrong(op, "effective_from",
                    "effective_from must be a date such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z.");
            defaults = defaults with { EffectiveFrom = from };
        }
        if (op.Query["currency"] is { } currency)
        {
            if (!Money.IsCurrency(currency)) return Wrong(op, "currency", "currency must be three capital letters such as USD.");
            defaults = defaults with { Currency = currency };
        }
        if (op.Query["direction"] is "inbound") defaults = defaults with { Direction = Direction.Inbound };

        using var text = new StreamReader(new MemoryStream(op.RawBody.ToArray()), Encoding.UTF8);
        var sheet = RateSheet.Read(text, defaults);
        if (sheet.Faults.Count > 0)
            return op.Fail([.. sheet.Faults.Take(FaultsShown)
                .Select(fault => new Problem("invalid", $"{fault}") { Pointer = $"/{fault.Line}" })]);
        if (sheet.Rates.Count == 0) return op.Fail(new Problem("missing", "The file has no prices."));
        if (await decks.ImportAsync(found.Id, sheet.Rates, isWhole: op.Query["replace"] is "true", op.Stop) is not { } done)
            return op.Unknown("id");
        return op.Ok(new JsonObject
        {
            ["record_type"] = "rate_import",
            ["rate_deck_id"] = found.Id.ToString(),
            ["rates"] = sheet.Rates.Count,
            ["written"] = done.Written,
            ["unchanged"] = done.Known,
        });
    }

    /// <summary>What calls and texts to, and from, a number cost by the deck: now, or at the moment that is asked for.</summary>
    public static async ValueTask<Reply> Find(OperationContext op, RateDeckTable decks)
    {
        if (await FindAsync(op, decks) is not { } found) return op.Unknown("id");
        var at = op.Now;
        if (op.Query["at"] is { } date && !RateSheet.TryMoment(date, out at))
            return Wrong(op, "at", "at must be a date such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z.");
        string number = op.Query["number"]!; // required
        // As carriers of texts have them: the beginning of short codes.
        string written = number.StartsWith(TextCarrier.Codes, StringComparison.Ordinal) ? number[TextCarrier.Codes.Length..] : number;
        var deck = op.Routing.Rates.FindDeck(found.Id);
        return op.Ok(new JsonObject
        {
            ["record_type"] = "rate",
            ["rate_deck_id"] = found.Id.ToString(),
            ["number"] = number,
            ["outbound"] = Show(deck?.Find(Direction.Outbound, number, at)),
            ["inbound"] = Show(deck?.Find(Direction.Inbound, number, at)),
            ["outbound_texts"] = Show(deck?.FindText(Direction.Outbound, written, at)),
            ["inbound_texts"] = Show(deck?.FindText(Direction.Inbound, written, at)),
        });
    }

    private static async ValueTask<RateDeckHead?> FindAsync(OperationContext op, RateDeckTable decks) =>
        Guid.TryParse(op.Path("id"), out var id) ? await decks.FindAsync(id, op.Stop) : null;

    private static Reply Taken(OperationContext op, string name) =>
        op.Fail(new Problem("duplicate", $"There is a rate deck '{name}' already.") { Pointer = "/name" });

    private static Reply Wrong(OperationContext op, string parameter, string detail) =>
        op.Fail(new Problem("invalid", detail) { Parameter = parameter });

    private static JsonObject? Show(Rate? rate) => rate is null ? null : new()
    {
        ["prefix"] = rate.Prefix,
        ["price"] = Money.Format(rate.MicrosPerMinute),
        ["currency"] = rate.Currency,
        ["initial_seconds"] = rate.InitialSeconds,
        ["increment_seconds"] = rate.IncrementSeconds,
        ["fee"] = Money.Format(rate.FeeMicros),
        ["effective_from"] = OperatorTime.Write(rate.EffectiveFrom),
    };

    private static JsonObject Show(OperationContext op, RateDeckHead deck)
    {
        var prices = op.Routing.Rates.FindDeck(deck.Id);
        return new()
        {
            ["id"] = deck.Id.ToString(),
            ["record_type"] = "rate_deck",
            ["name"] = deck.Name,
            ["default"] = deck.IsDefault,
            ["rates"] = prices?.Count ?? 0,
            ["prices_calls"] = prices?.HasOutbound ?? false,
            ["prices_texts"] = prices?.HasOutboundTexts ?? false,
            ["created_at"] = OperatorTime.Write(deck.CreatedAt),
            ["updated_at"] = OperatorTime.Write(deck.UpdatedAt),
        };
    }
}
