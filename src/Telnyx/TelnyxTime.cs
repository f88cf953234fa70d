using System.Globalization;

namespace Ringwright.Telnyx;

/// <summary>The two spellings of a moment in this contract: call webhooks use microseconds, resources milliseconds. Always UTC.</summary>
internal static class TelnyxTime
{
    public static string Micros(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static string Millis(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
