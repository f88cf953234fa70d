using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Recovery;

/// <summary>
/// How the initial INVITE of a leg is called: fixed before the leg has a row, so that its first row can say how to end it.
/// </summary>
public sealed record InviteNames(string Tag, string CallId, string Branch)
{
    /// <summary>For whoever is not the shard.</summary>
    /// <param name="counter">Counter and random number together never come again in one start of the node.</param>
    public static InviteNames Mint(NodeIdentity identity, int shard, uint counter, ulong random) => new(
        SipTokens.Mint(identity, shard, counter, (uint)random),
        SipTokens.Mint(identity, shard, counter, (uint)(random >> 32)),
        SipTokens.BranchOf(SipTokens.Mint(identity, shard, ~counter, (uint)random)));

    internal static InviteNames Mint(SipTokens tokens) => new(tokens.Tag(), tokens.CallId(), tokens.Branch());
}

/// <summary>What the initial INVITE of a dial will look like, as far as that can be known before anything is resolved or leased.</summary>
public sealed class InitialInvite(ShardSettings settings)
{
    private readonly TransactionSettings _transactions = settings.Transactions;

    /// <summary>
    /// The recovery BYE of a leg whose first target is an address. Null for all others: they write theirs before their INVITE leaves.
    /// </summary>
    public string? RecoveryBye(DialRequest request, DialPlan plan, InviteNames names)
    {
        if (plan.Targets is not [{ RegisteredUser: null, IsInside: false } target, ..] || !TryLiteral(target.Place, out var flow)
            || settings.Networks.TryFind(flow.Remote.Address) is not { } network) return null;
        flow = flow with { Network = network };
        if (Head(target, flow, request, names).TryBuild(out var invite) is not ParseStatus.Ok || invite is null) return null;
        invite = TransactionLayer.Stamp(_transactions, invite, flow, names.Branch);
        var sent = new SentInvite(InviteHead.Write(invite), FlowRecord.Of(flow.Under(target.Nat), target.Place, settings.Networks));
        return new RecoveryBye { Sent = [sent] }.Write();
    }

    /// <param name="registered">Where the target is registered, for Request-URI and Route.</param>
    internal SipRequestBuilder Head(DialTarget target, SipFlow flow, DialRequest request, InviteNames names,
        ContactBinding? registered = null)
    {
        // RFC 3261 section 26.2.2: sips: says TLS by itself.
        string way = target.IsSecure || target.Transport is null ? "" : flow.Transport.UriParameter();
        string name = request is { IsPrivate: false, CallerName: { Length: > 0 } given } ? WireText.Quote(given) + " " : "";
        var invite = new SipRequestBuilder(SipMethod.Invite, registered?.Target ?? target.Uri + way);
        foreach (string hop in registered?.Path ?? target.RegisteredWay?.RoutesBy(flow) ?? []) invite.Add(SipHeader.Route, hop);
        if (request.HopsLeft is { } hops) invite.Add(SipHeader.MaxForwards, $"{hops}");
        return invite
            .Add(SipHeader.From, $"{name}<{target.FromUri(request, settings.DomainOn(flow.Network))}>;tag={names.Tag}")
            .Add(SipHeader.To, $"<{target.ToUri}>")
            .Add(SipHeader.CallId, names.CallId)
            .Add(SipHeader.CSeq, "1 INVITE")
            .Add(SipHeader.Contact, Contact(flow, target.IsSecure));
    }

    /// <summary>Contact value of our requests and responses that go this way.</summary>
    /// <param name="isSecure">The Request-URI is sips:, and so must this one be (RFC 3261 section 12.1.1).</param>
    internal string Contact(SipFlow flow, bool isSecure)
    {
        string where = _transactions.SentByOn(flow);
        return isSecure ? $"<sips:{where}>" : $"<sip:{where}{flow.Transport.UriParameter()}>";
    }

    /// <summary>The way to a place that names an address.</summary>
    public static bool TryLiteral(SipPlace place, out SipFlow flow)
    {
        var transport = place.Transport ?? SipTransport.Udp;
        bool isLiteral = HostLiteral.TryParse(place.Host, out var address);
        flow = isLiteral ? new(transport, new(address, place.Port ?? transport.DefaultPort())) : default;
        return isLiteral;
    }
}
