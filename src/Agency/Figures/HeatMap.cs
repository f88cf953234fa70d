using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Agency.Figures;

/// <summary>When in a week calls go well, by the clock of a zone; days are from Sunday. Pure.</summary>
internal static class HeatMap
{
    private const int BestTimes = 5;

    /// <param name="metric"><c>calls</c>, <c>connected</c> or <c>meetings_booked</c>: by what the best are.</param>
    /// <returns>Hours in which somebody called, and the best of them.</returns>
    public static (JsonArray Hours, JsonArray Best) Of(IEnumerable<CallSum> sums, FigurePeriod period, string metric)
    {
        var hours = sums.GroupBy(sum => HourOf(period.LocalOf(sum.Slot)))
            .Select(group => (When: group.Key, Kpis: Kpis.Of(group))).OrderBy(one => one.When).ToList();
        long By(Kpis kpis) => metric switch
        {
            "connected" => kpis.Connected,
            "meetings_booked" => kpis.Meetings,
            _ => kpis.Total,
        };
        var shown = hours.Select(one => (JsonNode)new JsonObject
        {
            ["day"] = (int)one.When.DayOfWeek, ["hour"] = one.When.Hour, ["total_calls"] = one.Kpis.Total,
            ["connected_calls"] = one.Kpis.Connected, ["meetings_booked"] = one.Kpis.Meetings,
        });
        var best = hours.Where(one => By(one.Kpis) > 0).OrderByDescending(one => By(one.Kpis)).Take(BestTimes)
            .Select(one => (JsonNode)new JsonObject
            {
                ["day"] = (int)one.When.DayOfWeek, ["hour"] = one.When.Hour, ["value"] = By(one.Kpis),
                ["label"] = string.Create(CultureInfo.InvariantCulture, $"{one.When.DayOfWeek} {one.When.Hour:00}:00"),
            });
        return (new JsonArray([.. shown]), new JsonArray([.. best]));
    }

    private static (DayOfWeek DayOfWeek, int Hour) HourOf(DateTime at) => (at.DayOfWeek, at.Hour);
}
