using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>The text of an outbound leg's INVITE.</summary>
internal sealed class OutboundInvite(ShardContext shard, Leg leg, Letter.Dial dial)
{
    /// <summary>What the connection and the request prefer, as far as the trunk takes it.</summary>
    public IReadOnlyList<string> CodecsFor(DialTarget target)
    {
        if (target.Codecs is not { } taken) return dial.Codecs;
        List<string> common = [.. dial.Codecs.Where(c => taken.Contains(c, StringComparer.OrdinalIgnoreCase))];
        return common.Count > 0 ? common : taken;
    }

    /// <summary>A new call: another tag, another Call-ID. Null when it cannot be written from what was dialled.</summary>
    /// <param name="contact">Where the target is registered, for the Request-URI.</param>
    public SipRequest? Write(DialTarget target, SipFlow flow, string? contact = null)
    {
        string tag = shard.Transactions.Tokens.Tag();
        leg.Dialog.Claim(tag);
        // RFC 3261 section 26.2.2: sips: says TLS by itself.
        string way = target.IsSecure || target.Transport is null ? "" : flow.Transport.UriParameter();
        string name = dial.Request.CallerName is { Length: > 0 } given ? WireText.Quote(given) + " " : "";
        var invite = new SipRequestBuilder(SipMethod.Invite, contact ?? target.Uri + way)
            .Add(SipHeader.From, $"{name}<{target.FromUri(dial.Request.From, shard.Settings.Domain)}>;tag={tag}")
            .Add(SipHeader.To, $"<{target.ToUri}>")
            .Add(SipHeader.CallId, shard.Transactions.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 INVITE")
            .Add(SipHeader.Contact, shard.Contact(flow.Transport, target.IsSecure))
            .Add(SipHeader.Allow, shard.Policy.Allow)
            .Add(SipHeader.Supported, shard.Policy.Supported)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        foreach (var (header, value) in CustomHeaders.Sendable(dial.Request.Headers)) invite.Add(header, value);
        leg.Dialog.Timer.Ask(invite);
        invite.Body(LegDialog.Sdp, leg.Media.CreateOffer().Span);
        return invite.TryBuild(out var built) is ParseStatus.Ok ? built : null;
    }
}
