using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Small things that this API's replies are made of.</summary>
internal static class AgencyText
{
    /// <summary>The database has six digits; this API cuts to milliseconds.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? at) => at is { } moment ? Time(moment) : null;

    /// <summary>A moment with its offset; null for what is none.</summary>
    public static DateTimeOffset? Moment(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    public static Problem Bad(string field, string sentence) => new("validation_error", sentence) { Pointer = "/" + field };

    /// <summary>Small letters, digits and dashes.</summary>
    public static bool IsSlug(string text) =>
        text.Length is > 0 and <= 100 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>A slug that follows from a name and an id: nobody has the same.</summary>
    public static string SlugOf(string name, Guid id)
    {
        string letters = string.Concat(name.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '-'));
        string words = string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
        return $"{(words.Length > 60 ? words[..60].TrimEnd('-') : words)}-{id.ToString("N")[^8..]}".TrimStart('-');
    }

    public static bool IsZone(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId;

    /// <summary>The text of a field that was given; null also where it is given as null.</summary>
    public static string? Text(JsonObject body, string field) => (string?)body[field] is { } text && text.Trim() is { Length: > 0 } words
        ? words : null;
}
