using System.Net;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class MediaTheftInFairWeather() : MediaTheftScenarios(Weather.Fair);

public sealed class MediaTheftInFoulWeather() : MediaTheftScenarios(Weather.Foul);

/// <summary>Who is heard: strangers who send, sound that moves by what is said of it, and sound that moves by itself.</summary>
public abstract class MediaTheftScenarios(Weather weather) : Scenario(weather)
{
    private const string Third = "+493012300007", CallerSays = "caller speaks", CalleeSays = "callee speaks";

    /// <summary>From before the first packet, through a pause and a hold without a sound, to the end, whatever is permitted.</summary>
    [Theory, Seeds(60)]
    public void A_thief_who_sends_all_the_time_is_never_heard_and_gets_nothing(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = Bridged(world);
        var thief = new SimThief(world, SimThief.Abroad).Begin();

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) { thief.Stop(); return; }
        world.RunFor(TimeSpan.FromSeconds(3));
        caller.Call!.Media.IsMute = true;
        world.RunFor(TimeSpan.FromSeconds(10));
        caller.Call.Media.IsMute = false;
        caller.Freeze();
        world.RunFor(TimeSpan.FromSeconds(10));
        caller.Resume();
        world.RunUntil(() => caller.Call!.IsSettled || caller.IsIdle);
        world.RunFor(TimeSpan.FromSeconds(3));
        Assert.False(caller.Call!.Media.HasHeard(SimThief.Says), "the caller hears a stranger");
        Assert.False(callee.Call!.Media.HasHeard(SimThief.Says), "the callee hears a stranger");
        if (IsFair) HearEachOther(world, caller, callee);
        thief.Stop();
        caller.Hangup();
        world.AssertNothingLeft();
    }

    /// <summary>With permission and silence a thief at the caller's own host is heard, until the true source says a word.</summary>
    [Theory, Seeds(60)]
    public void The_true_source_takes_back_what_it_lost_by_silence(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = Bridged(world);
        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        var thief = new SimThief(world, new(caller.Address.Address, 7_777)).Begin();
        caller.Call!.Media.IsMute = true;
        world.RunUntil(() => callee.Call!.Media.HasHeard(SimThief.Says) || caller.IsIdle || callee.IsIdle, withinSeconds: 20);
        caller.Call.Media.IsMute = false;
        world.RunFor(TimeSpan.FromSeconds(1));
        if (!caller.IsIdle && !callee.IsIdle) HearEachOther(world, caller, callee);
        thief.Stop();
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(60)]
    public void Of_an_encrypted_call_a_stranger_takes_nothing_though_it_falls_silent(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs, MediaEncryption.Required);
        caller.Encryption = MediaEncryption.Required;
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        caller.Dial(Ours);
        var thief = new SimThief(world, SimThief.Abroad).Begin();
        world.RunUntil(() => caller.IsEstablished || caller.IsIdle);
        if (caller.IsEstablished) caller.Call!.Media.IsMute = true;
        world.RunFor(TimeSpan.FromSeconds(5));
        thief.Stop();
        caller.Hangup();
        world.AssertNothingLeft();
    }

    /// <summary>The announcement server of the 183 goes on for a while when the 200 has named the callee's own.</summary>
    [Theory, Seeds(60)]
    public void The_server_of_the_answer_is_heard_at_once_though_that_of_the_ringing_trails(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = Bridged(world);
        (callee.SpeaksEarly, callee.MovesMedia, callee.AnswersAfter) = (true, true, TimeSpan.FromSeconds(3));
        caller.Dial(Ours);
        world.RunUntil(() => caller.Call!.Media.HasHeard(CalleeSays) || caller.IsIdle || callee.IsEstablished);
        if (!IsFair && (caller.IsIdle || callee.IsEstablished)) return;

        var trail = new SimThief(world, callee.Call!.Rtp);
        callee.Call.MoveMedia();
        callee.Call.Media.Says = "answered";
        callee.Call.Media.IsMute = true;
        trail.Begin();
        world.RunUntil(() => callee.IsEstablished || callee.IsIdle);
        TrailAlone(world, callee);
        trail.Stop();
        if (IsFair) Assert.True(caller.Call!.Media.HasHeard("answered"), "the answering server is heard within half a second");
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(60)]
    public void Sound_that_a_reINVITE_moves_is_followed_at_once_though_the_old_server_trails(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = Bridged(world);
        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;

        var trail = new SimThief(world, caller.Call!.Rtp);
        caller.Call.Media.Says = "moved";
        caller.Call.Media.IsMute = true;
        caller.MoveMedia();
        world.RunUntil(() => caller.Call.IsSettled || caller.IsIdle || callee.IsIdle);
        trail.Begin();
        TrailAlone(world, caller);
        if (IsFair) Assert.True(callee.Call!.Media.HasHeard("moved"), "the new server is heard within half a second");
        if (IsFair) Assert.False(callee.Call!.Media.HasHeard(SimThief.Says), "what trails is heard");
        trail.Stop();
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(60)]
    public void A_NAT_that_forgets_its_binding_costs_little_more_than_a_second(ulong seed)
    {
        // The same stream from elsewhere needs no permission.
        var world = World(seed, adjustsRtp: false);
        var (caller, callee) = Bridged(world);
        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        caller.Call!.Rebind();
        caller.Call.Media.Says = "rebound";
        world.RunFor(TimeSpan.FromSeconds(1.5));
        if (IsFair) Assert.True(callee.Call!.Media.HasHeard("rebound"), "the phone is heard from its new port");
        long heard = caller.Call.Media.PacketsHeard;
        world.RunUntil(() => caller.Call.Media.PacketsHeard > heard + 20 || caller.IsIdle || callee.IsIdle);
        caller.Hangup();
        world.AssertNothingLeft();
    }

    /// <summary>Longer than a stranger has to wait, the new server says nothing and the old one goes on; then the new one speaks.</summary>
    private void TrailAlone(SimWorld world, SimPhone moved)
    {
        var media = moved.Call!.Media;
        long heard = media.PacketsHeard;
        world.RunFor(TimeSpan.FromSeconds(1.6));
        if (IsFair) Assert.True(media.PacketsHeard > heard + 70, "the new server is sent to all the time");
        media.IsMute = false;
        world.RunFor(TimeSpan.FromMilliseconds(500));
    }

    private static (SimPhone Caller, SimPhone Callee) Bridged(SimWorld world)
    {
        var (caller, callee) = (world.Phone(Theirs), world.Phone(Third));
        (caller.Says, callee.Says) = (CallerSays, CalleeSays);
        callee.AnswersAfter = world.Between(0.1, 1);
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, Third); });
        return (caller, callee);
    }

    /// <summary>False when the weather was too bad for it.</summary>
    private bool Talk(SimWorld world, SimPhone caller, SimPhone callee)
    {
        world.RunUntil(() => caller.Call!.Media.HasHeard(CalleeSays) && callee.Call?.Media.HasHeard(CallerSays) is true
            || !IsFair && caller.IsIdle);
        return caller.IsEstablished && callee.IsEstablished;
    }

    private static void HearEachOther(SimWorld world, SimPhone caller, SimPhone callee)
    {
        var (one, other) = (caller.Call!.Media.PacketsHeard, callee.Call!.Media.PacketsHeard);
        (caller.Call.Media.Says, callee.Call.Media.Says) = ("still the caller", "still the callee");
        world.RunUntil(() => caller.Call.Media.HasHeard("still the callee") && callee.Call.Media.HasHeard("still the caller")
            || caller.IsIdle || callee.IsIdle, withinSeconds: 5);
        Assert.True(caller.Call.Media.PacketsHeard > one && callee.Call.Media.PacketsHeard > other);
    }
}
