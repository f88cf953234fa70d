using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>
/// Figures of what was said in calls. Nothing judges a call yet, so that they are null, which is not 0: nobody has looked. How many calls
/// wait for that is said.
/// </summary>
internal sealed class QualityFigures(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "7d";

    private static readonly string[] Judged =
    [
        "avg_talk_ratio", "avg_listen_ratio", "avg_script_adherence", "avg_interruptions_per_call", "objections_encountered",
        "objections_handled", "objection_handling_rate", "buying_signals",
    ];

    private static readonly string[] Sentiments = ["positive", "neutral", "negative"];

    public async ValueTask<Reply> Quality(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var period = asked.Period!;        // there is no refusal
        var sums = await parts.Figures.SumAsync(asked.Search!, op.Stop);
        var byDay = sums.ToLookup(sum => DateOnly.FromDateTime(period.LocalOf(sum.Slot)));
        var trend = Enumerable.Range(0, period.Days).Select(period.Start.AddDays).Select(day =>
        {
            var shown = new JsonObject { ["date"] = FigurePeriod.Text(day) };
            foreach (var (name, value) in Write(Kpis.Of(byDay[day]))) shown[name] = value?.DeepClone();
            return (JsonNode)shown;
        });
        var kpis = Kpis.Of(sums);
        return op.Ok(new JsonObject
        {
            ["period"] = period.Write(), ["quality"] = Write(kpis), ["trend"] = new JsonArray([.. trend]),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = kpis.Completed,
        });
    }

    public async ValueTask<Reply> Objections(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var kpis = Kpis.Of(await parts.Figures.SumAsync(asked.Search!, op.Stop));        // there is no refusal
        return op.Ok(new JsonObject
        {
            ["period"] = asked.Period!.Write(), ["objections"] = null, ["buying_signals"] = null,
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = kpis.Completed,
        });
    }

    /// <summary>What the ledger has, and what only who listened would.</summary>
    private static JsonObject Write(Kpis kpis)
    {
        var shown = new JsonObject
        {
            ["completed_calls"] = kpis.Completed, ["total_duration_seconds"] = kpis.DurationSeconds,
            ["avg_duration_seconds"] = kpis.Mean,
        };
        foreach (string name in Judged) shown[name] = null;
        shown["sentiment"] = new JsonObject(Sentiments.Select(word => KeyValuePair.Create(word, (JsonNode?)null)));
        return shown;
    }
}
