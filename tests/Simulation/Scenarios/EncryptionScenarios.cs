using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class EncryptionInFairWeather() : EncryptionScenarios(Weather.Fair);

public sealed class EncryptionInFoulWeather() : EncryptionScenarios(Weather.Foul);

/// <summary>Calls by SRTP whose keys are in SDP: through hold and resume, and bridged to a side that is not encrypted.</summary>
public abstract class EncryptionScenarios(Weather weather) : Scenario(weather)
{
    private const string Third = "+493012300007";

    [Theory, Seeds(100)]
    public void A_call_is_heard_before_and_after_hold_under_the_same_keys(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs, (MediaEncryption)(1 + seed % 2));
        caller.Encryption = MediaEncryption.Required;
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.Speak(call, "Good morning."));

        caller.Dial(Ours);
        // In foul weather the prompt may be over before the caller knows that it was answered.
        world.RunUntil(() => IsFair ? caller.Call!.Media.HasHeard("Good morning.")
            : caller.IsEstablished && caller.Call!.Media.PacketsHeard > 20 || caller.IsIdle);
        if (caller.IsIdle) return;
        var keys = caller.Call!.Keys;
        Assert.NotNull(keys);
        caller.Hold();
        world.RunUntil(() => caller.Call.IsSettled || caller.IsIdle);
        caller.Resume();
        world.RunUntil(() => caller.Call.IsSettled || caller.IsIdle);
        long heard = caller.Call.Media.PacketsHeard;
        world.RunUntil(() => caller.Call.Media.PacketsHeard > heard + 20 || caller.IsIdle);
        Assert.Equal((keys, 0), (caller.Call.Keys, caller.Call.Media.Forged));
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(100)]
    public void An_encrypted_side_and_a_plain_one_hear_each_other(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs, MediaEncryption.Required);
        var callee = world.Phone(Third);
        caller.Encryption = MediaEncryption.Optional;
        (caller.Says, callee.Says) = ("caller speaks", "callee speaks");
        callee.AnswersAfter = world.Between(0.1, 2);
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, Third); });

        caller.Dial(Ours);
        world.RunUntil(() => caller.Call!.Media.HasHeard("callee speaks") && callee.Call?.Media.HasHeard("caller speaks") is true
            || !IsFair && caller.IsIdle);
        if (IsFair) Assert.Equal((true, false), (caller.Call!.Keys is not null, callee.Call!.Keys is not null));
        caller.Hangup();
        world.AssertNothingLeft();
    }
}
