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
/// Where the 3xx responses to one dial lead (RFC 3261 section 8.1.3.4): contacts by their q, no place twice, few in all. Each is what it
/// would be if it had been dialled: the gate is asked for it, and the call is held for and paid by the number that it goes to in the end.
/// </summary>
internal sealed class Redirections(ShardContext shard, LegFacts leg, LegMessage.Dial dial)
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
        List<(int Quality, DialTarget Target)> found = [];
        foreach (var value in response.Values(SipHeader.Contact))
        {
            if (NameAddress.TryParse(value, out var contact) is not ParseStatus.Ok) continue;
            int quality = contact.Parameters.TryFind("q"u8, out var q) && QualityValue.TryParse(q, out int given)
                ? given : QualityValue.Usual;
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

    /// <summary>
    /// Leaves out those that the gate does not let in. True when one is next; the leg is counted as its call from now on.
    /// </summary>
    /// <param name="later">Hears, in a turn of the leg, what the gate does not say at once.</param>
    /// <returns>Null when that is so.</returns>
    public bool? TryPrepare(Action<bool> later)
    {
        while (_waiting.First is { Value: { Redirected: { } to } target })
        {
            if (shard.Questions.Move(CallAttempts.Of(leg, dial, to, target.IsInside), leg.Id, OnAnswer) is not { } answer) return null;
            if (answer.IsOpen) break;
            _waiting.RemoveFirst();
        }
        return !IsEmpty;

        void OnAnswer(GateAnswer answer)
        {
            if (!answer.IsOpen) _waiting.RemoveFirst();
            if (answer.IsOpen) later(true);
            else if (TryPrepare(later) is { } isNext) later(isNext);
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
        string text = uri.ToString();
        bool isPlace = DialUri.TryParse(text, out var place);
        string? number = isPlace ? Destinations.NumberOf(place.User)
            : uri.Scheme is UriScheme.Tel ? Destinations.NumberOf(text["tel:".Length..]) : null;
        // RFC 3261 section 26.2.2: a call that was to be secure stays so.
        if (isPlace && by.IsSecure && !place.IsSecure) return [];
        if (NumberBy(by.Equipment, uri, isPlace ? place : null) is { } dialled) (isPlace, number) = (false, dialled);
        if (!isPlace) text = number ?? "";
        if (text.Length == 0) return [];

        bool isSamePlace = isPlace && place.Host.Equals(by.Host, StringComparison.OrdinalIgnoreCase)
            && (place.Port ?? TransportNames.PlainPort) == (by.Port ?? TransportNames.PlainPort);
        bool isBackAtTrunk = isSamePlace && by.Trunk is not null;
        var to = !isBackAtTrunk ? Destinations.Settle(shard.Routing, text, shard.Hosts, dial.Request.Tenant)
            : number is null ? new(DestinationKind.Nowhere, text) : new Destination(DestinationKind.Number, number);
        if (to.Kind is DestinationKind.Nowhere || to.Kind is not DestinationKind.Here && number is not null && !MayCall(number)) return [];
        var transport = place.Transport ?? by.Transport;
        if (isBackAtTrunk || isSamePlace && to.Kind is DestinationKind.Elsewhere)
            return Redirected(to,
                [by with { User = isBackAtTrunk ? to.To : place.User, Transport = transport, IsSecure = place.IsSecure }], by);

        var plan = DialPlan.For(shard.Routing,
            dial.Request with { To = to.To, IsDelivery = false, AuthUser = null, AuthPassword = null }, shard.Hosts, trunks: shard.Trunks);
        if (plan.Refusal is not Refusal.None || plan.Forbidden(shard.Settings.Targets) is not null) return [];
        return Redirected(to, to.Kind is not DestinationKind.Elsewhere ? plan.Targets
            : plan.Targets.Select(target => target with { Transport = transport, Encryption = by.Encryption, Digits = by.Digits }), by);
    }

    /// <summary>A phone sends calls on to what its user would dial, in its country's way too. Null where that is no number.</summary>
    private string? NumberBy(Connection? equipment, SipUri uri, DialUri? place) =>
        equipment is { Sip.Origination: var origination }
        && (place is { } at ? shard.Hosts.IsOurs(at.Host, at.Port) && shard.Routing.Sip.FindUser(Destinations.UserOf(at)) is null
            : uri.Scheme is UriScheme.Tel)
            ? Parties.NumberOf(CallRouter.DialledIn(uri, origination.TechPrefix), origination.Localization) : null;

    private IEnumerable<DialTarget> Redirected(Destination to, IEnumerable<DialTarget> targets, DialTarget by)
    {
        // A phone that is registered was called at no host but ours.
        string first = (by is { RegisteredUser: not null, Host.Length: 0 } ? by with { Host = shard.Settings.UserDomain } : by).ToUri;
        return targets.Select(target => target with { To = first, Redirected = to });
    }

    /// <summary>
    /// The leg is counted already, so only what concerns the number itself is of interest.
    /// A gate that says it later is asked again before the call goes there.
    /// </summary>
    private bool MayCall(string number)
    {
        var call = CallAttempts.Of(leg, dial, new(DestinationKind.Number, number),
            isOnNet: shard.Routing.FindOwnNumber(number) is not null);
        return GateAnswer.Now(shard.Gate.AskAsync(call)) is not { } answer
            || answer.IsOpen
            || answer.Refusal is Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit;
    }

    private static string NameOf(DialTarget target) =>
        $"{target.User}@{target.Host}:{target.Port ?? TransportNames.PlainPort} {target.Transport}";
}
