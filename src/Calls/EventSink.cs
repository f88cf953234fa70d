namespace Ringwright.Calls;

/// <summary>
/// Where what happens to a connection's calls is told, and how it is sent there. A connection has one for each way of telling; whoever
/// tells asks for his own and need not know what else the connection is: whose sink it is, is said by who asks (ADR 202).
/// </summary>
/// <param name="Url">Null for those alone who listen to the account's events.</param>
public sealed record EventSink(string? Url)
{
    /// <summary>Told where the first address does not take it.</summary>
    public string? FailoverUrl { get; init; }
    /// <summary>POST or GET.</summary>
    public string Method { get; init; } = "POST";
    /// <summary>Of what is told there.</summary>
    public string Version { get; init; } = "2";
    /// <summary>For an answer; null takes the usual time.</summary>
    public TimeSpan? Timeout { get; init; }
    /// <summary>Null takes the account's.</summary>
    public RetrySchedule? Retries { get; init; }
}
