using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net.Dns;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Net;

/// <summary>
/// Does what one shard asks for. Runs on the shard's thread, so nothing here waits; results return to the shard as messages.
/// </summary>
/// <param name="mailbox">Of the shard itself; <paramref name="all"/> are those of the node, by shard.</param>
internal sealed class EffectRunner(EngineParts parts, Mailbox mailbox, IReadOnlyList<Mailbox> all, PendingReplies replies,
    CancellationToken stop) : EffectInterpreter
{
    /// <summary>A caller waits for it.</summary>
    private static readonly TimeSpan MostForHost = TimeSpan.FromSeconds(3);

    private readonly Rng _rng = new((ulong)Random.Shared.NextInt64());

    protected override void Perform(Effect.Transmit transmit)
    {
        parts.CallTraces?.Sent(transmit.Datagram.Bytes, parts.Transports.Actual(transmit.Datagram.To));
        if (!parts.Transports.TrySend(transmit.Datagram, mailbox)) mailbox.Post(new ShardMessage.SendFailed(transmit.Datagram));
    }

    protected override void Perform(Effect.Append append)
    {
        if (append.Happened is CallEvent call) Note(call);
        if (append.Happened is CallEvent.LegAnswered answered) parts.Gate.Answered(answered.Leg.Id);
        if (append.IsAwaited) parts.Ledger.Append(append.Happened, TellFirst, append.RecoveryBye);
        else parts.Ledger.Append(append.Happened, TellLater, append.RecoveryBye);
    }

    protected override void Perform(Effect.KeepRecoveryBye keepRecoveryBye) => Keep(keepRecoveryBye);

    protected override void Perform(Effect.RecoveryByeSent recoveryByeSent) => Forget(recoveryByeSent);

    protected override void Perform(Effect.PreparePrompt preparePrompt) => _ = PrepareAsync(preparePrompt);

    protected override void Perform(Effect.Resolve resolve) => Resolve(resolve);

    protected override void Perform(Effect.FindHost findHost) => _ = FindHostAsync(findHost.Name);

    protected override void Perform(Effect.Media media)
    {
        if (!parts.Media.Post(media.Command) && media.Command is not MediaCommand.Close) parts.Logger.MediaRefused(null);
    }

    protected override void Perform(Effect.KeepRecording keepRecording) => parts.Recordings?.Keep(keepRecording.Recording);

    protected override void Perform(Effect.OpenLiveAudio openLiveAudio) => Open(openLiveAudio.Order);

    protected override void Perform(Effect.PressOnLiveAudio pressOnLiveAudio) =>
        parts.LiveAudio?.Press(pressOnLiveAudio.Order, pressOnLiveAudio.Key);

    protected override void Perform(Effect.CloseLiveAudio closeLiveAudio) => parts.LiveAudio?.Close(closeLiveAudio.Order);

    protected override void Perform(Effect.FinishLiveAudio finishLiveAudio) =>
        parts.LiveAudio?.Finish(finishLiveAudio.Order, finishLiveAudio.Over);

    protected override void Perform(Effect.DialogBegan dialogBegan) => parts.CallTraces?.Began(dialogBegan.Leg, dialogBegan.CallId);

    protected override void Perform(Effect.Passed passed)
    {
        if (passed.Sender is { } sender) parts.CallTraces?.Passed(sender.Id, passed.Message, isOutgoing: true);
        if (passed.Receiver is { } receiver) parts.CallTraces?.Passed(receiver.Id, passed.Message, isOutgoing: false);
    }

    protected override void Perform(Effect.Send send) => all[send.Shard].Post(send.Message);

    protected override void Perform(Effect.RegistrationChanged registrationChanged) => Keep(registrationChanged);

    protected override void Perform(Effect.RegisterRefused registerRefused) =>
        parts.Refused.Note(registerRefused.User, registerRefused.From.Remote.Address, $"status_{registerRefused.Status}");

    protected override void Perform(Effect.CallRefused callRefused) =>
        parts.RefusedCalls.Note(callRefused.Invite.Span, callRefused.From, callRefused.Status, callRefused.Reason);

    protected override void Perform(Effect.TrunkRegistered trunkRegistered) => Note(trunkRegistered);

    protected override void Perform(Effect.TrunkNews trunkNews) => Note(trunkNews);

    protected override void Perform(Effect.TrunkRefused trunkRefused) => Metrics.TrunkRefused.Add(1,
        new("trunk", trunkRefused.Trunk.Name), new("direction", trunkRefused.Direction.ToString()), new("limit", trunkRefused.Rule));

    protected override void Perform(Effect.TrunkProbed trunkProbed) => Metrics.TrunkProbes.Add(1, new("trunk", trunkProbed.Trunk.Name),
        new("outcome", trunkProbed.Status is { } status ? $"status_{status}" : "no_answer"));

    protected override void Perform(Effect.AwaitGate awaitGate) => _ = AwaitAsync(awaitGate);

    protected override void Perform(Effect.GateLeave gateLeave)
    {
        parts.CallTraces?.Ended(gateLeave.Leg);
        parts.Gate.Leave(gateLeave.Leg);
    }

    protected override void Perform(Effect.Acknowledge acknowledge) => replies.Complete(acknowledge.Correlation, acknowledge.Ack);

    protected override void Perform(Effect.Pinged pinged) => replies.Complete(pinged.Correlation, pinged.Answer);

    protected override void Perform(Effect.TextAnswered textAnswered) => replies.Complete(textAnswered.Correlation, textAnswered.Answer);

    protected override void Perform(Effect.TextCame textCame) => _ = JudgeAsync(textCame);

    protected override void Perform(Effect.RequestRefused requestRefused) => parts.RefusedRequests.Note(requestRefused);

    protected override void Perform(Effect.Noted noted) => parts.CallTraces?.Noted(noted.Leg.Id, noted.Sentence);

    protected override void Perform(Effect.Failed failed)
    {
        Metrics.TurnsFailed.Add(1);
        parts.Logger.TurnFailed(failed.Leg?.Uuid, failed.Error);
    }

    private void Keep(Effect.RegistrationChanged changed)
    {
        var registration = changed.Registration;
        string outcome = changed switch
        {
            { Fate: BindingFate.Registered, IsNew: true } => "registered",
            { Fate: BindingFate.Registered } => "refreshed",
            { Fate: BindingFate.Unregistered } => "unregistered",
            _ => "lapsed",
        };
        Metrics.Registers.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (changed.Fate is not BindingFate.Registered) parts.Logger.Unregistered(registration.User, registration.Remote, outcome);
        else if (changed.IsNew) parts.Logger.Registered(registration.User, registration.Remote);
        else parts.Logger.RegistrationRefreshed(registration.User, registration.Remote);
        if (changed.Fate is not BindingFate.Registered) parts.Registrations?.Remove(registration.User, registration.Contact);
        else parts.Registrations?.Save(registration);
    }

    private void Note(Effect.TrunkRegistered registered)
    {
        string outcome = registered is { Trouble: null } ? registered.IsNews ? "registered" : "refreshed"
            : registered.Status is { } status ? $"status_{status}" : "no_answer";
        Metrics.TrunkRegisters.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (registered.Trouble is { } trouble) parts.Logger.TrunkUnregistered(registered.Trunk.Name, registered.Status, trouble);
        else if (registered.IsNews) parts.Logger.TrunkRegistered(registered.Trunk.Name);
    }

    private void Note(Effect.TrunkNews news)
    {
        Metrics.TrunkNews.Add(1, new("trunk", news.Trunk.Name), new("outcome", news.Trouble is null ? "back" : "passed_over"));
        string where = news.Remote?.ToString() ?? news.Trunk.Host;
        if (news.Trouble is { } trouble) parts.Logger.TrunkPassedOver(news.Trunk.Name, where, trouble);
        else parts.Logger.TrunkBack(news.Trunk.Name, where);
    }

    private void TellFirst(SubjectEvent happened, bool isCommitted)
    {
        mailbox.Post(SubjectMessages.Committed(happened, isCommitted));
        if (isCommitted) return;
        if (happened is CallEvent.LegInitiated) Metrics.LegsActive.Add(-1);      // a leg whose first row failed has no end either
        NoteLost(happened);
    }

    /// <summary>The subject waits for nothing; it hears only that its record is incomplete.</summary>
    private void TellLater(SubjectEvent happened, bool isCommitted)
    {
        if (isCommitted) return;
        mailbox.Post(SubjectMessages.Committed(happened, false));
        NoteLost(happened);
    }

    private void NoteLost(SubjectEvent happened) =>
        parts.Logger.AppendFailed(happened is CallEvent call ? $"leg {call.Leg.Uuid}" : happened.Subject.ToString());

    private void Keep(Effect.KeepRecoveryBye keep) => parts.Ledger.Keep(keep.Leg, keep.RecoveryBye, isKept =>
    {
        if (keep.Correlation is { } correlation) mailbox.Post(new LegMessage.RecoveryByeKept(keep.Leg.Id, correlation, isKept));
    });

    private void Forget(Effect.RecoveryByeSent said)
    {
        parts.CallTraces?.Ended(said.Leg.Id);
        if (said.Trouble is null) parts.Logger.RecoveryByeSaid(said.Leg.Uuid);
        else parts.Logger.RecoveryByeUnheard(said.Leg.Uuid, said.Trouble);
        parts.Ledger.Forget(said.Leg);
    }

    private void Open(LiveAudioOrder order)
    {
        var (leg, id) = (order.Leg.Id, order.Id);
        if (parts.LiveAudio is { } carrier) carrier.Open(order, Tell);
        else Tell(new LiveAudioNews.Ended("this node carries no live audio"));

        void Tell(LiveAudioNews news) => mailbox.Post(new LegMessage.LiveAudioTold(leg, id, news));
    }

    private async Task PrepareAsync(Effect.PreparePrompt prepare)
    {
        PromptResult result;
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);      // off the shard's thread before any work
            result = await parts.Prompts.PrepareAsync(prepare.Tenant, prepare.Source, prepare.Codec, stop);
        }
        catch (Exception e)
        {
            if (e is not OperationCanceledException) parts.Logger.PromptFailed(prepare.Uuid, e);
            result = PromptResult.Failed(PromptFailure.Failed, "The prompt could not be prepared.");
        }
        mailbox.Post(SubjectMessages.Prepared(prepare.For, prepare.Correlation, result));
    }

    private async Task AwaitAsync(Effect.AwaitGate ask) =>
        mailbox.Post(new ShardMessage.GateAnswered(ask.Correlation, await parts.GateWait.ForAsync(ask.Asked)));

    private async Task JudgeAsync(Effect.TextCame came)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);      // off the shard's thread before any work
        mailbox.Post(new ShardMessage.TextJudged(came.Correlation, await parts.Texts.JudgeAsync(came.Text, stop)));
    }

    private async Task FindHostAsync(string name)
    {
        IReadOnlyList<IPAddress> found = [];
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(MostForHost);
            // What takes longer goes on, so that the resolver knows at the next call.
            found = await parts.Resolver.AddressesOfAsync(name, stop).WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            NoteFailed(name, e);
        }
        // In any case: a call waits for it, and those behind it for their place.
        mailbox.Post(new ShardMessage.HostFound(name, found));
    }

    private void NoteFailed(string host, Exception error)
    {
        if (Resolver.IsFailure(error)) parts.Logger.LookupFailed(host, error.Message);
        else parts.Logger.EffectFailed($"the look-up of {host}", error);
    }

    private void Resolve(Effect.Resolve resolve)
    {
        var place = resolve.Place;
        bool isLiteral = InitialInvite.TryLiteral(place, out var literal);
        if (isLiteral && parts.Networks.TryFind(literal.Remote.Address, EngineClock.At(parts.Clock)) is { } network
                && (place.IsTrusted || !parts.Trunks.HasNames))
            Answer([literal with { Network = network }], isTrunks: false);
        // A far end may name such a place too, by sending a call on.
        else if (!isLiteral && !place.IsTrusted && !parts.Targets.MayLookUp(place.Host))
            Answer([], isTrunks: false, TargetPolicy.OnlyInside);
        else _ = ResolveAsync(_rng.Next());

        async Task ResolveAsync(ulong seed)
        {
            IReadOnlyList<SipFlow> found = [];
            bool isTrunks = false;
            string? trouble = null;
            try
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                found = await parts.Resolver.ResolveAsync(place, seed, stop);
                isTrunks = !place.IsTrusted && await parts.Trunks.AreTrunksAsync(found, stop);
            }
            catch (Exception e)
            {
                NoteFailed(place.Host, e);
                trouble = Resolver.IsFailure(e) ? e.Message : "the look-up failed";
            }
            Answer(found, isTrunks, trouble);
        }

        void Answer(IReadOnlyList<SipFlow> found, bool isTrunks, string? trouble = null)
        {
            if (found.Count == 0) trouble ??= parts.Resolver.Trouble(place);
            List<SipFlow> allowed = [];
            foreach (var flow in found)
                if (place.IsTrusted || parts.Targets.Check(flow.Remote, TargetUse.Signalling) is TargetVerdict.Allowed)
                    allowed.Add(parts.Transports.To(flow, place.Host, place.Trunk));
            mailbox.Post(new LegMessage.Resolved(resolve.Leg, resolve.Correlation, allowed, isTrunks)
            {
                Trouble = allowed.Count > 0 ? null : trouble ?? "it has only addresses that calls may not go to",
            });
        }
    }

    private void Note(CallEvent happened)
    {
        var leg = happened.Leg;
        if (happened is CallEvent.LegInitiated) parts.NoteInitiated(leg);
        else if (happened is CallEvent.LegAnswered answered)
        {
            Metrics.LegsAnswered.Add(1, new KeyValuePair<string, object?>("direction", leg.Direction.ToString()));
            parts.Logger.LegAnswered(leg.Uuid, answered.Codec);
        }
        else if (happened is CallEvent.LegEnded ended)
        {
            Metrics.LegsActive.Add(-1);
            Metrics.LegsEnded.Add(1, new KeyValuePair<string, object?>("cause", ended.Cause.ToString()));
            parts.Logger.LegEnded(leg.Uuid, (happened.At - leg.StartedAt).TotalSeconds, ended.Cause, ended.Evidence);
        }
    }
}
