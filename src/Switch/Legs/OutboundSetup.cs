using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Gets an outbound leg answered: target after target, address after address, with digest where it is asked for. Ends in exactly one of
/// success, failure, or nothing because the leg was hung up meanwhile; what comes late is acknowledged and ended.
/// </summary>
internal sealed class OutboundSetup(ShardContext shard, Leg leg, Letter.Dial dial)
{
    private static readonly FailureClass Unwritable = new(HangupCause.Internal, null, HangupParty.Local, false, "The INVITE could not be written from what was dialled.");

    private readonly Dictionary<ClientTransactionId, OutgoingInvite> _invites = [];
    private readonly Queue<SipFlow> _flows = new();
    private readonly EarlyAnswers _early = new(leg, isHeard: dial.Request.Link is { Ringback: not null });
    private readonly Redirections _redirections = new(shard, leg.Facts, dial.Request);
    private readonly List<OutgoingInvite> _rivals = [];
    private OutgoingInvite? _current;
    private DialTarget? _target;
    private SipFlow _flow;
    private FailureClass _failure;
    private int _nextTarget;
    private int _resolving;
    private int _digestAnswers;
    /// <summary>UDP again, for a request that was too long for it and found no TCP.</summary>
    private SipFlow? _fallback;

    public TimeSpan TimeLimit => dial.Request.TimeLimit;
    public PromptSource? PromptOnAnswer => dial.Request.PromptOnAnswer;
    public MachineDetection? MachineDetection => dial.Request.MachineDetection;

    /// <summary>The last of 180, 181, 182, 183.</summary>
    public int LastProvisional { get; private set; }

    /// <summary>The far end has said anything at all.</summary>
    public bool HasResponse { get; private set; }

    /// <summary>A leg that another one asked for: first its row.</summary>
    public void Place() => shard.Emit(new Effect.Append(new CallEvent.LegInitiated
    {
        Leg = leg.Facts,
        At = leg.Facts.StartedAt,
        ConnectionCodecs = dial.Codecs,
        Dialled = dial.Request.To,
        IsLinked = true,
    }, IsAwaited: true));

    public void Start()
    {
        leg.Timers.Arm(LegTimer.Ring, shard.Now + dial.Request.RingTimeout);
        TryNextTarget();
    }

    public void OnResolved(int correlation, IReadOnlyList<SipFlow> flows)
    {
        if (correlation != _resolving || leg.State is not (LegState.Dialling or LegState.Alerting) || _target is not { } target) return;
        _resolving = 0;
        _fallback = null;
        _flows.Clear();
        foreach (var flow in flows.Take(Limits.DialTargets)) _flows.Enqueue(flow);
        if (_flows.Count == 0) _failure = FailureClass.OfName(target.Host);
        TryNextFlow();
    }

