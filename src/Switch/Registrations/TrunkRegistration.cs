using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Trunks;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// Keeps us registered with one trunk (RFC 3261 §10.2): REGISTER with digest, a refresh well before the time is over, another try after
/// a failure, later each time, and at the end the binding is taken back.
/// </summary>
internal sealed class TrunkRegistration(ShardContext shard, TrunkBook book, Trunk trunk)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(15);
    /// <summary>A look-up that never comes back must not end all tries.</summary>
    private static readonly TimeSpan LookUpWait = TimeSpan.FromSeconds(30);

    private readonly DigestClient? _credentials = trunk.AuthUser is { } user ? new(user, trunk.AuthPassword ?? "", shard.Rng) : null;
    private readonly string _callId = shard.Transactions.Tokens.CallId();
    private readonly string _tag = shard.Transactions.Tokens.Tag();
    /// <summary>Addresses that could not, one right after the other.</summary>
    private readonly List<SipFlow> _unable = [];
    private uint _cseq;
    private int _seconds = trunk.RegisterSeconds;
    private int _answers, _failures, _addresses;
    private bool _isRegistered, _isLeaving;
    private SipFlow _flow;
    private Instant _succeeded;
    private (ClientTransactionId Transaction, SipRequest Request)? _open;

    public Trunk Trunk => trunk;
    public Instant NextDue { get; private set; }
    /// <summary>Of the look-up under way.</summary>
    public int Correlation { get; private set; }

    private string Host => trunk.RegistrarPlace is { } own ? own.Host : trunk.Host;
    private int? Port => trunk.RegistrarPlace is { } own ? own.Port : trunk.Port;

    /// <summary>Many log in by what looks like a mail address.</summary>
    private string User => SipUri.EscapeUser(trunk.Login ?? "ringwright");

    private string Contact =>
        $"<sip:{User}@{shard.Contact(_flow)["<sip:".Length..^1]};line={TrunkLine.Of(trunk.Id, shard.Settings.Identity.TokenKey)}>";

    /// <summary>Left, and nothing more is to come from the registrar.</summary>
    public bool IsOver => _isLeaving && _open is null;

    /// <summary>Both speak of one binding: ours at one registrar.</summary>
    public bool IsRival(TrunkRegistration other) => (trunk.Id, Host, Port) == (other.Trunk.Id, other.Host, other.Port);

    public bool Owns(ClientTransactionId transaction) => _open?.Transaction == transaction;

    public void OnDue()
    {
        if (_failures == 0 && _unable.Count == 0 && !_isRegistered) book.Publish(trunk.Id, new(TrunkRegistrationState.Trying, null, null));
        Correlation = shard.NextCorrelation();
        NextDue = shard.Now + LookUpWait;
        shard.Emit(new Effect.Resolve(default, Correlation, new(Host, Port, trunk.Transport, trunk.Id)));
    }

    /// <param name="trouble">Why there are none.</param>
    public void OnResolved(IReadOnlyList<SipFlow> flows, string? trouble)
    {
        Correlation = 0;
        _addresses = flows.Count;
        if (flows.Count == 0)
        {
            Fail(null, $"its name {Host} leads nowhere{(trouble is null ? "" : $": {trouble}")}");
            return;
        }
        _flow = Choose(flows);
        _answers = 0;
        Send(Request(_seconds));
    }

    public void OnResponse(SipResponse response)
    {
        if (response.IsProvisional || _open is not { } open) return;
        _open = null;
        if (response.IsSuccess && _isLeaving) return;
        // Some forbid a nonce that they do not know any more, instead of naming a new one: they do when they get none.
        bool isOldNonce = response.Status is 403 && _answers == 0 && _credentials?.HasChallenge is true;
        if (isOldNonce) _credentials?.Forget();
        if (response.IsSuccess) Succeed(response);
        else if (isOldNonce && (_isRegistered || _isLeaving)) Send(Request(_seconds));
        else if (response.Status is 401 or 407 && _credentials is { } credentials && _answers++ < Limits.DigestAnswers
                && credentials.Learn(response, open.Request) is DigestOutcome.TryAgain)
            Send(Request(_seconds));
        else if (response.Status is 423 && !_isLeaving && int.TryParse(response.Text(SipHeader.MinExpires), out int least)
                && least > _seconds && least <= Limits.LongestRegistrationSeconds && _answers++ < Limits.DigestAnswers)
            Send(Request(_seconds = least));
        else
            Fail(response.Status, WhyRefused(response.Status), RetryAfter.TryParse(response.First(SipHeader.RetryAfter), out var after)
                is ParseStatus.Ok ? TimeSpan.FromSeconds(after.Seconds) : TimeSpan.Zero);
    }

    /// <param name="trouble">Why nothing answered, as part of a sentence.</param>
    public void OnFailed(string trouble)
    {
        _open = null;
        Fail(null, trouble);
    }

    /// <summary>
    /// Through a NAT, and at carriers that want it so, calls come by the connection of the REGISTER and by no other. It is opened anew, but
    /// not all the time for who closes each at once.
    /// </summary>
    public void OnLost(SipFlow flow)
    {
        if (!_isRegistered || _open is not null || Correlation != 0) return;
        if (IsSamePlace(flow, _flow)) NextDue = Instant.Min(NextDue, Instant.Max(shard.Now, _succeeded + Limits.ReopeningPace));
    }

    /// <summary>The binding is taken back, once: it has gone when <see cref="IsOver"/>, or ends by itself.</summary>
    public void Leave()
    {
        book.Remove(trunk.Id);
        shard.Settings.Trunks.Register(trunk.Id, null);
        (NextDue, Correlation, _open, _isLeaving) = (Instant.Never, 0, null, true);
        if (!_isRegistered) return;
        _isRegistered = false;
        (_seconds, _answers) = (0, 0);
        Send(Request(_seconds));
    }

    /// <summary>The address that took us last, until it fails: then the next one.</summary>
    private SipFlow Choose(IReadOnlyList<SipFlow> flows)
    {
        int last = -1;
        for (int i = 0; i < flows.Count; i++)
            if (IsSamePlace(flows[i], _flow)) last = i;
        if (_isRegistered && last >= 0) return flows[last];
        // Each look-up draws the order of SRV records anew (RFC 2782): the one behind may have been asked already.
        for (int i = last + 1; i <= last + flows.Count; i++)
        {
            var next = flows[i % flows.Count];
            if (!_unable.Exists(one => IsSamePlace(one, next))) return next;
        }
        return flows[(last + 1) % flows.Count];
    }

    private static bool IsSamePlace(SipFlow one, SipFlow other) => one.Transport == other.Transport && Equals(one.Peer, other.Peer);

    private string WhyRefused(int status) => status switch
    {
        401 or 407 when _credentials is null => "it wants a user name and password, and the trunk has none",
        401 or 407 => "it did not take the user name and password",
        403 => "it forbids it: the user name or its password is wrong, or we may not register from here",
        404 => "it knows no such user",
        423 => "it wants us to be registered for longer than we may",
        _ => "it refused",
    };

    private void Succeed(SipResponse response)
    {
        shard.Emit(new Effect.TrunkRegistered(trunk, response.Status, null, IsNews: !_isRegistered));
        shard.Settings.Trunks.Register(trunk.Id, WayOf(response));
        _isRegistered = true;
        _failures = 0;
        _unable.Clear();
        _succeeded = shard.Now;
        var granted = TimeSpan.FromSeconds(
            Math.Min(GrantedTime.Of(response, Contact) ?? (uint)_seconds, Limits.LongestRegistrationSeconds));
        // Between half and nine tenths of the time, so that many trunks do not refresh at one moment.
        var refresh = granted * (0.5 + 0.4 * shard.Rng.NextDouble());
        NextDue = shard.Now + (refresh > Limits.ShortestRefresh ? refresh : Limits.ShortestRefresh);
        book.Publish(trunk.Id, new(TrunkRegistrationState.Registered, response.Status, shard.Settings.Anchor.ToWall(shard.Now + granted)));
    }

    /// <summary>What the last 200 says counts, and nothing of those before (RFC 3608 section 6.1).</summary>
    private RegisteredWay WayOf(SipResponse response)
    {
        var took = new SipFlow(_flow.Transport, _flow.Peer)
        {
            Network = _flow.Network, Nat = (shard.Routing.FindTrunk(trunk.Id) ?? trunk).Nat,
        };
        var routes = ServiceRoutes.Read(response);
        // A proxy behind the one that took us, or one that is known by its name, is reached by way of that one. What TLS protects leaves
        // it by nobody's word.
        if (routes.Count > 0 && took.Transport is not SipTransport.Tls && ServiceRoutes.TryGetHop(routes[0], took, out var hop)
            && hop.Transport is not SipTransport.Tls && shard.MayFollow(hop, took)) return new(hop, routes);
        bool isOwn = Host.Equals(trunk.Host, StringComparison.OrdinalIgnoreCase) && Port == trunk.Port;
        return new(isOwn ? took : null, routes);
    }

    /// <param name="asked">For how long the registrar wants to be left alone.</param>
    private void Fail(int? status, string trouble, TimeSpan asked = default)
    {
        if (_isLeaving) return;
        shard.Settings.Trunks.Register(trunk.Id, null);
        shard.Emit(new Effect.TrunkRegistered(trunk, status, trouble, IsNews: true));
        _isRegistered = false;
        NextDue = shard.Now + Wait(status, asked);
        book.Publish(trunk.Id, new(TrunkRegistrationState.Failed, status, null) { Trouble = trouble });
    }

    /// <summary>
    /// RFC 3263 section 4.3: whoever is silent, or says that it cannot, has the next address asked at once, until all were. A refusal is
    /// about us, and would be the same there.
    /// </summary>
    private TimeSpan Wait(int? status, TimeSpan asked)
    {
        if (status is null or 408 or (>= 500 and < 600))
        {
            _unable.Add(_flow);
            if (_unable.Count < _addresses) return TimeSpan.Zero;
        }
        _unable.Clear();
        var wait = TimeSpan.FromTicks(Math.Min(FirstRetry.Ticks << Math.Min(_failures++, 10), LongestRetry.Ticks));
        // Of several addresses the next one is asked, which has said nothing of the kind.
        if (_addresses == 1 && asked > wait) wait = asked < LongestRetry ? asked : LongestRetry;
        return wait;
    }

    private SipRequest Request(int seconds)
    {
        string where = $"sip:{Host}{_flow.Transport.UriParameter()}";
        string us = $"<sip:{User}@{trunk.FromDomain ?? Host}>";
        var request = new SipRequestBuilder(SipMethod.Register, where)
            .Add(SipHeader.From, $"{us};tag={_tag}")
            .Add(SipHeader.To, us)
            .Add(SipHeader.CallId, _callId)
            .Add(SipHeader.CSeq, $"{++_cseq} REGISTER")
            .Add(SipHeader.Contact, Contact)
            .Add(SipHeader.Expires, $"{seconds}")
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        _credentials?.Authorize(request, "REGISTER", where);
        return request.Build();
    }

    private void Send(SipRequest request)
    {
        NextDue = Instant.Never;
        _open = (shard.Transactions.SendRequest(request, _flow, shard.Now), request);
    }
}
