using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Taps;
using Ringwright.Testing;

namespace Ringwright.Pure.Media.Taps;

/// <summary>What goes out by a tap and comes in, by frequency.</summary>
public sealed class PortTapTests
{
    private const double Low = 500, High = 1_300;
    private static readonly Guid Id = new(7, 2, 3, new byte[8]);

    public static TheoryData<string, int> CodecsAndRates =>
        new([.. from codec in new[] { "PCMU", "PCMA", "G722" } from rate in new[] { 8_000, 16_000, 24_000, 48_000 } select (codec, rate)]);

    [Theory, MemberData(nameof(CodecsAndRates))]
    public void What_the_party_says_and_hears_goes_out_a_frame_each_tick_at_the_rate_of_the_plan(string codec, int rate)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan(codec));
        int own = Codecs.Find(codec)!.SampleRate;
        world.Files["prompt"] = ShardWorld.Encode(codec, Signals.Sine(High, own, 4 * own, 6_000));
        world.Do(new MediaCommand.Play(world.Port, Guid.Empty, "prompt", 1));
        byte[] says = ShardWorld.Encode(codec, Signals.Sine(Low, own, 4 * own, 6_000));
        var memory = Open(world, new(Id, TapTracks.Said | TapTracks.Heard, rate));
        var tracks = new Dictionary<TapTracks, List<short>> { [TapTracks.Said] = [], [TapTracks.Heard] = [] };
        var into = new short[memory.FrameSamples];
        for (int tick = 0; tick < 100; tick++)
        {
            world.Hear(says[(tick * 160)..(tick * 160 + 160)], ShardWorld.Plan(codec).Codec.PayloadType);
            world.Tick();
            for (int i = 0; i < 2; i++)
            {
                Assert.True(memory.TryGetFrame(2 * tick + i, into, out var frame));
                Assert.Equal((20L * tick, memory.FrameSamples), (frame.Milliseconds, frame.Samples));
                tracks[frame.Track].AddRange(into);
            }
            Assert.False(memory.HasFrame(2 * tick + 2));
        }
        Assert.All(tracks.Values, samples => Assert.Equal(2 * rate, samples.Count));
        Assert.Equal((true, false), (Has(tracks[TapTracks.Said], Low), Has(tracks[TapTracks.Said], High)));
        Assert.Equal((false, true), (Has(tracks[TapTracks.Heard], Low), Has(tracks[TapTracks.Heard], High)));

        bool Has(List<short> samples, double hertz) => Level(samples, rate, hertz) is var level && level > 5_000
            || (level < 100 ? false : throw new Xunit.Sdk.XunitException($"{hertz} Hz at {level}"));
    }

    [Fact]
    public void A_bridged_peer_is_heard_by_the_tap_and_its_packets_pass_as_they_are()
    {
        var (a, b) = (new ShardWorld().Connected(), new ShardWorld().Connected());
        var link = new AudioLink(true);
        a.Shard.Hear(a.Port, link);
        b.Shard.Speak(b.Port, link);
        var memory = Open(a, new(Id, TapTracks.Heard, 8_000));
        byte[] says = ShardWorld.Encode("PCMU", Signals.Sine(Low, 8_000, 16_000, 6_000));
        for (int tick = 0; tick < 50; tick++)
        {
            b.Hear(says[(tick * 160)..(tick * 160 + 160)]);
            b.Tick();
            a.Tick();
        }
        Assert.Equal(says[1_600..6_400], a.Rtp.SelectMany(p => p.Payload.ToArray()).ToArray()[1_600..6_400]);
        Assert.True(Level(All(memory, 10, 50), 8_000, Low) > 5_000);

        // Nobody wants it any more: it is not decoded either.
        a.Do(new MediaCommand.CloseTap(a.Port, Id));
        Assert.True(memory.IsReleased);
    }

    [Theory]
    [InlineData("PCMU", 8_000), InlineData("PCMU", 16_000), InlineData("PCMU", 24_000), InlineData("PCMU", 48_000)]
    [InlineData("G722", 8_000), InlineData("G722", 16_000), InlineData("G722", 48_000)]
    public void What_comes_in_is_sent_without_a_gap_and_its_mark_is_reached_with_its_last_packet(string codec, int rate)
    {
        var world = new ShardWorld(new() { SendsSilence = false }).Connected(ShardWorld.Plan(codec));
        int own = Codecs.Find(codec)!.SampleRate;
        var memory = Open(world, new(Id, TapTracks.None, 8_000) { InjectionRate = rate });
        Assert.Equal(rate * 2 / 5, memory.Write(Signals.Sine(High, rate, rate * 2 / 5, 6_000)));
        memory.TryMark(11);
        world.Tick(19);
        Assert.Equal(0, memory.Reached);
        world.Tick();
        Assert.Equal(1, memory.Reached);
        world.Tick(10);
        Assert.Equal(20, world.Rtp.Length);
        Assert.Equal(Enumerable.Range(world.Rtp[0].Sequence, 20).Select(i => (ushort)i), world.Rtp.Select(p => p.Sequence));
        Assert.True(Signals.LevelAt(High, own, ShardWorld.Decode(codec, world.Rtp[2..])) > 5_000);
    }

    [Theory, InlineData("5", 7), InlineData("12", 14)]
    public void What_comes_in_waits_while_keys_are_sent_and_none_of_it_is_lost(string digits, int ticks)
    {
        var world = new ShardWorld(new() { SendsSilence = false }).Connected();
        var memory = Open(world, new(Id, TapTracks.None, 8_000) { InjectionRate = 8_000 });
        memory.Write(Signals.Sine(High, 8_000, 4_800, 6_000));
        memory.TryMark(1);
        world.Tick(10);
        world.Do(new MediaCommand.SendDigits(world.Port, Guid.NewGuid(), digits, 100));
        world.Tick(20);
        Assert.Equal(0, memory.Reached);
        world.Tick(ticks);
        Assert.Equal(1, memory.Reached);
        world.Tick(20);
        Assert.Equal(30, world.Rtp.Count(packet => packet.Payload.Length == 160));
    }

    [Fact]
    public void Part_of_a_frame_waits_once_for_its_rest_and_is_then_followed_by_silence()
    {
        var world = new ShardWorld(new() { SendsSilence = false }).Connected();
        var memory = Open(world, new(Id, TapTracks.None, 8_000) { InjectionRate = 8_000 });
        short[] loud = [.. Enumerable.Repeat((short)8_000, 80)];
        memory.Write(loud);
        world.Tick();
        Assert.Empty(world.Rtp);
        memory.Write(loud);
        world.Tick();
        Assert.All(ShardWorld.Decode("PCMU", world.Rtp), sample => Assert.InRange(sample, 7_700, 8_300));
        world.Out.Clear();
        memory.Write(loud);
        memory.TryMark(1);
        world.Tick(5);
        var heard = ShardWorld.Decode("PCMU", world.Rtp);
        Assert.Equal(160, heard.Length);
        Assert.All(heard[..80], sample => Assert.InRange(sample, 7_700, 8_300));
        Assert.All(heard[80..], sample => Assert.InRange(sample, -10, 10));
        Assert.Equal(1, memory.Reached);
    }

    [Fact]
    public void What_comes_in_is_heard_over_a_playback_and_another_tap_hears_both()
    {
        var world = new ShardWorld().Connected();
        world.Files["prompt"] = ShardWorld.Encode("PCMU", Signals.Sine(Low, 8_000, 16_000, 6_000));
        world.Do(new MediaCommand.Play(world.Port, Guid.Empty, "prompt", 1));
        var ears = Open(world, new(new(8, 2, 3, new byte[8]), TapTracks.Heard, 8_000));
        var mouth = Open(world, new(Id, TapTracks.None, 8_000) { InjectionRate = 8_000 });
        mouth.Write(Signals.Sine(High, 8_000, 4_000, 6_000));
        world.Tick(25);
        foreach (var heard in new[] { ShardWorld.Decode("PCMU", world.Rtp), All(ears, 0, 25) })
            Assert.True(Level(heard, 8_000, Low) > 5_000 && Level(heard, 8_000, High) > 5_000);
        world.Out.Clear();
        world.Tick(10);
        Assert.True(Signals.LevelAt(High, 8_000, ShardWorld.Decode("PCMU", world.Rtp)) < 100);
    }

    [Theory]
    [InlineData(TapTracks.Heard), InlineData(TapTracks.Said), InlineData(TapTracks.Said | TapTracks.Heard)]
    public void What_comes_in_is_heard_by_the_party_by_whoever_it_is_bridged_to_or_by_both(TapTracks into)
    {
        var (party, other) = (new ShardWorld().Connected(), new ShardWorld().Connected());
        foreach (var (hearer, speaker) in ((ShardWorld, ShardWorld)[])[(party, other), (other, party)])
        {
            var link = new AudioLink(passesDigits: true);
            hearer.Shard.Hear(hearer.Port, link);
            speaker.Shard.Speak(speaker.Port, link);
        }
        var memory = Open(party, new(Id, TapTracks.Said, 8_000) { InjectionRate = 8_000, InjectsInto = into });
        memory.Write(Signals.Sine(High, 8_000, 8_000, 6_000));
        byte[] says = ShardWorld.Encode("PCMU", Signals.Sine(Low, 8_000, 16_000, 6_000));
        for (int tick = 0; tick < 40; tick++) Step(tick);
        var (toParty, toOther) = (ShardWorld.Decode("PCMU", party.Rtp), ShardWorld.Decode("PCMU", other.Rtp));
        Assert.Equal((into.HasFlag(TapTracks.Heard), into.HasFlag(TapTracks.Said)), (Has(toParty, High), Has(toOther, High)));
        // What the party says itself goes on, and the tap hears nothing else of it.
        Assert.True(Has(toOther, Low));
        Assert.Equal((true, false), (Has(All(memory, 5, 40), Low), Has(All(memory, 5, 40), High)));

        // Packets pass as they are again.
        party.Do(new MediaCommand.CloseTap(party.Port, Id));
        for (int tick = 40; tick < 50; tick++) Step(tick);
        other.Out.Clear();
        for (int tick = 50; tick < 60; tick++) Step(tick);
        Assert.Equal(10, other.Rtp.Count(p => says.AsSpan().IndexOf(p.Payload) >= 0));

        void Step(int tick)
        {
            party.Hear(says[(tick * 160)..(tick * 160 + 160)]);
            party.Tick();
            other.Tick();
        }

        static bool Has(short[] samples, double hertz) => Level(samples, 8_000, hertz) is var level && level > 4_000
            || (level < 200 ? false : throw new Xunit.Sdk.XunitException($"{hertz} Hz at {level}"));
    }

    [Theory]
    [InlineData(TapTracks.Heard, true), InlineData(TapTracks.Said, true)]
    [InlineData(TapTracks.Heard, false), InlineData(TapTracks.Said, false)]
    public void What_entered_last_is_not_heard_again_once_its_tap_is_closed_nor_on_the_ports_next_call(TapTracks into, bool goesOn)
    {
        // Of two codecs, so that what the party says is decoded for the other.
        var (party, other) = (new ShardWorld().Connected(), new ShardWorld().Connected(ShardWorld.Plan("PCMA")));
        Bridge();
        var memory = Open(party, new(Id, TapTracks.Said, 8_000) { InjectionRate = 8_000, InjectsInto = into });
        memory.Write(Signals.Sine(High, 8_000, 8_000, 6_000));
        for (int tick = 0; tick < 20; tick++) Step();
        if (goesOn) party.Do(new MediaCommand.CloseTap(party.Port, Id));
        else
        {
            party.Do(new MediaCommand.Close(party.Port));
            party.Open(0);
            party.Connected();
            Bridge();
        }
        for (int tick = 0; tick < 20; tick++) Step();
        party.Out.Clear();
        other.Out.Clear();
        for (int tick = 0; tick < 20; tick++) Step();
        Assert.True(Signals.LevelAt(High, 8_000, ShardWorld.Decode("PCMU", party.Rtp)) < 100);
        Assert.True(Signals.LevelAt(High, 8_000, ShardWorld.Decode("PCMA", other.Rtp)) < 100);

        void Bridge()
        {
            foreach (var (hearer, speaker) in ((ShardWorld, ShardWorld)[])[(party, other), (other, party)])
            {
                var link = new AudioLink(passesDigits: true);
                hearer.Shard.Hear(hearer.Port, link);
                speaker.Shard.Speak(speaker.Port, link);
            }
        }

        void Step()
        {
            party.Hear();
            party.Tick();
            other.Tick();
        }
    }

    [Fact]
    public void A_clear_empties_within_a_tick()
    {
        var world = new ShardWorld(new() { SendsSilence = false }).Connected();
        var memory = Open(world, new(Id, TapTracks.None, 8_000) { InjectionRate = 8_000 });
        memory.Write(Signals.Sine(High, 8_000, 8_000));
        memory.TryMark(1);
        world.Tick(10);
        memory.Clear();
        world.Tick(10);
        Assert.Equal((10, 1), (world.Rtp.Length, memory.Reached));
    }

    [Fact]
    public void A_port_that_closes_lets_go_of_its_taps_and_so_does_one_that_is_gone()
    {
        var world = new ShardWorld().Connected();
        var memory = Open(world, new(Id, TapTracks.Said, 8_000));
        Assert.False(memory.IsReleased);
        world.Do(new MediaCommand.Close(world.Port));
        Assert.True(memory.IsReleased);
        Assert.True(Open(world, new(Id, TapTracks.Said, 8_000)).IsReleased);
    }

    [Fact]
    public void A_tap_keeps_its_rate_when_the_codec_changes()
    {
        var world = new ShardWorld().Connected();
        var memory = Open(world, new(Id, TapTracks.Heard, 16_000) { InjectionRate = 16_000 });
        world.Tick(5);
        world.Do(new MediaCommand.Connect(world.Port, ShardWorld.Plan("G722") with { Generation = 2 }));
        memory.Write(Signals.Sine(High, 16_000, 8_000, 6_000));
        world.Tick(25);
        Assert.True(Level(All(memory, 8, 30), 16_000, High) > 5_000);
    }

    [Fact]
    public void A_thousand_ticks_with_a_tap_both_ways_at_another_rate_allocate_nothing()
    {
        var world = new ShardWorld().Connected();
        var memory = Open(world, new(Id, TapTracks.Said | TapTracks.Heard, 24_000)
        {
            InjectionRate = 24_000, InjectsInto = TapTracks.Said | TapTracks.Heard
        });
        var packet = new byte[172];
        packet[0] = 0x80;
        short[] more = new short[480];
        for (int i = 0; i < 200; i++) Step();
        AllocationBudget.Holds("tick: tap with injection", 1_000, () =>
        {
            for (int i = 0; i < 1_000; i++) Step();
        });

        void Step()
        {
            memory.Write(more);
            memory.TryMark(1);
            world.Run(1, packet);
        }
    }

    private static TapMemory Open(ShardWorld world, TapPlan plan)
    {
        var memory = new TapMemory(plan, new byte[TapMemory.BytesFor(plan)]);
        world.Shard.OpenTap(world.Port, memory);
        return memory;
    }

    /// <summary>The frames from one number to before another.</summary>
    private static short[] All(TapMemory memory, long from, long to)
    {
        var all = new List<short>();
        var into = new short[memory.FrameSamples];
        for (long number = from; number < to; number++)
        {
            Assert.True(memory.TryGetFrame(number, into, out _));
            all.AddRange(into);
        }
        return [.. all];
    }

    private static double Level(IReadOnlyCollection<short> samples, int rate, double hertz) =>
        Signals.LevelAt(hertz, rate, samples.Skip(rate / 10).ToArray());
}
