using System.Globalization;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>A span of time that a customer asks for; null is open. The end is not included: one that is its start spans nothing.</summary>
internal readonly record struct Period(DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>A span that the contract names by a word: <c>today</c>, <c>last_week</c>, <c>last_3_days</c>.</summary>
    public static bool TryRead(string word, DateTimeOffset now, out Period period)
    {
        bool isOne = DateWords.TryRead(word, now, out var from, out var until);
        period = new(from, until);
        return isOne;
    }

    /// <summary>
    /// Reads two parameters of the query, each a date or a moment. A problem when one is unreadable, or when they stand in the wrong order.
    /// </summary>
    public static Problem? Read(OperationContext op, string start, string end, out Period period)
    {
        period = default;
        if (Moment(op, start, out var from) is { } badStart) return badStart;
        if (Moment(op, end, out var until) is { } badEnd) return badEnd;
        if (from > until)
            return op.Dialect.Errors.Problem(Fault.BadParameter, $"{end} must not be earlier than {start}.") with { Parameter = end };
        period = new(from, until);
        return null;
    }

    /// <summary>A day of the query (yyyy-MM-dd), which may carry a time that says nothing.</summary>
    public static bool TryReadDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text is { Length: > 10 } ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out day);

    /// <summary>A moment; null for none.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>So many days before a moment, or the first one that there is: programs write that for no moment, in any zone.</summary>
    public static DateTimeOffset DaysBefore(DateTimeOffset at, int days) =>
        at - DateTimeOffset.MinValue < TimeSpan.FromDays(days) ? DateTimeOffset.MinValue : at.ToUniversalTime().AddDays(-days);

    private static Problem? Moment(OperationContext op, string name, out DateTimeOffset? at)
    {
        at = null;
        if (op.Query[name] is not { Length: > 0 } text) return null;
        // A plus sign that nobody escaped has become a space.
        at = Parse(text) ?? Parse(text.Replace(' ', '+'));
        if (at is not null) return null;
        return op.Dialect.Errors.Problem(Fault.BadParameter, $"{name} must be an ISO 8601 date and time, such as 2026-02-01T00:00:00Z.")
            with
        {
            Parameter = name
        };
    }
}
