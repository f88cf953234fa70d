using System.Buffers.Text;
using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Nat;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Registrations;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What becomes of one message: to a shard, answered at once, or dropped. <paramref name="Reason"/> is for counters and logs.
/// </summary>
public readonly record struct IngressVerdict(int? Shard, bool IsNewCall, TransactionOutput.Transmit? Reply, string Reason)
{
    /// <summary>The customer who sends it, when that is who it is.</summary>
    public SipCaller? Caller { get; init; }

    /// <summary>Of a REGISTER or an INVITE whose credentials were not taken.</summary>
    public RefusedUser? Refused { get; init; }

    /// <summary>Of the reply; null when there is none.</summary>
    public int? Status => Reply is { Bytes: { Length: > 11 } bytes } && Utf8Parser.TryParse(bytes.Span[8..11], out int status, out _)
        ? status : null;
}

/// <summary>
/// Stands before the shards and keeps no state about calls. Known peers, customers who prove that they are, and whoever shows a token
/// that we minted, go to their shard. Whoever uses our SIP domain is asked for credentials. Strangers get a 403, at most ten a second per
/// address, then nothing: no 100, no delay, no transaction. One instance, one caller at a time.
/// </summary>
public sealed class IngressFilter(ShardSettings settings, IRouting routing, RegistrationBook registrations)
{
    /// <summary>All registrations live on one shard: they are rare beside calls, and every shard reads the book.</summary>
    public const int RegistrarShard = 0;

    /// <summary>The reason of a stranger who is no longer answered.</summary>
    public const string Silenced = "stranger_silenced";

    /// <summary>The reason of somebody who is asked for credentials.</summary>
    public const string Challenged = "challenged";

    /// <summary>The reason of a STUN request that is answered, which refuses nobody.</summary>
    public const string Mapped = "stun_mapped";

    private readonly TransactionLayer _stateless = new(settings.Transactions, new SipTokens(settings.Identity, 0, new Rng(settings.Seed)));
    private readonly SourceLimit _refusals = new(Limits.RefusalsPerSecond, settings.Identity, "refusals");
    private readonly SourceLimit _mappings = new(Limits.MappingsPerSecond, settings.Identity, "mappings");
    private readonly PhoneIngressFilter _phones = new(settings, routing, registrations);

    public IngressVerdict Judge(ReadOnlySpan<byte> message, SipFlow from, Instant now)
    {
        if (message.TrimStart("\r\n\0 "u8).IsEmpty) return new(null, false, null, "keep_alive");
        if (!from.IsReliable && StunBinding.IsBindingRequest(message)) return Map(message, from, now);
        bool isKnown = IsKnown(from.Remote.Address);
        var known = new IngressVerdict(null, message.StartsWith("INVITE "u8), null, "known");
        if (isKnown && !_phones.MayConcern(message)) return known with { Shard = Shard(message) };

        RefusedUser? refused = null;
        var status = _stateless.Read(message, from, out var parsed);
        if (parsed is SipResponse response)
            return IsOurs(response.TopVia.Branch) ? new(Shard(message), false, null, "ours") : Drop("stray_response");
        if (parsed is SipRequest request)
        {
            if (!request.IsOutsideDialog && IsOurs(request.To.Tag)) return new(Shard(message), false, null, "ours");
            if (request.Method is SipMethod.Ack) return Drop("stray_ack");
            // What only the trunk can show comes before what customers list.
            if (TrunkLine.Find(routing.Current, request.ParseRequestUri(), settings.Identity.TokenKey) is not null)
                return known with { Shard = Shard(message) };
            var verdict = _phones.Judge(request, from, isKnown, now);
            if (request.Method is SipMethod.Register or SipMethod.Invite) refused = verdict.Refused;
            if (verdict.Ruling is PhoneRuling.Admitted)
                return new(IsRegistrars(request.Method) ? RegistrarShard : Shard(message),
                    request.Method is not SipMethod.Cancel, null, "customer")
                {
                    Caller = verdict.Caller
                };
            if (verdict.Ruling is PhoneRuling.Challenged) return Challenge(request, from, verdict, now) with { Refused = refused };
            // A phone of somebody else's domain is a stranger wherever it registers from.
            if (isKnown && verdict.Ruling is PhoneRuling.UnknownSource && request.Method is not SipMethod.Register)
                return known with { Shard = Shard(message) };
            _stateless.RespondStateless(request, from, 403);
        }
        // What Read answered by itself (400 for a broken request) counts against the same limit.
        var reply = TakeReply();
        if (isKnown && parsed is null) return known with { Shard = Shard(message) };
        if (reply is null) return Drop(status is ParseStatus.Ok ? "ignored" : "malformed");
        return _refusals.TryTake(from.Remote.Address, now)
            ? new(null, false, reply, status is ParseStatus.Ok ? "stranger" : "malformed") { Refused = refused }
            : Drop(Silenced) with { Refused = refused };
    }

