using Ringwright.Calls;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Routing;

/// <summary>Where the party of a referrer goes: where a call of the referrer's own to that URI would, at his account's expense.</summary>
internal static class ReferredCall
{
    private static readonly TimeSpan RingTimeout = TimeSpan.FromSeconds(90);

    /// <summary>In <see cref="DialRequest.Through"/>: a referral may lead back to a number, but not for ever.</summary>
    private const string Referred = "refer";

    /// <param name="leg">The one whose far end refers.</param>
    /// <param name="refer">Its X-… and User-to-User headers go on.</param>
    /// <returns>Null with the status that says why not.</returns>
    public static (DialRequest? Request, int Status) Of(ShardContext shard, Leg leg, Referrer referrer, SipRequest refer, SipUri target)
    {
        if (Destination(shard, referrer.Connection, target, out int status) is not { } to) return (null, status);
        return Unaddressed(leg, referrer, refer) is { } request ? (To(shard, request, to, leg.Facts.To), 0) : (null, 482);
    }

    /// <summary>A call to nobody yet; null when this one has been sent on too often.</summary>
    public static DialRequest? Unaddressed(Leg leg, Referrer referrer, SipRequest refer)
    {
        var (facts, placed) = (leg.Facts, leg.Outbound?.Request);
        if (placed?.Through.Count >= Limits.Forwardings) return null;
        return new()
        {
            Tenant = referrer.Connection.Tenant,
            Connection = referrer.Connection.Id,
            To = "",
            // Who called the referrer calls on; whom he called himself is nobody whose number we could show.
            From = facts.From,
            BroughtCaller = facts.BroughtCaller,
            CallerName = facts.CallerName,
            RingTimeout = RingTimeout,
            Session = facts.Session,
            Headers = CustomHeaders.Passed(refer, isFromNetwork: false),
            Through = [.. (placed?.Through ?? []).Select(_ => Referred), Referred],
            // A stranger behind a trunk calls nobody, in whatever emergency, where the account itself could not.
            IsFromPhone = referrer.Trunk is null,
        };
    }

    /// <param name="request">An <see cref="Unaddressed"/> one.</param>
    /// <param name="otherwise">Is shown in place of a caller who may not be shown, where the connection has no number.</param>
    public static DialRequest To(ShardContext shard, DialRequest request, string to, string otherwise)
    {
        var routing = shard.Routing;
        request = request with { To = to };
        if (DialPlan.For(routing, request, shard.Hosts).Refusal is not Core.Refusal.CallerIdNotOwned) return request;
        var number = routing.FindConnection(request.Tenant, request.Connection) is { } connection ? routing.FindNumberOf(connection) : null;
        return request with { From = number?.Text ?? otherwise, CallerName = null };
    }

    /// <summary>A number, a SIP user of ours or a subdomain, as a phone dials them (<see cref="CallRouter.FromCustomer"/>).</summary>
    private static string? Destination(ShardContext shard, Connection connection, SipUri target, out int status)
    {
        status = 404;
        var origination = connection.Sip?.Origination ?? new();
        string text = CallRouter.DialledIn(target, origination.TechPrefix);
        // Some leave out where whom they name is, and leave his name or number in that place: <sip:2002>. Those of an address
        // are the digits of no number.
        bool isHere = target is { IsSipOrSips: true, User.IsEmpty: true, Port: null } && shard.Hosts.LabelOf(target.HostText) is null
            && !shard.Hosts.IsOurs(target.HostText) && !target.TryGetEndPoint(out _);
        if (isHere) text = CallRouter.WithoutPrefix(target.HostText, origination.TechPrefix);
        if (Parties.Dialled(text, origination.Localization) is { } dialled) return dialled;
        if (!target.IsSipOrSips) return null;
        if (shard.Hosts.LabelOf(target.HostText) is not null) return $"sip:{text}@{target.HostText}";
        if (shard.Routing.Sip.FindUser(text) is not { } user || !isHere && !shard.Hosts.IsOurs(target.HostText)) return null;
        if (CallRouter.MayCall(shard.Routing, connection.Tenant, user)) return $"sip:{user.Name}@{shard.Settings.UserDomain}";
        if (user.Tenant == connection.Tenant) status = 403;      // of another account's names nobody learns
        return null;
    }
}
