using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>A port whose stream is encrypted: the far end here holds the other end of its keys.</summary>
public sealed class EncryptedPortTests
{
    private static readonly MediaKey Ours = new(CryptoSuite.AesCm128HmacSha1Tag80, 11, 12),
        Theirs = new(CryptoSuite.AesCm128HmacSha1Tag80, 21, 22);
    private static readonly StreamPlan Secret = ShardWorld.Plan() with { Keys = new(Ours, Theirs) };

    private readonly SrtpProtector _phone = new();
    private readonly SrtpOpener _ear = new();
    private ushort _sequence = 30_000;

    public EncryptedPortTests()
    {
        _phone.Use(Theirs);
        _ear.Use(Ours);
    }

    [Fact]
    public void What_it_sends_only_the_key_opens_RTP_and_RTCP()
    {
        var world = new ShardWorld(new() { ReportInterval = TimeSpan.FromMilliseconds(100) }).Connected(Secret);
        world.Tick(50);
        Assert.True(world.Rtp.Length >= 50);
        byte[] into = new byte[1500];
        foreach (var sent in world.Out)
        {
            bool isControl = sent.IsControl || RtpPacket.IsControl(sent.Bytes);
            var verdict = isControl ? _ear.OpenControl(sent.Bytes, into, out int length) : _ear.Open(sent.Bytes, into, out length);
            Assert.Equal(SrtpVerdict.Ok, verdict);
            if (!isControl) Assert.Equal(Pcmu.Codec.Silence.ToArray(), into[12..length]);
        }
        Assert.Contains(world.Out, p => p.IsControl);
    }

    [Fact]
    public void It_hears_what_was_made_with_the_key()
    {
        var world = new ShardWorld().Connected(Secret);
        var tap = new Ear(world, 8000);
        for (int i = 0; i < 50; i++)
        {
            Say(world, ShardWorld.Encode("PCMU", Signals.Sine(400, 8000, 160)));
            world.Tick();
        }
        short[] heard = new short[4000];
        int read = tap.Read(heard);
        Assert.InRange(Signals.LevelAt(400, 8000, heard.AsSpan(read - 1600, 1600)), 8_000, 12_000);
    }

    [Fact]
    public void Plain_packets_and_forged_ones_are_dropped_counted_and_teach_nothing()
    {
        var world = new ShardWorld()
            .Connected(Secret with { AdjustsRtp = true, Signalling = new(ShardWorld.Elsewhere.Address, 5060) });
        Say(world, new byte[160]);
        // The very stream by its SSRC and sequence, from the very host: without the key it is nobody.
        (world.Source, world.Sequence) = (0x5EED, _sequence);
        for (int i = 0; i < 100; i++)
        {
            world.Hear(from: ShardWorld.Elsewhere);
            world.Tick();
        }
        Assert.Equal(100, world.Shard.Counters.PacketsForged);
        Assert.DoesNotContain(world.Events, e => e is MediaEvent.RemoteLearnt);
        Assert.All(world.Rtp, p => Assert.Equal(ShardWorld.Phone, p.To));

        Say(world, new byte[160], ShardWorld.Elsewhere);
        Assert.Contains(world.Events, e => e is MediaEvent.RemoteLearnt { Remote: var remote } && remote.Equals(ShardWorld.Elsewhere));
    }

    [Theory, InlineData(0x5EEDu, true), InlineData(0xF00Du, false)]
    public void A_stream_that_a_NAT_has_moved_is_followed_with_its_key_its_SSRC_and_its_sequence(uint source, bool isFollowed)
    {
        var world = new ShardWorld().Connected(Secret with { AdjustsRtp = true });
        for (int i = 0; i < 5; i++) Say(world, new byte[160]);
        world.Tick(60);
        for (int i = 0; i < 10; i++)
        {
            world.HearRaw(Protect(new byte[160], source), ShardWorld.Elsewhere);
            world.Tick();
        }
        Assert.Equal(0, world.Shard.Counters.PacketsForged);
        Assert.Equal(isFollowed ? ShardWorld.Elsewhere : ShardWorld.Phone, world.Rtp[^1].To);
    }

    [Fact]
    public void A_replayed_packet_is_counted_and_not_heard_twice()
    {
        var world = new ShardWorld().Connected(Secret);
        byte[] packet = Protect(new byte[160]);
        for (int i = 0; i < 3; i++) world.HearRaw(packet);
        Assert.Equal(2, world.Shard.Counters.PacketsReplayed);
    }

