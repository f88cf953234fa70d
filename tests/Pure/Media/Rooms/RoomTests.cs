using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media.Rooms;

/// <summary>Who hears whom in a room, judged by the frequency that each party speaks with.</summary>
public sealed class RoomTests
{
    private const double Loud = 2_000, Quiet = 120;

    public static TheoryData<string, int> CodecsOnThreads
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string codec in Codecs.All.Select(c => c.Name).Distinct())
                for (int threads = 1; threads <= 2; threads++) data.Add(codec, threads);
            return data;
        }
    }

    [Theory, MemberData(nameof(CodecsOnThreads))]
    public void Each_hears_all_others_and_not_itself(string codec, int threads)
    {
        var world = new RoomWorld(threads);
        var room = world.OpenRoom();
        var a = world.AddTo(room, 400, codec, talks: true);
        var b = world.AddTo(room, 700, "PCMU", talks: true);
        var c = world.AddTo(room, 1_100, "PCMA", talks: true);
        var silent = world.AddTo(room, 1_500, codec);
        world.Settle();
        Hears(a, b, c);
        Hears(b, a, c);
        Hears(c, a, b);
        Hears(silent, a, b, c);
        NotHears(a, a, silent);
        NotHears(b, b, silent);
        NotHears(c, c, silent);
        NotHears(silent, silent);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Who_is_muted_hears_and_who_is_away_does_neither(int threads)
    {
        var world = new RoomWorld(threads);
        var room = world.OpenRoom();
        var (a, b, c) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true), world.AddTo(room, 1_100, talks: true));
        world.Join(a, room, new() { IsMuted = true });
        world.Join(b, room, new() { IsAway = true });
        world.Settle();
        Hears(a, c);
        NotHears(a, b);
        NotHears(b, a, c);
        NotHears(c, a, b);
        Assert.All(b.Payloads, p => Assert.All(p, sample => Assert.Equal(0xFF, sample)));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void A_whisper_is_for_those_it_names_and_a_monitor_is_for_nobody(int threads)
    {
        var world = new RoomWorld(threads);
        var room = world.OpenRoom();
        var (agent, caller) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true));
        var (coach, ear) = (world.AddTo(room, 1_100, talks: true), world.AddTo(room, 1_500, talks: true));
        world.Join(coach, room, new() { WhispersTo = [agent.Port, coach.Port] });
        world.Join(ear, room, new() { WhispersTo = [] });
        world.Settle();
        Hears(agent, caller, coach);
        NotHears(agent, agent, ear);
        Hears(caller, agent);
        NotHears(caller, coach, ear, caller);
        Hears(coach, agent, caller);
        NotHears(coach, coach, ear);
        Hears(ear, agent, caller);
        NotHears(ear, coach, ear);

        world.Join(coach, room);
        world.Settle();
        Hears(caller, agent, coach);
        Hears(agent, caller, coach);
    }

    [Fact]
    public void Another_role_is_taken_without_a_gap_for_the_others_and_for_itself()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b, c) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true), world.AddTo(room, 1_100, talks: true));
        world.Settle();
        RoomMember[] roles = [new(), new() { WhispersTo = [a.Port] }, new() { WhispersTo = [] }, new() { IsMuted = true }, new()];
        foreach (var role in roles)
        {
            foreach (var party in new[] { a, b, c }) party.Forget();
            world.Join(c, room, role);
            world.Tick(10);
            Assert.Equal(10, c.Payloads.Count);
            foreach (var (hearer, heard) in new[] { (a, b), (b, a), (c, a), (c, b) })
                for (int at = 0; at < 10; at += 2)
                    Assert.InRange(Signals.LevelAt(heard.Hertz, 8_000, hearer.Heard.ToArray().AsSpan(at * 160, 320)), 2_500, 3_500);
        }
    }

    [Fact]
    public void All_who_say_nothing_get_the_same_bytes()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        world.AddTo(room, 400, talks: true);
        world.AddTo(room, 700, "G722", talks: true);
        Party[] silent = [.. Enumerable.Range(0, 6).Select(i => world.AddTo(room, 2_000, i % 2 == 0 ? "PCMU" : "G722"))];
        world.Settle();
        for (int i = 2; i < silent.Length; i++) Assert.Equal(silent[i % 2].Payloads, silent[i].Payloads);
        Assert.All(silent[1].Payloads, p => Assert.Equal(160, p.Length));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void What_the_room_plays_is_heard_by_all_over_what_is_said(int threads)
    {
        var world = new RoomWorld(threads);
        world.Files["music"] = ShardWorld.Encode("L16", Signals.Sine(2_000, 16_000, 16_000, 3_000));
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700));
        var away = world.Add(900);
        world.Join(away, room, new() { IsAway = true });
        var id = Guid.NewGuid();
        world.Post(new MediaCommand.Play(room, id, "music", 3) { Codec = "L16" });
        world.Settle();
        Assert.True(a.LevelOf(2_000) > Loud && b.LevelOf(2_000) > Loud && b.LevelOf(400) > Loud);
        Assert.True(away.LevelOf(2_000) < Quiet);
        Assert.Empty(world.Events.OfType<MediaEvent.PlayEnded>());
        world.Tick(100);
        Assert.Equal(new MediaEvent.PlayEnded(RoomWorld.Conference, room, id, false), world.Events.OfType<MediaEvent.PlayEnded>().Single());
        world.Settle();
        Assert.True(b.LevelOf(2_000) < Quiet);
    }

    [Fact]
    public void A_beep_of_the_room_goes_to_all_and_one_of_a_member_to_it_alone()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700));
        world.Tick(20);
        world.Post(new MediaCommand.Beep(room));
        b.Forget();
        a.Forget();
        world.Tick(10);
        Assert.True(a.LevelOf(1_000) > Loud && b.LevelOf(1_000) > Loud && b.LevelOf(400) > Loud);
        world.Settle();
        Assert.True(b.LevelOf(1_000) < Quiet);
        world.Post(new MediaCommand.Beep(b.Port));
        b.Forget();
        a.Forget();
        world.Tick(10);
        Assert.True(b.LevelOf(1_000) > Loud && a.LevelOf(1_000) < Quiet && b.LevelOf(400) < Loud);
    }

    [Fact]
    public void What_is_played_to_a_member_is_heard_instead_of_the_room_while_it_lasts()
    {
        var world = new RoomWorld();
        world.Files["prompt"] = ShardWorld.Encode("PCMU", Signals.Sine(2_000, 8_000, 8_000, 3_000));
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700));
        var away = world.Add(900);
        world.Join(away, room, new() { IsAway = true });
        foreach (var party in new[] { b, away }) world.Post(new MediaCommand.Play(party.Port, Guid.NewGuid(), "prompt", 0));
        world.Settle();
        Assert.True(b.LevelOf(2_000) > Loud && b.LevelOf(400) < Quiet && away.LevelOf(2_000) > Loud && a.LevelOf(2_000) < Quiet);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void The_room_is_recorded_with_all_that_is_heard_in_it(int channels)
    {
        var world = new RoomWorld(shards: 2);
        world.Files["music"] = ShardWorld.Encode("L16", Signals.Sine(2_000, 16_000, 16_000, 3_000));
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true));
        world.Tick(20);
        var ring = new RecordRing(channels);
        var id = Guid.NewGuid();
        world.Record(room, new() { Id = id, IsDual = channels == 2 }, ring);
        world.Post(new MediaCommand.Play(room, Guid.NewGuid(), "music", 0) { Codec = "L16" });
        world.Tick(50);
        world.Post(new MediaCommand.StopRecord(room, id));
        Assert.Equal(RoomWorld.Conference, world.Events.OfType<MediaEvent.RecordEnded>().Single().Owner);
        Assert.Equal(16_000, ring.Rate);
        var all = new short[64_000];
        int count = ring.Read(all);
        Assert.InRange(count, 14_000 * channels, 17_000 * channels);
        for (int channel = 0; channel < channels; channel++)
        {
            short[] one = [.. all[..count].Where((_, i) => i % channels == channel)];
            foreach (double hertz in new[] { a.Hertz, b.Hertz, 2_000 })
                Assert.InRange(Signals.LevelAt(hertz, 16_000, one.AsSpan(3_200, 9_600)), 2_500, 3_500);
        }
    }

    [Fact]
    public void A_member_is_recorded_with_what_it_says_and_what_it_hears()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var a = world.AddTo(room, 400, talks: true);
        world.AddTo(room, 700, talks: true);
        world.Tick(20);
        var ring = new RecordRing(2);
        world.Record(a.Port, new() { Id = Guid.NewGuid(), IsDual = true }, ring);
        world.Tick(60);
        var all = new short[32_000];
        int count = ring.Read(all);
        Assert.InRange(count, 10_000, 20_000);
        short[] said = [.. all[..count].Where((_, i) => i % 2 == 0)], heard = [.. all[..count].Where((_, i) => i % 2 == 1)];
        foreach (var (track, has, lacks) in new[] { (said, 400, 700), (heard, 700, 400) })
        {
            Assert.InRange(Signals.LevelAt(has, 8_000, track.AsSpan(1_600, 3_200)), 2_500, 3_500);
            Assert.InRange(Signals.LevelAt(lacks, 8_000, track.AsSpan(1_600, 3_200)), 0, Quiet);
        }
    }

    [Theory, InlineData("PCMU", 1), InlineData("G722", 1), InlineData("PCMU", 2)]
    public void Comfort_noise_is_there_and_very_quiet(string codec, int threads)
    {
        var world = new RoomWorld(threads);
        var (noisy, dead) = (world.OpenRoom(hasNoise: true), world.OpenRoom());
        var (a, b, c) = (world.AddTo(noisy, 400, codec), world.AddTo(noisy, 700, codec), world.AddTo(dead, 700));
        world.Settle();
        Assert.InRange(Signals.Rms(a.Heard.ToArray()), 8, 40);
        Assert.All(c.Payloads, p => Assert.All(p, sample => Assert.Equal(0xFF, sample)));
        a.Talks = true;
        world.Settle();
        Assert.InRange(Signals.Rms(a.Heard.ToArray()), 8, 40);
        Hears(b, a);
    }

    [Fact]
    public void Whoever_describes_his_background_does_not_talk_and_nobody_hears_it()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400), world.AddTo(room, 700));
        world.Settle();
        // A comfort noise packet in place of the next, and then none: -30 dB.
        byte[] noise = [.. a.NextPacket().AsSpan(0, RtpPacket.HeaderBytes), 30];
        noise[1] = ComfortNoise.PayloadType;
        a.Sends = false;
        world.Hear(a, noise);
        world.Tick(20);
        b.Forget();
        world.Tick(50);
        Assert.Empty(world.Events);
        Assert.NotEmpty(b.Payloads);
        Assert.All(b.Payloads, payload => Assert.All(payload, sample => Assert.Equal(0xFF, sample)));
    }

    [Fact]
    public void Talking_is_told_of_those_who_may_be_heard()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400), world.AddTo(room, 700));
        world.Tick(20);
        Assert.Empty(world.Events);
        a.Talks = true;
        int ticks = 0;
        while (world.Events.Count == 0 && ticks++ < 50) world.Tick();
        Assert.Equal(new MediaEvent.Talking(RoomWorld.Leg, a.Port, true), Assert.Single(world.Events));
        Assert.InRange(ticks, 3, 10);

        a.Talks = false;
        for (ticks = 0; world.Events.Count == 1 && ticks < 50; ticks++) world.Tick();
        Assert.Equal(new MediaEvent.Talking(RoomWorld.Leg, a.Port, false), world.Events[^1]);
        Assert.InRange(ticks, 20, 30);

        b.Talks = true;
        world.Tick(20);
        world.Join(b, room, new() { IsMuted = true });
        Assert.Equal([true, false], world.Events.OfType<MediaEvent.Talking>().Where(e => e.Port == b.Port).Select(e => e.IsTalking));
        world.Tick(50);
        Assert.Equal(4, world.Events.Count);
    }

    [Fact]
    public void Keys_are_told_and_not_heard()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b) = (world.AddTo(room, 400), world.AddTo(room, 700));
        world.Tick(10);
        a.Sends = false;
        for (int i = 1; i <= 8; i++)
        {
            byte[] press = [.. new byte[12], 5, (byte)(i == 8 ? 0x8A : 0x0A), (byte)(i * 160 >> 8), (byte)(i * 160)];
            Ringwright.Media.Rtp.RtpPacket.WriteHeader(press, i == 1, 101, (ushort)(10 + i), 5_000, (uint)a.Port.Index + 7);
            world.Hear(a, press);
            world.Tick();
        }
        world.Tick(10);
        Assert.Equal('5', world.Events.OfType<MediaEvent.Digit>().Single().Key);
        Assert.DoesNotContain((byte)101, b.Types);
        Assert.True(b.LevelOf(770) < Quiet && b.LevelOf(1_336) < Quiet);
    }

    [Theory, InlineData("G722"), InlineData("OPUS"), InlineData("PCMU")]
    public void Who_begins_and_ends_to_talk_hears_the_others_go_on(string codec)
    {
        if (Codecs.Find(codec) is null) Assert.Skip($"{codec} is not here");
        var world = new RoomWorld();
        var room = world.OpenRoom();
        world.AddTo(room, 400, talks: true);
        var (own, shared) = (world.AddTo(room, 700, codec), world.AddTo(room, 900, codec));
        world.Settle();
        foreach (var party in new[] { own, shared }) party.Forget();
        for (int i = 0; i < 4; i++)
        {
            own.Talks = !own.Talks;
            world.Tick(40);
        }
        // 700 Hz is in what the other one hears only; of the rest what is not the tone is noise, tick by tick.
        int tick = own.Rate / 50;
        short[] heard = [.. own.Heard];
        var worst = Enumerable.Range(0, heard.Length / tick).Max(i => NoiseOf(heard.AsSpan(i * tick, tick), 400, own.Rate));
        Assert.True(worst < 400, $"noise of {worst:F0} beside a tone of 3000");
        Assert.Equal(160, own.Payloads.Count);
    }

    [Fact]
    public void Eight_hundred_hear_three_and_each_other()
    {
        var world = new RoomWorld(capacity: 1_024);
        var room = world.OpenRoom();
        Party[] all = [.. Enumerable.Range(0, 800).Select(i => world.AddTo(room, i < 3 ? 400 + 300 * i : 2_000))];
        for (int i = 0; i < 3; i++) all[i].Talks = true;
        world.Tick(40);
        foreach (var party in all) party.Forget();
        world.Tick(10);
        foreach (var party in all.Skip(3)) Hears(party, all[..3]);
        Hears(all[0], all[1], all[2]);
        NotHears(all[0], all[0]);
        foreach (var party in all) world.Remove(party);
        world.Post(new MediaCommand.Close(room));
        Assert.Equal(801, world.Events.OfType<MediaEvent.Closed>().Count());
    }

    [Fact]
    public void Threads_that_tick_late_lose_nothing_once_they_are_in_step()
    {
        var world = new RoomWorld(shards: 2);
        var room = world.OpenRoom(index: 0);
        var (a, b) = (world.AddTo(room, 400, index: 2, talks: true), world.AddTo(room, 700, index: 1));
        world.Tick(20);
        b.Forget();
        int turn = 0;
        // One of both is a tick late, now this one and now that one, and makes it up.
        world.IsLate = shard => ++turn % 10 == (shard == 0 ? 3 : 6);
        world.Tick(200);
        world.IsLate = _ => false;
        world.Tick(10);
        Assert.InRange(b.Payloads.Count, 208, 210);
        short[] heard = [.. b.Heard];
        int quiet = Enumerable.Range(0, heard.Length / 160).Count(i => Signals.LevelAt(400, 8_000, heard.AsSpan(i * 160, 160)) < 2_000);
        Assert.InRange(quiet, 0, 3);
    }

    [Fact]
    public void A_room_that_is_gone_is_silent_and_so_is_one_that_never_was()
    {
        var world = new RoomWorld(shards: 2);
        var room = world.OpenRoom();
        var (a, b, c) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true), world.AddTo(room, 900, talks: true));
        world.Settle();
        Hears(a, b, c);
        world.Post(new MediaCommand.Close(room));
        Assert.Equal(RoomWorld.Conference, world.Events.OfType<MediaEvent.Closed>().Single().Owner);
        world.Settle();
        NotHears(a, a, b, c);
        NotHears(b, a, b, c);
        world.Join(c, room);
        world.Join(b, PortId.Compose(3, 60, 9));
        world.Settle();
        NotHears(c, a, b, c);
        var next = world.OpenRoom(index: 0);
        world.Join(a, next);
        world.Join(b, next);
        world.Settle();
        Hears(a, b);
        NotHears(a, c);
    }

    [Fact]
    public void A_bridge_takes_the_place_of_a_room_and_a_room_that_of_a_bridge()
    {
        var world = new RoomWorld();
        var room = world.OpenRoom();
        var (a, b, c) = (world.AddTo(room, 400, talks: true), world.AddTo(room, 700, talks: true), world.AddTo(room, 900, talks: true));
        world.Bridge(a, b);
        world.Settle();
        Hears(a, b);
        NotHears(a, c);
        Hears(b, a);
        Assert.True(c.LevelOf(400) < Quiet && c.LevelOf(700) < Quiet);
        world.Join(a, room);
        world.Settle();
        Hears(a, c);
        NotHears(a, b);
        NotHears(b, a, c);
        world.Join(b, room);
        world.Settle();
        Hears(c, a, b);
        world.Post(new MediaCommand.Unbridge(c.Port));
        world.Settle();
        NotHears(a, c);
        NotHears(c, a, b);
    }

    [Theory, InlineData("tick: room"), InlineData("tick: room of two threads")]
    public void A_thousand_ticks_of_a_room_keep_to_their_budget(string path)
    {
        var world = new RoomWorld(shards: path == "tick: room" ? 1 : 2);
        var room = world.OpenRoom(hasNoise: true);
        string[] codecs = ["PCMU", "PCMA", "G722", .. Codecs.HasOpus ? ["OPUS"] : Array.Empty<string>()];
        Party[] all = [.. Enumerable.Range(0, 16).Select(i => world.AddTo(room, 400 + 100 * i, codecs[i % codecs.Length], talks: i < 6))];
        world.Join(all[5], room, new() { WhispersTo = [all[0].Port, all[1].Port, all[7].Port] });
        world.Tick(200);
        (Party, byte[])[] talk = [.. all.Select(party => (party, party.NextPacket()))];
        world.Run(500, talk);
        AllocationBudget.Holds(path, 1_000, () => world.Run(1_000, talk));
    }

    private static double NoiseOf(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        double level = Signals.LevelAt(hertz, rate, samples), rms = Signals.Rms(samples);
        return Math.Sqrt(Math.Max(0, rms * rms - level * level / 2));
    }

    private static void Hears(Party hearer, params Party[] heard)
    {
        foreach (var other in heard)
            Assert.True(hearer.LevelOf(other.Hertz) > Loud, $"{hearer.Hertz} hears {other.Hertz} with {hearer.LevelOf(other.Hertz):F0}");
    }

    private static void NotHears(Party hearer, params Party[] heard)
    {
        foreach (var other in heard)
            Assert.True(hearer.LevelOf(other.Hertz) < Quiet, $"{hearer.Hertz} hears {other.Hertz} with {hearer.LevelOf(other.Hertz):F0}");
    }
}
