using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Dsp;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class MachinesInFairWeather() : MachineScenarios(Weather.Fair);

public sealed class MachinesInFoulWeather() : MachineScenarios(Weather.Foul);

/// <summary>Calls that want to know who has answered.</summary>
public abstract class MachineScenarios(Weather weather) : Scenario(weather)
{
    private const int Rate = 8_000;

    [Theory, Seeds(50)]
    public void A_machine_is_told_once_and_its_beep_once(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 1);
        callee.Plays = Sound([.. Voice(world, 4_200), .. Silence(300), .. ToneGenerator.Render(1_000, 0, 400, 0, 400, Rate)]);

        world.Customer("telnyx")
            .On("call.answered", (call, api) => api.GatherUsingSpeak(call, "press", digits: 1))
            .On("call.machine.greeting.ended", (call, api) => api.Speak(call, "message"))
            .On("call.speak.ended", (call, api) => api.Hangup(call))
            .Api.Dial(Theirs, Ours, limitSeconds: 60, machineDetection: "detect_beep");
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Single(Told<CallEvent.MachineDetected>(world));
        Assert.InRange(Told<CallEvent.MachineGreetingEnded>(world).Count(), 0, 1);
        if (!IsFair) return;
        Assert.Equal(
            ["call.initiated", "call.answered", "call.machine.detection.ended", "call.gather.ended", "call.machine.greeting.ended",
                "call.speak.started", "call.speak.ended", "call.hangup"],
            Names(world));
        Assert.Equal(MachineVerdict.Machine, Told<CallEvent.MachineDetected>(world).Single().Verdict);
        Assert.Equal(GatherStatus.CancelledByMachine, Told<CallEvent.GatherEnded>(world).Single().Status);
        Assert.Equal(GreetingEnd.BeepDetected, Told<CallEvent.MachineGreetingEnded>(world).Single().End);
        Assert.True(callee.Call?.Media.HasHeard("message"));
    }

    [Theory, Seeds(50)]
    public void Whatever_ends_the_call_who_answered_is_told_once(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 1);
        callee.HangsUpAfter = world.Between(0, 6);
        callee.Plays = Sound([.. Silence(300), .. Voice(world, world.Rng.Chance(0.5) ? 600 : 8_000)]);
        string[] modes = ["detect", "detect_beep", "detect_words", "greeting_end"];

        world.Customer("telnyx")
            .On("call.answered", (call, api) => api.Speak(call, "hello"))
            .Api.Dial(Theirs, Ours, machineDetection: modes[world.Rng.Next(modes.Length)]);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Single(Told<CallEvent.MachineDetected>(world));
        Assert.InRange(Told<CallEvent.MachineGreetingEnded>(world).Count(), 0, 1);
    }

    [Theory, Seeds(50)]
    public void Whatever_ends_the_call_a_kind_is_told_once_or_a_beep_in_its_place(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 1);
        callee.HangsUpAfter = world.Between(0, 9);
        int[] greetings = [600, 1_400, 2_600, 5_000];
        short[] beep = world.Rng.Chance(0.5) ? ToneGenerator.Render(1_000, 0, 400, 0, 400, Rate) : [];
        callee.Plays = Sound([.. Silence(300), .. Voice(world, greetings[world.Rng.Next(greetings.Length)]), .. Silence(300), .. beep]);

        world.Customer("telnyx")
            .On("call.answered", (call, api) => api.Speak(call, "hello"))
            .Api.Dial(Theirs, Ours, machineDetection: "premium");
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        var (verdicts, ends) = (Told<CallEvent.MachineDetected>(world).ToList(), Told<CallEvent.MachineGreetingEnded>(world).ToList());
        Assert.InRange(verdicts.Count, 0, 1);
        Assert.InRange(ends.Count, 0, 1);
        Assert.True(verdicts.Count == 1 || ends is [{ End: GreetingEnd.BeepDetected }]);
        Assert.All(verdicts, told => Assert.True(told is { IsClassified: true, Verdict: not MachineVerdict.Human }));
        Assert.DoesNotContain(Names(world), name => name is "call.machine.detection.ended" or "call.machine.greeting.ended");
    }

    private static short[] Silence(int milliseconds) => new short[milliseconds * Rate / 1000];

    /// <summary>Noise with the slope and the syllables of speech.</summary>
    private static short[] Voice(SimWorld world, int milliseconds)
    {
        var random = new Rng(world.Rng.Next());
        var samples = Silence(milliseconds);
        double low = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            low += (random.NextDouble() * 2 - 1 - low) * 0.25;
            samples[i] = (short)(low * 16_000 * (0.55 + 0.45 * Math.Sin(2 * Math.PI * 4 * i / Rate)));
        }
        return samples;
    }

    private static byte[] Sound(short[] samples)
    {
        byte[] sound = new byte[samples.Length];
        Codecs.Find("PCMU")!.CreateEncoder().Encode(samples, sound);      // spoken by every build
        return sound;
    }
}
