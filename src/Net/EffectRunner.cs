using System.Diagnostics;
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
    CancellationToken stop)
{
    /// <summary>A caller waits for it.</summary>
    private static readonly TimeSpan MostForHost = TimeSpan.FromSeconds(3);

    private readonly Rng _rng = new((ulong)Random.Shared.NextInt64());

    public void Run(Effect effect)
    {
        switch (effect)
        {
            case Effect.Transmit transmit:
                parts.CallTraces?.Sent(transmit.Datagram.Bytes, parts.Transports.Actual(transmit.Datagram.To));
                if (!parts.Transports.TrySend(transmit.Datagram, mailbox)) mailbox.Post(new ShardMessage.SendFailed(transmit.Datagram));
                break;
            case Effect.Append append:
                if (append.Happened is CallEvent call) Note(call);
                Append(append);
                break;
            case Effect.KeepRecoveryBye keep:
                Keep(keep);
                break;
            case Effect.RecoveryByeSent said:
                Forget(said);
                break;
            case Effect.PreparePrompt prepare:
                _ = PrepareAsync(prepare);
                break;
            case Effect.Resolve resolve:
                Resolve(resolve);
                break;
            case Effect.FindHost find:
                _ = FindHostAsync(find.Name);
                break;
            case Effect.Media media:
                if (!parts.Media.Post(media.Command) && media.Command is not MediaCommand.Close) parts.Logger.MediaRefused(null);
                break;
            case Effect.KeepRecording keep:
                parts.Recordings?.Keep(keep.Recording);
                break;
            case Effect.OpenLiveAudio open:
                Open(open.Order);
                break;
            case Effect.PressOnLiveAudio press:
                parts.LiveAudio?.Press(press.Order, press.Key);
                break;
            case Effect.CloseLiveAudio close:
                parts.LiveAudio?.Close(close.Order);
                break;
            case Effect.FinishLiveAudio finish:
                parts.LiveAudio?.Finish(finish.Order, finish.Over);
                break;
            case Effect.DialogBegan began:
                parts.CallTraces?.Began(began.Leg, began.CallId);
                break;
            case Effect.Noted noted:
                parts.CallTraces?.Noted(noted.Leg.Id, noted.Sentence);
                break;
            case Effect.Passed passed:
                if (passed.Sender is { } sender) parts.CallTraces?.Passed(sender.Id, passed.Message, isOutgoing: true);
                if (passed.Receiver is { } receiver) parts.CallTraces?.Passed(receiver.Id, passed.Message, isOutgoing: false);
                break;
            case Effect.Send send:
                all[send.Shard].Post(send.Message);
                break;
            case Effect.RegistrationChanged changed:
                Keep(changed);
                break;
            case Effect.RegisterRefused refused:
                parts.Refused.Note(refused.User, refused.From.Remote.Address, $"status_{refused.Status}");
                break;
            case Effect.CallRefused refused:
                parts.RefusedCalls.Note(refused.Invite.Span, refused.From, refused.Status, refused.Reason);
                break;
            case Effect.TrunkRegistered registered:
                Note(registered);
                break;
            case Effect.TrunkNews news:
                Note(news);
                break;
            case Effect.TrunkRefused refused:
                Metrics.TrunkRefused.Add(1, new("trunk", refused.Trunk.Name), new("direction", refused.Direction.ToString()),
                    new("limit", refused.Rule));
                break;
            case Effect.TrunkProbed probed:
                Metrics.TrunkProbes.Add(1, new("trunk", probed.Trunk.Name),
                    new("outcome", probed.Status is { } status ? $"status_{status}" : "no_answer"));
                break;
            case Effect.AwaitGate ask:
                _ = AwaitAsync(ask);
                break;
            case Effect.GateLeave leave:
                parts.CallTraces?.Ended(leave.Leg);
                parts.Gate.Leave(leave.Leg);
                break;
            case Effect.Acknowledge ack:
                replies.Complete(ack.Correlation, ack.Ack);
                break;
            case Effect.Pinged pinged:
                replies.Complete(pinged.Correlation, pinged.Answer);
                break;
            case Effect.TextAnswered answered:
                replies.Complete(answered.Correlation, answered.Answer);
                break;
            case Effect.TextCame came:
                _ = JudgeAsync(came);
                break;
            case Effect.Failed failed:
                Metrics.TurnsFailed.Add(1);
                parts.Logger.TurnFailed(failed.Leg?.Uuid, failed.Error);
                break;
            default:
                throw new UnreachableException();
        }
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

    private void Append(Effect.Append append)
    {
        if (append.Happened is CallEvent.LegAnswered answered) parts.Gate.Answered(answered.Leg.Id);
        if (append.IsAwaited) parts.Ledger.Append(append.Happened, TellFirst, append.RecoveryBye);
        else parts.Ledger.Append(append.Happened, TellLater, append.RecoveryBye);
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
