using System.Text.Json.Nodes;

namespace Ringwright.Agency.Figures;

/// <summary>What was found in what was said in some calls: sums of those that were judged, and their means and shares. Pure.</summary>
internal sealed record SaidFigures
{
    private const decimal Thousand = 1_000;
    private const int RatioDigits = 4, MeanDigits = 2;

    public long Judged { get; init; }
    public long Talked { get; init; }
    public long Interruptions { get; init; }
    public long Objections { get; init; }
    public long Handled { get; init; }
    public long Signals { get; init; }
    public long Positive { get; init; }
    public long Neutral { get; init; }
    public long Negative { get; init; }
    public long Scripted { get; init; }
    public long Adherence { get; init; }

    public static SaidFigures Of(IReadOnlyList<CallSum> sums) => new()
    {
        Judged = sums.Sum(sum => sum.Judged), Talked = sums.Sum(sum => sum.Talked), Interruptions = sums.Sum(sum => sum.Interruptions),
        Objections = sums.Sum(sum => sum.Objections), Handled = sums.Sum(sum => sum.Handled), Signals = sums.Sum(sum => sum.Signals),
        Positive = sums.Sum(sum => sum.Positive), Neutral = sums.Sum(sum => sum.Neutral), Negative = sums.Sum(sum => sum.Negative),
        Scripted = sums.Sum(sum => sum.Scripted), Adherence = sums.Sum(sum => sum.Adherence),
    };

    /// <summary>Null where no call was judged, for that is not 0; but for rates, which are 0 of nothing.</summary>
    public JsonObject Write()
    {
        decimal? talk = Judged == 0 ? null : Round(Talked / Thousand / Judged, RatioDigits);
        long feelings = Positive + Neutral + Negative;
        decimal Share(long part) => Kpis.Rate(part, feelings);
        JsonNode? Counted(long count) => Judged == 0 ? null : count;
        return new()
        {
            ["avg_talk_ratio"] = talk, ["avg_listen_ratio"] = talk is { } share ? 1 - share : null,
            ["avg_script_adherence"] = Scripted == 0 ? null : Round(Adherence / Thousand / Scripted, RatioDigits),
            ["avg_interruptions_per_call"] = Judged == 0 ? null : Round((decimal)Interruptions / Judged, MeanDigits),
            ["objections_encountered"] = Counted(Objections), ["objections_handled"] = Counted(Handled),
            ["objection_handling_rate"] = Kpis.Rate(Handled, Objections), ["buying_signals"] = Counted(Signals),
            ["sentiment"] = new JsonObject
            {
                ["positive"] = Share(Positive), ["neutral"] = Share(Neutral), ["negative"] = Share(Negative),
            },
        };
    }

    private static decimal Round(decimal number, int digits) => Math.Round(number, digits, MidpointRounding.AwayFromZero);
}
