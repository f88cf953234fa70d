using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Legs;

/// <summary>
/// What a leg's commands have the one hear that it is bridged to: that one says it, this one tells of it. Ends with the bridge.
/// </summary>
internal sealed class LegOpposite(ShardContext shard, Leg leg)
{
    /// <summary>Told as begun, and not as ended.</summary>
    private readonly List<OrderedSound> _begun = [];

    public Refusal Judge(LegCommand command) =>
        command is LegCommand.Play { Targets: not TargetLegs.Self } or LegCommand.Speak { Targets: not TargetLegs.Self }
        && leg.Bridging.Joined is null ? Refusal.NotBridged : Refusal.None;

    /// <summary>The other half of a command that is for both, or all of it.</summary>
    public void Start(LegCommand command)
    {
        if (leg.Bridging.Joined is not { Partner: var partner }) return;
        if (command is LegCommand.Play { Targets: not TargetLegs.Self } play)
            Order(partner, play.Source, play.Loops, play.Stop, play.Targets);
        else if (command is LegCommand.Speak { Targets: not TargetLegs.Self } speak)
            Order(partner, speak.Speech, speak.Loops, speak.Stop, speak.Targets);
        else if (command is LegCommand.StopPlayback { IsOfOverlays: false } stop)
            shard.Send(partner.Shard, new LegMessage.StopFor(partner, leg.Facts.Id, stop.What));
    }

    public void OnSaid(OrderedSound sound, PlayStatus? ended)
    {
        if (leg.IsOver) return;
        if (ended is null) _begun.Add(sound);
        else _begun.RemoveAll(one => one.Id == sound.Id);
        Tell(sound, ended);
    }

    /// <summary>Its partner wants it to say something.</summary>
    public void OnOrdered(LegMessage.SayFor order)
    {
        bool isPartner = leg.Bridging.Joined?.Partner == order.By;
        if (!isPartner || !leg.Activities.TryPlayOrdered(order.Sound, Tell, order.Stop)) Tell(PlayStatus.Failed);

        void Tell(PlayStatus? ended) => Answer(shard, order, ended);
    }

    public void OnStop(LegMessage.StopFor stop)
    {
        if (leg.Bridging.Joined?.Partner == stop.By) leg.Activities.StopOrdered(stop.What);
    }

    /// <summary>Nobody is there to say it.</summary>
    public static void Decline(ShardContext shard, LegMessage.SayFor order) => Answer(shard, order, PlayStatus.Failed);

    public void HangUp()
    {
        foreach (var sound in _begun) Tell(sound, PlayStatus.CallHangup);
        _begun.Clear();
    }

    private void Order(LegId partner, PromptSource source, int loops, StopWhat stop, TargetLegs targets) =>
        shard.Send(partner.Shard, new LegMessage.SayFor(partner, leg.Facts.Id, new(shard.NewGuid(), source, loops), stop)
        {
            IsTold = targets is TargetLegs.Opposite
        });

    private static void Answer(ShardContext shard, LegMessage.SayFor order, PlayStatus? ended)
    {
        if (order.IsTold) shard.Send(order.By.Shard, new LegMessage.Said(order.By, order.Sound, ended));
    }

    private void Tell(OrderedSound sound, PlayStatus? ended)
    {
        var (facts, now) = (leg.Facts, shard.Now);
        bool isSpeech = sound.Source is PromptSource.Speech;
        CallEvent happened = ended is not { } status
            ? isSpeech ? new CallEvent.SpeakStarted(sound.Id) { Leg = facts, At = now }
                : new CallEvent.PlaybackStarted(sound.Id, sound.Source) { Leg = facts, At = now }
            : isSpeech ? new CallEvent.SpeakEnded(sound.Id, status is PlayStatus.FileNotFound ? PlayStatus.Failed : status)
            {
                Leg = facts, At = now
            }
            : new CallEvent.PlaybackEnded(sound.Id, sound.Source, status, Detail: null) { Leg = facts, At = now };
        shard.Emit(new Effect.Append(happened, IsAwaited: false));
    }
}
