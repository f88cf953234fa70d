using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Auth;

/// <summary>What a 401 or 407 leaves to do.</summary>
public enum DigestOutcome : byte
{
    /// <summary>Send the request again with <see cref="DigestClient.Authorize"/>.</summary>
    TryAgain,
    /// <summary>The response names no challenge that we can answer.</summary>
    NoChallenge,
    /// <summary>Our credentials were seen and refused.</summary>
    Rejected,
}

/// <summary>
/// Our credentials at one trunk (RFC 3261 §22). On 401 or 407: <see cref="Learn"/>; on <see cref="DigestOutcome.TryAgain"/> make
/// <c>SipRequestBuilder.Again(request, cseq + 1)</c>, <see cref="Authorize"/> it, and send it. Later requests may be authorised at once
/// and are spared the challenge. One per call: calls that share one would mistake each other's refusals for expired nonces.
/// </summary>
public sealed class DigestClient(string user, string password, Rng rng)
{
    private readonly List<Known> _known = [];

    public bool HasChallenge => _known.Count > 0;

    /// <summary>
    /// Takes the challenges out of a 401 or 407 to <paramref name="request"/>: per realm the first that we can answer,
    /// as the server prefers (RFC 8760 §2.4).
    /// </summary>
    public DigestOutcome Learn(SipResponse response, SipRequest request)
    {
        var outcome = DigestOutcome.NoChallenge;
        int looked = 0;
        bool isServers = false;
        var fresh = new HashSet<(SipHeader, string)>();
        foreach (var line in response.Lines)
        {
            if (line.Id is not (SipHeader.WwwAuthenticate or SipHeader.ProxyAuthenticate)) continue;
            var header = line.Id;
            for (var rest = line.Value; !rest.IsEmpty && ++looked <= Limits.Challenges;)
            {
                var value = DigestChallenge.Next(ref rest);
                if (value.Length > Limits.ChallengeBytes) continue;
                if (!DigestChallenge.TryParse(value, out var challenge) || !fresh.Add((header, challenge.Realm))) continue;
                var known = _known.Find(old => old.Header == header && old.Challenge.Realm == challenge.Realm);
                bool isRefused = known is not null && !challenge.IsStale && Carries(request, known);
                // Refused only if a nonce's first use was refused: an old nonce may have expired with a server that does not say "stale".
                if (isRefused && known is { Uses: 1 } or { IsRefused: true }) return DigestOutcome.Rejected;
                var next = new Known(header, challenge);
                // RFC 7616 §3.4: some servers keep a nonce for a while, and take a count that they have seen for a thief's.
                if (known is not null && known.Challenge.Nonce == challenge.Nonce)
                    (next.Uses, next.IsRefused) = (known.Uses, isRefused);
                if (known is not null) _known.Remove(known);
                if (_known.Count == Limits.Challenges) _known.RemoveAt(0);
                _known.Add(next);
                isServers |= header is SipHeader.WwwAuthenticate;
                outcome = DigestOutcome.TryAgain;
            }
        }
        // Each proxy on the way asks for itself, but one server at its end: what it does not ask for was another's, such as that of a
        // registrar with a realm of its own, and some look at the first credentials alone.
        if (isServers)
            _known.RemoveAll(old => old.Header is SipHeader.WwwAuthenticate && !fresh.Contains((old.Header, old.Challenge.Realm)));
        return outcome;
    }

    /// <summary>The next request asks what is wanted, as the first one did.</summary>
    public void Forget() => _known.Clear();

    /// <summary>Adds the credentials for every challenge that <see cref="Learn"/> keeps.</summary>
    public void Authorize(SipRequestBuilder request, string method, string requestUri, ReadOnlySpan<byte> body = default)
    {
        foreach (var known in _known)
            request.Add(known.Header is SipHeader.WwwAuthenticate ? SipHeader.Authorization : SipHeader.ProxyAuthorization,
                Credentials(known, method, requestUri, body));
    }

    private string Credentials(Known known, string method, string uri, ReadOnlySpan<byte> body)
    {
        var challenge = known.Challenge;
        string count = (++known.Uses).ToString("x8");
        string clientNonce = rng.Hex(16);
        string response = DigestResponse.Compute(challenge, user, password, method, uri, count, clientNonce, body);
        var text = new StringBuilder("Digest username=").Append(WireText.Quote(user))
            .Append(", realm=").Append(WireText.Quote(challenge.Realm)).Append(", nonce=").Append(WireText.Quote(challenge.Nonce))
            .Append(", uri=").Append(WireText.Quote(uri)).Append(", response=\"").Append(response).Append('"');
        if (challenge.AlgorithmName is { } algorithm) text.Append(", algorithm=").Append(algorithm);
        if (challenge.Opaque is { } opaque) text.Append(", opaque=").Append(WireText.Quote(opaque));
        if (challenge.Quality is not DigestQuality.None)
            text.Append(", qop=").Append(DigestResponse.Name(challenge.Quality)).Append(", nc=").Append(count).Append(", cnonce=\"")
                .Append(clientNonce).Append('"');
        return text.ToString();
    }

    private static bool Carries(SipRequest request, Known known)
    {
        var header = known.Header is SipHeader.WwwAuthenticate ? SipHeader.Authorization : SipHeader.ProxyAuthorization;
        foreach (var value in request.Values(header))
            if (DigestChallenge.TryParse(value, out var used) && used.Nonce == known.Challenge.Nonce) return true;
        return false;
    }

    private sealed class Known(SipHeader header, DigestChallenge challenge)
    {
        public SipHeader Header { get; } = header;
        public DigestChallenge Challenge { get; } = challenge;
        public int Uses { get; set; }
        /// <summary>It was refused after its first use, and given once more.</summary>
        public bool IsRefused { get; set; }
    }
}