    /// <summary>A phone asks which address it has outside its NAT, and keeps the way open by asking.</summary>
    private IngressVerdict Map(ReadOnlySpan<byte> request, SipFlow from, Instant now) =>
        _mappings.TryTake(from.Remote.Address, now) && StunBinding.Answer(request, from.Remote) is { } answer
            ? new(null, false, new(answer, from) { IsStateless = true }, Mapped)
            : Drop("stun");

    public static bool IsInvite(ReadOnlySpan<byte> message) => message.TrimStart("\r\n"u8).StartsWith("INVITE "u8);

    /// <summary>May this address call without a word of who it is? Its connections find places that strangers do not.</summary>
    public bool IsKnown(IPAddress source) => InboundRoute.IsKnown(routing.Current, source, settings.IsLoopbackOnly);

    /// <summary>
    /// How many messages may wait at a shard before this message is not let in. Asked when there are many:
    /// what is said in a call of ours, as its token proves, goes before what may be the beginning of one, and what ends a call before that.
    /// Keeps no state, and may be called by many at once.
    /// </summary>
    public int RoomFor(ReadOnlySpan<byte> message)
    {
        message = message.TrimStart("\r\n"u8);
        if (message.StartsWith("CANCEL "u8)) return Limits.MailboxMessagesForCancels;
        if (!ShardHint.IsOurs(message, settings.Identity.Node, settings.Identity.TokenKey.Span)) return Limits.MailboxMessagesForNewWork;
        return message.StartsWith("BYE "u8) || message.StartsWith("ACK "u8) ? Limits.MailboxMessagesForEndings : Limits.MailboxMessages;
    }

    /// <summary>
    /// The answer to what belongs to no call of ours when its shard has no room: 503 with Retry-After. Null for what is better dropped,
    /// because it comes again: datagrams other than INVITE.
    /// </summary>
    public TransactionOutput.Transmit? Overloaded(ReadOnlySpan<byte> message, SipFlow from)
    {
        if (_stateless.Read(message, from, out var parsed) is ParseStatus.Ok && parsed is SipRequest request
            && (from.IsReliable ? request.Method is not SipMethod.Ack : request is { IsOutsideDialog: true, Method: SipMethod.Invite }))
            _stateless.RespondStateless(request, from, 503, Limits.RetryAfterSeconds);
        return TakeReply();
    }

    private IngressVerdict Challenge(SipRequest request, SipFlow from, PhoneVerdict verdict, Instant now)
    {
        // RFC 3261 §22: a registrar asks as a server, whoever passes calls on asks as a proxy.
        bool isServer = IsRegistrars(request.Method);
        _stateless.RespondStateless(request, from, isServer ? 401 : 407, isServer ? SipHeader.WwwAuthenticate : SipHeader.ProxyAuthenticate,
            _phones.Challenges(verdict, request, from, now));
        return new(null, false, TakeReply(), Challenged);
    }

    /// <summary>What is for the node itself, where its phones are known.</summary>
    private static bool IsRegistrars(SipMethod method) => method is SipMethod.Register or SipMethod.Subscribe or SipMethod.Message;

    private TransactionOutput.Transmit? TakeReply()
    {
        TransactionOutput.Transmit? reply = null;
        while (_stateless.TryPoll(out var output)) reply = output as TransactionOutput.Transmit;
        return reply;
    }

    private static IngressVerdict Drop(string reason) => new(null, false, null, reason);

    private int Shard(ReadOnlySpan<byte> message) =>
        ShardHint.Find(message, settings.Identity.Node, settings.Identity.TokenKey.Span, settings.Count);

    private bool IsOurs(ReadOnlySpan<byte> token) =>
        SipTokens.TryRead(token, settings.Identity.TokenKey.Span, out int node, out _, out _) && node == settings.Identity.Node;
}
