using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>Whole days of a time zone.</summary>
/// <param name="End">The last day.</param>
internal sealed record FigurePeriod(DateOnly Start, DateOnly End, string Label, TimeZoneInfo Zone)
{
    public const string Today = "today";

    private const string Custom = "custom", Form = "yyyy-MM-dd", MonthForm = "yyyy-MM";
    private const int MostDays = 366, Usual = 30;

    private static readonly Dictionary<string, int> Spans = new(StringComparer.Ordinal)
    {
        [Today] = 1, ["7d"] = 7, ["30d"] = 30, ["90d"] = 90,
    };

    public int Days => End.DayNumber - Start.DayNumber + 1;

    /// <summary>Its first moment, and the first one after it.</summary>
    public DateTimeOffset From => Midnight(Start, Zone);
    public DateTimeOffset Before => Midnight(End.AddDays(1), Zone);

    /// <summary>As many days before it.</summary>
    public FigurePeriod Preceding => this with { Start = Start.AddDays(-Days), End = Start.AddDays(-1), Label = "previous" };

    /// <summary>Each hour of the zone begins with one of UTC, as far as the period goes.</summary>
    public bool HasWholeHours =>
        Enumerable.Range(0, Days + 1).All(day => Zone.GetUtcOffset(Midnight(Start.AddDays(day), Zone)).Minutes == 0);

    public static FigurePeriod? Read(OperationContext op, TimeZoneInfo zone, string usual, out Problem? problem)
    {
        problem = null;
        string label = op.Query["period"] ?? usual;
        if (Spans.TryGetValue(label, out int days))
        {
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(op.Now, zone).DateTime);
            return new(today.AddDays(1 - days), today, label, zone);
        }
        bool hasStart = TryDay(op.Query["start_date"], out var start), hasEnd = TryDay(op.Query["end_date"], out var end);
        problem = !hasStart || !hasEnd ? Wrong("start_date", "The period custom needs start_date and end_date, such as 2026-02-10.")
            : FaultOf(start, end, "start_date", "end_date");
        return problem is null ? new(start, end, Custom, zone) : null;
    }

    /// <summary>From a day to a day, each as it is said or as the one in which a moment lies.</summary>
    /// <param name="from">Such as 2026-02-10 or 2026-02-10T08:00:00Z; null for as many days as are usual.</param>
    /// <param name="to">The same; null for today.</param>
    public static FigurePeriod? Between(string? from, string? to, DateTimeOffset now, TimeZoneInfo zone, out Problem? problem)
    {
        var end = to is null ? DayOf(now, zone) : DayOf(to, zone);
        var start = from is null ? end?.AddDays(1 - Usual) : DayOf(from, zone);
        problem = end is null ? Wrong("to", "to is a day such as 2026-02-10, or a moment.")
            : start is null ? Wrong("from", "from is a day such as 2026-02-10, or a moment.")
            : FaultOf(start.Value, end.Value, "from", "to");
        return problem is null ? new(start!.Value, end!.Value, Custom, zone) : null;        // else there is a problem
    }

    private static Problem? FaultOf(DateOnly start, DateOnly end, string first, string last) =>
        !AgencyText.IsNear(start.Year) || !AgencyText.IsNear(end.Year) ? Wrong(first, "Days are of the years from 1900 to 2999.")
        : start > end ? Wrong(last, $"{last} is not before {first}.")
        : end.DayNumber - start.DayNumber >= MostDays ? Wrong(last, $"A period has at most {MostDays} days.") : null;

    private static DateOnly? DayOf(string text, TimeZoneInfo zone) => TryDay(text, out var day) ? AgencyText.IsNear(day.Year) ? day : null
        : AgencyText.Moment(text) is { } moment ? DayOf(moment, zone) : null;

    private static DateOnly? DayOf(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <param name="month">Such as 2026-02.</param>
    public static FigurePeriod? OfMonth(string month, TimeZoneInfo zone, out Problem? problem)
    {
        bool isOne = DateOnly.TryParseExact(month, MonthForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            && AgencyText.IsNear(first.Year);
        problem = isOne ? null : Wrong("month", "A month is a year and a month, such as 2026-02.");
        return isOne ? new(first, first.AddMonths(1).AddDays(-1), month, zone) : null;
    }

    /// <summary>The one in which that is.</summary>
    public static FigurePeriod MonthOf(DateTimeOffset at, string timezone)
    {
        var zone = ZoneOf(timezone);
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        var first = day.AddDays(1 - day.Day);
        return new(first, first.AddMonths(1).AddDays(-1), first.ToString(MonthForm, CultureInfo.InvariantCulture), zone);
    }

    /// <summary>A moment as somebody of the agency has said it; null for what is none.</summary>
    /// <param name="clock">The agency's time zone.</param>
    /// <param name="daysOn">Of a day alone the beginning by that clock, or that of one behind it.</param>
    public static DateTimeOffset? MomentOf(string text, string clock, int daysOn) => AgencyText.Moment(text) is not { } moment ? null
        : AgencyText.DayAlone(text) is not { } day ? moment : Midnight(day.AddDays(daysOn), ZoneOf(clock)).ToUniversalTime();

    /// <summary>A zone that was good once may be unknown to another system.</summary>
    public static TimeZoneInfo ZoneOf(string timezone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out var known) ? known : TimeZoneInfo.Utc;

    public JsonObject Write() => new() { ["start_date"] = Text(Start), ["end_date"] = Text(End), ["label"] = Label };

    public static string Text(DateOnly day) => day.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>The moment of a slot by the clock of the zone.</summary>
    public DateTime LocalOf(string slot) => TimeZoneInfo.ConvertTime(DateTimeOffset.ParseExact(slot,
        slot.Contains(':', StringComparison.Ordinal) ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal), Zone).DateTime;

    private static bool TryDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static Problem Wrong(string parameter, string sentence) => new("validation_error", sentence) { Parameter = parameter };

    /// <summary>Where a day begins twice it begins the first time, and where its first hour is left out, with the second.</summary>
    public static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var at = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(at)) at = at.AddMinutes(15);
        return new(at, zone.IsAmbiguousTime(at) ? zone.GetAmbiguousTimeOffsets(at).Max() : zone.GetUtcOffset(at));
    }
}
