namespace Ringwright.Delivery;

public sealed record DeliveryOptions
{
    /// <summary>Attempts under way at one destination (scheme, host and port).</summary>
    public int InFlightPerDestination { get; init; } = 32;

    /// <summary>Waits between the attempts on one URL; one more attempt than waits.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>For messages that name none.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long finished deliveries stay in the log.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);
}
