using System.Globalization;

namespace Ringwright.Store;

/// <summary>Times in the database: UTC text with six digits of a second, so that text order is time order.</summary>
public static class Times
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>A column's value: text, or a moment where the database has a type for it.</summary>
    public static DateTimeOffset Read(object value) =>
        value is DateTime moment ? new(DateTime.SpecifyKind(moment, DateTimeKind.Utc)) : Parse((string)value);

    /// <summary>Cut to what the database keeps, so that what was written equals what is read.</summary>
    public static DateTimeOffset Cut(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
