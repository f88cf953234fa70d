using System.Globalization;

namespace Ringwright.Store;

/// <summary>Times in the database: UTC text with six digits of a second, so that text order is time order.</summary>
public static class Times
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The framework's own form, of one digit more: it is written faster than one that has to be read first.</summary>
    private const string Longer = "O";
    private const int LongerLength = 28;

    public static string Text(DateTimeOffset at)
    {
        Span<char> text = stackalloc char[LongerLength];
        at.UtcDateTime.TryFormat(text, out _, Longer, CultureInfo.InvariantCulture);
        // In place of the seventh digit, which is cut off.
        text[^2] = 'Z';
        return new(text[..^1]);
    }

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>A column's value: text, or a moment where the database has a type for it.</summary>
    public static DateTimeOffset Read(object value) =>
        value is DateTime moment ? new(DateTime.SpecifyKind(moment, DateTimeKind.Utc)) : Parse((string)value);

    /// <summary>
    /// The last moment of its millisecond: times are shown to that, and what is shown is to be found by it. Programs that mean no end write
    /// the last moment that there is, or the last that a clock of their zone can show.
    /// </summary>
    public static DateTimeOffset EndOfMillisecond(DateTimeOffset at) =>
        new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMillisecond + TimeSpan.TicksPerMillisecond - 1, TimeSpan.Zero);

    /// <summary>Cut to what the database keeps, so that what was written equals what is read.</summary>
    public static DateTimeOffset Cut(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
