using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;
using Ringwright.Switch.Conferences;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The leg's part in conferences: it takes part in one at a time. The conference says when it is in and when it is out, and tells of it.
/// </summary>
internal sealed class LegConferencing(ShardContext shard, Leg leg)
{
    /// <summary>What it asks to get into.</summary>
    private LegCommand? _asked;
    private ConferenceId? _conference;
    /// <summary>The one that let it in when it had ended.</summary>
    private ConferenceId? _late;
    private PromptSource? _onHold;

    /// <summary>It takes part in one.</summary>
    public bool IsOn => _conference is not null && !IsLeaving;

    /// <summary>It has ended, and a conference that it was in, or asks to get into, has not said its last word.</summary>
    public bool IsLeaving { get; private set; }

    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.ChangeEntry)
            return _asked is null && _conference is null && leg.Outbound?.ConferenceOnAnswer is not null
                ? Refusal.None : Refusal.WrongState;
        if (command is not (LegCommand.CreateConference or LegCommand.JoinConference)) return Refusal.None;
        if (_asked is not null) return Refusal.WrongState;
        return command is LegCommand.JoinConference join && IsOn && join.Conference == _conference
            ? Refusal.AlreadyInConference : Refusal.None;
    }

    /// <param name="correlation">Null when nobody waits for an answer.</param>
    /// <returns>False for a command that no conference has to agree to; else the leg's answer follows its.</returns>
    public bool TryAsk(LegCommand command, long? correlation)
    {
        var facts = leg.Facts with { Labels = leg.Facts.Labels.With(command.Labels) };
        if (command is LegCommand.CreateConference create)
            shard.Send(NameHome.Of(facts.Tenant, create.Name, shard.Settings.Count),
                new ConferenceMessage.Create(facts, leg.Media.Port, create, correlation));
        else if (command is LegCommand.JoinConference join)
            shard.Send(join.Conference.Shard, new ConferenceMessage.Join(facts, leg.Media.Port, join, correlation));
        else return false;
        _asked = command;
        return true;
    }

    /// <summary>The customer who had it dialled wants it in a conference, in which it may be already.</summary>
    public void JoinUnasked(LegCommand? wish)
    {
        if (wish is not null && _asked is null && _conference is null) TryAsk(wish, correlation: null);
    }

    public void OnOrder(ConferenceId conference, ConferenceOrder order)
    {
        switch (order)
        {
            case ConferenceOrder.Enter enter:
                Enter(conference, enter);
                break;
            case ConferenceOrder.StayOut refused:
                _asked = null;
                Answer(refused.Correlation, refused.Why);
                if (refused.Correlation is null)
                    shard.Emit(new Effect.Noted(leg.Facts, $"The conference that it was dialled for did not take it: {refused.Why}."));
                break;
            case ConferenceOrder.Change change when conference == _conference && !IsLeaving:
                Post(new MediaCommand.JoinRoom(leg.Media.Port, change.Room, change.As));
                HearOnHold(change.HoldAudio);
                break;
            case ConferenceOrder.Sound sound when conference == _conference && !IsLeaving:
                Play(conference, sound.What);
                break;
            case ConferenceOrder.Silence when conference == _conference:
                leg.Activities.StopOrdered();
                break;
            case ConferenceOrder.Out when IsLeaving:
                if (conference == _conference) _conference = null;
                else if (conference == _late) _late = null;
                EndLeaving();
                break;
            case ConferenceOrder.Out left when conference == _conference:
                GetOut();
                if (left.HangsUp) leg.End(Ending.ByConference, LegInput.HangUp);
                else leg.Settle();
                break;
            case ConferenceOrder.Change or ConferenceOrder.Sound or ConferenceOrder.Silence or ConferenceOrder.Out:
                break;          // it is elsewhere now
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Nobody is there to take part: out again.</summary>
    public static void Decline(ShardContext shard, LegMessage.Conferred message)
    {
        if (message.Order is ConferenceOrder.Enter { Who: var who, Correlation: var correlation })
        {
            shard.Send(message.Conference.Shard, new ConferenceMessage.Depart(message.Conference, message.Leg, who, HasEnded: true));
            Answer(shard, correlation, Refusal.AlreadyEnded);
        }
        else if (message.Order is ConferenceOrder.StayOut refused) Answer(shard, refused.Correlation, Refusal.AlreadyEnded);
    }

    /// <summary>It has ended, and is answered what it asked before.</summary>
    public void OnAnsweredLate(LegMessage.Conferred message)
    {
        Decline(shard, message);
        if (!IsLeaving || _asked is null) return;
        _asked = null;
        if (message.Order is ConferenceOrder.Enter) _late = message.Conference;
        EndLeaving();
    }

    public void OnTalking(bool isTalking)
    {
        if (_conference is { } conference && !IsLeaving)
            Send(conference, new ConferenceMessage.Talking(conference, leg.Facts.Id, isTalking));
    }

    public void OnRelabelled()
    {
        if (_conference is { } conference) Send(conference, new ConferenceMessage.Relabelled(conference, Who));
    }

    /// <summary>It goes elsewhere; what it hears there is that one's business.</summary>
    public void Depart()
    {
        if (_conference is not { } conference) return;
        Send(conference, new ConferenceMessage.Depart(conference, leg.Facts.Id, Who, HasEnded: false));
        GetOut();
    }

    /// <summary>The end of the call is told behind what the conference says; that lives in this process, so it is there at once.</summary>
    public void HangUp()
    {
        if (IsLeaving || _conference is null && _asked is null) return;
        IsLeaving = true;
        if (_conference is { } conference)
            Send(conference, new ConferenceMessage.Depart(conference, leg.Facts.Id, Who, HasEnded: true));
        leg.Timers.Arm(LegTimer.ConferenceWord, shard.Now + Limits.ConferenceWordWait);
    }

    /// <summary>The conference is out of order.</summary>
    public void OnSilence()
    {
        _asked = null;
        GetOut();
        leg.Settle();
    }

    private ConferenceParty Who => ConferenceParty.Of(leg.Facts);

    private void Enter(ConferenceId conference, ConferenceOrder.Enter enter)
    {
        if (_asked is { } asked) leg.Commands.Take(asked);
        _asked = null;
        leg.Bridging.Leave();
        leg.Queueing.OnJoined();
        leg.Supervising.Leave();
        Depart();
        _conference = conference;
        Post(new MediaCommand.JoinRoom(leg.Media.Port, enter.Room, enter.As));
        HearOnHold(enter.HoldAudio);
        Answer(enter.Correlation, Ack.Accepted);
    }

    private void EndLeaving()
    {
        if (_conference is not null || _late is not null || _asked is not null) return;
        GetOut();
        leg.Settle();
    }

    private void GetOut()
    {
        (_conference, _late, IsLeaving) = (null, null, false);
        leg.Timers.Disarm(LegTimer.ConferenceWord);
        if (leg.IsOver) return;
        leg.Activities.StopOrdered();
        HearOnHold(null);
        Post(new MediaCommand.Unbridge(leg.Media.Port));
    }

    /// <summary>What it hears already goes on.</summary>
    private void HearOnHold(PromptSource? audio)
    {
        if (audio == _onHold) return;
        _onHold = audio;
        if (audio is null) leg.Activities.EndHoldMusic();
        else leg.Activities.PlayOnHold(audio, otherwise: static () => { });
    }

    /// <summary>One for which there is no room is told as failed, for nobody else would say so.</summary>
    private void Play(ConferenceId conference, OrderedSound sound)
    {
        if (!leg.Activities.TryPlayOrdered(sound, Tell)) Tell(PlayStatus.Failed);

        void Tell(PlayStatus? ended) => Send(conference, new ConferenceMessage.Sounded(conference, leg.Facts.Id, sound, ended));
    }

    private void Answer(long? correlation, Ack ack) => Answer(shard, correlation, ack);

    private static void Answer(ShardContext shard, long? correlation, Ack ack)
    {
        if (correlation is { } asker) shard.Emit(new Effect.Acknowledge(asker, ack));
    }

    private void Send(ConferenceId conference, ConferenceMessage message) => shard.Send(conference.Shard, message);

    private void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));
}
