using System.Globalization;

namespace Ringwright.Http;

/// <summary>
/// Spans of time that filters name by words, in whole days of UTC: today, yesterday, tomorrow, this_week, last_week, next_week (from Monday
/// on), this_month, last_month, next_month, this_year, last_year, last_7_days; and last_24_hours, which end now.
/// </summary>
public static class DateWords
{
    private const string Last = "last_", Days = "_days", Hours = "_hours";
    private const int HoursOfDay = 24;

    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment behind it.</param>
    public static bool TryRead(string word, DateTimeOffset now, out DateTimeOffset from, out DateTimeOffset to)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var monday = today.AddDays(-((int)today.DayOfWeek + 6) % 7);
        var month = today.AddDays(1 - today.Day);
        var year = month.AddMonths(1 - today.Month);
        (from, to) = word switch
        {
            "today" => (today, today.AddDays(1)),
            "yesterday" => (today.AddDays(-1), today),
            "tomorrow" => (today.AddDays(1), today.AddDays(2)),
            "this_week" => (monday, monday.AddDays(7)),
            "last_week" => (monday.AddDays(-7), monday),
            "next_week" => (monday.AddDays(7), monday.AddDays(14)),
            "this_month" => (month, month.AddMonths(1)),
            "last_month" => (month.AddMonths(-1), month),
            "next_month" => (month.AddMonths(1), month.AddMonths(2)),
            "this_year" => (year, year.AddYears(1)),
            "last_year" => (year.AddYears(-1), year),
            // Today is the last of the days.
            _ when CountOf(word, Days, Limits.FilterDays) is { } days => (today.AddDays(1 - days), today.AddDays(1)),
            // What is written at this moment is one of them.
            _ when CountOf(word, Hours, Limits.FilterDays * HoursOfDay) is { } hours => (now.AddHours(-hours), now.AddMilliseconds(1)),
            _ => default,
        };
        return to != default;
    }

    private static int? CountOf(string word, string unit, int most) =>
        word.StartsWith(Last, StringComparison.Ordinal) && word.EndsWith(unit, StringComparison.Ordinal)
        && word.Length > Last.Length + unit.Length && int.TryParse(word.AsSpan(Last.Length, word.Length - Last.Length - unit.Length),
            NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && count >= 1 && count <= most ? count : null;
}
