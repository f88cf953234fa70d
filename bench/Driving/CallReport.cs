namespace Ringwright.Bench.Driving;

/// <summary>Of a set of times, in milliseconds.</summary>
internal sealed record Spread(int Count, double P50, double P99, double Max)
{
    /// <returns>Null when there are none.</returns>
    public static Spread? Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0 ? null : new(sorted.Length, At(sorted, 0.5), At(sorted, 0.99), sorted[^1]);
    }

    /// <summary>The smallest value that so many of all do not exceed.</summary>
    private static double At(double[] sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}

/// <summary>Datagrams that the node received and sent, counted at the other side.</summary>
/// <param name="Ports">How many sockets of the node they went over.</param>
internal sealed record Moved(int Ports, long In, long InBytes, long Out, long OutBytes, double Seconds);

/// <summary>What the receivers of the driver heard.</summary>
internal sealed record AudioReport
{
    public required long Sent { get; init; }
    public required long Received { get; init; }
    public required long Lost { get; init; }
    public required long LostOnTheWay { get; init; }

    /// <summary>Of the leg that heard least: frames that were no silence.</summary>
    public required long LeastLoud { get; init; }

    /// <summary>
    /// Of the leg that heard least in relation to what its peer said: frames that are missing in all, set-up and end included.
    /// </summary>
    public required long MostMissing { get; init; }
    public required double LongestGapMs { get; init; }

    /// <summary>Of each leg the longest time between two packets.</summary>
    public required Spread? GapMs { get; init; }

    /// <summary>Of transcoded audio: stretches that were listened to, and those without the other's tone as it should be.</summary>
    public required int Tones { get; init; }
    public required int WrongTones { get; init; }

    /// <summary>Encrypted packets that were not made with the other's key.</summary>
    public required long Forged { get; init; }
    public required Spread? JitterMs { get; init; }

    /// <summary>Through a bridge, from one far end's sending to the other's receiving; null where nothing came through.</summary>
    public required Spread? TransitMs { get; init; }
}

/// <summary>What a run of calls was, as the far ends saw it.</summary>
internal sealed record CallReport
{
    public required int Calls { get; init; }
    public required int Completed { get; init; }

    /// <summary>Reasons, with how many calls failed for each.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    /// <summary>From the first call to the last one's end.</summary>
    public required double Seconds { get; init; }

    /// <summary>From the answer to the end, over all calls.</summary>
    public required double CallSeconds { get; init; }
    public required int Repeats { get; init; }
    public required Moved Signalling { get; init; }
    public required Moved Media { get; init; }

    /// <summary>INVITE to 200 at the caller.</summary>
    public required Spread? SetupMs { get; init; }

    /// <summary>POST to the INVITE at the callee.</summary>
    public required Spread? DialMs { get; init; }

    /// <summary>POST to the BYE at the caller.</summary>
    public required Spread? HangupMs { get; init; }
    public required AudioReport Audio { get; init; }

    /// <summary>First attempts by type.</summary>
    public required IReadOnlyDictionary<string, int> Webhooks { get; init; }
    public required int UnsignedWebhooks { get; init; }
    public required int RepeatedWebhooks { get; init; }

    /// <summary>Connections that webhooks came by.</summary>
    public required int WebhookConnections { get; init; }
    public required int FailedRequests { get; init; }
    public required int Questions { get; init; }
    public required Spread? QuestionMs { get; init; }

    /// <summary>What the driver itself needed of a core, and of each leg how late a packet left it at most.</summary>
    public required double DriverShare { get; init; }
    public required Spread? SendLateMs { get; init; }
}
