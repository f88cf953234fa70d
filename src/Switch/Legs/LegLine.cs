using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Subscriptions;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Says to the <see cref="LineBoard"/> what the leg is to the SIP user whose phone is at its far end, and to the shard that tells others
/// of it when somebody watches. A leg of anybody else says nothing.
/// </summary>
internal sealed class LegLine(ShardContext shard, Leg leg)
{
    private string? _user;
    private LineState _state;
    private Dialog? _early;

    /// <summary>After each turn of the leg.</summary>
    public void Follow()
    {
        string? user = leg.IsOver || leg.IsAnnouncement ? null : leg.CallingUser ?? leg.Outbound?.Target?.RegisteredUser;
        if (user is null && _user is null) return;
        if (_user is { } before && before != user && shard.Settings.Lines.Remove(before, leg.Facts.Id)) Tell(before);
        var state = leg.IsAnswered ? LineState.Confirmed
            : leg.State is LegState.Alerting or LegState.Ringing ? LineState.Early : LineState.Trying;
        // What could be taken away from a colleague who talks is nobody's to know; only a call that rings at the phone is there for others.
        var early = state is LineState.Confirmed ? null : leg.Outbound?.Early;
        bool isSame = user == _user && state == _state && early == _early;
        (_user, _state, _early) = (user, state, early);
        if (user is not null && !isSame && shard.Settings.Lines.Put(user, Look(state, early))) Tell(user);
    }

    private void Tell(string user) => shard.Send(IngressFilter.RegistrarShard, new ShardMessage.LineChanged(user));

    private LineCall Look(LineState state, Dialog? early)
    {
        var (facts, isInitiator) = (leg.Facts, leg.CallingUser is not null);
        bool isHidden = !isInitiator && (leg.Outbound?.Request.IsPrivate is true || facts.From == Parties.Anonymous);
        return new(facts.Id, facts.Uuid, facts.StartedAt, isInitiator, state, isHidden ? null : UserOf(isInitiator ? facts.To : facts.From),
            isHidden || isInitiator ? null : facts.CallerName,
            early is { Id: { RemoteTag.Length: > 0 } id } ? new(id.CallId, id.RemoteTag, id.LocalTag) : null)
        {
            Own = leg.Dialog.Id,
        };
    }

    /// <summary>A number stays what it is, of sip:user@host the user part is left.</summary>
    private static string UserOf(string party) =>
        SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(party), out var uri) is Sip.ParseStatus.Ok && uri.IsSipOrSips
            ? uri.UserText : party;
}
