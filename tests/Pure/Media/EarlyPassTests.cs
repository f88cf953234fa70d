using Ringwright.Core;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Packets of a bridge that go on between two ticks: sooner, and in the same numbers as they would with the tick.</summary>
public sealed class EarlyPassTests
{
    private readonly ShardWorld _a = new(), _b = new();

    private void Join(string codecOfB = "PCMU")
    {
        _a.Connected();
        _b.Connected(ShardWorld.Plan(codecOfB));
        var link = new AudioLink(passesDigits: true);
        _b.Shard.Hear(_b.Port, link);
        _a.Shard.Speak(_a.Port, link);
        Tick();
        _b.Out.Clear();
    }

    private void Tick()
    {
        _a.Tick();
        _b.Tick();
    }

    [Fact]
    public void A_packet_of_a_stream_that_passes_leaves_before_the_tick_and_only_once()
    {
        Join();
        Assert.False(_b.Shard.IsPassing);
        // The first is laid behind our own numbers, which is the tick's work.
        _a.Hear(Filled(1));
        _b.Pass();
        Assert.Empty(_b.Rtp);
        Tick();
        Assert.Single(_b.Rtp);
        Assert.True(_b.Shard.IsPassing);
        for (byte value = 2; value < 10; value++)
        {
            _a.Hear(Filled(value));
            _b.Pass();
            Assert.Equal(value, _b.Rtp.Length);
            Tick();
            Assert.Equal(value, _b.Rtp.Length);
        }
        Assert.Equal("123456789", Heard());
        AssertInOrder(exactly: true);

        // It falls silent: we speak for ourselves again, behind what it said.
        for (int i = 0; i < 20; i++) Tick();
        Assert.False(_b.Shard.IsPassing);
        Assert.True(_b.Rtp.Length > 10);
        AssertInOrder(exactly: false);
    }

    [Fact]
    public void Between_ports_of_one_shard_it_leaves_when_it_is_read()
    {
        _a.Connected();
        var other = _a.Open(1);
        _a.Do(new MediaCommand.Connect(other, ShardWorld.Plan() with { Remote = ShardWorld.Elsewhere }));
        var link = new AudioLink(passesDigits: true);
        _a.Shard.Hear(other, link);
        _a.Shard.Speak(_a.Port, link);
        _a.Tick();
        _a.Out.Clear();
        _a.Hear(Filled(1));
        Assert.Empty(Passed());
        _a.Tick();
        for (byte value = 2; value < 10; value++)
        {
            _a.Hear(Filled(value));
            Assert.Equal(value, Passed()[^1].Payload[0]);
            Assert.Equal(value, Passed().Length);
            _a.Tick();
        }
        Assert.Equal(9, Passed().Length);
        for (int i = 1; i < 9; i++)
            Assert.Equal((1, 160u), (Passed()[i].Sequence - Passed()[i - 1].Sequence, Passed()[i].Timestamp - Passed()[i - 1].Timestamp));

        // Another hears it from now on, and the first, which is used again, nothing.
        _a.Do(new MediaCommand.Close(other));
        var third = _a.Open(1);
        Assert.Equal(other, third);
        _a.Do(new MediaCommand.Connect(third, ShardWorld.Plan() with { Remote = ShardWorld.Elsewhere }));
        _a.Out.Clear();
        for (int i = 0; i < 5; i++)
        {
            _a.Hear(Filled(7));
            _a.Tick();
        }
        Assert.DoesNotContain(Passed(), p => p.Payload[0] == 7);

        Sent[] Passed() => [.. _a.Rtp.Where(p => p.Port == other)];
    }

    [Fact]
    public void What_is_to_be_decoded_or_is_no_audio_waits_for_the_tick()
    {
        Join("PCMA");
        for (int i = 0; i < 10; i++)
        {
            _a.Hear(Filled(1));
            int before = _b.Rtp.Length;
            _b.Pass();
            Assert.Equal(before, _b.Rtp.Length);
            Tick();
        }
        Assert.False(_b.Shard.IsPassing);
    }

    [Fact]
    public void A_digit_waits_for_the_tick_and_audio_behind_it_with_it()
    {
        Join();
        _a.Hear(Filled(1));
        Tick();
        _a.Hear([5, 0x8A, 0, 160], payloadType: 101, marker: true);
        _a.Hear(Filled(2));
        int before = _b.Rtp.Length;
        _b.Pass();
        Assert.Equal(before, _b.Rtp.Length);
        Tick();
        Assert.Equal([101, 0], _b.Rtp[before..].Select(p => (int)p.PayloadType));
    }

