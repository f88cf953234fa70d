using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>A file is heard over the one that plays, by frequency, and each ends by itself.</summary>
public sealed class OverlayTests
{
    private const double Low = 500, High = 1_300;
    private static readonly Guid Under = new(1, 2, 3, new byte[8]), Over = new(4, 5, 6, new byte[8]);

    public static TheoryData<string> AllCodecs => new(Codecs.All.Select(c => c.Name).Distinct().Except(["L16"]));

    [Theory, MemberData(nameof(AllCodecs))]
    public void Both_are_heard_while_both_play_and_then_the_one_that_is_longer(string codec)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan(codec));
        var frames = Codecs.Find(codec)!.Inner ?? Codecs.Find(codec)!;
        int rate = frames.SampleRate;
        world.Files["under"] = Encode(Signals.Sine(Low, rate, 2 * rate, 6_000));
        world.Files["over"] = Encode(Signals.Sine(High, rate, rate, 6_000));
        world.Do(new MediaCommand.Play(world.Port, Under, "under", 1));
        world.Tick(20);
        world.Out.Clear();
        world.Do(new MediaCommand.Play(world.Port, Over, "over", 1) { IsOverlay = true });
        world.Tick(50);
        Assert.Empty(world.Events);
        Assert.True(Level(Low) > 3_000 && Level(High) > 3_000, $"{Level(Low):F0} {Level(High):F0}");
        world.Tick(2);
        Assert.Equal(new MediaEvent.PlayEnded(ShardWorld.Leg, world.Port, Over, false), Assert.Single(world.Events));
        world.Tick(5);
        world.Out.Clear();
        world.Tick(15);
        Assert.True(Level(Low) > 3_000 && Level(High) < 200, $"{Level(Low):F0} {Level(High):F0}");
        world.Tick(20);
        Assert.Equal([Over, Under], world.Events.OfType<MediaEvent.PlayEnded>().Select(e => e.Id));

        byte[] Encode(short[] samples)
        {
            var bytes = new byte[samples.Length / frames.FrameSamples * frames.FrameBytes];
            frames.CreateEncoder().Encode(samples, bytes);
            return bytes;
        }

        double Level(double hertz) => Signals.LevelAt(hertz, rate, ShardWorld.Decode(codec, world.Rtp).AsSpan(rate / 10));
    }

    [Fact]
    public void It_outlives_what_it_was_over_and_is_stopped_alone()
    {
        var world = new ShardWorld().Connected();
        world.Files["under"] = ShardWorld.Encode("PCMU", Signals.Sine(Low, 8_000, 1_600, 6_000));
        world.Files["over"] = ShardWorld.Encode("PCMU", Signals.Sine(High, 8_000, 80_000, 6_000));
        world.Do(new MediaCommand.Play(world.Port, Under, "under", 1));
        world.Do(new MediaCommand.Play(world.Port, Over, "over", 1) { IsOverlay = true });
        world.Tick(30);
        world.Out.Clear();
        world.Tick(20);
        Assert.Equal(world.Files["over"][4_800..8_000], world.Rtp.SelectMany(p => p.Payload.ToArray()));
        world.Do(new MediaCommand.StopPlay(world.Port, Over));
        Assert.Equal([Under, Over], world.Events.OfType<MediaEvent.PlayEnded>().Select(e => e.Id));
        world.Do(new MediaCommand.Play(world.Port, Over, "nowhere", 1) { IsOverlay = true });
        world.Tick();
        Assert.True(Assert.IsType<MediaEvent.PlayEnded>(world.Events[^1]).IsFailed);
    }

    [Fact]
    public void A_thousand_ticks_of_one_file_over_another_allocate_nothing()
    {
        var world = new ShardWorld().Connected();
        foreach (string file in (string[])["under", "over"]) world.Files[file] = new byte[160 * 50];
        world.Do(new MediaCommand.Play(world.Port, Under, "under", 0));
        world.Do(new MediaCommand.Play(world.Port, Over, "over", 0) { IsOverlay = true });
        world.Run(500);
        AllocationBudget.Holds("tick: overlay", 1_000, () => world.Run(1_000));
    }
}
