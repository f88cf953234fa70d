using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>Figures of the calls of an agency, of a client or a campaign, added up when they are asked for.</summary>
internal sealed class Dashboards(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "7d", UsualOfCampaigns = "30d", Utc = "UTC", ByHour = "hour", Service = "cs";
    private const int HoursOfDay = 24, MostTools = 20;
    private const decimal Millis = 1_000;

    /// <summary>Of one status, beside the figures of campaigns.</summary>
    private const int MostBatches = 100;

    public async ValueTask<Reply> Overview(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (period, search) = (asked.Period!, asked.Search!);        // there is no refusal
        var sums = await parts.Figures.SumAsync(search, op.Stop);
        var before = Kpis.Of(await parts.Figures.SumAsync(FigureQuestions.During(search, period.Preceding), op.Stop));
        var kpis = Kpis.Of(sums);
        var summary = kpis.Write();
        await questions.AddCostsAsync(op, summary, search, period, kpis);
        var shown = new JsonObject
        {
            ["period"] = period.Write(), ["summary"] = summary,
            ["disposition_breakdown"] = CountBy(sums, sum => sum.Disposition),
            ["outcome_breakdown"] = CountBy(sums.Where(sum => sum.Ended != 0 && sum.Direction is "outbound"),
                sum => Kpis.OutcomeOf(sum) ?? "none"),
            ["quality"] = QualityFigures.Write(sums),
            ["previous"] = new JsonObject { ["period"] = period.Preceding.Write(), ["summary"] = before.Write() },
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = kpis.Unjudged,
        };
        // With what an agent works is its agency's business.
        if (op.Caller.Child is null)
            shown["tools"] = new JsonArray([.. (await parts.Figures.ListToolsAsync(search, op.Stop)).Take(MostTools).Select(Show)]);
        return op.Ok(shown);
    }

    private static JsonNode Show(ToolSum sum) => new JsonObject
    {
        ["tool"] = sum.Tool, ["calls"] = sum.Uses, ["failed"] = sum.Failed,
        ["seconds"] = Math.Round(sum.Took / Millis, 1, MidpointRounding.AwayFromZero),
    };

    public async ValueTask<Reply> Timeseries(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (period, search) = (asked.Period!, asked.Search!);        // there is no refusal
        bool isByHour = op.Query["interval"] is ByHour;
        if (isByHour && period.Label is not FigurePeriod.Today)
            return op.Fail(new Problem("validation_error", "Hours are shown of the period today alone.") { Pointer = "/interval" });
        var sums = await parts.Figures.SumAsync(search, op.Stop);
        DateTime StepOf(DateTime at) => isByHour ? at.Date.AddHours(at.Hour) : at.Date;
        var times = sums.ToLookup(sum => StepOf(period.LocalOf(sum.Slot)));
        var first = period.Start.ToDateTime(TimeOnly.MinValue);
        var rows = Enumerable.Range(0, isByHour ? HoursOfDay : period.Days)
            .Select(step => isByHour ? first.AddHours(step) : first.AddDays(step)).Select(at => RowOf(at, isByHour, Kpis.Of(times[at])));
        return op.Ok(new JsonObject
        {
            ["period"] = period.Write(), ["interval"] = isByHour ? ByHour : "day", ["timeseries"] = new JsonArray([.. rows]),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = Kpis.Of(sums).Unjudged,
        });
    }

    public async ValueTask<Reply> Funnel(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var campaign = Guid.TryParse(op.Query["campaign_id"], out var id)
            ? await parts.Campaigns.FindAsync(asked.Search!.Agency, id, op.Stop) : null;
        var kpis = Kpis.Of(await parts.Figures.SumAsync(asked.Search!, op.Stop));        // there is no refusal
        var (funnel, rates) = kpis.Funnel(campaign?.Type is Service);
        return op.Ok(new JsonObject
        {
            ["period"] = asked.Period!.Write(), ["funnel"] = funnel, ["rates"] = rates, ["as_of"] = AgencyText.Time(op.Now),
            ["pending_analysis"] = kpis.Unjudged,
        });
    }

    public async ValueTask<Reply> Campaigns(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, UsualOfCampaigns, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (period, search, scope) = (asked.Period!, asked.Search!, AgencyScope.Of(op));        // there is no refusal
        await parts.Follower.FollowAsync(scope.Agency, op.Stop);
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        var (rows, total) = await parts.Campaigns.ListAsync(scope.Agency, client, op.Query["type"] ?? "", "", op.List.Offset, op.List.Size,
            op.Stop);
        var sums = await parts.Figures.SumOfEachAsync(search, [.. rows.Select(row => row.Id.ToString())], op.Stop);
        var stats = new JsonArray([.. rows.Select(row => (JsonNode)StatsOf(row, Kpis.Of(sums[row.Id.ToString()])))]);
        IReadOnlyList<BatchRow> open = op.Query["status"] is { } status
            ? (await parts.Batches.ListAsync(scope.Agency, client, "", status, "", 0, MostBatches, op.Stop)).Rows
            : [
                .. (await parts.Batches.ListOpenAsync(scope.Agency, op.Stop))
                    .Where(batch => !batch.IsOver && (client.Length == 0 || batch.ClientId == client)),
            ];
        var shown = new JsonArray([.. await questions.Batches.ShowAsync(scope.Agency, open, op.Stop)]);
        return op.Ok(new JsonObject
        {
            ["period"] = period.Write(), ["active_batches"] = shown, ["campaign_stats"] = stats,
            ["pagination"] = AgencyForm.PageOf(op.List, rows.Count, total),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = Kpis.Of(sums.SelectMany(one => one)).Unjudged,
        });
    }

    /// <summary>By the clock of Greenwich, where nobody names another.</summary>
    public async ValueTask<Reply> Heat(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, UsualOfCampaigns, op.Query["timezone"] ?? Utc);
        if (asked.Refusal is not null) return asked.Refusal;
        string metric = op.Query["metric"] ?? "calls";
        var (hours, best) = HeatMap.Of(await parts.Figures.SumAsync(asked.Search!, op.Stop), asked.Period!, metric);     // no refusal
        return op.Ok(new JsonObject
        {
            ["period"] = asked.Period!.Write(), ["metric"] = metric, ["heatmap"] = hours, ["best_times"] = best,
        });
    }

    private static JsonNode RowOf(DateTime at, bool isByHour, Kpis kpis)
    {
        var row = new JsonObject { ["date"] = FigurePeriod.Text(DateOnly.FromDateTime(at)) };
        if (isByHour) row["hour"] = at.Hour;
        foreach (var (name, value) in kpis.Write()) row[name] = value?.DeepClone();
        return row;
    }

    private static JsonObject StatsOf(AgencyCampaign campaign, Kpis kpis)
    {
        var stats = new JsonObject
        {
            ["id"] = campaign.Id.ToString(), ["name"] = campaign.Name, ["type"] = campaign.Type, ["status"] = campaign.Status,
            ["client_id"] = campaign.ClientId,
            ["conversion_rate"] = campaign.Type is Service ? Kpis.Rate(kpis.ResolvedIssues, kpis.Conversations)
                : Kpis.Rate(kpis.Meetings, kpis.Total),
        };
        foreach (var (name, value) in kpis.Write()) stats[name] = value?.DeepClone();
        return stats;
    }

    private static JsonObject CountBy(IEnumerable<CallSum> sums, Func<CallSum, string?> of) => new(sums
        .GroupBy(of).Where(group => group.Key is not null).OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => KeyValuePair.Create(group.Key!, (JsonNode?)group.Sum(sum => sum.Calls))));
}
