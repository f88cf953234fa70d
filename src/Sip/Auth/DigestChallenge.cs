using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Auth;

public enum DigestAlgorithm : byte { Md5, Sha256 }

public enum DigestQuality : byte
{
    /// <summary>RFC 2069: a challenge without qop.</summary>
    None,
    Auth,
    AuthInt,
}

/// <summary>One WWW-Authenticate or Proxy-Authenticate that we can answer (RFC 3261 §22.4, RFC 7616, RFC 8760).</summary>
public sealed record DigestChallenge
{
    private const string Session = "-sess";

    public required string Realm { get; init; }
    public required string Nonce { get; init; }
    public string? Opaque { get; init; }
    /// <summary>The password was right, the nonce too old.</summary>
    public bool IsStale { get; init; }
    public DigestAlgorithm Algorithm { get; init; }
    /// <summary>The "-sess" form: the password is hashed once more, with both nonces (RFC 7616 section 3.4.2).</summary>
    public bool IsSession { get; init; }
    /// <summary>As the server spelt it; null when it named none.</summary>
    public string? AlgorithmName { get; init; }
    public DigestQuality Quality { get; init; }

    /// <summary>
    /// Takes the next challenge, or the next credentials, off a line: RFC 3261 has one in each, and some write several as HTTP has them.
    /// </summary>
    internal static ReadOnlySpan<byte> Next(scoped ref ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> all = line, rest = line;
        bool hasMore = true;
        for (int pieces = 0; hasMore; pieces++)
        {
            int start = all.Length - rest.Length;
            var piece = Grammar.NextPiece(ref rest, (byte)',', out hasMore);
            int space = piece.IndexOfAny(" \t"u8);
            // "Digest realm=..." begins one; "realm = ..." does not.
            if (pieces == 0 || space <= 0 || piece[space..].TrimLwsStart().StartsWith("="u8) || !piece[..space].IsToken()) continue;
            line = all[start..];
            return all[..(start - 1)];
        }
        line = default;
        return all;
    }

    /// <summary>False for another scheme, for an algorithm or quality that we do not have, and for what does not parse.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out DigestChallenge challenge)
    {
        challenge = null!; // only read when true is returned
        value = value.TrimLws();
        int space = value.IndexOfAny(" \t"u8);
        if (space < 0 || !value[..space].Is("Digest"u8)) return false;
        var rest = value[space..];
        string? realm = null, nonce = null, opaque = null, algorithmName = null;
        bool isStale = false, isSession = false, hasMore = true;
        var algorithm = DigestAlgorithm.Md5;
        var quality = DigestQuality.None;
        while (hasMore)
        {
            var piece = Grammar.NextPiece(ref rest, (byte)',', out hasMore);
            int equals = piece.IndexOf((byte)'=');
            if (equals < 0) continue;
            var name = piece[..equals].TrimLws();
            var given = piece[(equals + 1)..].TrimLws();
            if (given.StartsWith("\""u8) && Grammar.QuotedLength(given) != given.Length) return false;
            // Some write what they leave open with nothing in it.
            bool isOpen = given.IsEmpty || given.SequenceEqual("\"\""u8);
            if (name.Is("realm"u8)) realm = Grammar.Unquote(given);
            else if (name.Is("nonce"u8)) nonce = Grammar.Unquote(given);
            else if (name.Is("opaque"u8)) opaque = Grammar.Unquote(given);
            else if (name.Is("stale"u8)) isStale = Grammar.Unquote(given).Equals("true", StringComparison.OrdinalIgnoreCase);
            else if (name.Is("algorithm"u8) && !isOpen)
            {
                algorithmName = Grammar.Unquote(given);
                isSession = algorithmName.EndsWith(Session, StringComparison.OrdinalIgnoreCase);
                string hash = isSession ? algorithmName[..^Session.Length] : algorithmName;
                if (hash.Equals("MD5", StringComparison.OrdinalIgnoreCase)) algorithm = DigestAlgorithm.Md5;
                else if (hash.Equals("SHA-256", StringComparison.OrdinalIgnoreCase)) algorithm = DigestAlgorithm.Sha256;
                else return false;
            }
            else if (name.Is("qop"u8) && !isOpen)
            {
                string[] offered = Grammar.Unquote(given).Split(',', StringSplitOptions.TrimEntries);
                if (offered.Contains("auth", StringComparer.OrdinalIgnoreCase)) quality = DigestQuality.Auth;
                else if (offered.Contains("auth-int", StringComparer.OrdinalIgnoreCase)) quality = DigestQuality.AuthInt;
                else return false;
            }
        }
        // Without qop there is no nonce of ours to hash.
        if (realm is null || nonce is null || isSession && quality is DigestQuality.None) return false;
        challenge = new()
        {
            Realm = realm, Nonce = nonce, Opaque = opaque, IsStale = isStale, Algorithm = algorithm,
            IsSession = isSession, AlgorithmName = algorithmName, Quality = quality
        };
        return true;
    }
}
