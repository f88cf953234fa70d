using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A REFER of the far end (RFC 3515, 5589): whoever it talks to is to be connected to somebody else. That one's leg does it
/// (<see cref="LegTransferee"/>) and goes on with it when this one hangs up; here is what the far end is told. Where the leg's program
/// is asked (<see cref="DialRequest.AsksOfReferrals"/>) that one does whatever is done.
/// </summary>
internal sealed class RemoteReferral(ShardContext shard, Leg leg, LegDialog dialog)
{
    private static readonly SearchValues<byte> DialledBytes = SearchValues.Create("+0123456789*#-.()"u8);

    private bool _isOpen, _isAsked, _isTold, _isTelling, _isDone, _isAttended, _isReplaced;
    private string _package = "refer";
    private int _referrals, _status;
    private int? _waiting;
    private Instant _until;

    /// <summary>Why the leg is hung up when its party leaves; null when nobody has taken that party away.</summary>
    public Ending? Taken => _isReplaced ? Ending.ByReplacement : _isAttended ? Ending.ByAttendedReferral : null;

    public void OnRequest(TransactionOutput.RequestReceived received, Dialog within)
    {
        var refer = received.Request;
        var answer = Judge(refer, out var referrer, out var target);
        dialog.Respond(received, answer ?? Accept(refer, within));
        if (answer is not null || leg.Bridging.Joined is not var (bridge, party)) return;
        _isOpen = true;
        leg.Timers.Arm(LegTimer.PeerReferral, _until = shard.Now + Limits.PeerReferral);
        Tell(100);
        bool isAttended = Replaces.TryFind(target, out var other);
        _isAsked = AsksProgram && !isAttended;
        if (_isAsked) leg.Reports.ReferAsked(NamedBy(refer));
        else if (referrer is not { } whose) throw new UnreachableException("Who may not refer was refused.");
        else if (isAttended)
        {
            shard.Send(party.Shard, new LegMessage.Carry(party, leg.Facts.Id, bridge, Request: null));
            Seek(other, party, whose, refer);
        }
        else
        {
            var (request, status) = ReferredCall.Of(shard, leg, whose, refer, target);
            if (request is null) OnNews(status);
            else shard.Send(party.Shard, new LegMessage.Carry(party, leg.Facts.Id, bridge, request));
        }
    }

    /// <summary>What has become of it so far; from 200 on that is all.</summary>
    public void OnNews(int status)
    {
        if (!_isOpen) return;
        if (status >= 200)
        {
            (_isOpen, _isDone) = (false, status <= 299);
            leg.Timers.Disarm(LegTimer.PeerReferral);
        }
        Tell(status);
    }

    /// <summary>The program that was asked has said what became of it.</summary>
    public void OnDecided(int status)
    {
        if (_isAsked) OnNews(status);
    }

    /// <summary>Nobody has said what became of it.</summary>
    public void OnSilence() => OnNews(408);

    /// <summary>The leg is over, and with it what it would be told.</summary>
    public void Stop() => (_isOpen, _waiting) = (false, null);

    /// <summary>
    /// The far end, or another one of its account, connects the party of this call to that of another one: both are told of each other.
    /// </summary>
    public void OnSought(ShardMessage.SeekDialog seek)
    {
        bool isOurs = leg.Facts.Tenant == seek.Tenant && dialog.Is(seek.Dialog) && leg.Referrer is { } own
            && own.Connection.Tenant == seek.Tenant && own.Trunk == seek.Trunk;
        if (isOurs && seek.Replacing is not Replacing.No) OnReplaced(seek);
        else if (isOurs && HasNobody && leg.Facts.Id != seek.Referrer && seek.Referred is { } referred) OnLeft(seek, referred);
        else if (!isOurs || leg.State is not LegState.Established) Decline(shard, seek, 481);
        else if (leg.Facts.Id == seek.Referrer || leg.Bridging.Joined is not var (bridge, other)) Decline(shard, seek, 403);
        else
        {
            _isAttended = true;
            shard.Send(other.Shard, new LegMessage.Carry(other, leg.Facts.Id, bridge, Request: null));
            shard.Send(seek.Party.Shard, new LegMessage.Found(seek.Party, seek.Referrer, other, 0));
        }
    }

    /// <summary>
    /// Another phone of the account takes this call over (RFC 3891 section 3): while it rings here, or from this one.
    /// Of calls that ring only those that we have placed can be.
    /// </summary>
    private void OnReplaced(ShardMessage.SeekDialog seek)
    {
        if (leg.IsOver) Decline(shard, seek, 603);
        else if (leg.State is LegState.Established && seek.Replacing is Replacing.Early) Decline(shard, seek, 486);
        else if (leg.State is LegState.Established && leg.Bridging.Joined is var (_, party)) Hand(party, 200);
        else if (leg.State is LegState.Dialling or LegState.Alerting && leg.Outbound?.Request.Link is { } link) Hand(link.To, 180);
        else Decline(shard, seek, 481);

        void Hand(LegId party, int status)
        {
            _isReplaced = true;
            shard.Send(seek.Party.Shard, new LegMessage.Found(seek.Party, seek.Referrer, party, status));
        }
    }

