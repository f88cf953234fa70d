namespace Ringwright.Egress;

/// <summary>One WebSocket out of the node (RFC 6455). Redirects are not followed.</summary>
public sealed record SocketRequest
{
    /// <summary>ws or wss.</summary>
    public required string Url { get; init; }
    /// <summary>Of the handshake.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>Over everything until the socket is open: names, connect, TLS, handshake.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>The far end is asked for a sign of life when it was silent for so long.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>For its answer to that.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>True for a provider that the operator configured: its address is not checked.</summary>
    public bool IsOperatorConfigured { get; init; }
}

/// <summary>What came of it: a socket, or a failure.</summary>
public sealed record SocketResult
{
    public EgressFailure Failure { get; init; }
    /// <summary>One sentence on a failure; no word of it comes from the far end or the request's headers.</summary>
    public string? Detail { get; init; }
    /// <summary>Of a far end that answered with something else than a socket.</summary>
    public int? Status { get; init; }
    public EgressSocket? Socket { get; init; }

    internal static SocketResult Failed(EgressFailure failure, string? detail) => new() { Failure = failure, Detail = detail };
}
