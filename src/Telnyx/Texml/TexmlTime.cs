using System.Globalization;
using System.Text.RegularExpressions;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Texml;

/// <summary>Moments of these resources (RFC 2822), and the filters by days and moments.</summary>
internal static partial class TexmlTime
{
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";

    /// <param name="on">A year, a month or a day, whole, or a moment.</param>
    /// <param name="from">From the beginning of one, or a moment on.</param>
    /// <param name="before">Before the beginning of one, or a moment.</param>
    /// <returns>Null when one of them is none of these.</returns>
    public static TimeRange? Range(string? on, string? from, string? before)
    {
        var range = new TimeRange();
        foreach (var (text, isFrom, isBefore) in new[] { (on, true, true), (from, true, false), (before, false, true) })
        {
            if (string.IsNullOrEmpty(text)) continue;
            if (Read(text) is not var (at, end)) return null;
            if (isFrom) range = range with { From = Later(range.From, at) };
            if (isBefore) range = range with { Before = Earlier(range.Before, isFrom ? end : at) };
        }
        return range;
    }

    /// <summary>A moment is as long as the second that it is written with.</summary>
    private static (DateTimeOffset At, DateTimeOffset End)? Read(string text)
    {
        bool isYear = Year().IsMatch(text), isMonth = Month().IsMatch(text), isDay = Day().IsMatch(text);
        if (!isYear && !isMonth && !isDay && !Moment().IsMatch(text)) return null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string first = isYear ? text + "-01-01" : isMonth ? text + "-01" : text;
        if (!DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, Utc, out var at)) return null;
        // The last of them ends where moments do.
        if (at.Year == DateTimeOffset.MaxValue.Year) return (at, DateTimeOffset.MaxValue);
        return (at, isYear ? at.AddYears(1) : isMonth ? at.AddMonths(1) : isDay ? at.AddDays(1) : at.AddSeconds(1));
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    [GeneratedRegex(@"^[0-9]{4}\z")]
    private static partial Regex Year();

    [GeneratedRegex(@"^[0-9]{4}-[0-9][0-9]\z")]
    private static partial Regex Month();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d\z")]
    private static partial Regex Day();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?\z")]
    private static partial Regex Moment();
}
