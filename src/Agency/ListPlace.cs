using System.Globalization;

namespace Ringwright.Agency;

/// <summary>Behind which item a page of a long list begins. The item may be gone by then: its place is known all the same.</summary>
/// <param name="At">By which the list is in order, and then by the ids.</param>
internal readonly record struct ListPlace(DateTimeOffset At, string Id)
{
    /// <summary>Millionths of a second since 1970, up to the year 2096.</summary>
    private const long Farthest = 4_000_000_000_000_000;

    /// <summary>As clients are given it, who do not read it.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{(At.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond}-{Id}");

    /// <returns>Null for what is none.</returns>
    public static ListPlace? Parse(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0 || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
                || at > Farthest || !Guid.TryParseExact(text.AsSpan(dash + 1), "D", out var id))
            return null;
        return new(DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond), id.ToString());
    }
}
