using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>
/// The voice usage report that is made while the caller waits: calls summed up by connection, tag or billing group,
/// by country and by whether a number is toll-free.
/// </summary>
internal static class CdrUsage
{
    private const int MostConnections = 100_000;

    public static async ValueTask<Reply> Get(OperationContext op, ReportParts parts)
    {
        if (Period.Read(op, "start_date", "end_date", out var period) is { } badPeriod) return op.Fail(badPeriod);
        var connections = new List<long>();
        foreach (string text in op.Query.List("connections"))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
                return op.Fail(
                    op.Dialect.Errors.Problem(Fault.BadParameter, $"connections are ids of connections, and '{text}' is none.") with
                    {
                        Parameter = "connections"
                    });
            connections.Add(id);
        }
        var until = period.Until ?? op.Now;
        period = new(period.From ?? Period.DaysBefore(new(until.UtcDateTime.Date, TimeSpan.Zero), days: 31), until);

        // both are required, and of these words
        string aggregation = op.Query["aggregation_type"]!, breakdown = op.Query["product_breakdown"]!;
        bool hasCountry = breakdown is "COUNTRY" or "DID_VS_TOLL_FREE_PER_COUNTRY",
            hasType = breakdown.StartsWith("DID_VS_TOLL_FREE", StringComparison.Ordinal);
        string? by = aggregation switch { "CONNECTION" or "TAG" => "connection_id", "BILLING_GROUP" => "billing_group_id", _ => null };
        var rows = await parts.Store.Records.SumAsync(op.Tenant, RecordSources.Calls, new()
        {
            By = [.. by is null ? Array.Empty<string>() : [by], "direction", "currency",
                .. hasCountry || hasType ? ["to_party"] : Array.Empty<string>()],
            Metrics = ["calls", "answered_calls", "talk_seconds", "billed_seconds", "cost"],
            Conditions = connections.Count == 0 ? []
                : [new ResourceFilter("connection_id", "in", [.. connections.Select(id => id.ToString(CultureInfo.InvariantCulture))])],
            From = period.From,
            Until = period.Until,
        }, op.Stop);

        var tags = aggregation is "TAG" ? await TagsAsync(op.Tenant, parts, op.Stop) : null;
        var sums = new SortedDictionary<UsageKey, UsageSum>();
        foreach (var row in rows)
        {
            var number = hasCountry || hasType ? Classify(parts.Plans, row.Text("to_party")!) : default;   // a call has a party
            var key = new UsageKey(by is null ? null : Convert.ToString(row[by], CultureInfo.InvariantCulture),
                hasCountry ? number.Country : null, hasType ? number.Type : null, row.Text("direction")!, row.Text("currency"));
            if (tags is null) Add(sums, key, row);
            else
                foreach (string? tag in tags.GetValueOrDefault(key.Group ?? "", NoTags)) Add(sums, key with { Group = tag }, row);
        }

        string group =
            aggregation switch { "CONNECTION" => "connection_id", "TAG" => "tag", "BILLING_GROUP" => "billing_group_id", _ => "" };
        return op.Ok(new JsonObject
        {
            ["id"] = Guid.CreateVersion7(op.Now).ToString(),
            ["record_type"] = "cdr_usage_report",
            ["status"] = "COMPLETE",
            ["aggregation_type"] = aggregation,
            ["product_breakdown"] = breakdown,
            ["connections"] = new JsonArray([.. connections.Select(id => (JsonNode)id)]),
            ["start_time"] = TelnyxTime.Millis(period.From!.Value),                                        // filled in above
            ["end_time"] = TelnyxTime.Millis(period.Until!.Value),
            ["created_at"] = TelnyxTime.Millis(op.Now),
            ["updated_at"] = TelnyxTime.Millis(op.Now),
            ["result"] = new JsonObject { ["usage"] = new JsonArray([.. sums.Select(sum => Show(group, sum.Key, sum.Value))]) },
        });
    }

    private static readonly IReadOnlyList<string?> NoTags = [null];

    /// <summary>The tags of each connection that has any, by its id.</summary>
    private static async ValueTask<Dictionary<string, IReadOnlyList<string?>>> TagsAsync(TenantId tenant, ReportParts parts,
        CancellationToken stop)
    {
        var all = await parts.Store.Connections.AllRows(Connections.AllConnections.View)
            .ListAsync(tenant, new() { Limit = MostConnections }, stop);
        return all.Rows.Where(row => row.Body.Texts("tags").Count > 0)
            .ToDictionary(row => row.Id, row => (IReadOnlyList<string?>)row.Body.Texts("tags"), StringComparer.Ordinal);
    }

    private static (string? Country, string Type) Classify(NumberingPlans plans, string party)
    {
        var facts = E164.TryParse(party, out var number) ? plans.Classify(number) : default;
        return (facts.Country, facts.Type is NumberType.TollFree ? "toll_free" : "did");
    }

    private static void Add(SortedDictionary<UsageKey, UsageSum> sums, UsageKey key, ReportRow row)
    {
        sums.TryGetValue(key, out var sum);
        sums[key] = new(sum.Calls + (row.Whole("calls") ?? 0), sum.Answered + (row.Whole("answered_calls") ?? 0),
            sum.TalkSeconds + (row.Whole("talk_seconds") ?? 0),
            sum.BilledSeconds + (row.Whole("billed_seconds") ?? 0), row.Whole("cost") is { } cost ? (sum.Cost ?? 0) + cost : sum.Cost);
    }

    private static JsonNode Show(string group, UsageKey key, UsageSum sum)
    {
        var shown = new JsonObject();
        if (group.Length > 0) shown[group] = key.Group;
        if (key.Country is not null) shown["country_iso"] = key.Country;
        if (key.NumberType is not null) shown["number_type"] = key.NumberType;
        shown["direction"] = key.Direction;
        shown["attempted"] = sum.Calls;
        shown["connected"] = sum.Answered;
        shown["call_sec"] = sum.TalkSeconds;
        shown["billed_sec"] = sum.BilledSeconds;
        // No rate, no price: it is left out.
        if (sum.Cost is { } cost) (shown["cost"], shown["currency"]) = (Money.Format(cost), key.Currency);
        return shown;
    }

    private readonly record struct UsageSum(long Calls, long Answered, long TalkSeconds, long BilledSeconds, long? Cost);

    private readonly record struct UsageKey(string? Group, string? Country, string? NumberType, string Direction, string? Currency)
        : IComparable<UsageKey>
    {
        public int CompareTo(UsageKey other)
        {
            foreach (var (mine, its) in ((string?, string?)[])[(Group, other.Group), (Country, other.Country),
                    (NumberType, other.NumberType), (Direction, other.Direction), (Currency, other.Currency)])
                if (string.CompareOrdinal(mine, its) is not 0 and var order) return order;
            return 0;
        }
    }
}
