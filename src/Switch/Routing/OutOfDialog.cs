using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>Requests that belong to no leg: what we answer, and the OPTIONS that we send to see whether a trunk is there.</summary>
internal static class OutOfDialog
{
    /// <summary>The known peer asks for something other than a call.</summary>
    /// <param name="isPhone">A SIP user who has proved himself: he may do more than others.</param>
    public static void Answer(ShardContext shard, TransactionOutput.RequestReceived received, bool isPhone)
    {
        var request = received.Request;
        var policy = isPhone ? shard.TextingPhonePolicy : PolicyFor(shard,
            received.From.IsInside ? null : shard.Routing.FindTrunkBySource(received.From.Remote.Address));
        var response = request.Method switch
        {
            // Teams takes no answer that does not say where we are.
            SipMethod.Options => policy.Check(request) ?? policy.Describe(request)
                .Add(SipHeader.Contact, shard.Contact(received.From, request.ParseRequestUri().Scheme is UriScheme.Sips))
                .Add(SipHeader.Server, shard.Settings.UserAgent),
            // Nobody but a phone is told of anybody's calls.
            SipMethod.Subscribe => new SipResponseBuilder(request, 405).Add(SipHeader.Allow, shard.Policy.Allow),
            // We keep no registrations: whoever tries is told that this is not the place.
            SipMethod.Register => new SipResponseBuilder(request, 403),
            SipMethod.Bye or SipMethod.Info or SipMethod.Update or SipMethod.Prack => new SipResponseBuilder(request, 481),
            // It is about a REFER of ours, and all of them are inside calls.
            SipMethod.Notify => shard.Policy.Check(request)
                ?? (request.Has(SipHeader.Event) ? new(request, 481) : UserAgentPolicy.BadEvent(request)),
            _ => shard.Policy.Check(request) ?? new SipResponseBuilder(request, 405).Add(SipHeader.Allow, shard.Policy.Allow),
        };
        shard.Transactions.Respond(received.Transaction, response.Build(), shard.Now);
    }

    /// <summary>No new calls at the moment: the node stops, or its ledger is full.</summary>
    public static void RefuseBusy(ShardContext shard, TransactionOutput.RequestReceived received)
    {
        shard.Transactions.Respond(received.Transaction,
            new SipResponseBuilder(received.Request, 503).Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}").Build(), shard.Now);
        if (received is { Request: { Method: SipMethod.Invite, IsOutsideDialog: true }, From.IsInside: false })
            shard.Emit(new Effect.CallRefused(received.Request.Bytes, received.From, 503,
                shard.IsDraining ? "draining" : "ledger_unavailable"));
    }

    /// <param name="trunk">Which is asked; null for any other place.</param>
    public static SipRequest Options(ShardContext shard, SipFlow target, string host, TrunkId? trunk = null)
    {
        var policy = PolicyFor(shard, trunk is { } id ? shard.Routing.FindTrunk(id) : null);
        string uri = $"sip:{target.Remote.PlainText()}{target.Transport.UriParameter()}";
        string domain = shard.Settings.DomainOn(target.Network);
        return new SipRequestBuilder(SipMethod.Options, uri)
            .Add(SipHeader.From, $"<sip:{domain}>;tag={shard.Transactions.Tokens.Tag()}")
            .Add(SipHeader.To, $"<sip:{host}>")
            .Add(SipHeader.CallId, shard.Transactions.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 OPTIONS")
            .Add(SipHeader.Contact, shard.Contact(target))
            .Add(SipHeader.Accept, policy.Accept)
            // Some go by it when they decide what to ask of us in calls (Teams: REFER).
            .Add(SipHeader.Allow, policy.Allow)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Build();
    }

    /// <summary>What calls of that trunk may ask of us.</summary>
    private static UserAgentPolicy PolicyFor(ShardContext shard, Trunk? trunk) =>
        trunk is { IsEnabled: true, MayRefer: true } ? shard.ReferringTrunkPolicy : shard.Policy;
}