    /// <summary>The far end has called, and no party is there to be handed on: it rings yet, or a program talks.</summary>
    private bool HasNobody => leg.Facts.Direction is Direction.Inbound
        && (leg.State is LegState.Ringing || leg.State is LegState.Established && leg.Bridging.Joined is null);

    /// <summary>
    /// The far end leaves whom it has called to its other party (as phones transfer while it rings, and to a mailbox): that one calls there
    /// in its place. What is early here is the far end's own call, as RFC 3891 section 3 asks.
    /// </summary>
    private void OnLeft(ShardMessage.SeekDialog seek, DialRequest referred)
    {
        var request = ReferredCall.To(shard, referred, leg.Facts.To, leg.Facts.From);
        if (DialPlan.For(shard.Routing, request, shard.Hosts).Refusal is var refusal and not Refusal.None)
        {
            Decline(shard, seek, InboundSetup.OutwardStatusOf(refusal));
            return;
        }
        leg.End(leg.IsAnswered ? Ending.ByAttendedReferral : Ending.ByEarlyReferral, LegInput.HangUp);
        shard.Send(seek.Party.Shard, new LegMessage.Found(seek.Party, seek.Referrer, Other: null, 0) { Request = request });
    }

    public static void Decline(ShardContext shard, ShardMessage.SeekDialog seek, int status) =>
        shard.Send(seek.Party.Shard, new LegMessage.Found(seek.Party, seek.Referrer, Other: null, status));

    /// <summary>
    /// The other party has left, and the leg is to be hung up. True when that waits: whoever has referred it hangs up himself when he
    /// hears of it.
    /// </summary>
    public bool TakeRelease()
    {
        if (!_isDone) return false;
        leg.Timers.Arm(LegTimer.Released, shard.Now + Limits.ReferredHangup);
        return true;
    }

