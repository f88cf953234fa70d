using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>
/// Numbers of the operator's stock, which the agency's account buys and gives back. Nobody decides on an order: it is done, or it is not
/// made. A toll-free number that is not ready yet is the agency's, and nothing calls from it until the operator has made it ready.
/// </summary>
internal sealed class NumberMarket(AgencyParts parts)
{
    private const string OrderType = "number_order", UsualCountry = "US";

    private static readonly string[] OfDigits = ["area_code", "starts_with", "ends_with", "contains"];

    /// <summary>What is free. With <c>best_effort</c> also others of the country and type, where there are too few.</summary>
    public async ValueTask<Reply> Search(OperationContext op)
    {
        if (OfDigits.FirstOrDefault(name => op.Query[name]?.All(char.IsAsciiDigit) is false) is { } wrong)
            return op.Fail(new Problem("validation_error", $"{wrong} is made of digits.") { Parameter = wrong });
        var agency = AgencyScope.Of(op).Agency;
        int limit = op.List.Size;
        var wide = new StockQuery
        {
            Country = (op.Query["country_code"] ?? UsualCountry).ToUpperInvariant(), Type = TypeOf(op.Query["type"]),
            Features = op.Query["features"]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Limit = limit,
        };
        var asked = wide with
        {
            Ndc = op.Query["area_code"],
            Locality = op.Query["locality"]?.ToUpperInvariant(),
            Area = op.Query["administrative_area"]?.ToUpperInvariant(),
            StartsWith = op.Query["starts_with"],
            EndsWith = op.Query["ends_with"],
            Contains = op.Query["contains"],
        };
        var found = await parts.Store.StockSearch.FindAsync(agency, asked, op.Now, op.Stop);
        var shown = found.Select(number => (JsonNode)Show(number, isBestEffort: false)).ToList();
        if (found.Count < limit && op.Query["best_effort"] is "true")
        {
            var seen = found.Select(number => number.Text).ToHashSet(StringComparer.Ordinal);
            // Those that were found are among them.
            var more = await parts.Store.StockSearch.FindAsync(agency, wide with { Limit = limit + found.Count }, op.Now, op.Stop);
            shown.AddRange(more.Where(number => seen.Add(number.Text)).Take(limit - found.Count)
                .Select(number => Show(number, isBestEffort: true)));
        }
        return op.Ok(new JsonObject { ["numbers"] = new JsonArray([.. shown]) });
    }

