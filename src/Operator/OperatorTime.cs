using System.Globalization;

namespace Ringwright.Operator;

/// <summary>Moments in this API: UTC with milliseconds.</summary>
internal static class OperatorTime
{
    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