    /// <summary>Null when the far end may be followed; else what it gets, and the call stays as it is.</summary>
    private SipResponseBuilder? Judge(SipRequest refer, out Referrer? referrer, out SipUri target)
    {
        target = default;
        referrer = leg.Referrer;
        // Who asks a program needs no right of his own.
        if (!AsksProgram && RefusalOf(refer, referrer) is { } refusal) return refusal;
        int named = 0;
        ReadOnlySpan<byte> first = default;
        foreach (var value in refer.Values(SipHeader.ReferTo))
        {
            // What says the same again names nobody else.
            if (named > 0 && value.SequenceEqual(first)) continue;
            named++;
            first = value;
            // Some write a URI with Replaces without the brackets that it needs; the header has nothing else that could be meant.
            if (value.Contains((byte)'?') && SipUri.TryParse(value, out var bare) is ParseStatus.Ok) target = bare;
            else if (NameAddress.TryParse(value, out var address) is ParseStatus.Ok) target = address.ParseUri();
            else if (TryNumber(value, out var number)) target = number;
            else return new(refer, 400, "Refer-To Cannot Be Read");
        }
        if (named != 1) return new(refer, 400, "One Refer-To Is Wanted");
        if (target.Scheme is UriScheme.Other) return new(refer, 416);
        if (target.Parameters.TryFind("method"u8, out var method) && !method.SequenceEqual("INVITE"u8))
            return new(refer, 501, "Only INVITE");
        if (AsksProgram && Replaces.TryFind(target, out _) && RefusalOf(refer, referrer) is not null)
            return new(refer, 501, "No Calls Are Connected Here");
        if (_isOpen || _isDone) return new(refer, 491);
        if (leg.State is not LegState.Established) return new(refer, 403, "The Call Is Not Answered");
        if (leg.Bridging.Joined is null) return new(refer, 403, "Nobody To Refer");
        if (shard.IsDraining || !shard.Ledger.IsReady)
            return new SipResponseBuilder(refer, 503).Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}");
        return null;
    }

    /// <summary>
    /// What some phones dial is no host, and they write nothing else: &lt;sip:+15551234&gt;, &lt;sip:*97&gt;. That is what a tel: URI has.
    /// Others leave out the scheme, too.
    /// </summary>
    private static bool TryNumber(ReadOnlySpan<byte> value, out SipUri uri)
    {
        uri = default;
        int open = value.IndexOf((byte)'<'), close = value.LastIndexOf((byte)'>');
        if (open >= 0 && close > open) value = value[(open + 1)..close];
        value = value.Trim(" \t"u8);
        if (value.StartsWith("sip:"u8)) value = value["sip:".Length..];
        else
        {
            if (value.IsEmpty || value.ContainsAnyExcept(DialledBytes)) return false;
            byte[] place = [.. "sip:"u8, .. value];
            if (SipUri.TryParse(place, out uri) is ParseStatus.Ok) return true;
        }
        byte[] number = [.. "tel:"u8, .. value];
        return SipUri.TryParse(number, out uri) is ParseStatus.Ok;
    }

    private bool AsksProgram => leg.Outbound?.Request.AsksOfReferrals is true;

    private SipResponseBuilder? RefusalOf(SipRequest refer, Referrer? referrer)
    {
        if (referrer is not { Connection: var connection })
            return new SipResponseBuilder(refer, 405).Add(SipHeader.Allow, shard.Policy.Allow);
        return connection.Tenant != leg.Facts.Tenant ? new(refer, 403, "Not A Call Of This Account") : null;
    }

    /// <summary>As it was written, without what may stand around it.</summary>
    private static string NamedBy(SipRequest refer)
    {
        var value = refer.First(SipHeader.ReferTo);
        if (value.Contains((byte)'?') && SipUri.TryParse(value, out _) is ParseStatus.Ok) return value.AsText().Trim();
        if (NameAddress.TryParse(value, out var address) is ParseStatus.Ok) return address.Uri.AsText();
        return TryNumber(value, out var number) ? number.ToString() : "";
    }

    private SipResponseBuilder Accept(SipRequest refer, Dialog within)
    {
        // RFC 4488: whoever wants no NOTIFYs says so.
        string wish = refer.First("Refer-Sub"u8).AsText().Split(';')[0].Trim();
        _isTold = !wish.Equals("false", StringComparison.OrdinalIgnoreCase);
        // RFC 3515 section 2.4.6: from the second on they say which they are about.
        _package = _referrals++ == 0 ? "refer" : $"refer;id={refer.CSeq.Number.ToString(CultureInfo.InvariantCulture)}";
        var response = new SipResponseBuilder(refer, 202).Add(SipHeader.Contact, within.LocalContact);
        return _isTold ? response : response.Add("Refer-Sub", "false");
    }

    /// <summary>Whoever has the dialog answers the party's leg.</summary>
    private void Seek(Replaces? other, LegId party, Referrer referrer, SipRequest refer)
    {
        if (DialogOf(other) is { } named && shard.ShardOf(named) is { } index)
            shard.Send(index, new ShardMessage.SeekDialog(named, leg.Facts.Tenant, leg.Facts.Id, party)
            {
                Trunk = referrer.Trunk,
                Referred = ReferredCall.Unaddressed(leg, referrer, refer),
            });
        else shard.Send(party.Shard, new LegMessage.Found(party, leg.Facts.Id, Other: null, 481));
    }

    /// <summary>RFC 3891 section 6.1 wants both tags. Where a phone leaves them out, it means another call of its own.</summary>
    private DialogId? DialogOf(Replaces? other)
    {
        if (other is not { HasTags: false }) return other?.Dialog;
        if ((leg.CallingUser ?? leg.Outbound?.Target?.RegisteredUser) is not { } user) return null;
        foreach (var call in shard.Settings.Lines.Of(user))
            if (call.Leg != leg.Facts.Id && call.Own is { } own && own.CallId == other.Dialog.CallId) return own;
        return null;
    }

    /// <summary>One NOTIFY after the other: one that overtakes another would be refused for its CSeq.</summary>
    private void Tell(int status)
    {
        if (!_isTold) return;
        _waiting = status;
        Advance();
    }

    private void Advance()
    {
        if (_isTelling || _waiting is not { } status || dialog.Confirmed is not { } within) return;
        (_isTelling, _waiting, _status) = (true, null, status);
        int seconds = Math.Max(1, (int)(_until - shard.Now).TotalSeconds);
        var notify = within.CreateRequest(SipMethod.Notify)
            .Add(SipHeader.Event, _package)
            .Add(SipHeader.SubscriptionState, status >= 200 ? "terminated;reason=noresource" : $"active;expires={seconds}")
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Body(Sipfrag.TypeWithVersion, Sipfrag.Write(status));
        dialog.Requests.Send(within, notify, OnTold);
    }

    /// <summary>Whoever does not know what he is told of, or says nothing, is told no more; the party is connected all the same.</summary>
    private void OnTold(SipResponse? response)
    {
        _isTelling = false;
        if (response is not { IsSuccess: true }) _isTold = false;
        else if (_waiting != _status) Advance();
    }
}