    /// <summary>All of them or none; what they cost is charged with it.</summary>
    public async ValueTask<Reply> Purchase(OperationContext op)
    {
        if (IdempotencyKey.Of(op) is null)
            return op.Fail(new Problem("validation_error", $"An order needs the header {IdempotencyKey.Header}: it is not made twice."));
        var body = op.ReadObject();
        if (AgencyText.Stray(op, body, "phone_numbers", "a number") is { } stray) return op.Fail(stray);
        var scope = AgencyScope.Of(op);
        var (agency, at) = (scope.Agency, Times.Cut(op.Now));
        var wanted = new Dictionary<string, (string? Name, Guid? Agent)>(StringComparer.Ordinal);
        foreach (var (i, item) in body["phone_numbers"]!.AsArray().Index())         // required
        {
            var one = item!.AsObject();          // an array of objects
            string place = $"phone_numbers/{i}";
            if (AgencyText.Number((string)one["phone_number"]!) is not { } text)       // required
                return op.Fail(AgencyText.Bad($"{place}/phone_number", "phone_number is a number such as +12125550100."));
            Guid? agent = AgencyText.Text(one, "agent_mapping_id") is { } id ? Guid.Parse(id) : null;
            if (agent is { } named && await parts.Agents.FindAsync(agency, named, op.Stop) is null)
                return op.Fail(op.Dialect.Errors.Problem(Fault.UnknownReference, "The agent_mapping_id names no agent of the agency.") with
                {
                    Pointer = $"/{place}/agent_mapping_id",
                });
            if (!wanted.TryAdd(text, (AgencyText.Text(one, "friendly_name"), agent)))
                return op.Fail(AgencyText.Bad($"{place}/phone_number", $"{text} is there twice."));
        }
        string? reference = AgencyText.Text(body, "customer_reference");
        var order = Guid.CreateVersion7(at);
        string[] texts = [.. wanted.Keys];
        IReadOnlyList<AgencyNumber> bought = [];
        // Whatever is in the stock may be bought, whether a search has shown it or not.
        await parts.Store.StockSearch.RememberAsync(agency, texts, at, op.Stop);
        var refused = await parts.Numbers.BuyAsync(new(agency, texts, at), stock => new()
        {
            Id = AgencyNumberTable.IdOf(agency, stock.Text), Text = stock.Text, Account = agency,
            Status = IsReady(stock) ? AgencyNumber.Active : AgencyNumber.Pending,
            Country = stock.Country, FriendlyName = wanted[stock.Text].Name, Agent = wanted[stock.Text].Agent, Order = order,
            CustomerReference = reference, PurchasedAt = IsReady(stock) ? at : null, CreatedAt = at, UpdatedAt = at,
        }, op.Snowflakes.Next, made =>
        {
            bought = made;
            return op.Note("created", OrderType, order.ToString(), null, new()
            {
                ["phone_numbers"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]), ["customer_reference"] = reference,
            }) with
            { Tenant = agency };
        }, op.Stop);
        if (refused is not null) return op.Fail(ProblemOf(op, refused, texts));
        // Also those that no agent has yet: whoever calls one is told so.
        await AgentLines.JoinAsync(op, parts, bought);
        bool isReady = bought.All(number => number.Status is AgencyNumber.Active);
        return op.Created(new JsonObject
        {
            ["order"] = new JsonObject
            {
                ["id"] = order.ToString(), ["status"] = isReady ? "success" : "pending",
                ["phone_numbers_count"] = bought.Count, ["requirements_met"] = true,
                ["customer_reference"] = reference, ["created_at"] = AgencyText.Time(at),
            },
            ["phone_numbers"] = new JsonArray([.. bought.Select(number => (JsonNode)AgencyNumbers.Show(number, scope))]),
            ["message"] = isReady ? "The numbers are the agency's."
                : "The numbers are the agency's; those that are pending are ready when the operator says so.",
        });
    }

    /// <summary>Each for itself: what cannot be given back is told, and the others are.</summary>
    public async ValueTask<Reply> Release(OperationContext op)
    {
        var body = op.ReadObject();
        if ((bool?)body["confirm"] is not true)
            return op.Fail(AgencyText.Bad("confirm", "A number that is released is gone for good: say confirm true."));
        var (released, failed) = (new JsonArray(), new JsonArray());
        string[] ids = [.. body["phone_number_ids"]!.AsArray().Select(id => ((string)id!).ToLowerInvariant()).Distinct()];     // required
        var known = (await parts.Numbers.ListAsync(AgencyScope.Of(op).Agency, op.Stop)).ToDictionary(number => number.Id.ToString());
        foreach (string id in ids)
        {
            var number = known.GetValueOrDefault(id);
            bool waits = number is { Status: AgencyNumber.Pending };
            var outcome = number is null || waits ? WriteOutcome.Missing : await ReleaseAsync(op, number);
            if (number is null || waits || outcome is WriteOutcome.InUse)
                failed.Add((JsonNode)new JsonObject
                {
                    ["id"] = id, ["phone_number"] = number?.Text,
                    ["error"] = number is null ? "not_found" : waits ? "invalid_state" : "number_in_use",
                });
            else
            {
                var one = new JsonObject { ["id"] = id, ["phone_number"] = number.Text };
                if (outcome is not WriteOutcome.Done) one["note"] = "Already released";
                released.Add((JsonNode)one);
            }
        }
        return op.Bare(failed.Count == 0 ? 200 : 207, new JsonObject
        {
            ["summary"] = new JsonObject
            {
                ["total_requested"] = ids.Length, ["released_count"] = released.Count, ["failed_count"] = failed.Count,
            },
            ["message"] = failed.Count == 0 ? "All of them are released." : $"{failed.Count} of {ids.Length} are not released.",
            ["released"] = released, ["failed"] = failed,
        });
    }

    /// <returns>Missing for one that was released before.</returns>
    private async ValueTask<WriteOutcome> ReleaseAsync(OperationContext op, AgencyNumber number)
    {
        if (number.Account is null || number.Status is AgencyNumber.Released) return WriteOutcome.Missing;
        var (scope, at) = (AgencyScope.Of(op), Times.Cut(op.Now));
        // By its row who gives numbers back and who makes batches take turns.
        await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop);
        // A client has its row before anything refers to it.
        if (number.ClientId is { } client) await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop);
        var after = number with
        {
            Status = AgencyNumber.Released,
            Account = null,
            Agent = null,
            IsDisabled = false,
            ReleasedAt = at,
            UpdatedAt = at,
        };
        var note = op.Note("released", AgencyNumbers.RecordType, number.Id.ToString(), AgencyNumbers.Show(number, scope),
            AgencyNumbers.Show(after, scope)) with
        { Tenant = scope.Agency };
        return number.IsBrought ? await parts.Brought.GiveUpAsync(scope.Agency, after, note, op.Stop)
            : await parts.Numbers.ReleaseAsync(scope.Agency, number, after, note, op.Stop);
    }

    private static Problem ProblemOf(OperationContext op, ClaimRefusal refusal, IReadOnlyList<string> texts)
    {
        string text = texts[refusal.Index];
        var problem = refusal.Fault switch
        {
            ClaimFault.NotFound => op.Dialect.Errors.Problem(Fault.UnknownReference, $"{text} is not in the stock of this node."),
            ClaimFault.NoCredit => new("plan_limit", "The agency's credit does not suffice for the setup and the first month."),
            ClaimFault.OwnedAlready => op.Dialect.Errors.Problem(Fault.WrongState, $"{text} is the agency's already."),
            ClaimFault.OnRequest =>
                op.Dialect.Errors.Problem(Fault.WrongState, $"{text} is sold on request, which an agency cannot wait for."),
            _ => op.Dialect.Errors.Problem(Fault.WrongState, $"{text} is not available."),
        };
        return refusal.Fault is ClaimFault.NoCredit ? problem
            : problem with { Pointer = $"/phone_numbers/{refusal.Index}/phone_number" };
    }

    /// <summary>The contract's word for it is of toll-free numbers alone.</summary>
    private static bool IsReady(StockNumber stock) => stock is not { Type: StockType.TollFree, IsQuickship: false };

    private static StockType? TypeOf(string? text)
    {
        foreach (var type in Enum.GetValues<StockType>())
            if (SnakeName.Of(type) == text) return type;
        return null;
    }

    private static JsonObject Show(StockNumber number, bool isBestEffort) => new()
    {
        ["phone_number"] = number.Text, ["country_code"] = number.Country, ["type"] = SnakeName.Of(number.Type),
        ["locality"] = number.Locality, ["region"] = number.Area,
        ["features"] = new JsonArray([.. number.Features.Select(feature => (JsonNode)feature)]),
        ["upfront_cost"] = Money.Format(number.UpfrontMicros), ["monthly_cost"] = Money.Format(number.MonthlyMicros),
        ["currency"] = number.Currency, ["best_effort"] = isBestEffort,
    };
}
