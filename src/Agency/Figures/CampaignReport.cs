using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>What has come of a campaign in some days: its figures, and those of each day; as a document or as a table.</summary>
internal sealed class CampaignReport(AgencyParts parts, FigureQuestions questions, AgencyCampaigns campaigns)
{
    private const string Usual = "30d", Table = "csv";

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        var (from, to) = (op.Query["from"], op.Query["to"]);
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"] ?? campaign.Timezone, month: null,
            from is null && to is null ? null : (from, to));
        if (asked.Refusal is not null) return asked.Refusal;
        var (period, search) = (asked.Period!, asked.Search! with { Campaign = campaign.Id.ToString() });        // there is no refusal
        var sums = await parts.Figures.SumAsync(search, op.Stop);
        var byDay = sums.ToLookup(sum => DateOnly.FromDateTime(period.LocalOf(sum.Slot)));
        var days = Enumerable.Range(0, period.Days).Select(period.Start.AddDays)
            .Select(day => (Day: FigurePeriod.Text(day), Figures: Kpis.Of(byDay[day]).Write())).ToList();
        var kpis = Kpis.Of(sums);
        if (op.Query["format"] is Table)
        {
            string[] names = [.. kpis.Write().Select(one => one.Key)];
            return op.Raw(200, CsvText.ContentType, CsvText.Write(["date", .. names],
                days.Select(day => names.Select(name => CsvText.Cell(day.Figures[name])).Prepend(day.Day))));
        }
        var summary = kpis.Write();
        await questions.AddCostsAsync(op, summary, search, period, kpis);
        var shown = new JsonArray();
        foreach (var (day, figures) in days)
        {
            figures["date"] = day;
            shown.Add((JsonNode)figures);
        }
        return op.Ok(new JsonObject
        {
            ["campaign_id"] = campaign.Id.ToString(), ["client_id"] = campaign.ClientId, ["name"] = campaign.Name, ["type"] = campaign.Type,
            ["period"] = period.Write(), ["summary"] = summary, ["days"] = shown, ["as_of"] = AgencyText.Time(op.Now),
            ["pending_analysis"] = kpis.Unjudged,
        });
    }
}
