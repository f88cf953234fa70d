using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Auth;

/// <summary>One Authorization or Proxy-Authorization that came to us (RFC 7616 §3.4).</summary>
public sealed record DigestCredentials
{
    public required string User { get; init; }
    public required string Realm { get; init; }
    public required string Nonce { get; init; }
    /// <summary>What the client signed; it must name the same resource as the Request-URI.</summary>
    public required string Uri { get; init; }
    public required string Response { get; init; }
    public DigestAlgorithm Algorithm { get; init; }
    public DigestQuality Quality { get; init; }
    /// <summary>As the client wrote it, because the digest is made over its characters.</summary>
    public string NonceCount { get; init; } = "";
    public string ClientNonce { get; init; } = "";

    /// <summary>How often the client says it has used the nonce; 1 for a client of RFC 2069, which does not count.</summary>
    public uint Uses { get; init; } = 1;

    /// <summary>
    /// False for another scheme, for an algorithm, quality or hashed user name that we never offered, and for what does not parse.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out DigestCredentials credentials)
    {
        credentials = null!; // only read when true is returned
        value = value.TrimLws();
        int space = value.IndexOfAny(" \t"u8);
        if (space < 0 || !value[..space].Is("Digest"u8)) return false;
        var rest = value[space..];
        string? user = null, realm = null, nonce = null, uri = null, response = null, algorithm = null, quality = null,
            count = null, clientNonce = null;
        for (bool hasMore = true; hasMore;)
        {
            var piece = Grammar.NextPiece(ref rest, (byte)',', out hasMore);
            int equals = piece.IndexOf((byte)'=');
            if (equals < 0) continue;
            var name = piece[..equals].TrimLws();
            var given = piece[(equals + 1)..].TrimLws();
            if (given.StartsWith("\""u8) && Grammar.QuotedLength(given) != given.Length) return false;
            string text = Grammar.Unquote(given);
            if (name.Is("username"u8)) user = text;
            else if (name.Is("realm"u8)) realm = text;
            else if (name.Is("nonce"u8)) nonce = text;
            else if (name.Is("uri"u8)) uri = text;
            else if (name.Is("response"u8)) response = text;
            else if (name.Is("algorithm"u8)) algorithm = text;
            else if (name.Is("qop"u8)) quality = text;
            else if (name.Is("nc"u8)) count = text;
            else if (name.Is("cnonce"u8)) clientNonce = text;
            else if (name.Is("userhash"u8) && text.Equals("true", StringComparison.OrdinalIgnoreCase)) return false;
        }
        if (user is null || realm is null || nonce is null || uri is null || response is null) return false;
        var made = new DigestCredentials { User = user, Realm = realm, Nonce = nonce, Uri = uri, Response = response };
        if (algorithm is { Length: > 0 })
        {
            if (algorithm.Equals("SHA-256", StringComparison.OrdinalIgnoreCase)) made = made with { Algorithm = DigestAlgorithm.Sha256 };
            else if (!algorithm.Equals("MD5", StringComparison.OrdinalIgnoreCase)) return false;
        }
        if (quality is { Length: > 0 })
        {
            if (!quality.Equals("auth", StringComparison.OrdinalIgnoreCase) || clientNonce is null) return false;
            // The grammar says eight digits; some phones leave out the zeros in front.
            if (count is not { Length: >= 1 and <= 8 }
                    || !uint.TryParse(count, System.Globalization.NumberStyles.AllowHexSpecifier, null, out uint uses) || uses == 0)
                return false;
            made = made with { Quality = DigestQuality.Auth, NonceCount = count, Uses = uses, ClientNonce = clientNonce };
        }
        credentials = made;
        return true;
    }
}
