using System.Globalization;

namespace Ringwright.Telnyx;

/// <summary>
/// The spellings of a moment in this contract: call webhooks use microseconds, resources milliseconds, messages these with an offset, and
/// deadlines seconds. Always UTC.
/// </summary>
internal static class TelnyxTime
{
    public static string Micros(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static string Millis(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Of messages and codes, and of the webhooks that tell of them: programs read them that take no Z.</summary>
    public static string Offset(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture);

    public static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
