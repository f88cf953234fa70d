using System.Globalization;

namespace Ringwright.Telnyx;

/// <summary>
/// The spellings of a moment in this contract: call webhooks use microseconds, resources milliseconds, and deadlines seconds. Always UTC.
/// </summary>
internal static class TelnyxTime
{
    public static string Micros(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static string Millis(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
