using System.Globalization;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Agency.Billing;

/// <summary>A client of which its agency asks something, and what. Pure.</summary>
internal sealed record RatedClient
{
    private const int SecondsPerMinute = 60;

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    /// <summary>The agency's: months are by its clock.</summary>
    public string Timezone { get; init; } = "UTC";
    /// <summary>Calls that ended before are not charged.</summary>
    public DateTimeOffset RatedFrom { get; init; }
    /// <summary>When the last one ended that was.</summary>
    public DateTimeOffset? RatedTo { get; init; }
    public Guid Plan { get; init; }
    public string Currency { get; init; } = "";
    public long MinuteMicros { get; init; }
    public long NumberMicros { get; init; }
    public long InitialSeconds { get; init; }
    public long StepSeconds { get; init; }
    public long IncludedMinutes { get; init; }

    /// <summary>2026-02.</summary>
    public string MonthOf(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, FigurePeriod.ZoneOf(Timezone)).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <param name="used">Seconds of the month that the plan's minutes have covered before.</param>
    public UsageLine LineOf(UnchargedCall call, string month, long used, DateTimeOffset at)
    {
        var rate = new Rate
        {
            Prefix = "+", Currency = Currency, MicrosPerMinute = MinuteMicros, InitialSeconds = (int)InitialSeconds,
            IncrementSeconds = (int)StepSeconds,
        };
        long billed = rate.BilledSeconds(call.TalkSeconds);
        long included = Math.Clamp(IncludedMinutes * SecondsPerMinute - used, 0, billed);
        return new()
        {
            Id = Guid.CreateVersion7(at), ClientId = Id, Month = month, Subject = call.Uuid, RatePlanId = Plan, BilledSeconds = billed,
            IncludedSeconds = included, Currency = Currency, OccurredAt = call.EndedAt,
            // Rounded up, as all that the node charges.
            Micros = ((billed - included) * MinuteMicros + SecondsPerMinute - 1) / SecondsPerMinute,
        };
    }

    /// <summary>Of the whole month, on whichever day of it the number came.</summary>
    public UsageLine LineOf(string number, string month, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at), ClientId = Id, Month = month, Kind = UsageLine.Number, Subject = number, RatePlanId = Plan,
        Currency = Currency, Micros = NumberMicros, OccurredAt = at,
    };
}
