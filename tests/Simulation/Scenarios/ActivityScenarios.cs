using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class ActivitiesInFairWeather() : ActivityScenarios(Weather.Fair);

public sealed class ActivitiesInFoulWeather() : ActivityScenarios(Weather.Foul);

/// <summary>What goes on in an answered call: digits both ways, speech and files.</summary>
public abstract class ActivityScenarios(Weather weather) : Scenario(weather)
{
    private const string Url = "https://prompts.example/three.wav";

    [Theory, Seeds(200)]
    public void A_gather_gets_exactly_the_digits_pressed(ulong seed)
    {
        var world = World(seed);
        (world.Net.MediaLoss, world.Net.Reorder) = (0.2, 0.05);
        world.Net.ReorderDelay = TimeSpan.FromMilliseconds(250);       // behind the beginning of the next digit
        string keys = string.Concat(Enumerable.Range(0, 4).Select(_ => "0123456789*"[world.Rng.Next(11)]));
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.GatherUsingSpeak(call, "press", digits: 4))
            .On("call.gather.ended", (call, api) => api.Hangup(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.RunFor(world.Between(0.1, 1.5));
        caller.Press(keys);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        var gathered = Assert.Single(Told<CallEvent.GatherEnded>(world));
        Assert.Equal((GatherStatus.Valid, keys), (gathered.Status, gathered.Digits));
        Assert.Equal(keys, string.Concat(Told<CallEvent.DigitReceived>(world).Select(e => e.Digit)));
    }

    [Theory, Seeds(200)]
    public void A_gather_ends_once_whatever_ends_it(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.Gather(call, digits: 3));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 1), () => caller.Press("123#"));
        world.After(world.Between(0, 2), () => customer.Api.StopGather(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.Gather(world.Events[0], digits: 2));
        world.After(world.Between(0.5, 3), caller.Hangup);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        // One for each gather that was accepted; the watch counts them.
        Assert.InRange(Told<CallEvent.GatherEnded>(world).Count(), 1, 2);
    }

    [Theory, Seeds(200)]
    public void Each_recording_is_kept_once_whatever_ends_it(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Record(call);
                api.Record(call, ("max_length", 1), ("play_beep", true));
                api.Record(call, ("timeout_secs", 1), ("recording_track", "inbound"));
            });
        var caller = world.Phone(Theirs);
        caller.Says = "a word";

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 2), () => customer.Api.PauseRecord(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.ResumeRecord(world.Events[0]));
        world.After(world.Between(0, 3), () => customer.Api.StopRecord(world.Events[0]));
        world.After(world.Between(0.2, 4), caller.Hangup);
        world.AssertNothingLeft();

        var began = Told<CallEvent.RecordingStarted>(world).Select(e => e.Plan.Id).Order();
        var ended = Told<CallEvent.RecordingSaved>(world).Select(e => e.Plan.Id)
            .Concat(Told<CallEvent.RecordingFailed>(world).Select(e => e.Recording)).Order();
        Assert.Equal(began, ended);
        if (!world.IsExcused) Assert.Equal(3, began.Count());
    }

    [Theory, Seeds(200)]
    public void Each_media_stream_ends_once_whatever_ends_it(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.StartStream(call))
            .On("streaming.failed", (call, api) => api.StartStream(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 2), () => customer.Api.StopStream(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.StartStream(world.Events[0]));
        world.After(world.Between(0, 2), () => caller.Press("12"));
        world.After(world.Between(0.2, 4), caller.Hangup);
        world.AssertNothingLeft();      // the watch counts orders and ends

        Assert.True(Told<CallEvent.StreamStarted>(world).Count()
            <= Told<CallEvent.StreamStopped>(world).Count() + Told<CallEvent.StreamFailed>(world).Count());
        if (IsFair) Assert.True(new string([.. world.Streams.Pressed]) is "" or "1" or "2" or "12", "a socket hears each key once");
        if (!world.IsExcused) Assert.NotEmpty(Told<CallEvent.StreamStopped>(world).Concat<CallEvent>(Told<CallEvent.StreamFailed>(world)));
    }

    [Theory, Seeds(200)]
    public void Each_transcription_ends_once_and_says_nothing_afterwards(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.StartTranscription(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 2), () => customer.Api.StopTranscription(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.StartTranscription(world.Events[0]));
        world.After(world.Between(0.2, 4), caller.Hangup);
        world.AssertNothingLeft();      // the watch counts orders and ends, and hears words in between only

        if (!world.IsExcused) Assert.NotEmpty(Told<CallEvent.TranscriptionEnded>(world));
    }

    [Theory, Seeds(200)]
    public void Each_fork_ends_once_whatever_ends_it_and_never_runs_beside_a_stream(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.StartFork(call))
            .On("call.fork.stopped", (call, api) => api.StartStream(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 2), () => customer.Api.StopFork(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.StartFork(world.Events[0]));
        world.After(world.Between(0, 2), () => customer.Api.StartStream(world.Events[0]));
        world.After(world.Between(0.2, 4), caller.Hangup);
        world.AssertNothingLeft();      // the watch counts orders and ends

        int forks = 0, streams = 0;
        foreach (var happened in Told<CallEvent>(world))
        {
            if (happened is CallEvent.ForkStarted) forks++;
            if (happened is CallEvent.ForkStopped) forks = 0;
            if (happened is CallEvent.StreamStarted) streams++;
            if (happened is CallEvent.StreamStopped or CallEvent.StreamFailed) streams = 0;
            Assert.InRange(forks + streams, 0, 1);
        }
    }

    [Theory, Seeds(200)]
    public void Prompts_play_one_after_the_other(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Speak(call, "one");
                api.Play(call, Url, loop: "2");
                api.Speak(call, "two");
            })
            .On("call.speak.ended", (call, api) =>
            {
                if (world.Events.Count(e => e.Name == "call.speak.ended") == 2) api.Hangup(call);
            });
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(
            ["call.initiated", "call.answered", "call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended",
                "call.speak.started", "call.speak.ended", "call.hangup"], Names(world));
        Assert.Equal(PlayStatus.Completed, Assert.Single(Told<CallEvent.PlaybackEnded>(world)).Status);
        // In foul weather the caller may learn of the answer when the first of them is over.
        if (IsFair) Assert.All(["one", Url, "two"], prompt => Assert.True(caller.Call!.Media.HasHeard(prompt), prompt));
    }

    [Theory, Seeds(200)]
    public void A_stop_ends_what_plays(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Speak(call, "one");
                api.Play(call, Url, loop: "infinity");
                api.Speak(call, "two");
            });
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.RunFor(world.Between(0, 1.5));
        customer.Api.StopPlayback(world.Events[0], "current");
        world.RunFor(world.Between(0, 1.5));
        customer.Api.Speak(world.Events[0], "three", stop: world.Rng.Chance(0.5) ? "all" : "current");
        world.RunFor(world.Between(0, 1.5));
        customer.Api.StopPlayback(world.Events[0], "all");
        world.RunFor(world.Between(0, 1));
        customer.Api.Hangup(world.Events[0]);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.All(world.Replies, reply => Assert.Null(reply.Code));
    }

    [Theory, Seeds(200)]
    public void Prompts_fail_or_come_when_the_leg_is_gone(ulong seed)
    {
        var world = World(seed);
        var choices = new Ringwright.Core.Rng(seed);
        world.Prompts.Slowest = TimeSpan.FromSeconds(2);
        world.Prompts.Fails = _ =>
            choices.Next(3) switch { 0 => PromptFailure.NotFound, 1 => PromptFailure.TimedOut, _ => PromptFailure.None };
        world.Prompts.Loses = _ => seed % 4 == 0;
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Speak(call, "one");
                api.Play(call, Url);
                api.GatherUsingSpeak(call, "press", digits: 1, timeoutMillis: 2_000);
            });
        var caller = world.Phone(Theirs);
        caller.HangsUpAfter = world.Between(0, 6);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void The_codec_changes_under_the_prompts(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Speak(call, "one");
                api.Play(call, Url);
                api.Speak(call, "two");
            })
            .On("call.speak.ended", (call, api) =>
            {
                if (world.Events.Count(e => e.Name == "call.speak.ended") == 2)
                    world.After(TimeSpan.FromSeconds(20), () => api.Hangup(call));
            });
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished);
        world.RunFor(world.Between(0, 1.5));
        caller.Switch("PCMA");
        world.RunFor(world.Between(0, 1.5));
        caller.Switch("G722");
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(
            ["call.initiated", "call.answered", "call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended",
                "call.speak.started", "call.speak.ended", "call.hangup"], Names(world));
        Assert.All(Told<CallEvent.SpeakEnded>(world), ended => Assert.Equal(PlayStatus.Completed, ended.Status));
        if (IsFair) Assert.Equal("G722", caller.Call?.Codec);
    }

    [Theory, Seeds(200)]
    public void Digits_sent_are_digits_heard(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = TimeSpan.FromMilliseconds(100);
        world.Customer("telnyx")
            .On("call.answered", (call, api) =>
            {
                api.SendDtmf(call, "12w3");
                api.SendDtmf(call, "#9");
                world.After(TimeSpan.FromSeconds(5), () => api.Hangup(call));
            })
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
        // In foul weather the phone may wait for its ACK until the digits are over.
        if (IsFair) Assert.Equal("123#9", callee.Call?.Media.Digits);
    }

    [Theory, Seeds(200)]
    public void Commands_meet_a_leg_that_is_ending(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);
        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Count >= 2 && caller.IsEstablished);
        if (world.Events.Count == 0) return;
        var call = world.Events[0];

        world.After(TimeSpan.FromMilliseconds(300), caller.Hangup);
        for (int i = 0; i < 6; i++)
        {
            Action<SimApi>[] commands = [api => api.Speak(call, "one"), api => api.Gather(call, 1), api => api.SendDtmf(call, "1"),
                api => api.SetClientState(call, "AA=="), api => api.Answer(call)];
            var command = commands[world.Rng.Next(commands.Length)];
            world.After(world.Between(0.2, 0.5), () => command(customer.Api));
        }
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        // A second answer is the wrong state; everything after the end is 90018.
        Assert.All(world.Replies,
            reply => Assert.True(reply.Code is null or "90018" || (reply.Command, reply.Code) is ("Answer", "10015"), $"{reply}"));
    }
}
