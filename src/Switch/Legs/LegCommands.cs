using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Bridges;

namespace Ringwright.Switch.Legs;

/// <summary>What the API asks of a leg: judged by the table, remembered, carried out by the part that it is for.</summary>
internal sealed class LegCommands(ShardContext shard, Leg leg)
{
    public CommandMemory Memory { get; } = new();

    /// <summary>Ids of transfers of which the gate says later whether they may be.</summary>
    private HashSet<string>? _open;

    /// <summary>Judges a command and, when it is legal, carries it out.</summary>
    /// <returns>
    /// Null when another leg has to agree, which then acknowledges under <paramref name="correlation"/>;
    /// or the gate, which has not answered yet.
    /// </returns>
    public Ack? Handle(LegCommand command, long correlation)
    {
        // Whoever asked for the call is not the one who is to hear it.
        if (leg.IsAnnouncement && command is not LegCommand.Hangup) return new Ack(Refusal.UnknownLeg);
        // A repeat is accepted in any state: the command that it repeats may have ended the call.
        if (Memory.Knows(command.CommandId, shard.Now)) return Ack.Accepted;
        var facts = leg.Facts;
        var refusal = LegTransitions.Judge(leg.State, facts.Direction, command);
        if (command is LegCommand.Bridge { Peer: var peer } && peer == facts.Id && refusal is Refusal.None) refusal = Refusal.WrongState;
        if (refusal is not Refusal.None) return new Ack(refusal);
        if (command is LegCommand.Refer && leg.Dialog.OwnReferral.IsOpen) return new Ack(Refusal.WrongState);
        if (leg.Queueing.Judge(command) is var queued and not Refusal.None) return new Ack(queued);
        if (leg.Conferencing.Judge(command) is var conferred and not Refusal.None) return new Ack(conferred);
        if (leg.Supervising.Judge(command) is var supervised and not Refusal.None) return new Ack(supervised);
        if (leg.Opposite.Judge(command) is var opposite and not Refusal.None) return new Ack(opposite);
        if (leg.Activities.Judge(command) is var judged and not Refusal.None) return new Ack(judged);
        var labels = facts.Labels.With(command.Labels);
        if (labels.Size() > Labels.MaxBytes) return new Ack(Refusal.TooManyLabels);
        if (leg.Activities.RoomFor(command) is var room and not Refusal.None) return new Ack(room);
        if (command is LegCommand.Transfer transfer)
        {
            if (transfer.CommandId is { } id && _open?.Contains(id) is true) return new Ack(Refusal.DuplicateRequest);
            var begun = Transferring.TryBegin(shard, leg, facts with { Labels = labels }, transfer,
                later: ack => OnTransfer(transfer, ack, correlation));
            if (begun is null && transfer.CommandId is { } open) (_open ??= new(StringComparer.Ordinal)).Add(open);
            if (begun is not { IsAccepted: true }) return begun;
        }

        // Until the queue or the conference has agreed nothing has happened, and a repeat may try again.
        if (leg.Queueing.TryAsk(command, correlation) || leg.Conferencing.TryAsk(command, correlation)) return null;
        Take(command, labels);
        if (command is LegCommand.Bridge bridge)
        {
            shard.Send(shard.Settings.Index, new BridgeMessage.Form(BridgeTerms.Of(facts.Id, bridge), correlation));
            return null;
        }
        CarryOut(command);
        return Ack.Accepted;
    }

    /// <summary>The gate has answered, and the other leg has begun or will not.</summary>
    private void OnTransfer(LegCommand.Transfer transfer, Ack ack, long correlation)
    {
        if (transfer.CommandId is { } id) _open?.Remove(id);
        if (ack.IsAccepted) Take(transfer, leg.Facts.Labels.With(transfer.Labels));
        shard.Emit(new Effect.Acknowledge(correlation, ack));
    }

    /// <summary>A queue or a conference has agreed to a command.</summary>
    public void Take(LegCommand command) => Take(command, leg.Facts.Labels.With(command.Labels));

    /// <summary>From here on it is a bridge like any other.</summary>
    /// <returns>Null when the one that was taken answers.</returns>
    public Ack? OnFirstTaken(LegMessage.FirstTaken taken)
    {
        if (taken.First is not { } first) return Refusal.QueueEmpty;
        Take(taken.What);
        var terms = BridgeTerms.Of(leg.Facts.Id, taken.What.Terms with { Peer = first });
        shard.Send(shard.Settings.Index, new BridgeMessage.Form(terms, taken.Correlation));
        return null;
    }