    /// <summary>True when the transaction is one of our INVITEs.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (!_invites.TryGetValue(transaction, out var invite)) return false;
        from = from.Under(_flow.Nat);
        var news = invite.Handle(response, from, shard.Now);
        if (invite != _current && !_rivals.Contains(invite)) return true;        // a target that we had given up; the layer cancels it at its first sound
        HasResponse = true;
        leg.Timers.Disarm(LegTimer.TargetSilence);
        switch (news)
        {
            case InviteNews.Progress progress:
                OnProgress(invite, progress);
                break;
            case InviteNews.Answered answered:
                Win(invite);
                OnAnswered(answered.Response, answered.Dialog, from);
                break;
            case InviteNews.Failed failed:
                OnFailure(invite, failed.Response);
                break;
            case InviteNews.AnsweredTooLate:
                leg.OnCancelled();
                break;
        }
        return true;
    }

    /// <summary>The dialog of a request that the far end sends before it has answered.</summary>
    public Dialog? FindEarly(DialogId id) => _current?.Find(id);

    private void OnProgress(OutgoingInvite invite, InviteNews.Progress progress)
    {
        LastProvisional = progress.Response.Status;
        if (progress.IsReliable) leg.Dialog.Requests.Send(progress.Early!, invite.CreatePrack(progress).Add(SipHeader.UserAgent, shard.Settings.UserAgent));      // a reliable one has a dialog
        leg.Apply(LegInput.Ringing);
        _early.OnProgress(progress);
        leg.Bridging.OnRinging(_early.IsAudible);
    }

    /// <summary>True when the transaction is one of our INVITEs.</summary>
    public bool OnFailed(ClientTransactionId transaction, FailureClass failure)
    {
        if (!_invites.TryGetValue(transaction, out var invite)) return false;
        invite.Abandon();
        if (Withdraw(invite)) return true;
        if (invite != _current) return true;
        _current = null;
        if (leg.State is LegState.Closing) leg.OnCancelled();
        // A phone that has gone without a word is as good as unregistered: the caller must not take us for broken.
        else FailOver(_target?.RegisteredUser is { } user && failure.Cause is HangupCause.TransportFailure ? FailureClass.OfUnreachable(user, failure.Evidence) : failure);
        return true;
    }

    public void OnTransactionEnded(ClientTransactionId transaction) => _invites.Remove(transaction);

    /// <summary>This target has not answered at all, and others wait.</summary>
    public void OnSilence()
    {
        if (_current is null || leg.State is not LegState.Dialling) return;
        _current.Cancel(shard.Now);
        FailOver(FailureClass.OfSilence());
    }

    /// <summary>The leg is hung up before the answer.</summary>
    public void Cancel()
    {
        _resolving = 0;
        foreach (var rival in _rivals) rival.Cancel(shard.Now);
        _rivals.Clear();
        if (_current is not { IsPending: true } invite) return;
        invite.Cancel(shard.Now);
        leg.Timers.Arm(LegTimer.CancelWait, shard.Now + Limits.CancelWait);
    }

    public void Acknowledge() => _current?.Acknowledge();

    private void TryNextTarget()
    {
        if (_redirections.TryTake(out var redirected)) _target = redirected;
        else if (_nextTarget < dial.Plan.Targets.Count) _target = dial.Plan.Targets[_nextTarget++];
        else
        {
            leg.End(Ending.Of(_failure), LegInput.Failure);
            return;
        }
        if (_target.RegisteredUser is { } user)
        {
            Ring(_target, user);
            return;
        }
        _resolving = shard.NextCorrelation();
        shard.Emit(new Effect.Resolve(leg.Facts.Id, _resolving, _target.Place));
    }

    private void TryNextFlow()
    {
        var fallback = _fallback;
        _fallback = null;
        if (_target is not { } target || !TryTake(fallback, out var flow))
        {
            TryNextTarget();
            return;
        }
        Begin(target, flow);
        leg.Dialog.Credentials = target.AuthUser is { } user ? new DigestClient(user, target.AuthPassword ?? "", shard.Rng) : null;
        var invite = Invite(target, flow);
        // RFC 3261 section 18.1.1: a request that might be cut on its way goes by TCP, unless somebody said UDP; where there is no TCP it goes as it is.
        if (fallback is null && target.Transport is null && flow.Transport is SipTransport.Udp && invite?.Bytes.Length > Limits.DatagramRequestBytes)
        {
            _fallback = flow;
            _flow = flow = new SipFlow(SipTransport.Tcp, flow.Remote).Under(target.Nat);
            leg.Media.Abandon();
            invite = Invite(target, flow);
        }
        if (invite is not null) Send(invite, flow);
        else FailOver(Unwritable);
    }

    /// <summary>All places where the user is registered ring at once; the first answer wins (RFC 3261 section 16.7 without the proxy).</summary>
    private void Ring(DialTarget target, string user)
    {
        target = target with { Host = shard.Settings.UserDomain };
        _failure = FailureClass.OfUnregistered(user);
        bool isFirst = true;
        foreach (var binding in shard.Registrations.Find(user))
        {
            var flow = Reach.Of(binding);
            if (isFirst) Begin(target, flow);
            if (Invite(target, flow, binding.Contact) is not { } invite) continue;
            if (_current is { } other) _rivals.Add(other);
            isFirst = false;
            Send(invite, flow);
        }
        if (isFirst) FailOver(_failure);
    }

    /// <summary>One of several has answered: the others need not ring any longer.</summary>
    private void Win(OutgoingInvite winner)
    {
        if (_rivals.Count == 0) return;
        if (_current is { } last && last != winner) _rivals.Add(last);
        _rivals.Remove(winner);
        foreach (var loser in _rivals) loser.Cancel(shard.Now, "SIP;cause=200;text=\"Call completed elsewhere\"");
        _rivals.Clear();
        _current = winner;
    }

    /// <summary>One of several has failed, and the others still ring.</summary>
    private bool Withdraw(OutgoingInvite loser)
    {
        if (_rivals.Remove(loser)) return true;
        if (loser != _current || _rivals.Count == 0) return false;
        _current = _rivals[^1];
        _rivals.RemoveAt(_rivals.Count - 1);
        return true;
    }

    private void Begin(DialTarget target, SipFlow flow)
    {
        leg.Retarget(target.Trunk);
        leg.Media.Prefer(CodecsFor(target));
        leg.Media.Encrypt(target.Encryption);
        leg.Media.Abandon();
        _flow = flow = flow.Under(target.Nat);
        _digestAnswers = 0;
        _early.Reset();
    }

    private bool TryTake(SipFlow? fallback, out SipFlow flow)
    {
        flow = fallback.GetValueOrDefault();
        return fallback is not null || _flows.TryDequeue(out flow);
    }

    private void Send(SipRequest invite, SipFlow flow)
    {
        leg.Dialog.Signalling = flow;
        _current = new OutgoingInvite(shard.Transactions, invite, flow, shard.Now, mayFollow: leg.Dialog.MayFollow);
        _invites.Add(_current.Transaction, _current);
        leg.Dialog.Own(_current.Transaction);
        shard.Emit(new Effect.DialogBegan(leg.Facts, invite.CallId.AsText()));
        if (_fallback is not null || _flows.Count > 0 || !_redirections.IsEmpty || _nextTarget < dial.Plan.Targets.Count) leg.Timers.Arm(LegTimer.TargetSilence, shard.Now + (_target?.Silence ?? Limits.TargetSilence));
    }

    private SipRequest? Invite(DialTarget target, SipFlow flow, string? contact = null)
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

    /// <summary>What the connection and the request prefer, as far as the trunk takes it.</summary>
    private IReadOnlyList<string> CodecsFor(DialTarget target)
    {
        if (target.Codecs is not { } taken) return dial.Codecs;
        List<string> common = [.. dial.Codecs.Where(c => taken.Contains(c, StringComparer.OrdinalIgnoreCase))];
        return common.Count > 0 ? common : taken;
    }

    private void OnAnswered(SipResponse response, Dialog dialog, SipFlow from)
    {
        leg.Dialog.Establish(dialog, response, from);
        if (!_early.TryAgree(response)) leg.End(Ending.ByUselessAnswer, LegInput.UselessSuccess);
        else if (!shard.Races.TryWin(dial.Rivals, leg.Facts.Id)) leg.End(Ending.ByLetGo(LetGoReason.AnotherAnswered), LegInput.UselessSuccess);
        else Win();
    }

    /// <summary>Answered, and before all who ring for the same call.</summary>
    private void Win()
    {
        foreach (var rival in dial.Rivals)
            if (rival != leg.Facts.Id) shard.Send(rival.Shard, new Letter.LetGo(rival, LetGoReason.AnotherAnswered));
        if (dial.Rivals.Count > 0 && dial.Request.Link is { JoinsOnAnswer: true } link)
            shard.Send(shard.Settings.Index, new Letter.FormBridge(BridgeTerms.Of(link, leg.Facts.Id), Correlation: null));
        leg.Apply(LegInput.Success);
    }

    /// <summary>The leg is over: its race may be forgotten when all of them are.</summary>
    public void LeaveRace() => shard.Races.Leave(dial.Rivals, leg.Facts.Id);

    private void OnFailure(OutgoingInvite invite, SipResponse response)
    {
        if (leg.State is LegState.Closing)
        {
            _current = null;
            leg.OnCancelled();
            return;
        }
        if (invite == _current && response.Status is 401 or 407 && TryAuthorize(invite.Request, response)) return;
        if (invite == _current && response.Status is 422 && leg.Dialog.Timer.TryRaise(response))
        {
            var again = SipRequestBuilder.Again(invite.Request, invite.Request.CSeq.Number + 1, null, SipHeader.SessionExpires, SipHeader.MinSE);
            leg.Dialog.Credentials?.Authorize(again, "INVITE", invite.Request.RequestUri.AsText(), invite.Request.Body);
            Send(leg.Dialog.Timer.Ask(again).Build(), _flow);
            return;
        }
        if (Withdraw(invite)) return;
        if (Redirections.Follows(response.Status) && _target is { } redirecting) _redirections.Add(response, redirecting);
        var failure = _target is { IsEquipment: true } ? FailureClass.OfEquipment(response.Status) : FailureClass.OfStatus(response.Status);
        FailOver(failure with { Reason = LegDialog.ReasonOf(response) });
    }

    private bool TryAuthorize(SipRequest invite, SipResponse challenge)
    {
        if (leg.Dialog.Credentials is not { } credentials || _digestAnswers >= Limits.DigestAnswers) return false;
        if (credentials.Learn(challenge, invite) is not DigestOutcome.TryAgain) return false;
        _digestAnswers++;
        var again = SipRequestBuilder.Again(invite, invite.CSeq.Number + 1);
        credentials.Authorize(again, "INVITE", invite.RequestUri.AsText(), invite.Body);
        Send(again.Build(), _flow);
        return true;
    }

    private void FailOver(FailureClass failure)
    {
        _failure = failure;
        _current = null;
        // Whoever answered by TCP has said what he has to say.
        if (failure.SipStatus is not null && failure.Timer is null) _fallback = null;
        leg.Timers.Disarm(LegTimer.TargetSilence);
        // A contact of a 3xx is another party: whatever became of the one before, unless it was said for all (RFC 3261 section 8.1.3.4).
        if (!_redirections.IsEmpty && failure.SipStatus is not >= 600)
        {
            _fallback = null;
            _flows.Clear();
            TryNextTarget();
        }
        // Once the far end rang, another trunk would ring it a second time.
        else if (failure.TriesNextTarget && leg.State is LegState.Dialling) TryNextFlow();
        else leg.End(Ending.Of(failure), LegInput.Failure);
    }
}