    [Fact]
    public void A_goodbye_that_nobody_authenticated_says_nothing()
    {
        var world = new ShardWorld().Connected(Secret);
        byte[] bye = new byte[100];
        int length = RtcpWriter.Write(bye, 0x5EED, null, null, "x"u8, isBye: true);
        world.HearRaw(bye[..length], isControl: true);
        Assert.Equal(1, world.Shard.Counters.PacketsForged + world.Shard.Counters.PacketsMalformed);
    }

    [Fact]
    public void A_new_agreement_with_the_same_keys_goes_on_counting_and_one_with_other_keys_begins_anew()
    {
        var world = new ShardWorld().Connected(Secret);
        _sequence = 65_530;
        for (int i = 0; i < 20; i++) Say(world, new byte[160]);
        world.Do(new MediaCommand.Connect(world.Port, Secret with { Generation = 1 }));
        for (int i = 0; i < 20; i++) Say(world, new byte[160]);
        Assert.Equal(0, world.Shard.Counters.PacketsForged);

        var next = Theirs with { Key = 77 };
        world.Do(new MediaCommand.Connect(world.Port, Secret with { Generation = 2, Keys = new(Ours, next) }));
        Say(world, new byte[160]);      // it has not got our answer yet
        Assert.Equal(0, world.Shard.Counters.PacketsForged);
        _phone.Use(next);
        Say(world, new byte[160]);
        Assert.Equal(0, world.Shard.Counters.PacketsForged);
        _phone.Use(Theirs);
        Say(world, new byte[160]);
        Assert.Equal(1, world.Shard.Counters.PacketsForged);
    }

    [Theory]
    [InlineData(true, CryptoSuite.AesCm128HmacSha1Tag80), InlineData(false, CryptoSuite.AesCm128HmacSha1Tag80),
        InlineData(true, CryptoSuite.AesCm128HmacSha1Tag32), InlineData(false, CryptoSuite.AesCm128HmacSha1Tag32),
        InlineData(true, CryptoSuite.AeadAes128Gcm), InlineData(false, CryptoSuite.AeadAes128Gcm),
        InlineData(true, CryptoSuite.AesCm256HmacSha1Tag80), InlineData(false, CryptoSuite.AesCm256HmacSha1Tag32),
        InlineData(true, CryptoSuite.AeadAes256Gcm), InlineData(false, CryptoSuite.AeadAes256Gcm)]
    public void Key_and_port_may_change_together_wherever_the_counter_goes_on(bool goesOn, CryptoSuite suite)
    {
        var world = new ShardWorld().Connected(Secret);
        _sequence = 65_530;
        for (int i = 0; i < 20; i++) Say(world, new byte[160]);
        var next = Theirs with { Key = 77, Suite = suite };
        world.Do(new MediaCommand.Connect(world.Port, Secret with
        {
            Generation = 1,
            Remote = ShardWorld.Elsewhere,
            Keys = new(Ours with { Suite = suite }, next),
        }));
        ushort at = _sequence;
        _phone.Use(next);
        if (goesOn)
        {
            foreach (int i in (int[])[65_000, 65_535])
            {
                _sequence = (ushort)i;
                Protect(new byte[160]);     // its counter is one over, and nobody hears that
            }
        }
        _sequence = at;
        for (int i = 0; i < 50; i++)
        {
            Say(world, new byte[160], ShardWorld.Elsewhere);
            world.Tick();
        }
        Assert.Equal((0L, 0L), (world.Shard.Counters.PacketsForged, world.Shard.Counters.PacketsForeign));
        world.Do(new MediaCommand.Close(world.Port));
        Assert.InRange(world.Events.OfType<MediaEvent.Closed>().Single().Statistics.PacketsReceived, 65, 70);
    }