    private void Take(LegCommand command, Labels labels)
    {
        Memory.Remember(command.CommandId, shard.Now);
        leg.Timers.Disarm(LegTimer.FirstCommand);
        if (ReferenceEquals(labels, leg.Facts.Labels)) return;
        leg.Relabel(labels);
        leg.Reports.LabelsChanged();
        leg.Conferencing.OnRelabelled();
    }

    /// <summary>Nobody commands it: the party that the caller is to be joined to has answered.</summary>
    public void AnswerUnasked()
    {
        if (leg.State is LegState.Initiating or LegState.Ringing) CarryOut(new LegCommand.Answer());
    }

    private void CarryOut(LegCommand command)
    {
        switch (command)
        {
            case LegCommand.SetLabels or LegCommand.Transfer or LegCommand.Bridge
                or LegCommand.Enqueue or LegCommand.LeaveQueue or LegCommand.BridgeQueue
                or LegCommand.CreateConference or LegCommand.JoinConference:
                break;          // done, or begun, before
            case LegCommand.Answer answer:
                leg.RecordFromAnswer = answer.Record ?? leg.RecordFromAnswer;
                (leg.StreamFromAnswer, leg.TranscriptionFromAnswer) = (answer.Stream, answer.Transcription);
                (leg.AgentFromAnswer, leg.EchoesFromAnswer) = (answer.Agent, answer.Echoes);
                // inbound states only
                leg.Apply(leg.Dialog.Answering!.PrepareAnswer(answer) ? LegInput.AnswerWithOffer : LegInput.Answer);
                break;
            case LegCommand.Park:
                leg.Bridging.Park();
                leg.Conferencing.Depart();
                leg.Supervising.Leave();
                break;
            case LegCommand.LimitTime limit:
                leg.LimitTime(limit.Limit);
                break;
            case LegCommand.ChangeEntry entry:
                leg.Outbound!.ChangeEntry(entry);          // outbound only
                break;
            case LegCommand.Note note:
                leg.Reports.Noted(note);
                break;
            case LegCommand.SwitchSupervisorRole change:
                leg.Supervising.Switch(change.Role);
                break;
            case LegCommand.SuppressNoise { IsOfSaid: var ofSaid, IsOfHeard: var ofHeard }:
                leg.Media.Suppression = ofSaid || ofHeard ? new(ofSaid, ofHeard) : null;
                leg.Connect();
                break;
            case LegCommand.SendInfo info:
                leg.Dialog.TryInform(info);
                break;
            case LegCommand.Refer refer:
                leg.Dialog.OwnReferral.Begin(refer);
                break;
            case LegCommand.AnswerReferral answer:
                leg.Dialog.PeerReferral.OnDecided(answer.SipStatus);
                break;
            case LegCommand.Hold hold:
                leg.Dialog.Holding.Command(hold.IsOn);
                break;
            case LegCommand.Reject reject:
                leg.End(Ending.ByReject(reject), LegInput.HangUp);
                break;
            case LegCommand.Hangup hangup:
                leg.End(Ending.ByHangup(hangup, leg.Facts.Direction, leg.IsAnswered || leg.State is LegState.Offering), LegInput.HangUp);
                break;
            case LegCommand.Play { Targets: TargetLegs.Opposite } or LegCommand.Speak { Targets: TargetLegs.Opposite }:
                leg.Opposite.Start(command);
                break;
            case LegCommand.Play or LegCommand.Speak or LegCommand.StopPlayback:
                leg.Activities.Start(command);
                leg.Opposite.Start(command);
                break;
            case LegCommand.PausePlayback or LegCommand.Gather or LegCommand.StopGather
                or LegCommand.SendDigits or LegCommand.Echo or LegCommand.Degrade or LegCommand.WatchVoice or LegCommand.DetectMachine
                or LegCommand.RecordStart
                or LegCommand.RecordPause or LegCommand.RecordResume or LegCommand.RecordStop
                or LegCommand.StartStream or LegCommand.StopStream or LegCommand.StartTranscription or LegCommand.StopTranscription
                or LegCommand.StartFork or LegCommand.StopFork or LegCommand.StartSiprec or LegCommand.StopSiprec
                or LegCommand.OpenVoice or LegCommand.CloseVoice
                or LegCommand.StartAgent or LegCommand.StopAgent or LegCommand.ReportAgent or LegCommand.TellAgent:
                leg.Activities.Start(command);
                break;
            default:
                throw new UnreachableException();
        }
    }
}
