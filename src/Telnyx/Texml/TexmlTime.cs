using System.Globalization;
using System.Text.RegularExpressions;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Texml;

/// <summary>Moments of these resources (RFC 2822), and the filters by days and moments.</summary>
internal static partial class TexmlTime
{
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";

    /// <param name="on">A day, whole, or a moment.</param>
    /// <param name="from">From the beginning of a day, or a moment on.</param>
    /// <param name="before">Before the beginning of a day, or a moment.</param>
    /// <returns>Null when one of them is neither.</returns>
    public static TimeRange? Range(string? on, string? from, string? before)
    {
        var range = new TimeRange();
        foreach (var (text, isFrom, isBefore) in new[] { (on, true, true), (from, true, false), (before, false, true) })
        {
            if (string.IsNullOrEmpty(text)) continue;
            if (Read(text) is not var (at, length)) return null;
            if (isFrom) range = range with { From = Later(range.From, at) };
            if (isBefore) range = range with { Before = Earlier(range.Before, isFrom ? at + length : at) };
        }
        return range;
    }

    /// <summary>A moment is as long as the second that it is written with.</summary>
    private static (DateTimeOffset At, TimeSpan Length)? Read(string text)
    {
        bool isDay = Day().IsMatch(text);
        if (!isDay && !Moment().IsMatch(text)) return null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var at)
            ? (at, isDay ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(1)) : null;
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d\z")]
    private static partial Regex Day();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?\z")]
    private static partial Regex Moment();
}