    /// <summary>A peer that sends without end is no reason to send the other one more than a link would have let through.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_flood_goes_no_further_than_it_did_with_the_tick(bool isOfOneShard)
    {
        Join();
        var (world, port) = (_b, _b.Port);
        if (isOfOneShard)
        {
            (world, port) = (_a, _a.Open(1));
            _a.Do(new MediaCommand.Connect(port, ShardWorld.Plan() with { Remote = ShardWorld.Elsewhere }));
            var link = new AudioLink(passesDigits: true);
            _a.Shard.Hear(port, link);
            _a.Shard.Speak(_a.Port, link);
            Tick();
        }
        for (int tick = 0; tick < 3; tick++)
        {
            _a.Hear(Filled(1));
            Tick();
        }
        for (int tick = 0; tick < 20; tick++)
        {
            int before = world.Rtp.Count(p => p.Port == port);
            for (int i = 0; i < 300; i++)
            {
                _a.Hear(Filled(2));
                if (i % 50 == 0) _b.Pass();
            }
            Tick();
            Assert.Equal(16, world.Rtp.Count(p => p.Port == port) - before);
        }
        // And when it is over the stream goes on.
        for (int tick = 0; tick < 5; tick++)
        {
            _a.Hear(Filled(3));
            Tick();
        }
        Assert.Equal(3, world.Rtp.Last(p => p.Port == port).Payload[0]);
    }

    [Fact]
    public void Whatever_comes_between_the_far_end_hears_one_stream_in_order()
    {
        for (ulong seed = 1; seed <= 200; seed++) Run(seed);

        static void Run(ulong seed)
        {
            var test = new EarlyPassTests();
            var random = new Rng(seed);
            test.Join();
            test._b.Files["prompt"] = [.. Enumerable.Repeat((byte)0x55, 480)];
            for (int tick = 0; tick < 200; tick++)
            {
                if (random.Next(40) == 0) test._b.Do(new MediaCommand.Play(test._b.Port, Guid.NewGuid(), "prompt", 1));
                if (random.Next(60) == 0) test._b.Do(new MediaCommand.SendDigits(test._b.Port, Guid.NewGuid(), "7", 100));
                if (random.Next(50) == 0) test._a.Source++;
                // As packets come over a network: none, one or two in a tick, one lost now and then.
                for (int left = new[] { 0, 1, 1, 1, 1, 1, 2 }[random.Next(7)]; left > 0; left--)
                {
                    if (random.Next(30) == 0) test._a.Sequence++;
                    test._a.Hear(Filled((byte)(tick % 9 + 1)));
                    if (random.Next(3) != 0) test._b.Pass();
                }
                test.Tick();
            }
            test.AssertInOrder(exactly: false, $"seed {seed}");
        }
    }

    [Fact]
    public void A_thousand_packets_that_pass_early_keep_to_their_budget()
    {
        Join();
        var packet = new byte[RtpPacket.HeaderBytes + 160];
        Run(500);
        Assert.True(_b.Shard.IsPassing);
        AllocationBudget.Holds("tick: bridge between two ticks", 1_000, () => Run(1_000));

        void Run(int ticks)
        {
            for (int i = 0; i < ticks; i++)
            {
                _a.Run(1, packet);
                _b.Shard.Pass(_b.Now);
                _b.Run(1);
            }
        }
    }

    private string Heard() => string.Concat(_b.Rtp.Select(p => p.Payload[0]));

    /// <param name="exactly">Nothing was lost and nothing came between.</param>
    private void AssertInOrder(bool exactly, string which = "")
    {
        var heard = _b.Rtp;
        Assert.Equal(heard.Length, heard.Select(p => p.Sequence).Distinct().Count());
        Assert.Single(heard.Select(p => p.Source).Distinct());
        for (int i = 1; i < heard.Length; i++)
        {
            int gap = (short)(heard[i].Sequence - heard[i - 1].Sequence), time = (int)(heard[i].Timestamp - heard[i - 1].Timestamp);
            bool isEvent = heard[i].PayloadType == 101 && heard[i - 1].PayloadType == 101;        // all of one have the time of its start
            Assert.True(exactly ? (gap, time) == (1, 160) : gap > 0 && (time > 0 || isEvent), $"{which}: {gap} and {time} at {i}");
        }
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 160)];
}
