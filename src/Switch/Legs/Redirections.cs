using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Where the 3xx responses to one dial lead (RFC 3261 section 8.1.3.4): contacts by their q, no place twice, few in all. A number is asked of the gate like one
/// that was dialled; an address that no trunk has is one that a stranger named, so the target policy is asked for it.
/// </summary>
internal sealed class Redirections(ShardContext shard, LegFacts leg, DialRequest request)
{
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<DialTarget> _waiting = [];
    private int _followed;

    /// <summary>305 and 380 want more than another place to call, and 300 too when nothing in it can be called.</summary>
    public static bool Follows(int status) => status is 300 or 301 or 302;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Takes the contacts of a response; they come before those of earlier ones.</summary>
    public void Add(SipResponse response, DialTarget by)
    {
        _seen.Add(NameOf(by));
        List<(double Quality, DialTarget Target)> found = [];
        foreach (var value in response.Values(SipHeader.Contact))
        {
            if (NameAddress.TryParse(value, out var contact) is not ParseStatus.Ok) continue;
            double quality = contact.Parameters.TryFind("q"u8, out var q) && double.TryParse(q, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double given) ? given : 1;
            foreach (var target in TargetsOf(contact.ParseUri(), by)) found.Add((quality, target));
        }
        var place = _waiting.First;
        foreach (var (_, target) in found.OrderByDescending(one => one.Quality))
        {
            if (_followed == Limits.Redirections || !_seen.Add(NameOf(target))) continue;
            _followed++;
            if (place is null) _waiting.AddLast(target);
            else _waiting.AddBefore(place, target);
        }
    }

    public bool TryTake(out DialTarget target)
    {
        target = _waiting.First?.Value!;        // only read when true is returned
        if (_waiting.First is null) return false;
        _waiting.RemoveFirst();
        return true;
    }

    /// <summary>Whoever was called first stands in To, wherever the call goes.</summary>
    private IEnumerable<DialTarget> TargetsOf(SipUri uri, DialTarget by)
    {
        string to = by.ToUri;
        string? number = uri.Scheme is UriScheme.Tel || uri.IsSipOrSips ? PartyNumber.Normalise(uri.UserText) : null;
        if (number is not null && !IsAllowed(number)) return [];
        if (uri.Scheme is UriScheme.Tel)
            return number is null ? [] : DialPlan.For(shard.Routing, request with { To = number, IsDelivery = false }, shard.Hosts).Targets.Select(target => target with { To = to });
        if (!DialUri.TryParse(uri.ToString(), out var place)) return [];
        // RFC 3261 section 26.2.2: a call that was to be secure stays so.
        if (by.IsSecure && !place.IsSecure) return [];
        var transport = place.Transport ?? by.Transport;
        bool isSamePlace = place.Host.Equals(by.Host, StringComparison.OrdinalIgnoreCase) && (place.Port ?? TransportNames.PlainPort) == (by.Port ?? TransportNames.PlainPort);
        return isSamePlace
            ? [by with { User = place.User, Transport = transport, IsSecure = place.IsSecure, To = to }]
            : [new DialTarget { Host = place.Host, Port = place.Port, User = place.User, Transport = transport, IsSecure = place.IsSecure, Encryption = by.Encryption, Digits = by.Digits, To = to }];
    }

    /// <summary>The leg is counted already, so only what concerns the number itself is of interest.</summary>
    private bool IsAllowed(string number)
    {
        var answer = shard.Gate.Ask(new() { Leg = leg.Id, Direction = Direction.Outbound, Tenant = leg.Tenant, Connection = leg.Connection, From = leg.From, To = number });
        return answer.IsOpen || answer.Refusal is Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit;
    }

    private static string NameOf(DialTarget target) => $"{target.User}@{target.Host}:{target.Port ?? TransportNames.PlainPort} {target.Transport}";
}
