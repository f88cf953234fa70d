namespace Ringwright.Delivery;

public sealed record DeliveryOptions
{
    /// <summary>Attempts under way at one destination (scheme, host and port).</summary>
    public int InFlightPerDestination { get; init; } = 32;

    /// <summary>Waits between the attempts on one URL; one more attempt than waits.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>The same for mail: its server may be away for longer, and nobody waits for it on the phone.</summary>
    public IReadOnlyList<TimeSpan> MailWaits { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2)];

    /// <summary>For messages that name none.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long events are kept for those who listen.</summary>
    public TimeSpan KeepForListeners { get; init; } = TimeSpan.FromDays(1);
}
