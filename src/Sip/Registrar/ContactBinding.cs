using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Registrar;

/// <summary>One place where a user can be reached (RFC 3261 §10).</summary>
public sealed record ContactBinding
{
    /// <summary>User part of the address of record.</summary>
    public required string User { get; init; }
    /// <summary>As the phone wrote it.</summary>
    public required string Contact { get; init; }
    /// <summary>As requests to the phone carry it: a Contact may have headers, a Request-URI none (RFC 3261 section 19.1.1).</summary>
    public string Target => Contact.Contains('?', StringComparison.Ordinal)
        && SipUri.TryParse(Encoding.UTF8.GetBytes(Contact), out var uri) is ParseStatus.Ok ? uri.Target.AsText() : Contact;
    /// <summary>Where the REGISTER really came from: through a NAT, the only way back.</summary>
    public required SipFlow Flow { get; init; }
    public required string CallId { get; init; }
    public required uint CSeq { get; init; }
    /// <summary>Preference in thousandths, 0 to 1000.</summary>
    public int Quality { get; init; } = 1_000;
    public string UserAgent { get; init; } = "";
    public required Instant RegisteredAt { get; init; }
    public required Instant ExpiresAt { get; init; }
    /// <summary>
    /// The proxies between us and the phone, as they wrote themselves into Path (RFC 3327 section 5.2): the route of requests to it.
    /// </summary>
    public IReadOnlyList<string> Path { get; init; } = [];
    /// <summary>One of several flows of one phone (RFC 5626); null where the phone keeps none.</summary>
    public OutboundFlow? Outbound { get; init; }

    /// <summary>
    /// The phone's Contact is not what its REGISTER came from, and no proxy says that it stands between: only the flow leads back, and it
    /// closes when nothing goes through it.
    /// </summary>
    public bool IsBehindNat => Path.Count == 0 && Flow.Peer is { } peer
        && !(TryGetNamed(out var named) && named.Address.Equals(peer.Address));

    /// <summary>
    /// The address that its Contact names, when its REGISTER came from that very host: it may listen on another port than it sends from.
    /// A Contact never leads to a third party's host.
    /// </summary>
    public bool TryGetDirect([NotNullWhen(true)] out IPEndPoint? own)
    {
        own = null;
        if (Flow.IsReliable || Path.Count > 0 || Outbound is not null) return false;
        if (!TryGetNamed(out own) || !own.Address.Equals(Flow.Remote.Address)) own = null;
        return own is not null;
    }

    /// <summary>What the Contact names, where that is an address and this transport's.</summary>
    private bool TryGetNamed([NotNullWhen(true)] out IPEndPoint? named)
    {
        named = null;
        return SipUri.TryParse(Encoding.UTF8.GetBytes(Contact), out var contact) is ParseStatus.Ok
            && contact.TryGetEndPoint(out named)
            && (Flow.IsReliable || !contact.Parameters.TryFind("transport"u8, out var transport)
                || Ascii.EqualsIgnoreCase(transport, "udp"u8));
    }
}

/// <summary>What tells the flows of one phone apart, and that they are one phone's (RFC 5626 section 4.2).</summary>
/// <param name="Instance">+sip.instance of the Contact, with its angle brackets.</param>
public sealed record OutboundFlow(string Instance, uint RegId)
{
    /// <summary>
    /// As the phone wrote them: it may have one Contact on all its flows, and knows by these which binding is whose (section 9.2). An
    /// instance that would have to be escaped is left out.
    /// </summary>
    internal string Parameters => Instance.AsSpan().ContainsAny('"', '\\') ? $";reg-id={RegId}"
        : $";reg-id={RegId};+sip.instance=\"{Instance}\"";

    /// <summary>
    /// Null for a REGISTER that wants nothing of the kind, and where a proxy between us and the phone does not know of it: then the flow
    /// that we see is that proxy's.
    /// </summary>
    internal static OutboundFlow? Of(SipRequest register, NameAddress contact, IReadOnlyList<string> path)
    {
        if (!contact.Parameters.TryFind("reg-id"u8, out var id) || !Grammar.TryNumber(id, int.MaxValue, out uint number) || number == 0
            || !contact.Parameters.TryFind("+sip.instance"u8, out var instance)) return null;
        bool isWanted = false;
        foreach (var option in register.Values(SipHeader.Supported)) isWanted |= option.Is("outbound"u8);
        int hops = 0;
        foreach (var via in register.Values(SipHeader.Via)) hops += via.IsEmpty ? 0 : 1;
        string text = instance.AsText().Trim('"');
        return isWanted && (hops <= 1 || path.Count > 0 && path[^1].Contains(";ob", StringComparison.OrdinalIgnoreCase))
            && text is { Length: > 0 and <= Limits.InstanceBytes } ? new(text, number) : null;
    }
}

public enum BindingFate : byte { Registered, Unregistered, Expired }

/// <summary>What happened to a binding; a refresh is a registration too.</summary>
public readonly record struct BindingChange(ContactBinding Binding, BindingFate Fate);
