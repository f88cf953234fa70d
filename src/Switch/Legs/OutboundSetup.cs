using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Conferences;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Gets an outbound leg answered: target after target, address after address, with digest where it is asked for. Ends in exactly one of
/// success, failure, or nothing because the leg was hung up meanwhile; what comes late is acknowledged and ended.
/// </summary>
internal sealed class OutboundSetup(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    private static readonly FailureClass Unwritable = new(HangupCause.Internal, null, HangupParty.Local, false,
        "The INVITE could not be written from what was dialled.");

    private readonly OutboundTargets _targets = new(shard, leg, dial);
    private readonly OutboundInvite _invite = new(shard, leg, dial);
    private readonly ForkedBranches _branches = new(shard, leg);
    private readonly PhoneFlows _phones = new();
    private readonly RoomWait? _room = dial.IsHeld ? new(shard, leg, dial) : null;
    private readonly EarlyMedia _early = new(leg, isHeard: dial.Request is { Link.Ringback: not null } or { ConfersEarly: true });
    /// <summary>What was dialled with, changed since.</summary>
    private LegCommand? _entry;
    private SipFlow _flow;
    private FailureClass _failure;
    private int _digestAnswers;
    private IReadOnlyList<CustomSipHeader> _said = [];

    public DialRequest Request => dial.Request;
    /// <summary>Who is called at this moment, or has answered.</summary>
    public DialTarget? Target => _targets.Current;
    public TimeSpan TimeLimit => dial.Request.TimeLimit;
    public PromptSource? PromptOnAnswer => dial.Request.PromptOnAnswer;
    public string? DigitsOnAnswer => dial.Request.DigitsOnAnswer;
    public PromptSource? Announcement => dial.Request.Announcement;
    public LegCommand? ConferenceOnAnswer => _entry ?? dial.Request.Conference;
    public MachineDetection? MachineDetection => dial.Request.MachineDetection;

    /// <inheritdoc cref="CallEvent.LegEnded.SipCallId"/>
    public string? SipCallId => _branches.CallId;

    /// <inheritdoc cref="CallEvent.LegEnded.Answer"/>
    public SipAnswer? Answer => TellsAnswer && _branches.CallId is { } callId ? new(callId, _said) : null;

    private bool TellsAnswer => dial.Request is { Application.Kind: ApplicationKind.Document, To: var to }
        && to.StartsWith("sip", StringComparison.OrdinalIgnoreCase);

    /// <summary>The last of 180, 181, 182, 183.</summary>
    public int LastProvisional { get; private set; }

    /// <summary>The far end has said anything at all.</summary>
    public bool HasResponse { get; private set; }

    /// <summary>A leg that another one asked for: first its row.</summary>
    public void Place()
    {
        string? recoveryBye = _invite.Foresee();
        if (recoveryBye is not null) leg.RecoveryBye.Begin(recoveryBye);
        shard.Emit(new Effect.Append(new CallEvent.LegInitiated
        {
            Leg = leg.Facts,
            At = leg.Facts.StartedAt,
            ConnectionCodecs = dial.Codecs,
            Dialled = dial.Request.To,
            IsLinked = true,
        }, IsAwaited: true, recoveryBye));
    }

    public void Start()
    {
        if (dial.RecoveryBye is { } recoveryBye) leg.RecoveryBye.Begin(recoveryBye);
        if (_room is not null) _room.Begin();
        else Proceed();
    }

    /// <summary>It does not ask to be let into its conference yet.</summary>
    public void ChangeEntry(LegCommand.ChangeEntry change) => _entry = EntryChange.Of(ConferenceOnAnswer, change);

    public void LookForRoom() => _room?.Look();

    /// <summary>The leg is over: others may have the room that it has waited for.</summary>
    public void LeaveRoom() => _room?.Leave();

    /// <summary>There is room for the call.</summary>
    /// <param name="found">Where it goes now that it has waited; null for where it was to go when it was dialled.</param>
    public void Proceed(DialPlan? found = null)
    {
        if (found is not null) _targets.Follow(found);
        if (dial.Request.OpensStreamFirst)
        {
            leg.Activities.LiveAudio.Streams.Start(leg.StreamFromAnswer);
            leg.StreamFromAnswer = null;        // one that fails is not begun again with the answer
        }
        if (leg.Activities.LiveAudio.Streams.IsOpening) leg.Timers.Arm(LegTimer.EarlyStream, shard.Now + Limits.EarlyStream);
        else Call();
    }

    /// <summary>There is news of a media stream.</summary>
    public void OnStream()
    {
        if (leg.Timers.IsArmed(LegTimer.EarlyStream) && !leg.Activities.LiveAudio.Streams.IsOpening) Call();
    }

    /// <summary>Now, whatever became of what was waited for.</summary>
    public void Call()
    {
        leg.Timers.Disarm(LegTimer.EarlyStream);
        leg.Timers.Arm(LegTimer.Ring, shard.Now + dial.Request.RingTimeout);
        TryNextTarget();
    }

    public void OnResolved(LegMessage.Resolved resolved)
    {
        if (leg.State is not (LegState.Dialling or LegState.Alerting) || _targets.Current is not { } target
            || !_targets.TryTakeResolved(resolved)) return;
        if (!target.IsTrusted && (resolved.IsTrunks || resolved.Flows.Any(IsTrunks)))
        {
            _targets.SkipFlows();
            FailOver(FailureClass.OfTrunk(target.Host));
            return;
        }
        if (resolved.Flows.Count == 0)
        {
            _failure = FailureClass.OfName(target.Host, resolved.Trouble);
            _targets.OnFailed(null, _failure);
            NoteFailure(_failure, target.Host);
        }
        TryNextFlow();
    }

    /// <summary>Calls to a trunk are judged and paid as calls to numbers; a name that leads there in secret is neither.</summary>
    private bool IsTrunks(SipFlow flow) =>
        TrunkPlaces.Find(shard.Routing, flow.Remote, flow.Transport, shard.Hosts.IsLoopbackOnly) is not null;

    /// <summary>True when the transaction is one of our INVITEs.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (!_branches.TryFind(transaction, out var invite)) return false;
        from = from.Under(_flow.Nat);
        var news = invite.Handle(response, from, shard.Now);
        if (!_branches.IsTried(invite)) return true;        // a target that we had given up; the layer cancels it at its first sound
        HasResponse = true;
        leg.Timers.Disarm(LegTimer.TargetSilence);
        _targets.OnResponse(_branches.FlowOf(invite), response.Status);
        switch (news)
        {
            case InviteNews.Progress progress:
                OnProgress(invite, progress, from);
                break;
            case InviteNews.Answered answered:
                _branches.Win(invite);
                Hear(answered.Response);
                OnAnswered(answered.Response, answered.Dialog, from, _branches.FlowOf(invite).Network);
                break;
            case InviteNews.Failed failed:
                Hear(failed.Response);
                OnFailure(invite, failed.Response);
                break;
            case InviteNews.AnsweredTooLate:
                leg.OnCancelled();
                break;
            case InviteNews.Nothing or InviteNews.Unwanted:
                break;
            default:
                throw new UnreachableException();
        }
        return true;
    }

    /// <summary>INVITEs that may still be answered, and the one that was.</summary>
    public IEnumerable<(SipRequest Invite, SipFlow Flow)> Open => _branches.Open;

    /// <summary>The row says how to take back what waits to be sent.</summary>
    public void OnKept()
    {
        leg.Timers.Disarm(LegTimer.InviteRow);
        if (leg.State is not (LegState.Dialling or LegState.Alerting)) return;
        _branches.Send();
        AwaitSound();
    }

    /// <summary>Nobody waits any longer for the row of an INVITE: none leaves without.</summary>
    public void OnRowLate()
    {
        if (_branches.AreWaiting && leg.State is (LegState.Dialling or LegState.Alerting)) leg.OnCommitted(isCommitted: false);
    }

    /// <summary>The dialog of a request that the far end sends before it has answered.</summary>
    public Dialog? FindEarly(DialogId id) => _branches.Current?.Find(id);

    /// <summary>A dialog of the phones that ring; null while none has named one.</summary>
    public Dialog? Early => _branches.Early;

    /// <summary>One of the phones that ring has named that dialog.</summary>
    public bool HasEarly(DialogId id) => _branches.HasEarly(id);

    private void Hear(SipResponse final)
    {
        if (TellsAnswer) _said = CustomHeaders.Answered(final);
    }

    private void OnProgress(OutgoingInvite invite, InviteNews.Progress progress, SipFlow from)
    {
        LastProvisional = progress.Response.Status;
        // a reliable one has a dialog
        if (progress.IsReliable)
            leg.Dialog.Requests.Send(progress.Early!, invite.CreatePrack(progress).Add(SipHeader.UserAgent, shard.Settings.UserAgent));
        if (leg.State is LegState.Dialling && dial.Request.RingsFor is { } most) leg.Timers.Arm(LegTimer.Ring, shard.Now + most);
        leg.Apply(LegInput.Ringing);
        _early.OnProgress(progress, from);
        leg.Bridging.OnRinging(_early.IsAudible, isAlerting: progress.Response.Status == 180);
        if (_early.IsAudible && dial.Request.ConfersEarly) leg.Conferencing.JoinUnasked(ConferenceOnAnswer);
    }

    /// <summary>True when the transaction is one of our INVITEs.</summary>
    public bool OnFailed(ClientTransactionId transaction, FailureClass failure)
    {
        if (!_branches.TryFind(transaction, out var invite)) return false;
        invite.Abandon();
        if (_branches.IsTried(invite)) _targets.OnPhoneFailed(_branches.FlowOf(invite), failure);
        if (TryOtherFlow(invite)) return true;
        if (_branches.Withdraw(invite) || invite != _branches.Current) return true;
        _branches.Drop();
        if (leg.State is LegState.Closing) leg.OnCancelled();
        // A phone that has gone without a word is as good as unregistered: the caller must not take us for broken.
        else FailOver(_targets.Current?.RegisteredUser is { } user
            && failure.Cause is HangupCause.TransportFailure ? FailureClass.OfUnreachable(user, failure.Evidence) : failure);
        return true;
    }

    public void OnTransactionEnded(ClientTransactionId transaction) => _branches.Remove(transaction);

    /// <summary>This target has not answered at all, and others wait.</summary>
    public void OnSilence()
    {
        if (_branches.Current is not { } invite || leg.State is not LegState.Dialling) return;
        invite.Cancel(shard.Now);
        _targets.OnPhoneFailed(_branches.FlowOf(invite), FailureClass.OfSilence());
        if (!TryOtherFlow(invite)) FailOver(FailureClass.OfSilence());
    }

    /// <summary>The leg is hung up before the answer.</summary>
    /// <param name="reason">Reason header of the CANCEL.</param>
    public void Cancel(string? reason)
    {
        // Whom no INVITE has reached was not silent.
        if (!_branches.AreWaiting) _targets.OnCancelled(_flow);
        if (_branches.Cancel(reason)) leg.Timers.Arm(LegTimer.CancelWait, shard.Now + Limits.CancelWait);
    }

    public void Acknowledge()
    {
        leg.Timers.Disarm(LegTimer.AnswerRow);
        _branches.Current?.Acknowledge();
    }

    private void TryNextTarget()
    {
        if (_branches.IsSpent || !_targets.TryAdvance(out var target))
            leg.End(Ending.Of(_failure == default && _targets.Full is { } full ? full : _failure), LegInput.Failure);
        else if (target.RegisteredUser is { } user) Ring(target, user);
        else if (target.IsInside)
        {
            _targets.Reach(shard.Settings.Inside);
            TryNextFlow();
        }
        else _targets.Resolve(target);
    }

    private void TryNextFlow()
    {
        if (_branches.IsSpent || _targets.Current is not { } target || !_targets.TryTakeFlow(out var flow, out bool isFallback))
        {
            TryNextTarget();
            return;
        }
        Begin(target, flow);
        if (!leg.Media.TryMove(flow.Network))
        {
            FailOver(NoPort(flow));
            return;
        }
        leg.Dialog.Credentials = target.AuthUser is { } user ? new DigestClient(user, target.AuthPassword ?? "", shard.Rng) : null;
        var invite = _invite.Write(target, flow);
        // RFC 3261 section 18.1.1: a request that might be cut on its way goes by TCP, unless somebody said UDP;
        // where there is no TCP it goes as it is.
        var tcp = new SipFlow(SipTransport.Tcp, flow.Remote) { Network = flow.Network };
        if (!isFallback && target.Transport is null && flow.Transport is SipTransport.Udp
            && invite?.Bytes.Length > Limits.DatagramRequestBytes && _targets.MayGoBy(tcp))
        {
            _targets.FallBackTo(flow);
            _flow = flow = tcp.Under(target.Nat);
            leg.Media.Abandon();
            invite = _invite.Write(target, flow);
        }
        if (invite is null)
        {
            FailOver(Unwritable);
            return;
        }
        _branches.Add(invite, flow);
        Go();
    }

    /// <summary>All places where the user is registered ring at once.</summary>
    private void Ring(DialTarget target, string user)
    {
        _failure =
            shard.Registrations.FindOtherNode(user) is { } node ? FailureClass.OfElsewhere(user, node) : FailureClass.OfUnregistered(user);
        bool isFirst = true;
        var ways = shard.Settings.Ways;
        var bindings = shard.Registrations.Find(user);
        // Of a phone's flows one that has failed comes last; other phones ring anyway.
        if (bindings.Count > 1) bindings = [.. bindings.OrderByDescending(b => ways.MayTry(Reach.Of(b), shard.Now))];
        var phones = _phones.Begin(bindings);
        _targets.BeginRinging(isDoubted: phones is [var only] && ways.IsIll(Reach.Of(only)));
        foreach (var binding in phones)
        {
            var flow = Reach.Of(binding);
            if (isFirst) Begin(At(target, flow), flow);
            if (!(isFirst ? leg.Media.TryMove(flow.Network) : leg.Media.TryJoin(flow.Network))) _failure = NoPort(flow);
            else if (_invite.Write(At(target, flow), flow, binding) is { } invite)
            {
                isFirst = false;
                _branches.Fork(invite, flow);
            }
        }
        if (isFirst) FailOver(_failure);
        else Go();
    }

    /// <summary>RFC 5626 section 5.3: a flow of a phone's has failed, and it keeps another.</summary>
    private bool TryOtherFlow(OutgoingInvite failed)
    {
        if (leg.State is not (LegState.Dialling or LegState.Alerting) || _branches.IsSpent || !_branches.IsTried(failed)
            || _targets.Current is not { RegisteredUser: not null } target
            || _phones.TakeOther(_branches.FlowOf(failed)) is not { } binding) return false;
        var flow = Reach.Of(binding);
        if (!leg.Media.TryJoin(flow.Network) || _invite.Write(At(target, flow), flow, binding) is not { } invite) return false;
        // Its place among those that ring.
        if (failed != _branches.Current && _branches.Withdraw(failed)) _branches.Fork(invite, flow);
        else _branches.Add(invite, flow);
        Go();
        return true;
    }

    /// <summary>A phone is called under the name that its network has for us.</summary>
    private DialTarget At(DialTarget target, SipFlow flow) => target with { Host = shard.Settings.UserDomainOn(flow.Network) };

    private FailureClass NoPort(SipFlow flow) => FailureClass.OfNoPort(shard.Settings.Networks[flow.Network].Local.Address.ToString());

    private void Begin(DialTarget target, SipFlow flow)
    {
        leg.Retarget(target, target.Redirected is { Kind: DestinationKind.Number } other ? other.To : null);
        leg.RecoveryBye.Target = target;
        leg.Media.Prefer(_invite.CodecsFor(target));
        leg.Media.Encrypt(target.Encryption);
        leg.Media.Digits = target.Digits;
        leg.Media.AdjustsRtp = target.AdjustsRtp;
        leg.Media.OmitsSilence = dial.Request.OmitsSilence;
        leg.Media.Sound = dial.Request.Sound;
        leg.Media.Life = LifeLimits.Of(target.Trunk is { } trunk ? shard.Routing.FindTrunk(trunk) : null,
            shard.Routing.FindConnection(dial.Request.Tenant, dial.Request.Connection));
        leg.Media.Abandon();
        leg.Media.ForgetFarEnds();
        _flow = flow = flow.Under(target.Nat);
        _digestAnswers = 0;
        _early.Reset();
    }

    private void Go()
    {
        if (_branches.Go()) AwaitSound();
        else leg.Timers.Arm(LegTimer.InviteRow, shard.Now + Limits.InviteRow);
    }

    /// <summary>Whoever says nothing at all is given up early when there are others.</summary>
    private void AwaitSound()
    {
        if (_targets.Silence is { } limit) leg.Timers.Arm(LegTimer.TargetSilence, shard.Now + limit);
    }

    private void OnAnswered(SipResponse response, Dialog dialog, SipFlow from, int network)
    {
        leg.Media.TryMove(network);      // it rings there, so there is a port
        leg.Dialog.Establish(dialog, response, from);
        if (!_early.TryAgree(response)) leg.End(Ending.ByUselessAnswer(leg.Media.LastAnswer), LegInput.UselessSuccess);
        else if (!shard.Races.TryWin(dial.Rivals, leg.Facts.Id))
            leg.End(Ending.ByWithdrawal(WithdrawReason.AnotherAnswered), LegInput.UselessSuccess);
        else Win();
    }

    /// <summary>Answered, and before all who ring for the same call.</summary>
    private void Win()
    {
        foreach (var rival in dial.Rivals)
            if (rival != leg.Facts.Id) shard.Send(rival.Shard, new LegMessage.Withdraw(rival, WithdrawReason.AnotherAnswered));
        if (dial.Rivals.Count > 0 && dial.Request.Link is { JoinsOnAnswer: true } link)
            shard.Send(shard.Settings.Index, new BridgeMessage.Form(BridgeTerms.Of(link, leg.Facts.Id), Correlation: null));
        leg.Apply(LegInput.Success);
    }

    /// <summary>The leg is over: its race may be forgotten when all of them are.</summary>
    public void LeaveRace() => shard.Races.Leave(dial.Rivals, leg.Facts.Id);

    private void OnFailure(OutgoingInvite invite, SipResponse response)
    {
        if (leg.State is LegState.Closing)
        {
            _branches.Drop();
            leg.OnCancelled();
            return;
        }
        if (invite == _branches.Current && response.Status is 401 or 407 && TryAuthorize(invite.Request, response)) return;
        if (invite == _branches.Current && response.Status is 422 && !_branches.IsSpent && leg.Dialog.Timer.TryRaise(response))
        {
            var again = SipRequestBuilder.Again(invite.Request, invite.Request.CSeq.Number + 1, null,
                SipHeader.SessionExpires, SipHeader.MinSE);
            leg.Dialog.Credentials?.Authorize(again, "INVITE", invite.Request.RequestUri.AsText(), invite.Request.Body);
            SendAgain(leg.Dialog.Timer.Ask(again));
            return;
        }
        if (response.Status is 488 or 606 && invite == _branches.Current && MayGoWithoutKeys(invite.Request))
        {
            SendAgain(_invite.WithoutKeys(invite.Request));
            return;
        }
        if (response.Status is 430 && TryOtherFlow(invite) || _branches.Withdraw(invite)) return;
        _targets.Redirect(response);
        FailOver(_targets.ClassOf(response));
    }

    /// <summary>The verdict speaks of the last place; those before it would be forgotten.</summary>
    private void NoteFailure(FailureClass failure, string where)
    {
        if (_targets.AreMore) shard.Emit(new Effect.Noted(leg.Facts, $"{where} failed, the next place is tried: {failure.Evidence}"));
    }

    private bool TryAuthorize(SipRequest invite, SipResponse challenge)
    {
        if (leg.Dialog.Credentials is not { } credentials || _digestAnswers >= Limits.DigestAnswers || _branches.IsSpent) return false;
        if (credentials.Learn(challenge, invite) is not DigestOutcome.TryAgain) return false;
        _digestAnswers++;
        var again = SipRequestBuilder.Again(invite, invite.CSeq.Number + 1);
        credentials.Authorize(again, "INVITE", invite.RequestUri.AsText(), invite.Body);
        SendAgain(again);
        return true;
    }

    /// <summary>Other phones that ring hold the same offer.</summary>
    private bool MayGoWithoutKeys(SipRequest refused) => _targets.Current is { Encryption: MediaEncryption.Optional } && !_branches.IsSpent
        && _branches.IsAlone && leg.State is LegState.Dialling && refused.Body.IndexOf("\na=crypto:"u8) >= 0;

    private void SendAgain(SipRequestBuilder invite)
    {
        _branches.Add(shard.Transactions.Stamp(invite.Build(), _flow), _flow);
        Go();
    }

    private void FailOver(FailureClass failure)
    {
        _failure = failure;
        _branches.Drop();
        if (leg.State is LegState.Dialling) _targets.OnFailed(_flow, failure);
        // Whoever answered by TCP has said what he has to say.
        if (failure.SipStatus is not null && failure.Timer is null) _targets.ForgetFallback();
        leg.Timers.Disarm(LegTimer.TargetSilence);
        // A contact of a 3xx is another party: whatever became of the one before, unless it was said for all (RFC 3261 section 8.1.3.4).
        bool? isRedirected = failure.SipStatus is not >= 600 ? _targets.TryRedirect(later: isNext => OnJudged(failure, isNext)) : false;
        if (isRedirected is { } known) GoOn(failure, known);
    }

    /// <summary>The gate has thought about it, and the leg may have been hung up meanwhile.</summary>
    private void OnJudged(FailureClass failure, bool isRedirected)
    {
        if (!leg.IsOver) GoOn(failure, isRedirected);
    }

    /// <param name="isRedirected">The next place was named by the last one, and the gate lets the call go there.</param>
    private void GoOn(FailureClass failure, bool isRedirected)
    {
        // Once the far end rang, another trunk would ring it a second time.
        if (!isRedirected && !(failure.TriesNextTarget && leg.State is LegState.Dialling))
        {
            leg.End(Ending.Of(failure), LegInput.Failure);
            return;
        }
        NoteFailure(failure, _flow.IsInside ? "The number of this node" : $"{_flow.Transport.Wire()} {_flow.Remote}");
        if (isRedirected) _targets.SkipFlows();
        TryNextFlow();
    }
}