    /// <summary>A call of half an hour is handed on: who takes it over has our key by SDP, and nothing tells him our counter.</summary>
    [Fact]
    public void Sound_that_moves_after_the_counter_has_rolled_over_goes_on_under_an_SSRC_whose_counter_is_zero()
    {
        var world = new ShardWorld().Connected(Secret);
        world.Run(66_000);
        world.Tick();
        var before = world.Rtp[^1];
        Assert.Equal(SrtpVerdict.Forged, Fresh(before));

        var nowhere = new System.Net.IPEndPoint(System.Net.IPAddress.Any, 4000);
        foreach (var plan in (StreamPlan[])[Secret with { Generation = 1 }, Secret with { Generation = 2, Remote = nowhere },
            Secret with { Generation = 3 }])
            world.Do(new MediaCommand.Connect(world.Port, plan));
        world.Tick(3);
        Assert.Equal(before.Source, world.Rtp[^1].Source);

        world.Out.Clear();
        world.Do(new MediaCommand.Connect(world.Port, Secret with { Generation = 4, Remote = ShardWorld.Elsewhere }));
        world.Tick(5);
        Assert.Equal(5, world.Rtp.Length);
        Assert.All(world.Rtp, sent => Assert.NotEqual(before.Source, sent.Source));
        Assert.All(world.Rtp, sent => Assert.Equal(SrtpVerdict.Ok, Fresh(sent)));

        // Its counter is at its first round: another move changes nothing.
        uint source = world.Rtp[^1].Source;
        world.Do(new MediaCommand.Connect(world.Port, Secret with { Generation = 5 }));
        world.Tick(3);
        Assert.Equal(source, world.Rtp[^1].Source);

        // Who has our key, and knows of no counter but zero.
        static SrtpVerdict Fresh(Sent sent)
        {
            var (opener, another) = (new SrtpOpener(), new SrtpProtector());
            opener.Use(Ours);
            another.Use(Ours);
            byte[] packet = new byte[200];
            RtpPacket.WriteHeader(packet, false, 0, 1, 0, 1);
            Assert.Equal(SrtpVerdict.Ok, opener.Open(packet.AsSpan(0, another.Protect(packet, 172)), new byte[1500], out _));
            return opener.Open(sent.Bytes, new byte[1500], out _);
        }
    }

    [Fact]
    public void A_port_that_is_used_again_is_plain_again()
    {
        var world = new ShardWorld().Connected(Secret);
        world.Do(new MediaCommand.Close(world.Port));
        world.Out.Clear();
        world.Open(0);
        world.Connected();
        world.Tick(3);
        Assert.All(world.Rtp, p => Assert.Equal(160, p.Payload.Length));
    }

    /// <summary>Each side under its own keys; between them the payload passes as it is.</summary>
    [Fact]
    public void A_bridge_joins_an_encrypted_side_and_a_plain_one()
    {
        var world = new ShardWorld().Connected(Secret);
        var other = world.Open(1);
        world.Do(new MediaCommand.Connect(other, ShardWorld.Plan()));
        foreach (var (hearer, speaker) in ((PortId, PortId)[])[(other, world.Port), (world.Port, other)])
        {
            var link = new AudioLink(passesDigits: true);
            world.Shard.Hear(hearer, link);
            world.Shard.Speak(speaker, link);
        }
        world.Tick();
        world.Out.Clear();
        byte[] sound = ShardWorld.Encode("PCMU", Signals.SpeechLike(8000, 160));
        for (int i = 0; i < 10; i++)
        {
            Say(world, sound);
            world.Tick();
        }
        var plain = world.Out.Where(p => p.Port == other && !p.IsControl).ToArray();
        Assert.Contains(plain, p => p.Payload.SequenceEqual(sound));
        Assert.All(plain, p => Assert.Equal(160, p.Payload.Length));
    }

    [Theory]
    [InlineData(CryptoSuite.AesCm128HmacSha1Tag80), InlineData(CryptoSuite.AesCm128HmacSha1Tag32), InlineData(CryptoSuite.AeadAes128Gcm)]
    [InlineData(CryptoSuite.AesCm256HmacSha1Tag80), InlineData(CryptoSuite.AesCm256HmacSha1Tag32), InlineData(CryptoSuite.AeadAes256Gcm)]
    public void A_thousand_encrypted_ticks_keep_to_their_budget(CryptoSuite suite)
    {
        var world = new ShardWorld(new() { ReportInterval = TimeSpan.FromMilliseconds(100) })
            .Connected(Secret with { Keys = new(Ours with { Suite = suite }, Theirs with { Suite = suite }) });
        world.Do(new MediaCommand.Echo(world.Port, true));
        byte[] heard = new byte[200];
        world.Run(500, heard);
        AllocationBudget.Holds("tick: encrypted echo", 1_000, () => world.Run(1_000, heard));
    }

    private byte[] Protect(byte[] payload, uint source = 0x5EED)
    {
        byte[] packet = new byte[RtpPacket.HeaderBytes + payload.Length + SrtpCipher.MostBytes];
        RtpPacket.WriteHeader(packet, false, 0, _sequence++, 160u * _sequence, source);
        payload.CopyTo(packet, RtpPacket.HeaderBytes);
        return packet[.._phone.Protect(packet, RtpPacket.HeaderBytes + payload.Length)];
    }

    private void Say(ShardWorld world, byte[] payload, System.Net.IPEndPoint? from = null) => world.HearRaw(Protect(payload), from);
}
