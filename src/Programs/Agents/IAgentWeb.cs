using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>The way out over HTTP that agents have: to models, and to the servers of their tools.</summary>
public interface IAgentWeb
{
    /// <summary>Never throws for what the network or the far end does; only when stopped.</summary>
    ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop);
}

/// <summary>One request with JSON, or without a body where that is empty. No redirect is followed.</summary>
public sealed record WebAsk(string Url, ReadOnlyMemory<byte> Body)
{
    public string Method { get; init; } = "POST";
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>Over everything, to the last byte of the answer.</summary>
    public required TimeSpan Timeout { get; init; }
    /// <summary>Of the answer's body: what is behind is cut off where it is gathered, and a fault where it is told as it comes.</summary>
    public required int MaxBytes { get; init; }
    /// <summary>The operator has chosen the address, and it is not checked.</summary>
    public bool IsOperatorConfigured { get; init; }
    /// <summary>Its server may see it twice, as an answer of a model is only made anew.</summary>
    public bool MayBeTwice { get; init; }
    /// <summary>It is signed as this tenant's webhooks are; null leaves it unsigned.</summary>
    public TenantId? SignedFor { get; init; }
    /// <summary>
    /// Who has chosen the address: so many requests of one account are under way at once. Null for whom it is signed, or the operator.
    /// </summary>
    public TenantId? Account { get; init; }
    /// <summary>Is given the body of a 2xx as it comes; null gathers it.</summary>
    public Action<ReadOnlyMemory<byte>>? Arrives { get; init; }
    /// <summary>
    /// Is given the body of a 2xx as it comes, and says whether that is all that is wanted of it: some servers never end one. Null waits
    /// for the end.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, bool>? IsEnough { get; init; }
}

/// <param name="Status">Null when none has come.</param>
/// <param name="Fault">Why the answer is not whole, as a word in snake case; null when it is, whatever its status.</param>
/// <param name="Body">Empty when it was told as it came.</param>
public sealed record WebAnswer(int? Status, string? Fault, ReadOnlyMemory<byte> Body)
{
    /// <summary>Of the body; null where the server does not say.</summary>
    public string? ContentType { get; init; }

    /// <summary>Of a server of the Model Context Protocol: the session that it has begun; null where it has none.</summary>
    public string? McpSession { get; init; }

    /// <summary>Where its server has the request sent instead, absolute or not; null where it does not say.</summary>
    public string? Location { get; init; }

    /// <summary>When its server wants to be asked again; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsSuccess => Fault is null && Status is >= 200 and < 300;
}
