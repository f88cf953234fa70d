using System.Text.Json.Nodes;

namespace Ringwright.Agency.Figures;

/// <summary>How long people have waited for an agent's first answer: what half of them, and 95 of a hundred, have at most. Pure.</summary>
internal static class FirstResponses
{
    private const int Half = 50, Nearly = 95, All = 100, SecondDigits = 3;

    /// <param name="waits">One for each call. One that is negative is none: the agent was speaking already.</param>
    /// <returns>Seconds with three decimals, by the nearest rank; null of none.</returns>
    public static JsonObject Of(IEnumerable<TimeSpan> waits)
    {
        List<TimeSpan> rising = [.. waits.Where(wait => wait >= TimeSpan.Zero).Order()];
        return new()
        {
            ["first_response_p50"] = At(rising, Half), ["first_response_p95"] = At(rising, Nearly),
            ["first_response_calls"] = rising.Count,
        };
    }

    private static decimal? At(List<TimeSpan> rising, int percent) => rising.Count == 0 ? null
        : Math.Round((decimal)rising[(rising.Count * percent + All - 1) / All - 1].TotalSeconds, SecondDigits,
            MidpointRounding.AwayFromZero);
}
