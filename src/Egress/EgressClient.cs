using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// The one way out over HTTP. The target policy is asked for the address that is really connected to, after each DNS answer and each
/// redirect. No proxy of the environment, no cookies of its own, no packed bodies asked for, TLS certificates are verified.
/// </summary>
public sealed class EgressClient : IEgress, IDisposable
{
    /// <summary>Who asks, where a request does not say: many servers, and what guards them, turn away whoever says nothing.</summary>
    internal const string UserAgent = "ringwright", UserAgentHeader = "User-Agent";
    /// <summary>Of one that is saved; and of one that is asked, which may have behind it what is told by GET. Servers take 8 KiB.</summary>
    private const int MaxUrlLength = 2_000, MaxAskedLength = 8_000;
    /// <summary>Idle connections are checked anew at least this often.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Below the 5 s after which many servers close. A request that meets one that is just closing is sent again, which costs time.
    /// </summary>
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(4);

    /// <summary>
    /// To one host and port. A far end that lets all hang takes no more from the others.
    /// Customers may share a host: webhooks have caps per account of their own, documents and sounds those of <see cref="AccountShares"/>.
    /// </summary>
    private const int PerHost = 64;
    /// <summary>Requests of one account for one use, where there is room for as many as usual.</summary>
    private const int PerAccount = 64;
    private const int UsuallyAtMost = 512;
    /// <summary>With the wait for a place; nobody waits longer for one that was given up.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeastBrief = TimeSpan.FromSeconds(2);

    private readonly TargetPolicy _policy;
    private readonly TimeProvider _time;
    private long _begun, _ended;
    private readonly NameLookups _names = new();
    private readonly EgressConnector _connector;
    private readonly SemaphoreSlim _places;
    private readonly AccountShares _accounts;
    private readonly FailedWays<Way> _silent;
    /// <summary>One pool per use: a connection opened for a looser use must never serve a stricter one.</summary>
    private readonly ConcurrentDictionary<(TargetUse Use, bool IsOperatorConfigured), HttpMessageInvoker> _pools = new();

    /// <param name="connections">Open at the same time; a request beyond waits, as long as its time lets it.</param>
    /// <param name="above">The account above one; null where there is none, and null where nobody knows.</param>
    public EgressClient(TargetPolicy policy, TimeProvider time, int connections = UsuallyAtMost, Func<TenantId, TenantId?>? above = null) =>
        (_policy, _time, _connector, _silent, _places, _accounts) =
            (policy, time, new(policy, TimeProvider.System, _names.FindAsync), new(time), new(connections),
                new(Math.Clamp(connections / 8, 1, PerAccount), above));

    public TargetPolicy Policy => _policy;

    /// <summary>Requests that have ended, when none is under way; null else.</summary>
    public long? EndedAtRest
    {
        get
        {
            long ended = Volatile.Read(ref _ended);
            return Volatile.Read(ref _begun) == ended ? ended : null;
        }
    }

    /// <summary>
    /// For the moment of saving: form, length and a literal address.
    /// Names are looked up by <see cref="CheckUrlAsync"/> and when connecting.
    /// </summary>
    public UrlVerdict CheckUrl(string url, TargetUse use)
    {
        if (!TryParse(url, use, out var uri, out string? problem)) return new(EgressFailure.BadUrl, problem);
        if (LiteralOf(uri) is not { } address)
            return _policy.MayLookUp(uri.IdnHost) ? UrlVerdict.Allowed
                : new(EgressFailure.Forbidden, $"The URL's host {uri.Host} is not allowed: {TargetPolicy.OnlyInside}.");
        var verdict = _policy.Check(address, uri.Port, use);
        return verdict is TargetVerdict.Allowed ? UrlVerdict.Allowed : new(EgressFailure.Forbidden, Sentence(uri, verdict));
    }

