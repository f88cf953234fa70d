using System.Globalization;

namespace Ringwright.Telefonie;

/// <summary>Moments as this API writes them: RFC 3339 in UTC, six digits behind the second.</summary>
internal static class TelefonieTime
{
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
