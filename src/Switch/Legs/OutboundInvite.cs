using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>The text of an outbound leg's INVITE.</summary>
internal sealed class OutboundInvite(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    /// <summary>Of the first one.</summary>
    private InviteNames? _names = dial.Names;

    /// <summary>Fixes the names of the initial INVITE. What its row has to say; null when that cannot be known yet.</summary>
    public string? Foresee()
    {
        _names = InviteNames.Mint(shard.Transactions.Tokens);
        return shard.Invites.RecoveryBye(dial.Request, dial.Plan, _names);
    }

    /// <summary>What the connection and the request prefer, as far as the trunk takes it.</summary>
    public IReadOnlyList<string> CodecsFor(DialTarget target)
    {
        if (target.Codecs is not { } taken) return dial.Codecs;
        List<string> common = [.. dial.Codecs.Where(c => taken.Contains(c, StringComparer.OrdinalIgnoreCase))];
        return common.Count > 0 ? common : taken;
    }

    /// <summary>A new call: another tag, another Call-ID, with its Via. Null when it cannot be written from what was dialled.</summary>
    /// <param name="registered">Where the target is registered, for Request-URI and Route.</param>
    public SipRequest? Write(DialTarget target, SipFlow flow, ContactBinding? registered = null)
    {
        var names = _names ?? InviteNames.Mint(shard.Transactions.Tokens);
        _names = null;
        leg.Dialog.Claim(names.Tag);
        var invite = shard.Invites.Head(target, flow, dial.Request, names, registered)
            .Add(SipHeader.Allow, leg.Dialog.Policy.Allow)
            .Add(SipHeader.Supported, leg.Dialog.Policy.Supported)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        if (target.AssertedIdentity(dial.Request, shard.Settings.DomainOn(flow.Network)) is { } identity)
            invite.Add(SipHeader.PAssertedIdentity, identity);
        if (dial.Request is { IsPrivate: true } or { From: Parties.Anonymous }) invite.Add(SipHeader.Privacy, "id");
        if (target is { Trunk: not null, CallerId: null } && dial.Request is { IsPrivate: false, Brought: { } brought }
            && dial.Request.From == dial.Request.BroughtCaller)
            foreach (string passport in brought.Passports) invite.Add("Identity", passport);
        Diversions.Write(invite, dial.Request.Headers, target.ForwardedBy, isTold: target.Identity is CallerIdentity.Pai, target.Uri);
        foreach (var (header, value) in CustomHeaders.Sendable(dial.Request.Headers)) invite.Add(header, value);
        leg.Dialog.Timer.Ask(invite);
        invite.Body(LegDialog.Sdp, leg.Media.CreateOffer().Span);
        return invite.TryBuild(out var built) is ParseStatus.Ok
            && built is not null ? shard.Transactions.Stamp(built, flow, names.Branch) : null;
    }

    /// <summary>
    /// The same once more, without keys: they were but offered, beside plain RTP (RFC 8643), and some refuse the whole offer for them.
    /// </summary>
    public SipRequestBuilder WithoutKeys(SipRequest refused)
    {
        shard.Emit(new Effect.Noted(leg.Facts, "The far end refused an offer for its keys, which were optional: it gets one without."));
        leg.Media.Abandon();
        leg.Media.Encrypt(MediaEncryption.Disabled);
        var offer = leg.Media.CreateOffer();
        var again = SipRequestBuilder.Again(refused, refused.CSeq.Number + 1, null, SipHeader.ContentType).Body(LegDialog.Sdp, offer.Span);
        leg.Dialog.Credentials?.Authorize(again, "INVITE", refused.RequestUri.AsText(), offer.Span);
        return again;
    }
}
