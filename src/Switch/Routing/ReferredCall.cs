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
        var (routing, facts, connection) = (shard.Routing, leg.Facts, referrer.Connection);
        if (Destination(shard, connection, target, out int status) is not { } to) return (null, status);
        var placed = leg.Outbound?.Request;
        if (placed?.Through.Count >= Limits.Forwardings) return (null, 482);
        var request = new DialRequest
        {
            Tenant = connection.Tenant,
            Connection = connection.Id,
            To = to,
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
        if (DialPlan.For(routing, request, shard.Hosts).Refusal is not Core.Refusal.CallerIdNotOwned) return (request, 0);
        string own = routing.FindNumberOf(connection)?.Text ?? facts.To;
        return (request with { From = own, CallerName = null }, 0);
    }

    /// <summary>A number, a SIP user of ours or a subdomain, as a phone dials them (<see cref="CallRouter.FromCustomer"/>).</summary>
    private static string? Destination(ShardContext shard, Connection connection, SipUri target, out int status)
    {
        status = 404;
        var origination = connection.Sip?.Origination ?? new();
        string text = CallRouter.DialledIn(target, origination.TechPrefix);
        if (Parties.Dialled(text, origination.Localization) is { } dialled) return dialled;
        if (!target.IsSipOrSips) return null;
        if (shard.Hosts.LabelOf(target.HostText) is not null) return $"sip:{text}@{target.HostText}";
        if (shard.Routing.Sip.FindUser(text) is not { } user || !shard.Hosts.IsOurs(target.HostText)) return null;
        if (CallRouter.MayCall(shard.Routing, connection.Tenant, user)) return $"sip:{user.Name}@{shard.Settings.UserDomain}";
        if (user.Tenant == connection.Tenant) status = 403;      // of another account's names nobody learns
        return null;
    }
}
