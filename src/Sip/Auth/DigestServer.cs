using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Auth;

/// <summary>What a request's credentials are worth.</summary>
public enum DigestVerdict : byte
{
    /// <summary>None for our realm: challenge.</summary>
    Missing,
    /// <summary>
    /// Over a nonce that we did not send to that host, as worthless as none: challenge with stale=true. What was signed is not looked at,
    /// for a forger would learn from the answer whether the password was right.
    /// </summary>
    Foreign,
    /// <summary>Nobody looked: the host has been wrong too often.</summary>
    Unheard,
    Right,
    /// <summary>The password is right, the nonce is used up or too old: challenge with stale=true.</summary>
    Stale,
    /// <summary>Unknown user or wrong password, from a host that has received a nonce of ours; nobody is told which.</summary>
    Wrong,
}

/// <summary>
/// Our side of digest authentication (RFC 3261 §22, RFC 7616, RFC 8760): SHA-256 and MD5, qop=auth. Keeps no state for a challenge; see
/// <see cref="DigestNonces"/>. One instance, one thread.
/// </summary>
public sealed class DigestServer(string realm, NodeIdentity identity)
{
    private readonly DigestNonces _nonces = new(realm, identity);

    public string Realm => realm;

    /// <summary>Which hosts of a URI are this node: what was signed for one of them is for any of them.</summary>
    public Func<string, bool> IsOurs { get; init; } = _ => false;

    /// <summary>
    /// The challenges to put into a 401 or 407, each a header of its own. RFC 8760 §2.4 wants the better one first, but much of what is in
    /// use takes the first header or none (SIPp 3.7, old phones), and who knows better takes SHA-256 wherever it stands.
    /// </summary>
    public IReadOnlyList<string> Challenges(IPAddress host, Instant now, bool isStale)
    {
        // One nonce for both: a client answers one of them.
        string common =
            $"Digest realm={WireText.Quote(realm)}, nonce=\"{_nonces.Mint(host, now)}\", qop=\"auth\"{(isStale ? ", stale=true" : "")}";
        return [$"{common}, algorithm=MD5", $"{common}, algorithm=SHA-256"];
    }

    /// <summary>Judges the credentials for our realm, in whichever of the two headers they stand.</summary>
    /// <param name="host">Where it comes from.</param>
    /// <param name="passwordOf">Null for a user that is unknown, or may not log in any more.</param>
    /// <param name="user">The name that the credentials claim; proven only when the verdict says so.</param>
    /// <param name="mayTry">Whether that name is to be heard from there; asked of whoever has proven the host.</param>
    public DigestVerdict Check(SipRequest request, IPAddress host, Func<string, string?> passwordOf, Instant now, out string user,
        Func<string, bool>? mayTry = null)
    {
        user = "";
        if (Find(request, host, out var sent) is not { } credentials) return DigestVerdict.Missing;
        if (sent is not { } issued) return DigestVerdict.Foreign;
        user = credentials.User;
        if (mayTry?.Invoke(user) is false) return DigestVerdict.Unheard;
        string? password = passwordOf(credentials.User);
        // An unknown name costs the same work as a wrong password.
        bool isRight = IsRight(credentials, password ?? "no such user", request) & password is not null & IsForThis(credentials, request);
        if (!isRight) return DigestVerdict.Wrong;
        return _nonces.IsFresh(issued, now)
            && _nonces.TryUse(credentials.Nonce, issued, credentials.Uses, PrintOf(request), now)
            ? DigestVerdict.Right : DigestVerdict.Stale;
    }

    /// <summary>
    /// The first for our realm. Of several those over the newest nonce of ours: some clients send on what they have registered with beside
    /// what answers a 407, or leave the old ones in place where they add new ones.
    /// </summary>
    /// <param name="issued">When the nonce was sent to that host; null where it never was.</param>
    private DigestCredentials? Find(SipRequest request, IPAddress host, out Instant? issued)
    {
        issued = null;
        DigestCredentials? found = null;
        int looked = 0;
        foreach (var line in request.Lines)
        {
            if (line.Id is not (SipHeader.Authorization or SipHeader.ProxyAuthorization)) continue;
            // RFC 3261 has one in each line; some clients write those for several realms into one.
            for (var rest = line.Value; !rest.IsEmpty && ++looked <= Limits.Challenges;)
            {
                var value = DigestChallenge.Next(ref rest);
                if (!DigestCredentials.TryParse(value, out var credentials) || credentials.Realm != realm) continue;
                bool isOurs = _nonces.TryRead(credentials.Nonce, host, out var sent);
                if (found is not null && (!isOurs || issued >= sent)) continue;
                found = credentials;
                issued = isOurs ? sent : null;
            }
        }
        return found;
    }

    /// <summary>
    /// Of what a request asks for, and of its transaction, whatever hops on its way have added. What was signed is the method and the
    /// destination alone: whoever has seen it may write another Contact, and any branch.
    /// </summary>
    private static UInt128 PrintOf(SipRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(TransactionKeys.Server(request, request.MethodName)));
        hash.AppendData(request.RequestUri);
        foreach (var line in request.Lines)
        {
            if (line.Id is not (SipHeader.From or SipHeader.To or SipHeader.CallId or SipHeader.CSeq or SipHeader.Contact
                or SipHeader.Expires or SipHeader.Path)) continue;
            hash.AppendData("\n"u8);
            hash.AppendData(line.Name);
            hash.AppendData(line.Value);
        }
        hash.AppendData("\n"u8);
        hash.AppendData(request.Body);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(whole);
        return BinaryPrimitives.ReadUInt128LittleEndian(whole);
    }

    private static bool IsRight(DigestCredentials credentials, string password, SipRequest request)
    {
        var challenge = new DigestChallenge
        {
            Realm = credentials.Realm, Nonce = credentials.Nonce, Algorithm = credentials.Algorithm, Quality = credentials.Quality
        };
        string expected = DigestResponse.Compute(challenge, credentials.User, password, request.MethodName.AsText(), credentials.Uri,
            credentials.NonceCount, credentials.ClientNonce, default);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected),
            Encoding.UTF8.GetBytes(credentials.Response.ToLowerInvariant()));
    }

    /// <summary>
    /// What was signed for one destination is no leave to call another. Some clients (SIPp, old phones) sign the bare host for every
    /// request to it, others leave out the port or the parameters, or are sent on by a proxy or a router that adds them, or writes our
    /// address in place of our domain: that is taken too, for each nonce counts up and no use of it serves twice.
    /// </summary>
    private bool IsForThis(DigestCredentials credentials, SipRequest request)
    {
        if (SipUri.TryParse(Encoding.UTF8.GetBytes(credentials.Uri), out var signed) is not ParseStatus.Ok) return false;
        var wanted = request.ParseRequestUri();
        return signed.IsSameAs(wanted)
            || signed.IsSipOrSips && (signed.User.IsEmpty || signed.UserText == wanted.UserText)
                && (signed.Host.Is(wanted.Host) || IsOurs(signed.HostText) && IsOurs(wanted.HostText));
    }
}
