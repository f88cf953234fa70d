using System.Diagnostics;
using System.Net.Sockets;

namespace Ringwright.Egress;

/// <summary>
/// Sends a request again that met a kept connection which its server was just closing: servers close what was idle, some after two seconds,
/// and a request may be on its way to them then. <see cref="SocketsHttpHandler"/> itself does so for requests without a body alone. A
/// server that takes a request and closes without a word looks the same, and has it twice, or thrice: what may not be done twice is
/// <see cref="SendOnce"/>.
/// </summary>
internal sealed class StaleConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MostTries = 3;
    private static readonly HttpRequestOptionsKey<Opening> Key = new("ringwright.opening");
    private static readonly HttpRequestOptionsKey<bool> OnceKey = new("ringwright.once");

    /// <summary>Whoever closes later has begun with the request, and would have it twice.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>A connection is opened for this request: what happens to it then is the server's answer.</summary>
    public static void Mark(HttpRequestMessage opener)
    {
        if (opener.Options.TryGetValue(Key, out var opening)) opening.Begin();
    }

    /// <summary>It goes out again by nobody but whoever sends it.</summary>
    public static void SendOnce(HttpRequestMessage request) => request.Options.Set(OnceKey, true);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int mostTries = request.Options.TryGetValue(OnceKey, out bool isOnce) && isOnce ? 1 : MostTries;
        for (int tries = 1; ; tries++)
        {
            var opening = new Opening();
            request.Options.Set(Key, opening);
            long began = Stopwatch.GetTimestamp();
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException failed) when (tries < mostTries && !opening.HasBegun && Stopwatch.GetElapsedTime(began) < Soon
                && IsGone(failed))
            {
                // That connection is closed; the next try has another one.
            }
        }
    }

    /// <summary>The connection ended before an answer came.</summary>
    private static bool IsGone(HttpRequestException failed)
    {
        if (failed.HttpRequestError is HttpRequestError.ResponseEnded) return true;
        for (Exception? cause = failed.InnerException; cause is not null; cause = cause.InnerException)
        {
            if ((cause as SocketException)?.SocketErrorCode
                is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) return true;
        }
        return false;
    }

    /// <summary>Whether one try has opened a connection.</summary>
    private sealed class Opening
    {
        private volatile bool _hasBegun;

        public bool HasBegun => _hasBegun;

        public void Begin() => _hasBegun = true;
    }
}
