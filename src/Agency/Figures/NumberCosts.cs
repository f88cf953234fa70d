using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Figures;

/// <summary>What numbers that an agency has bought cost in some days: of each day that it has one its share of the month. Pure.</summary>
internal static class NumberCosts
{
    /// <param name="prices">By the digits of the number; one that was not bought has none.</param>
    /// <param name="now">Days that are still to come cost nothing yet.</param>
    /// <returns>By currency.</returns>
    public static List<CostSum> Of(IEnumerable<AgencyNumber> numbers, IReadOnlyDictionary<string, NumberPrice> prices, FigurePeriod period,
        DateTimeOffset now)
    {
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var number in numbers)
        {
            if (number.PurchasedAt is not { } bought || !prices.TryGetValue(number.Text, out var price) || price.MonthlyMicros == 0)
                continue;
            var left = number.Status is AgencyNumber.Released ? number.ReleasedAt ?? number.UpdatedAt ?? now : now;
            var (first, last) = (DayOf(bought, period), DayOf(left < now ? left : now, period));
            if (first < period.Start) first = period.Start;
            if (last > period.End) last = period.End;
            decimal cost = 0;
            for (var day = first; day <= last; day = day.AddDays(1))
                cost += price.MonthlyMicros / (decimal)DateTime.DaysInMonth(day.Year, day.Month);
            if (cost == 0) continue;
            sums.TryGetValue(price.Currency, out decimal before);
            sums[price.Currency] = before + cost;
        }
        return
        [
            .. sums.Select(sum => new CostSum
            {
                Currency = sum.Key, Micros = (long)Math.Round(sum.Value, MidpointRounding.AwayFromZero),
            }),
        ];
    }

    private static DateOnly DayOf(DateTimeOffset at, FigurePeriod period) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, period.Zone).DateTime);
}
