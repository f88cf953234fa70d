using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class DialsInFairWeather() : DialScenarios(Weather.Fair);

public sealed class DialsInFoulWeather() : DialScenarios(Weather.Foul);

public sealed class DialsInAStorm() : DialScenarios(Weather.Storm);

/// <summary>Dials to several destinations, and dials that are repeated: by the product's own dialler.</summary>
public abstract class DialScenarios(Weather weather) : Scenario(weather)
{
    private const string Second = "+493012300002", Third = "+493012300003";

    [Theory, Seeds(200)]
    public void Of_several_that_ring_together_one_talks_and_nobody_goes_on_ringing(ulong seed)
    {
        var world = World(seed);
        SimPhone[] phones = [world.Phone(Theirs), world.Phone(Second), world.Phone(Third)];
        foreach (var phone in phones)
        {
            if (world.Rng.Chance(0.8)) phone.AnswersAfter = world.Between(0.05, 2);
            if (world.Rng.Chance(0.2)) phone.RefusesWith = 486;
            phone.HangsUpAfter = world.Between(1, 3);
        }
        world.Customer("telnyx").Api.DialTogether(phones.Select(p => p.Number), Ours, ringSeconds: 10);
        world.AssertNothingLeft();

        var begun = Told<CallEvent.LegInitiated>(world).ToArray();
        var answered = Told<CallEvent.LegAnswered>(world).Select(e => e.Leg.Id).ToArray();
        Assert.True(answered.Length <= 1, $"{answered.Length} were answered");
        Assert.True(begun.Select(e => e.Leg.Session).Distinct().Count() <= 1);
        if (world.IsExcused) return;
        Assert.Equal(phones.Select(p => p.Number), begun.Select(e => e.Leg.To));
        var dialled = Assert.Single(world.Dialled);
        Assert.Equal(begun[0].Leg.Id, dialled.Leg?.Id);
        Assert.Equal(phones.Any(p => p is { RefusesWith: null, AnswersAfter: not null }), answered.Length == 1);
        // Whoever neither talked nor said no was let go for the one who talked.
        foreach (var ended in Told<CallEvent.LegEnded>(world)
                .Where(e => !answered.Contains(e.Leg.Id) && answered.Length == 1 && e.Cause is HangupCause.ApiCancel))
            Assert.Equal("Another of the destinations that were dialled together was answered first.", ended.Evidence);
    }

    [Theory, Seeds(100)]
    public void When_one_of_them_may_not_be_dialled_none_is(ulong seed)
    {
        var world = World(seed);
        SimPhone[] phones = [world.Phone(Theirs), world.Phone(Second)];
        // One of them is no destination of the profile.
        string[] to = [.. new[] { phones[0].Number, phones[1].Number, "+2348012345678" }.OrderBy(_ => world.Rng.Next())];
        world.Customer("telnyx").Api.DialTogether(to, Ours);
        world.AssertNothingLeft();      // the places at the gate and the ports of the others too
        Assert.Empty(Told<CallEvent.LegInitiated>(world));
        Assert.Equal("whitelisted_destinations", Assert.Single(world.Dialled).Rule);
        Assert.All(phones, phone => Assert.Null(phone.Call));
    }

    [Theory, Seeds(200)]
    public void What_is_repeated_with_its_id_is_dialled_once(ulong seed)
    {
        var world = World(seed);
        var phone = world.Phone(Theirs);
        phone.AnswersAfter = world.Between(0.1, 1);
        phone.HangsUpAfter = world.Between(0.1, 1);
        // A refusal makes nothing: the same id may try again.
        world.Ledger.Refuses = happened => happened is CallEvent.LegInitiated && world.Rng.Chance(0.3);
        var api = world.Customer("telnyx").Api;
        int times = 2 + world.Rng.Next(6);
        for (int i = 0; i < times; i++) world.After(world.Between(0, i < 2 ? 0.02 : 20), () => api.DialOnce("once", Theirs, Ours));
        world.AssertNothingLeft();

        var begun = Told<CallEvent.LegInitiated>(world).ToArray();
        Assert.Equal(times, world.Dialled.Count);
        Assert.True(begun.Length <= 1, $"dialled {begun.Length} times");
        var accepted = world.Dialled.Where(d => d.Ack.IsAccepted).ToArray();
        Assert.Equal(begun.Length == 1, accepted.Length > 0);
        Assert.All(accepted, d => Assert.Equal(begun[0].Leg.Id, d.Leg?.Id));
        Assert.All(world.Dialled.Where(d => !d.Ack.IsAccepted), d => Assert.Equal("ledger_unavailable", d.Rule));
    }

    [Theory, Seeds(20)]
    public void After_a_minute_an_id_is_free_again(ulong seed)
    {
        var world = World(seed);
        var phone = world.Phone(Theirs);
        (phone.RefusesWith, phone.AnswersAfter) = (486, world.Between(0.1, 1));
        var api = world.Customer("telnyx").Api;
        foreach (double at in (double[])[0, 30, 59, 61]) world.After(TimeSpan.FromSeconds(at), () => api.DialOnce("again", Theirs, Ours));
        world.AssertNothingLeft();
        Assert.Equal(2, Told<CallEvent.LegInitiated>(world).Count());
        Assert.Equal([true, true, false], world.Dialled.Skip(1).Select(d => d.Leg?.Id == world.Dialled[0].Leg?.Id));
    }
}
