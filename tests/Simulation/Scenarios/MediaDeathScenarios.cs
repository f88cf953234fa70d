using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class MediaDeathsInFairWeather() : MediaDeathScenarios(Weather.Fair);

public sealed class MediaDeathsInFoulWeather() : MediaDeathScenarios(Weather.Foul);

public sealed class MediaDeathsInAStorm() : MediaDeathScenarios(Weather.Storm);

/// <summary>The media process dies at any moment of a call, and another one takes its place.</summary>
public abstract class MediaDeathScenarios(Weather weather) : Scenario(weather)
{
    private const string Second = "+493012300002", Third = "+493012300003";

    [Theory, Seeds(200)]
    [Failure("media-killed")]
    public void Its_calls_end_once_for_that_and_the_next_ones_work(ulong seed)
    {
        var world = World(seed);
        var (caller, callee, partner) = Populate(world);
        caller.Dial(Ours);
        world.Customer("telnyx").Api.Dial(callee.Number, Ours);

        world.RunFor(world.Between(0, 6));
        var lost = Kill(world, hangs: TimeSpan.Zero);
        Check(world, lost, caller, callee, partner);
    }

    [Theory, Seeds(200)]
    [Failure("media-hangs")]
    public void Calls_that_begin_while_nobody_knows_that_it_hangs_end_for_that_too(ulong seed)
    {
        var world = World(seed);
        var (caller, callee, partner) = Populate(world);
        caller.Dial(Ours);

        world.RunFor(world.Between(0, 3));
        world.After(world.Between(0, 10), () => world.Customer("telnyx").Api.Dial(callee.Number, Ours));
        var lost = Kill(world, hangs: TimeSpan.FromSeconds(10));
        Check(world, lost, caller, callee, partner);
    }

    [Theory, Seeds(200)]
    [Failure("media-stays-away")]
    public void New_calls_are_refused_until_there_is_another(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx");
        var caller = world.Phone(Theirs);
        world.KillMedia(TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60));

        world.RunFor(TimeSpan.FromSeconds(1));
        caller.Dial(Ours);
        customer.Api.Dial(Theirs, Ours);
        world.RunUntil(() => world.Dialled.Count > 0 && caller.IsIdle, withinSeconds: 50);
        if (!world.IsExcused) Assert.Equal(503, caller.Call?.RefusedWith);
        Assert.Equal(Refusal.MediaAway, world.Dialled[0].Ack.Refusal);
        Assert.Empty(world.Ledger.Committed);
        world.AssertNothingLeft();
        NextCallsWork(world);
    }

    /// <summary>A caller who is answered, hears, presses, is recorded and passed on; and somebody whom we call.</summary>
    private (SimPhone Caller, SimPhone Callee, SimPhone Partner) Populate(SimWorld world)
    {
        var caller = world.Phone(Theirs);
        var callee = world.Phone(Second);
        var partner = world.Phone(Third);
        (caller.Says, callee.Says, partner.Says) = ("caller speaks", "callee speaks", "partner speaks");
        caller.GivesUpAfter = TimeSpan.FromSeconds(30);
        if (world.Rng.Chance(0.7)) callee.AnswersAfter = world.Between(0.05, 3);
        if (world.Rng.Chance(0.7)) partner.AnswersAfter = world.Between(0.05, 2);
        callee.SpeaksEarly = world.Rng.Chance(0.2);
        bool isAnswered = world.Rng.Chance(0.9), isJoined = world.Rng.Chance(0.5), isRecorded = world.Rng.Chance(0.5);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) =>
            {
                if (call["from"] is Theirs && isAnswered) api.Answer(call);
            })
            .On("call.answered", (call, api) =>
            {
                if (call["from"] is not Theirs || call["direction"] is not "incoming") return;
                if (isRecorded) api.Record(call);
                if (isJoined) api.Transfer(call, Third);
                else api.GatherUsingSpeak(call, "press", digits: 4);
            });
        world.After(world.Between(1, 5), () => caller.Press("12"));
        return (caller, callee, partner);
    }

    private sealed record Loss(Instant At, HashSet<LegId> Legs);

    /// <returns>The legs that are alive when it is certain that their media are gone.</returns>
    private static Loss Kill(SimWorld world, TimeSpan hangs)
    {
        TimeSpan ends = world.Between(0, 1), down = world.Between(0.05, 3);
        Loss lost = new(world.Now + hangs + ends, []);
        world.After(hangs + ends, () => lost.Legs.UnionWith(Told<CallEvent.LegInitiated>(world).Select(e => e.Leg.Id)
            .Except(Told<CallEvent.LegEnded>(world).Select(e => e.Leg.Id))));
        world.KillMedia(hangs, ends, down);
        world.RunFor(hangs + ends + down + TimeSpan.FromSeconds(40));
        return lost;
    }

    private void Check(SimWorld world, Loss lost, params SimPhone[] phones)
    {
        // An INVITE that the weather kept for so long that it found the next process is a new call.
        bool hasNew = Told<CallEvent.LegInitiated>(world).Any(e => e.At > lost.At);
        if (!hasNew && !world.IsExcused) Assert.DoesNotContain(phones, phone => phone.IsEstablished);
        foreach (var phone in phones) phone.Hangup();
        world.AssertNothingLeft();
        var ends = Told<CallEvent.LegEnded>(world).ToList();
        foreach (var leg in Told<CallEvent.LegInitiated>(world).Select(e => e.Leg.Id)) Assert.Single(ends, e => e.Leg.Id == leg);
        if (IsFair)
            Assert.All(ends.Where(e => lost.Legs.Contains(e.Leg.Id)),
                e => Assert.Equal((HangupCause.MediaFailure, SimPlane.Evidence), (e.Cause, e.Evidence)));
        NextCallsWork(world);
    }

    private static void NextCallsWork(SimWorld world)
    {
        world.RunFor(TimeSpan.FromSeconds(60));
        int answered = Told<CallEvent.LegAnswered>(world).Count();
        world.Customer("telnyx").On("call.initiated", (call, api) =>
        {
            if (call["from"] is "+493012300009") api.Answer(call);
        }).On("call.answered", (call, api) =>
        {
            if (call["from"] is "+493012300009") api.Speak(call, "here again");
        });
        var next = world.Phone("+493012300009");
        next.Dial(Ours);
        world.RunUntil(() => next.Call!.Media.HasHeard("here again"));
        next.Hangup();
        world.AssertNothingLeft();
        if (!world.IsExcused) Assert.Equal(answered + 1, Told<CallEvent.LegAnswered>(world).Count());
    }
}
