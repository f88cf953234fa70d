using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>From an INVITE to a ringing leg: understood, routed, let in by the gate, with a port and a usable offer; then its first row, then 180.</summary>
internal sealed class InboundSetup(ShardContext shard, Connection connection, IReadOnlyList<string> offered)
{
    /// <summary>Null when the INVITE was refused; its response is then on its way.</summary>
    public static Leg? TryBegin(ShardContext shard, TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (shard.Policy.Check(request) is { } notUnderstood) return Refuse(shard, received, notUnderstood);
        if (shard.Settings.SessionTimer.Refuse(request) is { } tooShort) return Refuse(shard, received, tooShort);
        // RFC 3891: taken for a new call, it would ring somebody who is talking already.
        if (request.Has(SipHeader.Replaces)) return Refuse(shard, received, shard.NamesOurDialog(request) ? new(request, 501, "Replaces Is Not Supported") : new(request, 481));
        string called = request.ParseRequestUri().UserText;
        var route = InboundRoute.Find(shard.Routing, called, received.From.Remote.Address);
        if (!route.IsOpen || route is not { Number: { } number, Connection: { } connection }) return Refuse(shard, received, new(request, route.Status));
        if (IncomingInvite.Of(shard.Transactions, received, shard.Contact(received.From.Transport, request.ParseRequestUri().Scheme is UriScheme.Sips)) is not { } incoming) return Refuse(shard, received, new(request, 400, "Contact Is Missing"));

        var id = shard.NextLegId();
        var facts = FactsOf(shard, received, id, number, connection, called, route.Trunk?.Id);
        var answer = shard.Gate.Enter(new()
        {
            Leg = id,
            Direction = Direction.Inbound,
            Tenant = number.Tenant,
            Connection = connection.Id,
            From = facts.From,
            To = facts.To,
        });
        if (!answer.IsOpen) return Refuse(shard, received, new(request, StatusOf(answer.Refusal)));
        if (!shard.Media.TryLease(id, out var lease))
        {
            shard.Emit(new Effect.GateLeave(id));
            return Refuse(shard, received, new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}"));
        }

        var leg = new Leg(shard, facts, lease, connection.Codecs, new InboundSetup(shard, connection, OfferedCodecs.Of(request.Body)));
        leg.RecordFromAnswer = AutoRecords.OfNumber(number, shard.NewGuid);
        leg.Media.Encrypt(route.Trunk?.Encryption ?? connection.Encryption);
        if (!request.Body.IsEmpty && leg.Media.HandleOffer(request.Body) is var status and not NegotiationStatus.Ok)
        {
            leg.Media.Close();
            shard.Emit(new Effect.GateLeave(id));
            return Refuse(shard, received, LegDialog.Declined(request, status, shard.Rng));
        }
        leg.Dialog.Begin(incoming, received.From, connection.Sip is { Delivery.IsPrackEnabled: true });
        return leg;
    }

    /// <summary>100 is sent; 180 follows when the ledger has the leg.</summary>
    public void Start(Leg leg) =>
        shard.Emit(new Effect.Append(new CallEvent.LegInitiated
        {
            Leg = leg.Facts,
            At = leg.Facts.StartedAt,
            OfferedCodecs = offered,
            ConnectionCodecs = connection.Codecs,
        }, IsAwaited: true));

    public void Ring(Leg leg)
    {
        leg.Dialog.Answering!.Ring();         // an inbound leg has one
        leg.Timers.Arm(LegTimer.Ring, shard.Now + Limits.InboundRinging);
        leg.Timers.Arm(LegTimer.RingingRefresh, shard.Now + Limits.RingingRefresh);
        if (connection.FirstCommandTimeout is { } limit) leg.Timers.Arm(LegTimer.FirstCommand, shard.Now + limit);
    }

    private static LegFacts FactsOf(ShardContext shard, TransactionOutput.RequestReceived received, LegId id, Number number, Connection connection, string called, TrunkId? trunk)
    {
        var request = received.Request;
        var wall = shard.Settings.Anchor.ToWall(shard.Now);
        var from = request.From.ParseUri();
        string name = request.From.DisplayText;
        return new()
        {
            Id = id,
            Uuid = TimeUuid.Create(wall, shard.Rng.Next()),
            Session = new(TimeUuid.Create(wall, shard.Rng.Next())),
            Tenant = number.Tenant,
            Connection = connection.Id,
            Direction = Direction.Inbound,
            From = Party(from),
            To = PartyNumber.Normalise(called) ?? (number.Text == RoutingSnapshot.AnyNumber ? called : number.Text),
            FromUri = Bare(from),
            ToUri = Bare(request.ParseRequestUri()),
            CallerName = name.Length > 0 ? name : null,
            StartedAt = shard.Now,
            Trunk = trunk,
            Headers = CustomHeaders.Of(request),
        };
    }

    /// <summary>The number when the user part is one, else the whole URI.</summary>
    private static string Party(SipUri uri) => PartyNumber.Normalise(uri.UserText) ?? (uri.IsSipOrSips ? $"sip:{Bare(uri)}" : uri.ToString());

    /// <summary>user@host:port</summary>
    private static string Bare(SipUri uri)
    {
        string host = uri.Host.AsText();
        if (uri.Port is { } port) host = $"{host}:{port}";
        return uri.User.IsEmpty ? host : $"{uri.UserText}@{host}";
    }

    /// <summary>What a caller gets whom the gate does not let in.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit => 486,
        Refusal.Overloaded or Refusal.Draining or Refusal.LedgerUnavailable => 503,
        Refusal.UnknownConnection => 404,
        Refusal.ConnectionInactive => 480,
        Refusal.Loop => 482,
        _ => 403,
    };

    private static Leg? Refuse(ShardContext shard, TransactionOutput.RequestReceived received, SipResponseBuilder response)
    {
        shard.Transactions.Respond(received.Transaction, response.Build(), shard.Now);
        return null;
    }
}
