using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// From an INVITE to a ringing leg: understood, routed, let in by the gate, with a port and a usable offer; then its first row, then 180,
/// or whatever the one says to whom it goes on.
/// </summary>
/// <param name="read">How far the session description of the INVITE could be read.</param>
/// <param name="offer">What it says; null where there is none, or one that cannot be read.</param>
/// <param name="onward">Where the call goes on to by itself; null leaves it to commands.</param>
/// <param name="replaced">The dialog whose place the call takes (RFC 3891); null for a call of its own.</param>
/// <param name="customer">Whose equipment calls; null for everybody else.</param>
internal sealed class InboundSetup(ShardContext shard, Connection connection, SdpStatus read, SessionDescription? offer,
    CallRoute route, DialPlan? onward, SipCaller? customer, Replaces? replaced)
{
    private const string NoReplacing = "replaces";
    private bool _isForwarded, _isHandedOver;

    /// <summary>It takes the place of another call of its account.</summary>
    public bool IsReplacing => replaced is not null;

    /// <summary>Null when the INVITE was refused, its response is then on its way; or when the gate answers later.</summary>
    /// <param name="caller">The customer who sends it, as the ingress filter knows; null for everybody else.</param>
    /// <param name="later">Gets the leg of a call of which the gate says later that it may come in.</param>
    public static Leg? TryBegin(ShardContext shard, TransactionOutput.RequestReceived received, SipCaller? caller, Action<Leg> later)
    {
        var request = received.Request;
        bool mayReplace = caller?.Connection.MayRefer(caller.User is not null) is true;
        if ((mayReplace ? shard.ReferrerPolicy : shard.Policy).Check(request) is { } notUnderstood)
            return Refuse(shard, received, notUnderstood, "not_understood");
        if (shard.Settings.SessionTimer.Refuse(request) is { } tooShort)
            return Refuse(shard, received, tooShort, reason: null);        // the caller asks again for longer
        if (Parties.IsUnmetPrivacy(request))
            return Refuse(shard, received, new(request, 500, "Privacy Cannot Be Provided"), "unmet_privacy");
        // RFC 3891: taken for a new call, it would ring somebody who is talking already.
        Replaces? replaced = null;
        if (request.Has(SipHeader.Replaces))
        {
            if (!shard.NamesOurDialog(request)) return Refuse(shard, received, new(request, 481), NoReplacing);
            if (!mayReplace) return Refuse(shard, received, new(request, 501, "Replaces Is Not Supported"), NoReplacing);
            int named = 0;
            foreach (var value in request.Values(SipHeader.Replaces)) replaced = named++ == 0 ? Replaces.Parse(value) : null;
            if (replaced is null) return Refuse(shard, received, new(request, 400, "Replaces Cannot Be Read"), NoReplacing);
        }
        // RFC 3911, the like; nobody mixes three here.
        if (!request.First("Join"u8).IsEmpty)
            return Refuse(shard, received, new(request, 501, "Join Is Not Supported"), "join");
        var router = new CallRouter(shard.Routing, shard.Hosts, shard.Settings.UserDomain, shard.Settings.Identity.TokenKey);
        var route = received.From.IsInside ? FromInside(shard, router, request)
            : caller is null ? router.FromOutside(request, received.From.Remote.Address)
            : router.FromCustomer(request, caller, received.From.Remote.Address, isReplacing: replaced is not null);
        if (route.Connection is not { } connection)
            return Refuse(shard, received, new(request, route.Status, route.Phrase), route.Reason);
        if (!received.From.IsInside && !ShortNumber.IsEmergency(route.To)
            && shard.Settings.InboundRates.TryTake(connection.Tenant, shard.Now) is { IsOpen: false } tooMany)
            return Refuse(shard, received, RetryLater(request), tooMany.Rule);
        var onward = route.Onward is { } wanted ? PlanOf(shard, wanted) : null;
        if (onward is { Refusal: Refusal.CallerIdNotOwned } && route is { FallbackCaller: { } number, Onward: { } refused })
        {
            // What it may not show, the equipment does not call from either.
            route = route with { From = route.IsPlacedByCustomer ? number : route.From, Onward = refused with { From = number } };
            onward = PlanOf(shard, route.Onward);
        }
        // There is nobody to be called, and somebody else who takes it.
        bool isReplaced = route.HasFallback && onward is { Refusal: not (Refusal.None or Refusal.CallerIdNotOwned or Refusal.TrunkLimit) };
        if (!isReplaced && onward is { Refusal: Refusal.CallerIdNotOwned })
            return Refuse(shard, received, new(request, 403, RefusalTexts.UnverifiedCaller), SnakeName.Of(onward.Refusal));
        if (onward is { Refusal: Refusal.TrunkLimit })
            return Refuse(shard, received, RetryLater(request), SnakeName.Of(onward.Refusal));
        if (!isReplaced && onward is { Refusal: not Refusal.None })
            return Refuse(shard, received, new(request, 404, onward.Detail?.TrimEnd('.')), SnakeName.Of(onward.Refusal));
        if (IncomingInvite.Of(shard.Transactions, received,
                shard.Contact(received.From, request.ParseRequestUri().Scheme is UriScheme.Sips)) is not { } incoming)
            return Refuse(shard, received, new(request, 400, "Contact Is Missing"), "contact_missing");

        var id = shard.NextLegId();
        var facts = FactsOf(shard, received, id, route, connection);
        var read = SdpParser.Parse(SessionBody.Of(request), out var offer);
        var setup = new InboundSetup(shard, connection, read, offer, route, onward, caller, replaced);
        var call = CallAttempts.Of(facts, staysHere: route.OnwardAs is Direction.Inbound || replaced is not null,
            isOnNet: received.From.IsInside);
        var entered = shard.Questions.Enter(call, asker: null, answer => setup.OnAnswer(received, incoming, facts, answer, later));
        return entered is { } atOnce ? setup.Admit(received, incoming, facts, atOnce) : null;
    }

    /// <summary>The gate has answered; its caller has waited, or has gone.</summary>
    private void OnAnswer(TransactionOutput.RequestReceived received, IncomingInvite incoming, LegFacts facts,
        GateAnswer answer, Action<Leg> later)
    {
        bool isWaiting = shard.Transactions.IsUnanswered(received.Transaction);
        if (isWaiting && !shard.IsDraining && shard.Ledger.IsReady)
        {
            if (Admit(received, incoming, facts, answer) is { } leg) later(leg);
            return;
        }
        shard.Gate.Leave(facts.Id);
        if (isWaiting) OutOfDialog.RefuseBusy(shard, received);
    }

    /// <summary>Null when it is refused.</summary>
    private Leg? Admit(TransactionOutput.RequestReceived received, IncomingInvite incoming, LegFacts facts, GateAnswer entered)
    {
        var (request, id) = (received.Request, facts.Id);
        var answer = shard.Placement.TryAdmit(entered, route.Trunk, id, received.From.Network, shard.Now, out var lease);
        if (answer.Refusal is Refusal.TrunkLimit)
        {
            shard.Emit(new Effect.TrunkRefused(route.Trunk!, Direction.Inbound, answer.Rule!));        // it has both
            return Refuse(shard, received, RetryLater(request), answer.Rule!);
        }
        if (answer.Refusal is Refusal.MediaAway or Refusal.NoMediaPort)
            return Refuse(shard, received,
                new SipResponseBuilder(request, 503, answer.Refusal is Refusal.MediaAway ? "Media Is Being Restarted" : null)
                    .Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}"), SnakeName.Of(answer.Refusal));
        if (!answer.IsOpen)
            return Refuse(shard, received, route.IsPlacedByCustomer
                ? new(request, OutwardStatusOf(answer.Refusal), RefusalTexts.Of(answer.Rule))
                : new(request, StatusOf(answer.Refusal)), answer.Rule ?? SnakeName.Of(answer.Refusal));

        var leg = new Leg(shard, facts, lease, connection.Codecs, this) { Brought = route.Brought, CallingUser = customer?.User };
        if (route.Number is { } own) leg.RecordFromAnswer = AutoRecords.OfNumber(own, shard.NewGuid);
        leg.Media.Life = LifeLimits.Of(route.Trunk, connection);
        // Between two legs of ours nothing is on any network.
        // A phone is its own connection's, whosever number it calls.
        var near = customer?.Connection ?? connection;
        leg.Media.Encrypt(received.From.IsInside ? MediaEncryption.Disabled : route.Trunk?.Encryption ?? near.Encryption);
        leg.Media.AdjustsRtp = !received.From.IsInside && (route.Trunk?.AdjustsRtp ?? near.Sip is not { IsRtpFixed: true });
        // What the connection of equipment says is about the equipment, not about a carrier that calls it.
        leg.Media.Digits = !received.From.IsInside && (route.IsPlacedByCustomer || !connection.IsEquipment) ? connection.Digits : default;
        if (onward is null && replaced is null) leg.Media.TakeAnyCodec();
        if (!SessionBody.Of(request).IsEmpty && leg.Media.HandleFirstOffer(read, offer) is var status and not NegotiationStatus.Ok)
        {
            leg.Media.Close();
            shard.Emit(new Effect.GateLeave(id));
            return Refuse(shard, received, LegDialog.Declined(request, status, shard.Rng), $"offer_{SnakeName.Of(status)}");
        }
        // Over a connection, and with credentials over a nonce of ours, the caller has answered already.
        var sender = received.From.IsReliable || customer is { User: not null } ? null : received.From.Remote.Address;
        leg.Dialog.Begin(incoming, received.From, sender, connection.Sip is { Delivery.IsPrackEnabled: true });
        bool isProven = leg.Dialog.Answering!.IsWayBackProven;      // it has just begun
        if (!isProven && !InboundShare.Enter(shard, id, route, connection, customer, received.From))
            leg.Ringing.Shorten();
        if (received.From.IsInside) shard.Emit(new Effect.Passed(null, leg.Facts, request.Bytes));
        return leg;
    }

    /// <summary>The leg that calls is on this shard, and its tag is one that only we can have written there.</summary>
    private static CallRoute FromInside(ShardContext shard, CallRouter router, SipRequest request) =>
        shard.OwnerOf(request.From.Tag.AsText()) is { Outbound.Request: { } placed } ? router.FromInside(request, placed)
            : CallRoute.Refuse(481, "unknown_caller");

    /// <summary>100 is sent; 180 follows when the ledger has the leg.</summary>
    public void Start(Leg leg)
    {
        shard.Emit(new Effect.Append(new CallEvent.LegInitiated
        {
            Leg = leg.Facts,
            At = leg.Facts.StartedAt,
            OfferedCodecs = OfferedCodecs.Of(offer),
            ConnectionCodecs = connection.Codecs,
            Attestation = route.Brought?.Attestation,
            IsSuspect = route.IsSuspect,
            Origin = leg.Dialog is { Signalling: { IsInside: false } from, CallId: { } callId }
                ? new(callId, from.Remote.Address.ToString(), customer?.User) : null,
        }, IsAwaited: true, leg.Dialog.Answering!.RecoveryBye(leg.Dialog.Signalling)));        // an inbound leg has one
        // All that is asked of it again is what media was agreed.
        offer = null;
    }

    public void Ring(Leg leg)
    {
        leg.Ringing.AwaitAnswer();
        if (replaced is { } other)
        {
            Seek(leg, other);
            return;
        }
        // Nobody rings yet where the call goes on, and perhaps nobody will:
        // the caller hears of it when the far end does. Until then he has our 100.
        if (onward is not null)
        {
            if (onward.Refusal is Refusal.None) GoOn(leg, route.Onward!, onward, route.OnwardAs);       // a plan was made of it
            else if (!TryFallBack(leg)) OnBegun(leg, onward.Refusal);
            return;
        }
        if (!leg.Facts.Application.AnswersAtOnce) leg.Ringing.Tell();
        var limit = connection.FirstCommandTimeout ?? leg.Facts.Application.FirstCommandTimeout;
        if (route.HasFallback && !(limit <= Limits.FallbackRinging)) limit = Limits.FallbackRinging;
        if (limit is { } wait) leg.Timers.Arm(LegTimer.FirstCommand, shard.Now + wait);
    }

    /// <summary>
    /// Nobody takes the call: it goes on to where its number says then, or to the number's voicemail; each once.
    /// </summary>
    /// <returns>False when there is nothing more to be tried.</returns>
    public bool TryFallBack(Leg leg)
    {
        if (!route.HasFallback || leg.State is not LegState.Ringing || leg.Bridging.IsForming || shard.IsDraining
            || shard.Routing.FindConnection(connection.Tenant, connection.Id) is not { IsActive: true }) return false;
        if (route.OnFailure is { } wanted && !_isForwarded)
        {
            _isForwarded = true;
            var plan = PlanOf(shard, wanted);
            if (plan.Refusal is Refusal.CallerIdNotOwned && route.FallbackCaller is { } number)
                plan = PlanOf(shard, wanted = wanted with { From = number });
            if (plan.Refusal is Refusal.None)
            {
                GoOn(leg, wanted, plan, Direction.Outbound);
                return true;
            }
        }
        if (route.Voicemail is not { } voicemail || _isHandedOver) return false;
        _isHandedOver = true;
        leg.HandOver(voicemail);
        return true;
    }

    private static DialPlan PlanOf(ShardContext shard, DialRequest request) =>
        DialPlan.For(shard.Routing, request, shard.Hosts, turn: shard.NextTurn(), trunks: shard.Trunks);

    /// <summary>Whoever has the dialog that is to be replaced says whose party that call has.</summary>
    private void Seek(Leg leg, Replaces other)
    {
        var seek = new ShardMessage.SeekDialog(other.Dialog, leg.Facts.Tenant, leg.Facts.Id, leg.Facts.Id)
        {
            Replacing = other.IsEarlyOnly ? Replacing.Early : Replacing.Any,
        };
        if (shard.ShardOf(other.Dialog) is { } index) shard.Send(index, seek);
        else RemoteReferral.Decline(shard, seek, 481);
    }

    /// <summary>The party of the call that this one replaces, or why there is none.</summary>
    public void OnFound(Leg leg, LegMessage.Found found)
    {
        if (found.Other is not { } party)
        {
            leg.End(Ending.ByRefusedReplacement(found.Status), LegInput.HangUp);
            return;
        }
        // A caller who still rings there has nobody else; one who talks there goes on talking when this comes to nothing.
        bool isRinging = found.Status < 200;
        shard.Send(shard.Settings.Index, new BridgeMessage.Form(new(
        [
            new(party) { Answer = MemberAnswer.AtOnce, IsBound = isRinging },
            new(leg.Facts.Id) { Answer = MemberAnswer.AtOnce, IsBound = true },
        ]), Correlation: null));
    }

    /// <summary>Dials the party that the caller wants, to be joined to it.</summary>
    private void GoOn(Leg leg, DialRequest wanted, DialPlan plan, Direction? asks)
    {
        var request = wanted with
        {
            Session = leg.Facts.Session,
            Link = new(leg.Facts.Id) { JoinsOnAnswer = true, EndsOther = true, Ringback = RingTone.Usual },
        };
        if (LinkedDial.TryBegin(shard, leg, request, plan, asks, later: begun => OnBegun(leg, begun)) is { } begun)
            OnBegun(leg, begun);
    }

    private static void OnBegun(Leg leg, Ack begun)
    {
        if (begun.IsAccepted || leg.IsOver || leg.TryFallBack()) return;
        int status = OutwardStatusOf(begun.Refusal);
        string why = begun.Refusal is Refusal.MediaAway ? "the media process is being restarted" : begun.Refusal.ToString();
        leg.End(new(HangupCause.RemoteFailure, HangupParty.Local, status, $"The call could not go on: {why}; the caller got {status}.",
            status), LegInput.HangUp);
    }

    private static LegFacts FactsOf(ShardContext shard, TransactionOutput.RequestReceived received, LegId id,
        CallRoute route, Connection connection)
    {
        var request = received.Request;
        var wall = shard.Settings.Anchor.ToWall(shard.Now);
        return new()
        {
            Id = id,
            Uuid = TimeUuid.Create(wall, shard.Rng.Next()),
            Session = new(TimeUuid.Create(wall, shard.Rng.Next())),
            Tenant = connection.Tenant,
            Connection = connection.Id,
            Direction = Direction.Inbound,
            // What goes on by itself is commanded by nobody.
            Application = (route.Application ?? (route.Onward is null ? connection.Application : Application.Webhook))
                .WithTraits(shard.Settings.TraitsOf),
            IsPlacedByCustomer = route.IsPlacedByCustomer,
            From = route.From,
            To = route.To,
            FromUri = route.FromUri,
            ToUri = Parties.Bare(request.ParseRequestUri()),
            CallerName = route.CallerName,
            BroughtCaller = route.BroughtCaller,
            StartedAt = shard.Now,
            Trunk = route.Trunk?.Id,
            Headers = route.Headers,
        };
    }

    /// <summary>What a caller gets whom the gate does not let in.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit => 486,
        Refusal.Overloaded or Refusal.Draining or Refusal.LedgerUnavailable or Refusal.TrunkLimit => 503,
        Refusal.UnknownConnection => 404,
        Refusal.ConnectionInactive => 480,
        Refusal.Loop => 482,
        _ => 403,
    };

    /// <summary>The same for a customer's equipment that calls out: limits are forbidden to it, not busy.</summary>
    public static int OutwardStatusOf(Refusal refusal) => refusal switch
    {
        Refusal.BadDestination or Refusal.NoRoute => 404,
        Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit => 403,
        Refusal.NoMediaPort or Refusal.MediaAway => 503,
        _ => StatusOf(refusal),
    };

    /// <summary>A trunk has no room; a caller's own next one may have.</summary>
    private static SipResponseBuilder RetryLater(SipRequest request) =>
        new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}");

    /// <param name="reason">In snake case; null when the caller only has to ask otherwise.</param>
    private static Leg? Refuse(ShardContext shard, TransactionOutput.RequestReceived received, SipResponseBuilder response, string? reason)
    {
        var built = response.Build();
        shard.Transactions.Respond(received.Transaction, built, shard.Now);
        // A call of our own has its record where it began.
        if (reason is not null && !received.From.IsInside)
            shard.Emit(new Effect.CallRefused(received.Request.Bytes, received.From, built.Status, reason));
        return null;
    }
}
