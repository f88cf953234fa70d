namespace Ringwright.Chakra;

/// <summary>Moments as this API writes them: whole milliseconds since 1970. Durations are whole seconds, rounded up.</summary>
internal static class ChakraTime
{
    public static long Millis(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    public static long? Millis(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();

    public static DateTimeOffset Moment(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis);

    public static long Seconds(TimeSpan span) => (long)Math.Ceiling(Math.Max(0, span.TotalSeconds));

    public static long Seconds(long millis) => (Math.Max(0, millis) + 999) / 1000;
}
