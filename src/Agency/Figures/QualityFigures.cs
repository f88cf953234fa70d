using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>
/// Figures of what was said in calls, of those that were judged. Where none was they are null, which is not 0: nobody has looked. How many
/// calls wait for that is said.
/// </summary>
internal sealed class QualityFigures(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "7d";

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
            foreach (var (name, value) in Write([.. byDay[day]])) shown[name] = value?.DeepClone();
            return (JsonNode)shown;
        });
        var answer = new JsonObject
        {
            ["period"] = period.Write(), ["quality"] = Write(sums), ["trend"] = new JsonArray([.. trend]),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = Kpis.Of(sums).Unjudged,
        };
        // Beside what is added up by hours: the middle of some waits does not follow from that of each hour.
        foreach (var (name, value) in FirstResponses.Of(await parts.Figures.FirstWaitsAsync(asked.Search!, op.Stop)))
            answer[name] = value?.DeepClone();
        return op.Ok(answer);
    }

    public async ValueTask<Reply> Objections(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var sums = await parts.Figures.SumAsync(asked.Search!, op.Stop);        // there is no refusal
        bool isJudged = sums.Any(sum => sum.Judged > 0);
        var said = isJudged ? SaidInCalls.Of(await parts.Figures.AnalysesAsync(asked.Search!, op.Stop)) : null;
        return op.Ok(new JsonObject
        {
            ["period"] = asked.Period!.Write(), ["objections"] = said?.Objections(), ["buying_signals"] = said?.Signals(),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = Kpis.Of(sums).Unjudged,
        });
    }

    /// <summary>What the ledger has, and what those that were judged have come to.</summary>
    internal static JsonObject Write(IReadOnlyList<CallSum> sums)
    {
        var kpis = Kpis.Of(sums);
        var shown = new JsonObject
        {
            ["completed_calls"] = kpis.Completed, ["total_duration_seconds"] = kpis.DurationSeconds,
            ["avg_duration_seconds"] = kpis.Mean,
        };
        foreach (var (name, value) in SaidFigures.Of(sums).Write()) shown[name] = value?.DeepClone();
        return shown;
    }
}
