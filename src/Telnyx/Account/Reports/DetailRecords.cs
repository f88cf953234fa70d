using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>The search over detail records: one record type at a time, by any of its fields.</summary>
internal static class DetailRecords
{
    /// <summary>The last of them is the field with a record's moment, which programs name by the one before, too.</summary>
    private const string TypeFilter = "record_type", RangeFilter = "date_range", Moment = "created_at";

    /// <summary>Of a call, in this API and in its source.</summary>
    private const string CallId = "call_control_id", Leg = "leg";

    public static async ValueTask<Reply> List(OperationContext op, ReportParts parts)
    {
        var errors = op.Dialect.Errors;
        if (op.List.Filter(TypeFilter) is not { } type)
            return op.Fail(errors.Problem(Fault.MissingParameter,
                $"filter[{TypeFilter}] is required: {string.Join(", ", DetailKinds.ByName.Keys.Order())}.") with
            {
                Parameter = $"filter[{TypeFilter}]"
            });
        if (DetailKinds.Find(type) is not { } kind)
            return op.Fail(errors.Problem(Fault.BadFilter,
                $"'{type}' is no record type; there are {string.Join(", ", DetailKinds.ByName.Keys.Order())}.") with
            {
                Parameter = $"filter[{TypeFilter}]"
            });

        Period period = default;
        if (op.List.Filter(RangeFilter) is { } words && !Period.TryRead(words, op.Now, out period))
            return op.Fail(errors.Problem(Fault.BadFilter, $"'{words}' is no date range; last_week or last_3_days would be.") with
            {
                Parameter = $"filter[{RangeFilter}]"
            });
        var query = new RecordQuery { From = period.From, Until = period.Until, Offset = op.List.Offset, Limit = op.List.Size };
        if (kind.Source is not { } source) return op.Page([], 0);

        if (RecordFilters.Read(op, source, name => kind.ColumnOf(name is RangeFilter ? Moment : name),
                f => f is { Path: TypeFilter or RangeFilter, Operator: "eq" } || NamesCalls(source, f),
                out var conditions) is { } badFilter)
            return op.Fail(badFilter);
        if (RecordFilters.ReadSort(op, kind.ColumnOf, out var orders) is { } badSort) return op.Fail(badSort);
        var ids = new Ids(parts.Store.Node);
        // What is no id of the account's names no call.
        var calls = op.List.Filters.Where(f => NamesCalls(source, f))
            .Select(f => f with { Path = Leg, Values = [.. f.Values.Select(LegOf)] });
        query = query with { Conditions = [.. kind.Always, .. conditions, .. calls], Orders = orders };

        string[] columns = [.. kind.Fields.Select(f => f.Column).Concat(AlsoOf(source)).Distinct()];
        var page = await parts.Store.Records.ListAsync(op.Tenant, source, query, columns, op.Stop);
        if (!ReferenceEquals(source, TextRecords.Texts))
            return op.Page([.. page.Rows.Select(row => Show(op, parts, kind, source, row, ids))], page.Total);
        var profiles = await MessagingReports.NamesAsync(op.Tenant, parts, op.Stop);
        return op.Page(
            [.. page.Rows.Select(row => WithMessage(op, parts.Plans, profiles, row, Show(op, parts, kind, source, row, ids)))], page.Total);

        string LegOf(string id) => ids.TryReadCallControl(id, op.Tenant, out var leg) ? leg.ToString() : "";
    }

    private static JsonObject Show(OperationContext op, ReportParts parts, DetailKind kind, RecordSource source, ReportRow row, Ids ids)
    {
        var shown = new JsonObject { [TypeFilter] = kind.RecordType, ["user_id"] = op.Tenant.ToString() };
        foreach (var (name, column) in kind.Fields)
            if (RecordJson.Of(source.Columns[column].Kind, column, row[column]) is { } value) shown[name] = value;
        if (kind.RatedBy is { } unit && row.Whole("rate") is not null) shown["rate_measured_in"] = unit;
        if (IsCode(source)) shown["verification_status"] = StatusOf(row, op.Now);
        if (!IsCall(source)) return shown;
        if (LegId.TryParse(row.Text(Leg), out var leg)) shown[CallId] = ids.CallControl(op.Tenant, leg);
        bool isAnswered = row["is_answered"] is true;
        // As the vendor counts calls: each is one or none. A record is there once the call is over.
        (shown["connected"], shown["completed"]) = (isAnswered ? 1 : 0, isAnswered ? 1 : 0);
        if (CountryOf(parts.Plans, row.Text("to_party") ?? "") is { } country) shown["country_iso"] = country;
        shown["hangup_cause"] = HangupMap.Rows[new(Read<HangupCause>("cause"), Read<Direction>("direction"), isAnswered)].Cause;
        return shown;

        // Stored in snake case, and never null.
        T Read<T>(string column) where T : struct, Enum =>
            Enum.Parse<T>(row.Text(column)!.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
    }

    /// <summary>What a record's fields show none of, and what is read from it all the same.</summary>
    private static string[] AlsoOf(RecordSource source) =>
        IsCall(source) ? ["cause", "is_answered", Leg] : IsCode(source) ? ["state", "timeout_secs"] : [];

    /// <summary>Of a code: what became of its text, and what the clock says, are not written with it.</summary>
    private static string StatusOf(ReportRow row, DateTimeOffset now)
    {
        string state = row.Text("state")!;          // each has one, and the others below
        if (state is not "pending") return state;
        if (row.Text("delivery") is "sending_failed" or "delivery_failed" or "expired" or "cancelled") return "error";
        return row.Time("created_at")!.Value.AddSeconds(row.Whole("timeout_secs")!.Value) <= now ? "expired" : state;
    }

    /// <summary>Calls are looked for by the id that commands name them by, which no column holds.</summary>
    private static bool NamesCalls(RecordSource source, ResourceFilter filter) =>
        IsCall(source) && filter.Path is CallId && filter.Operator is "eq" or "ne" or "in";

    private static bool IsCode(RecordSource source) => ReferenceEquals(source, CodeRecords.Codes);

    /// <summary>What the numbers of a message are now, and of which country: an alphanumeric sender is of none.</summary>
    private static JsonObject WithMessage(OperationContext op, NumberingPlans plans, IReadOnlyDictionary<string, string> profiles,
        ReportRow row, JsonObject shown)
    {
        if (profiles.TryGetValue(row.Text("profile_id") ?? "", out string? profile)) shown["profile_name"] = profile;
        if (CountryOf(plans, row.Text("sender")!) is { } source) shown["source_country_code"] = source;        // each has both
        if (CountryOf(plans, row.Text("recipient")!) is { } country) shown["country_code"] = country;
        bool isOut = row.Text("direction") is "outbound";
        string own = row.Text(isOut ? "sender" : "recipient")!, other = row.Text(isOut ? "recipient" : "sender")!;      // each has both
        shown["on_net"] = op.Routing.FindOwnNumber(other) is { IsPortedOut: false };
        shown["tags"] = op.Routing.FindOwnNumber(own) is { } number && number.Tenant == op.Tenant ? string.Join(',', number.Tags) : "";
        return shown;
    }

    private static string? CountryOf(NumberingPlans plans, string party) =>
        E164.TryParse(party, out var number) ? plans.Classify(number).Country : null;

    private static bool IsCall(RecordSource source) => ReferenceEquals(source, RecordSources.Calls);
}