    /// <summary>
    /// <see cref="CheckUrl"/>, and a look at the name's present addresses. A name that does not resolve now is allowed: it may later.
    /// </summary>
    public async ValueTask<UrlVerdict> CheckUrlAsync(string url, TargetUse use, CancellationToken stop)
    {
        var verdict = CheckUrl(url, use);
        if (!verdict.IsAllowed || !TryParse(url, use, out var uri, out _) || LiteralOf(uri) is not null) return verdict;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            var addresses = await _names.FindAsync(uri.IdnHost, limit.Token).ConfigureAwait(false);
            var refused = addresses.Select(a => _policy.Check(a, uri.Port, use)).FirstOrDefault(v => v is not TargetVerdict.Allowed);
            bool isReachable = addresses.Length == 0 || addresses.Any(a => _policy.Check(a, uri.Port, use) is TargetVerdict.Allowed);
            return isReachable ? UrlVerdict.Allowed : new(EgressFailure.Forbidden, Sentence(uri, refused));
        }
        catch (Exception unknown) when (unknown is SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return UrlVerdict.Allowed;
        }
    }

    /// <summary>
    /// A WebSocket. It takes no place of a request's, for it may stay open as long as a call: who opens them counts them.
    /// Never throws for what the network or the far end does; only when stopped.
    /// </summary>
    public async ValueTask<SocketResult> OpenSocketAsync(SocketRequest request, CancellationToken stop)
    {
        if (!TryParse(request.Url, TargetUse.Socket, out var uri, out string? problem))
            return SocketResult.Failed(EgressFailure.BadUrl, problem);
        var way = new Way(TargetUse.Socket, request.IsOperatorConfigured, null, uri.Authority);
        if (!_silent.MayTakeItsTime(way)) request = request with { Timeout = BriefOf(request.Timeout) };
        var result = await EgressSocket.OpenAsync(request, uri, _connector, _time, stop).ConfigureAwait(false);
        if (result.Failure is EgressFailure.TimedOut) _silent.Fail(way);
        else _silent.Forget(way);
        return result;
    }

    /// <summary>Never throws for what the network or the far end does; only when stopped.</summary>
    public async ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop)
    {
        Interlocked.Increment(ref _begun);
        try
        {
            return await ExchangeAsync(request, stop).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private async ValueTask<EgressResult> ExchangeAsync(EgressRequest request, CancellationToken stop)
    {
        using var both = new CancellationTokenSource(request.Timeout, _time);
        using var stopped = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), both);
        using var turn = request.Account is { } account ? _accounts.Join(account, request.Use) : null;
        string url = request.Url;
        Way? asked = null;
        var patience = request.Timeout;
        try
        {
            if (turn is not null) await turn.AwaitAsync(both.Token).ConfigureAwait(false);
            bool isPlain = false;
            for (int redirects = 0; ; redirects++)
            {
                if (!TryParse(url, request.Use, out var uri, out string? problem, MaxAskedLength))
                    return Fail(EgressFailure.BadUrl, problem, url);
                using var message = Compose(request, uri, isPlain);
                turn?.Mark(message);
                asked = WayOf(request, uri);
                bool isBrief = asked is not null && !_silent.MayTakeItsTime(asked);
                if (isBrief) both.CancelAfter(patience = BriefOf(request.Timeout));
                using var response = await Pool(request).SendAsync(message, both.Token).ConfigureAwait(false);
                if (isBrief) both.CancelAfter(patience = request.Timeout);
                if (asked is not null) _silent.Forget(asked);
                asked = null;
                if (request.SetsCookie is { } keep && response.Headers.NonValidated.TryGetValues("Set-Cookie", out var cookies))
                    foreach (string cookie in cookies) keep(uri, cookie);
                if (request.MaxRedirects > 0 && RedirectTargets.Of(response, uri) is { } next)
                {
                    if (redirects == request.MaxRedirects)
                        return Fail(EgressFailure.TooManyRedirects, $"More than {request.MaxRedirects} redirects.", url);
                    url = next;
                    isPlain |= response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect);
                    continue;
                }
                return await ReadAsync(request, response, url, both.Token, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (asked is not null && turn is not { HasCome: false }) _silent.Fail(asked);
            string seconds = $"{patience.TotalSeconds:0.###} s";
            return Fail(EgressFailure.TimedOut, turn is { HasCome: false }
                ? $"{_accounts.Most} other requests of the account are under way, and none has ended within {seconds}."
                : $"No complete answer within {seconds}.", url);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or HttpProtocolException or NotSupportedException)
        {
            return Classify(failed, url);
        }
    }

    /// <summary>
    /// Of sounds, voices, recognisers and models it is remembered who gives no answer. Webhooks keep their schedule, and a document that is
    /// late is the customer's program at work.
    /// </summary>
    private static Way? WayOf(EgressRequest request, Uri uri) =>
        request.Use is TargetUse.Media || request is { Use: TargetUse.Document, IsOperatorConfigured: true }
        ? new(request.Use, request.IsOperatorConfigured, request.Account, uri.Authority)
        : null;

    /// <summary>What a host has until it begins to answer that gave no answer in its whole time before.</summary>
    private static TimeSpan BriefOf(TimeSpan whole) => whole < LeastBrief ? whole
        : whole / 5 > LeastBrief ? whole / 5
        : LeastBrief;

    public void Dispose()
    {
        foreach (var pool in _pools.Values) pool.Dispose();
    }

    /// <param name="isPlain">It was sent on by an answer that makes a GET without a body of it (RFC 9110 section 15.4).</param>
    private static HttpRequestMessage Compose(EgressRequest request, Uri uri, bool isPlain)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(isPlain ? "GET" : request.Method), uri);
        if (request.IsSentOnce) StaleConnections.SendOnce(message);
        if (request.Body is { } body && !isPlain)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            if (request.ContentType is { } type) message.Content.Headers.TryAddWithoutValidation("content-type", OneLine(type));
        }
        AddTo(message, request.Headers);
        if (request.HeadersOf is { } more) AddTo(message, more(uri, message.Content is not null));
        if (!message.Headers.Contains(UserAgentHeader)) message.Headers.TryAddWithoutValidation(UserAgentHeader, UserAgent);
        // Of this URL alone: one that it redirects to elsewhere has its own, or none.
        if (!message.Headers.Contains(UrlCredentials.Header) && UrlCredentials.Of(uri) is { } credentials)
            message.Headers.TryAddWithoutValidation(UrlCredentials.Header, credentials);
        return message;
    }

    private static void AddTo(HttpRequestMessage message, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            string line = OneLine(value);
            if (!message.Headers.TryAddWithoutValidation(name, line)) message.Content?.Headers.TryAddWithoutValidation(name, line);
        }
    }

    /// <summary>
    /// Behind the end of a line another header would stand, or another request, whose answer whoever asks there next would take for his
    /// own. Nobody else looks (RFC 9110 section 5.5).
    /// </summary>
    private static string OneLine(string value) => value.AsSpan().ContainsAny('\r', '\n', '\0')
        ? string.Concat(value.Where(static c => c is not ('\r' or '\n' or '\0'))) : value;

    private HttpMessageInvoker Pool(EgressRequest request) =>
        _pools.GetOrAdd((request.Use, request.IsOperatorConfigured),
            static (key, egress) => new(new StaleConnections(egress.CreateHandler(key.Use, key.IsOperatorConfigured))), this);

    /// <summary>One sentence on why a request by <see cref="CreateHandler(TargetUse)"/> failed.</summary>
    public static string Explain(Exception failed) => EgressException.Classify(failed).Detail;

    /// <summary>
    /// For a library that sends requests of its own: every connection is judged as one of ours would be. It follows no redirects.
    /// </summary>
    public SocketsHttpHandler CreateHandler(TargetUse use) => CreateHandler(use, isTrusted: false);

    private SocketsHttpHandler CreateHandler(TargetUse use, bool isTrusted) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = ConnectionLife,
        PooledConnectionIdleTimeout = IdleLife,
        MaxConnectionsPerServer = use is TargetUse.Webhook or TargetUse.Document or TargetUse.Media && !isTrusted ? int.MaxValue : PerHost,
        ConnectTimeout = ConnectLimit,
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
        ConnectCallback = async (context, stop) =>
            await ConnectAsync(context, use, isTrusted, stop).ConfigureAwait(false),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, TargetUse use, bool isTrusted,
        CancellationToken stop)
    {
        StaleConnections.Mark(context.InitialRequestMessage);
        var share = await AccountShares.ConnectAsync(context.InitialRequestMessage, stop).ConfigureAwait(false);
        try
        {
            var socket = await _connector.ConnectAsync(context.DnsEndPoint, use, isTrusted, _places, stop).ConfigureAwait(false);
            socket.Closed = share is null ? null : share.Disconnect;
            return socket;
        }
        catch
        {
            share?.Disconnect();
            throw;
        }
    }

    private static async ValueTask<EgressResult> ReadAsync(EgressRequest request, HttpResponseMessage response, string url,
        CancellationToken limit, CancellationToken stop)
    {
        int status = (int)response.StatusCode;
        var headers = new List<KeyValuePair<string, string>>();
        AddTo(headers, response.Headers.NonValidated);
        AddTo(headers, response.Content.Headers.NonValidated);
        var result = new EgressResult
        {
            Failure = status is >= 200 and < 300 ? EgressFailure.None : EgressFailure.HttpStatus,
            Detail = status is >= 200 and < 300 ? null : $"The server answered {status}.",
            Status = status,
            Headers = headers,
            Url = url,
        };
        // One that is badly written still says more than none.
        string? type = response.Content.Headers.ContentType?.ToString() ?? result.Header("Content-Type");
        result = result with { ContentType = string.IsNullOrWhiteSpace(type) ? null : type };
        if (response.Content.Headers.ContentLength is 0) return result;
        if (!request.IsBodyCut && response.Content.Headers.ContentLength > request.MaxBytes) return TooLarge(result, request.MaxBytes);

        using var body = new MemoryStream();
        try
        {
            var arrives = result.IsSuccess ? request.Arrives : null;
            var isEnough = result.IsSuccess ? request.IsEnough : null;
            bool isWhole = await CopyAsync(response, body, request.MaxBytes, arrives, isEnough, limit).ConfigureAwait(false);
            if (request.IsBodyCut) return result with { Body = body.ToArray() };
            return isWhole && PackedBody.Unpack(body.ToArray(), response.Content.Headers.ContentEncoding, request.MaxBytes) is { } plain
                ? result with { Body = plain }
                : TooLarge(result, request.MaxBytes);
        }
        catch (Exception broken) when (request.IsBodyCut && !stop.IsCancellationRequested
            && broken is IOException or HttpRequestException or OperationCanceledException)
        {
            // Who takes a cut body wants the status; what came of the body is enough.
            return result with { Body = body.ToArray() };
        }
    }

    /// <summary>As they came, one pair for each line.</summary>
    private static void AddTo(List<KeyValuePair<string, string>> into, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
            foreach (string value in values) into.Add(new(name, value));
    }

    /// <returns>False when there is more than <paramref name="most"/>.</returns>
    private static async ValueTask<bool> CopyAsync(HttpResponseMessage response, MemoryStream body, int most,
        Action<ReadOnlyMemory<byte>>? arrives, Func<ReadOnlyMemory<byte>, bool>? isEnough, CancellationToken limit)
    {
        var stream = await response.Content.ReadAsStreamAsync(limit).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        // Not given back after a failure: a read that was cut off may still write into it.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        bool isWhole = true;
        int room = most;
        while (isWhole && await stream.ReadAsync(buffer, limit).ConfigureAwait(false) is var count and > 0)
        {
            int taken = Math.Min(count, room);
            if (arrives is null) body.Write(buffer, 0, taken);
            else arrives(buffer.AsMemory(0, taken));
            isWhole = count <= room;
            room -= taken;
            if (isEnough?.Invoke(buffer.AsMemory(0, taken)) is true) break;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return isWhole;
    }

    private static EgressResult Classify(Exception failed, string url)
    {
        var (failure, detail) = EgressException.Classify(failed);
        return Fail(failure, detail, url);
    }

    private static EgressResult Fail(EgressFailure failure, string? detail, string url) =>
        new() { Failure = failure, Detail = detail, Url = url };

    private static EgressResult TooLarge(EgressResult result, int limit) =>
        result with { Failure = EgressFailure.TooLarge, Detail = $"The body is longer than {limit} bytes." };

    private static bool TryParse(string url, TargetUse use, out Uri uri, out string? problem, int longest = MaxUrlLength)
    {
        (string plain, string secured) = use is TargetUse.Socket ? ("ws", "wss") : ("http", "https");
        uri = null!; // callers read it only when this returns true
        problem = null;
        if (url.Length > longest) problem = $"The URL is longer than {longest} characters.";
        else if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || (parsed.Scheme != plain && parsed.Scheme != secured)
            || parsed.Host.Length == 0) problem = $"The URL must be an absolute {plain} or {secured} URL.";
        else if (!HasName(parsed)) problem = "The URL's host is no name that can be looked up.";
        else uri = parsed;
        return problem is null;
    }

    /// <summary>
    /// An international host has a name for resolvers only where its labels are short enough and of letters (RFC 5890 section 2.3.2).
    /// </summary>
    private static bool HasName(Uri uri)
    {
        try
        {
            // Where its labels are too long it is given as it stands.
            return System.Text.Ascii.IsValid(uri.IdnHost);
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    /// <summary>The address when the host is one, or is a name that always means loopback (RFC 6761).</summary>
    private static IPAddress? LiteralOf(Uri uri)
    {
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address)) return address;
        return uri.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || uri.IdnHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : null;
    }

    private static string Sentence(Uri uri, TargetVerdict verdict) =>
        $"The URL's host {uri.Host} is not allowed: {TargetPolicy.Describe(verdict)}.";

    /// <param name="Account">One account's requests to a host say nothing of another's.</param>
    private sealed record Way(TargetUse Use, bool IsOperatorConfigured, TenantId? Account, string Authority);
}
