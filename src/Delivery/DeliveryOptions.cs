namespace Ringwright.Delivery;

public sealed record DeliveryOptions
{
    private const int MostPerNode = 768, MostPerAccount = 128, MostPerLane = 32;

    /// <summary>Attempts under way to one URL of an account.</summary>
    public int InFlightPerLane { get; init; } = MostPerLane;

    /// <summary>Of one account, to all its URLs.</summary>
    public int InFlightPerAccount { get; init; } = MostPerAccount;

    /// <summary>Of the whole node.</summary>
    public int InFlightPerNode { get; init; } = MostPerNode;

    /// <summary>Waits between the attempts on one URL; one more attempt than waits.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>The same for mail: its server may be away for longer, and nobody waits for it on the phone.</summary>
    public IReadOnlyList<TimeSpan> MailWaits { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2)];

    /// <summary>For messages that name none.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks for retries that rest on disk, and for what other nodes left.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Retries that are due within it are in memory. Longer than <see cref="LookEvery"/>.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long events are kept for those who listen.</summary>
    public TimeSpan KeepForListeners { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Of a node that may have so many connections out: a quarter is left to audio and speech,
    /// and no account takes more than a quarter of the rest.
    /// </summary>
    public static DeliveryOptions For(int connections)
    {
        int node = Math.Clamp(connections * 3 / 4, 1, MostPerNode), account = Math.Clamp(node / 4, 1, MostPerAccount);
        return new() { InFlightPerNode = node, InFlightPerAccount = account, InFlightPerLane = Math.Clamp(account / 2, 1, MostPerLane) };
    }
}
