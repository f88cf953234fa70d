using System.Net.Http.Headers;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>One HTTP request out of the node.</summary>
public sealed record EgressRequest
{
    public required string Url { get; init; }
    public required TargetUse Use { get; init; }
    public string Method { get; init; } = "GET";
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>
    /// More headers for one target: where the request is sent on, it is asked again. It is told whether the request has a body there.
    /// </summary>
    public Func<Uri, bool, IReadOnlyList<KeyValuePair<string, string>>>? HeadersOf { get; init; }
    /// <summary>
    /// Is given the URL that was asked, and each cookie that its answer sets, also where it only sends the request on. Null lets them go.
    /// </summary>
    public Action<Uri, string>? SetsCookie { get; init; }
    /// <summary>
    /// Sent exactly as it is; null sends no body. A null array is an empty body, and none only where it is written as
    /// <c>(ReadOnlyMemory&lt;byte&gt;?)null</c>.
    /// </summary>
    public ReadOnlyMemory<byte>? Body { get; init; }
    public string? ContentType { get; init; }
    /// <summary>Over everything: names, connect, TLS, headers, body, redirects.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Of the response's body; of one in gzip, deflate or Brotli, as it comes and unpacked.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;
    /// <summary>True cuts a longer body, and leaves a packed one as it is; false fails with <see cref="EgressFailure.TooLarge"/>.</summary>
    public bool IsBodyCut { get; init; }
    /// <summary>
    /// Is given the body of a 2xx bit by bit as it comes, each valid until the call returns, and the result has none then. Null gathers it.
    /// </summary>
    public Action<ReadOnlyMemory<byte>>? Arrives { get; init; }
    /// <summary>
    /// Is given the body of a 2xx bit by bit as it comes, and says whether that is all that is wanted: the rest is not waited for, and the
    /// result is as if it had ended there. Null waits for the end.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, bool>? IsEnough { get; init; }
    /// <summary>
    /// Each target is checked as the first one was; 307 and 308 keep the method and the body, of the others comes a GET. Webhooks follow
    /// none.
    /// </summary>
    public int MaxRedirects { get; init; }
    /// <summary>
    /// Whose it is: so many of one account are under way at once. Null where whoever asks sees to that, or where it is nobody's.
    /// </summary>
    public TenantId? Account { get; init; }
    /// <summary>True for a provider that the operator configured: its address is not checked.</summary>
    public bool IsOperatorConfigured { get; init; }
    /// <summary>
    /// True for what may not be done twice: it is not sent again where a kept connection closes under it, for its server may have taken it
    /// before. False for what its server may see twice, as webhooks, and requests for documents and of models.
    /// </summary>
    public bool IsSentOnce { get; init; }
}

public enum EgressFailure
{
    None,
    /// <summary>No http or https URL, or too long.</summary>
    BadUrl,
    /// <summary>The target policy forbids the address.</summary>
    Forbidden,
    Dns,
    Connect,
    Tls,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    /// <summary>The connection broke, or what came was no HTTP.</summary>
    Broken,
    /// <summary>A complete response with a status other than 2xx.</summary>
    HttpStatus,
}

/// <summary>What came of it: a response when <see cref="Status"/> is set, also when that is a failure.</summary>
public sealed record EgressResult
{
    public required EgressFailure Failure { get; init; }
    /// <summary>One sentence on a failure.</summary>
    public string? Detail { get; init; }
    public int? Status { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    public ReadOnlyMemory<byte> Body { get; init; }
    public string? ContentType { get; init; }
    /// <summary>Of the last response, after redirects.</summary>
    public string? Url { get; init; }

    public bool IsSuccess => Failure is EgressFailure.None;

    /// <summary>Of a header, the first that stands there; null without one.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>
    /// How long its server wants to be left alone from <paramref name="now"/> on (RFC 9110 section 10.2.3); null where it does not say.
    /// </summary>
    public TimeSpan? RetryAfter(DateTimeOffset now) =>
        RetryConditionHeaderValue.TryParse(Header("Retry-After"), out var said) ? said.Delta ?? said.Date - now : null;
}

/// <summary>Whether a URL may be saved as a target; <paramref name="Detail"/> is a sentence for the customer.</summary>
public readonly record struct UrlVerdict(EgressFailure Failure, string? Detail)
{
    public bool IsAllowed => Failure is EgressFailure.None;
    public static UrlVerdict Allowed => new(EgressFailure.None, null);
}
