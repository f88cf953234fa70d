using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Documents;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Reports of messages: their records one by one, and what they sum up to.</summary>
internal static class MessagingReports
{
    /// <summary>Of a sum; the file of a report has them in this order.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "profile_id", "tags", "product", "direction", "message_type", "tn_type", "sent", "received", "delivered", "parts",
        "carrier_passthrough_fee", "cost", "currency",
    ];

    /// <summary>The kind of the documents that are messaging profiles.</summary>
    private const string Profile = "messaging_profile";
    private const int UsualDays = 31;
    private static readonly string[] Shown =
    [
        "id", "received_at", "sent_at", "direction", "sender", "recipient", "message_type", "parts", "profile_id", "rate", "cost",
        "currency", "status",
    ];
    private static readonly string[] Sums = ["sent", "received", "delivered", "parts", "fees", "cost"];
    private static readonly IReadOnlyList<string?> NoTags = [null];

    public static async ValueTask<Reply> Records(OperationContext op, ReportParts parts)
    {
        if (Period.Read(op, "start_date", "end_date", out var period) is { } problem) return op.Fail(problem);
        var profiles = await NamesAsync(op.Tenant, parts, op.Stop);
        var conditions = new List<ResourceFilter>();
        Equal("id", "id", static text => text.ToLowerInvariant());
        Equal("direction", "direction", static text => text.ToLowerInvariant());
        Equal("status", "status", static text => text.ToLowerInvariant());
        Equal("message_type", "message_type", static text => text);
        Equal("cld", "recipient", Number);
        Equal("cli", "sender", Number);
        if (op.Query["profile"] is { Length: > 0 } name)
            conditions.Add(new("profile_id", "in", [.. profiles.Where(one => one.Value == name).Select(one => one.Key)]));
        var page = await parts.Store.Records.ListAsync(op.Tenant, TextRecords.Texts, new()
        {
            Conditions = conditions, From = period.From, Until = period.Until, Offset = op.List.Offset, Limit = op.List.Size,
        }, Shown, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row, profiles))], page.Total);

        void Equal(string parameter, string column, Func<string, string> read)
        {
            if (op.Query[parameter] is { Length: > 0 } text) conditions.Add(new(column, "eq", [read(text)]));
        }

        // A plus sign that nobody escaped has become a space.
        static string Number(string text) => text.StartsWith(' ') ? $"+{text[1..]}" : text;
    }

    /// <summary>The report that is made while the caller waits.</summary>
    public static async ValueTask<Reply> Sync(OperationContext op, ReportParts parts)
    {
        if (Period.Read(op, "start_date", "end_date", out var asked) is { } problem) return op.Fail(problem);
        var period = new Period(asked.From ?? Period.DaysBefore(asked.Until ?? op.Now, UsualDays), asked.Until ?? op.Now);
        string aggregation = op.Query["aggregation_type"]!;         // it is required
        string[] profiles = [.. op.Query.List("profiles")];
        // Without an end also of this very moment.
        var rows = await SumAsync(op.Tenant, parts, aggregation, profiles, period with { Until = asked.Until }, op.Stop);
        return op.Ok(new JsonObject
        {
            ["id"] = Guid.CreateVersion7(op.Now).ToString(),
            ["record_type"] = "mdr_usage_report",
            ["status"] = "COMPLETE",
            ["aggregation_type"] = aggregation,
            ["profiles"] = string.Join(',', profiles),
            ["start_date"] = TelnyxTime.Millis(period.From!.Value),         // both are set above
            ["end_date"] = TelnyxTime.Millis(period.Until!.Value),
            ["created_at"] = TelnyxTime.Millis(op.Now),
            ["updated_at"] = TelnyxTime.Millis(op.Now),
            ["result"] = new JsonArray([.. rows.Select(row => (JsonNode)row)]),
        });
    }

    public static ValueTask<Reply> Create(OperationContext op, ReportParts parts)
    {
        var body = op.ReadObject();
        // The schema demands both, and that they are moments.
        if (Period.Parse(body.Text("start_date")) > Period.Parse(body.Text("end_date")))
            return new(op.Invalid("/end_date", VoiceErrors.BadRange, "end_date must not be earlier than start_date."));
        var input = new JsonObject { ["aggregation_type"] = body.Text("aggregation_type") };
        foreach (string name in (string[])["start_date", "end_date"]) input[name] = TelnyxTime.Millis(Period.Parse(body.Text(name))!.Value);
        if (body.Filled("profiles") is { } profiles) input["profiles"] = profiles;
        return AsyncReports.Create(op, parts, ReportKinds.Messages, input);
    }

    /// <summary>The report that a job makes.</summary>
    public static async ValueTask<ReportTable> MakeAsync(JobContext job, ReportParts parts)
    {
        var input = job.Input;
        string[] profiles = (input.Text("profiles") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(Columns, await SumAsync(job.Tenant, parts, input.Text("aggregation_type") ?? "", profiles,
            new(Period.Parse(input.Text("start_date")), Period.Parse(input.Text("end_date"))), job.Stop));
    }

    /// <summary>A message of a number with several tags counts for each of them.</summary>
    private static async ValueTask<IReadOnlyList<JsonObject>> SumAsync(TenantId tenant, ReportParts parts, string aggregation,
        IReadOnlyList<string> profiles, Period period, CancellationToken stop)
    {
        bool isByProfile = aggregation is "PROFILE", isByTag = aggregation is "TAGS";
        string[] by = ["direction", "message_type", "currency", "own_party"];
        var rows = await parts.Store.Records.SumAsync(tenant, TextRecords.Texts, new()
        {
            By = isByProfile ? ["profile_id", .. by] : by,
            Metrics = Sums,
            Conditions = profiles.Count == 0 ? [] : [new ResourceFilter("profile_id", "in", profiles)],
            From = period.From,
            Until = period.Until,
        }, stop);
        var sums = new Dictionary<MessageSum, long[]>();
        foreach (var row in rows)
        {
            string own = row.Text("own_party")!;        // each has one
            var number = parts.Store.Routing.Current.FindOwnNumber(own) is { } known && known.Tenant == tenant ? known : null;
            foreach (string? tag in isByTag && number is { Tags.Count: > 0 } ? number.Tags : NoTags)
            {
                var key = new MessageSum(isByProfile ? row.Text("profile_id") : null, tag, row.Text("direction")!,
                    row.Text("message_type")!, KindOf(own, parts.Plans), row.Text("currency"));
                if (!sums.TryGetValue(key, out long[]? sum)) sums.Add(key, sum = new long[Sums.Length]);
                for (int i = 0; i < Sums.Length; i++) sum[i] += row.Whole(Sums[i]) ?? 0;
            }
        }
        return [.. sums.Select(sum => Show(sum.Key, sum.Value))];
    }

    private static string KindOf(string party, NumberingPlans plans) => !E164.TryParse(party, out var number)
        ? party.All(char.IsAsciiDigit) ? "SC" : "ALPHA" : plans.Classify(number).Type is NumberType.TollFree ? "TF" : "LC";

    private static JsonObject Show(MessageSum key, long[] sum)
    {
        var shown = new JsonObject
        {
            ["product"] = key.Direction, ["direction"] = key.Direction, ["message_type"] = key.MessageType, ["tn_type"] = key.Kind,
        };
        if (key.Profile is not null) shown["profile_id"] = key.Profile;
        if (key.Tag is not null) shown["tags"] = key.Tag;
        for (int i = 0; i < Sums.Length - 2; i++) shown[Sums[i]] = sum[i].ToString(CultureInfo.InvariantCulture);
        // No rate, no price: it is left out.
        if (key.Currency is not { } currency) return shown;
        shown["carrier_passthrough_fee"] = Money.Format(sum[^2]);
        shown["cost"] = Money.Format(sum[^1]);
        shown["currency"] = currency;
        return shown;
    }

    private static JsonObject Show(ReportRow row, Dictionary<string, string> profiles)
    {
        var shown = new JsonObject
        {
            ["record_type"] = "mdr_report",
            ["id"] = row.Text("id"),
            ["created_at"] = TelnyxTime.Millis((row.Time("sent_at") ?? row.Time("received_at"))!.Value),        // the latter has each
            ["direction"] = row.Text("direction"),
            ["cli"] = row.Text("sender"),
            ["cld"] = row.Text("recipient"),
            ["message_type"] = row.Text("message_type"),
            ["parts"] = row.Whole("parts"),
            ["profile_name"] = profiles.GetValueOrDefault(row.Text("profile_id") ?? "", ""),
        };
        if (row.Text("status") is { } status) shown["status"] = status.ToUpperInvariant();
        if (row.Text("currency") is not { } currency) return shown;
        if (row.Whole("rate") is { } rate) shown["rate"] = Money.Format(rate);
        if (row.Whole("cost") is { } cost) shown["cost"] = Money.Format(cost);
        shown["currency"] = currency;
        return shown;
    }

    /// <summary>Of the account's messaging profiles, by their ids.</summary>
    /// <summary>Messaging profiles by their ids.</summary>
    public static async ValueTask<Dictionary<string, string>> NamesAsync(TenantId tenant, ReportParts parts, CancellationToken stop) =>
        (await parts.Store.Documents.Rows(new DocumentKind(Profile)).ListAsync(tenant, new() { Limit = int.MaxValue }, stop)).Rows
            .ToDictionary(row => row.Id, row => row.Body.Text("name") ?? "", StringComparer.Ordinal);

    private sealed record MessageSum(string? Profile, string? Tag, string Direction, string MessageType, string Kind, string? Currency);
}
