using Ringwright.Core;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Two ends of an encrypted stream: order, wrap-around, replay, forgery, change of keys.</summary>
public sealed class SrtpStreamTests
{
    private static readonly MediaKey Key = new(CryptoSuite.AesCm128HmacSha1Tag80, 1234567, (UInt128)99 << 40) { KeyRest = 89 };

    private readonly SrtpProtector _protector = new();
    private readonly SrtpOpener _opener = new();

    public static TheoryData<CryptoSuite> Suites => [.. Enum.GetValues<CryptoSuite>()];

    public SrtpStreamTests()
    {
        _protector.Use(Key);
        _opener.Use(Key);
    }

    [Theory, MemberData(nameof(Suites))]
    public void What_one_end_protects_the_other_opens(CryptoSuite suite)
    {
        _protector.Use(Key with { Suite = suite });
        _opener.Use(Key with { Suite = suite });
        for (int i = 0; i < 3 * 65_536; i += 97)
        {
            byte[] plain = Plain((ushort)i);
            byte[] packet = Protect(plain);
            Assert.Equal(plain.Length + (IsGcm(suite) ? 16 : TagBytes(suite)), packet.Length);
            Assert.False(packet.AsSpan(12, 160).SequenceEqual(plain.AsSpan(12)));
            Assert.Equal(plain, Open(packet));
        }
    }

    [Theory, Seeds(50)]
    public void The_roll_over_counter_survives_loss_and_disorder(ulong seed)
    {
        var random = new Rng(seed);
        var way = new List<(byte[] Plain, byte[] Packet)>();
        for (int i = 0; i < 70_000; i++)
        {
            byte[] plain = Plain((ushort)(65_000 + i));
            way.Add((plain, Protect(plain)));
            if (random.Chance(0.2)) way.RemoveAt(random.Next(way.Count));
            if (way.Count < 8) continue;
            var (sent, packet) = way[random.Next(way.Count)];
            Assert.Equal(sent, Open(packet));
            way.RemoveAll(w => w.Packet == packet || way.Count > 20);
        }
    }

    [Fact]
    public void A_packet_is_taken_once()
    {
        byte[] packet = Protect(Plain(1));
        Assert.NotNull(Open(packet));
        Assert.Equal(SrtpVerdict.Replayed, Verdict(packet));
        byte[] late = Protect(Plain(2));
        for (ushort i = 3; i < 120; i++) Assert.NotNull(Open(Protect(Plain(i))));
        Assert.NotNull(Open(late));
        Assert.Equal(SrtpVerdict.Replayed, Verdict(late));
        byte[] tooLate = Protect(Plain(130));
        for (ushort i = 131; i < 300; i++) Assert.NotNull(Open(Protect(Plain(i))));
        Assert.Equal(SrtpVerdict.Replayed, Verdict(tooLate));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Whatever_is_changed_in_a_packet_it_is_forged_and_moves_nothing(CryptoSuite suite)
    {
        _protector.Use(Key with { Suite = suite });
        _opener.Use(Key with { Suite = suite });
        Assert.NotNull(Open(Protect(Plain(10))));
        byte[] packet = Protect(Plain(11));
        for (int at = 1; at < packet.Length; at++)
        {
            byte[] changed = [.. packet];
            changed[at] ^= 0x40;
            Assert.NotEqual(SrtpVerdict.Ok, Verdict(changed));
        }
        for (int length = 0; length < packet.Length; length++) Assert.NotEqual(SrtpVerdict.Ok, Verdict(packet[..length]));
        Assert.NotNull(Open(packet));
    }

    [Fact]
    public void Another_key_opens_nothing_and_begins_anew()
    {
        byte[] before = Protect(Plain(5));
        var other = Key with { Key = 42 };
        _opener.Use(other);
        Assert.Equal(SrtpVerdict.Forged, Verdict(before));
        _protector.Use(other);
        Assert.NotNull(Open(Protect(Plain(5))));
    }

    /// <summary>RFC 3711 has the counter go on under a new key; many senders begin anew.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Under_a_new_key_a_source_is_found_whether_its_roll_over_counter_goes_on_or_not(bool goesOn)
    {
        foreach (int i in (int[])[65_534, 65_535, 0, 1]) Assert.NotNull(Open(Protect(Plain((ushort)i))));
        var other = Key with { Key = 42 };
        var sender = new SrtpProtector();
        sender.Use(other);
        // Its numbers go over the end once, and nobody hears that.
        foreach (int i in goesOn ? (int[])[65_000, 65_535] : []) sender.Protect(Packet(Plain((ushort)i)), 172);
        _opener.Use(other);
        for (ushort i = 2; i < 40; i++)
        {
            byte[] packet = Packet(Plain(i));
            int length = sender.Protect(packet, 172);
            Assert.Equal(Plain(i), Open(packet[..length]));
            Assert.Equal(SrtpVerdict.Replayed, Verdict(packet[..length]));
        }
        byte[] forged = Packet(Plain(40));
        Assert.Equal(SrtpVerdict.Forged, Verdict(forged));
    }

    [Theory, MemberData(nameof(Suites))]
    public void In_every_suite_the_counter_of_before_is_found_under_a_new_key_and_then_kept(CryptoSuite suite)
    {
        var (first, second) = (Key with { Suite = suite }, Key with { Suite = suite, Key = 42 });
        _protector.Use(first);
        _opener.Use(first);
        for (int i = 0; i < 2 * 65_536 + 65_000; i += 1_000) Assert.NotNull(Open(Protect(Plain((ushort)i))));
        var sender = new SrtpProtector();
        sender.Use(second);
        for (int i = 0; i < 2 * 65_536 + 65_000; i += 10_000) sender.Protect(Packet(Plain((ushort)i)), 172);
        _opener.Use(second);
        // RTCP may come first, and knows nothing of the counter.
        byte[] report = [.. Convert.FromHexString("80c9000100005eed"), .. new byte[SrtpCipher.MostBytes]];
        Assert.Equal(SrtpVerdict.Ok, _opener.OpenControl(report.AsSpan(0, sender.ProtectControl(report, 8)), new byte[200], out _));
        for (int i = 65_100; i < 70_000; i += 100)
        {
            byte[] packet = Packet(Plain((ushort)i));
            Assert.Equal(Plain((ushort)i), Open(packet[..sender.Protect(packet, 172)]));
        }
        // Where it was once found it stays: nobody makes it count anew.
        var anew = new SrtpProtector();
        anew.Use(second);
        byte[] again = Packet(Plain(5_000));
        Assert.Equal(SrtpVerdict.Forged, Verdict(again[..anew.Protect(again, 172)]));
    }

    [Fact]
    public void The_key_before_opens_what_is_under_way_until_the_new_one_is_heard()
    {
        foreach (int i in (int[])[65_535, 0]) Assert.NotNull(Open(Protect(Plain((ushort)i))));
        var other = Key with { Key = 42 };
        _opener.Use(other);
        byte[] late = Protect(Plain(1));
        Assert.NotNull(Open(late));
        Assert.NotEqual(SrtpVerdict.Ok, Verdict(late));
        Assert.NotNull(Open(Protect(Plain(2))));
        var sender = new SrtpProtector();
        sender.Use(other);
        byte[] first = Packet(Plain(3));
        Assert.NotNull(Open(first[..sender.Protect(first, 172)]));
        Assert.Equal(SrtpVerdict.Forged, Verdict(Protect(Plain(4))));
    }

    [Fact]
    public void The_key_before_does_not_last()
    {
        Assert.NotNull(Open(Protect(Plain(0))));
        _opener.Use(Key with { Key = 42 });
        int opened = 0;
        for (ushort i = 1; i < 300; i++) opened += Open(Protect(Plain(i))) is null ? 0 : 1;
        Assert.Equal(100, opened);
    }

    [Fact]
    public void The_same_key_given_again_keeps_the_roll_over_counter()
    {
        foreach (int i in (int[])[65_534, 65_535, 0, 1]) Assert.NotNull(Open(Protect(Plain((ushort)i))));
        _protector.Use(Key);
        _opener.Use(Key);
        Assert.NotNull(Open(Protect(Plain(2))));
        Assert.Equal(SrtpVerdict.Replayed, Verdict(Protect(Plain(3)) is var packet && Open(packet) is not null ? packet : []));
    }

    /// <summary>Two packets under one key stream would show each other's contents.</summary>
    [Fact]
    public void A_number_is_never_used_twice()
    {
        Assert.NotEmpty(Protect(Plain(7)));
        Assert.Empty(Protect(Plain(7)));
    }

    [Fact]
    public void Each_source_has_its_own_numbers()
    {
        for (uint source = 1; source <= 6; source++)
        {
            var protector = new SrtpProtector();
            protector.Use(Key);
            byte[] packet = new byte[200];
            RtpPacket.WriteHeader(packet, false, 0, 500, 0, source);
            int length = protector.Protect(packet, 172);
            Assert.NotNull(Open(packet[..length]));
            Assert.Equal(SrtpVerdict.Replayed, Verdict(packet[..length]));
        }
    }

    /// <summary>A transfer brings a stream here, with its key, which somebody else has heard until now.</summary>
    [Theory, InlineData(0), InlineData(1), InlineData(3), InlineData(12)]
    public void A_stream_that_is_hours_old_when_it_comes_is_found_within_a_few_packets_and_kept(int rounds)
    {
        for (int i = 0; i <= rounds * 65_536; i += 16_384) Protect(Plain((ushort)i));
        int lost = 0;
        for (ushort i = 1; i < 100; i++)
        {
            byte[] packet = Protect(Plain(i));
            if (Open(packet) is not { } opened)
            {
                lost++;
                continue;
            }
            Assert.Equal(Plain(i), opened);
            Assert.Equal(SrtpVerdict.Replayed, Verdict(packet));
        }
        Assert.InRange(lost, 0, rounds == 0 ? 0 : 11);
    }

    [Fact]
    public void A_stream_that_is_older_than_any_call_is_not_found()
    {
        for (int i = 0; i <= 13 * 65_536; i += 16_384) Protect(Plain((ushort)i));
        for (ushort i = 1; i < 100; i++) Assert.Equal(SrtpVerdict.Forged, Verdict(Protect(Plain(i))));
    }

    /// <summary>Some senders have one roll-over counter for all their sources, and go on with it when they change their SSRC.</summary>
    [Theory, MemberData(nameof(Suites))]
    public void A_new_source_is_found_whether_its_counter_begins_anew_or_goes_on_from_the_one_before(CryptoSuite suite)
    {
        var key = Key with { Suite = suite };
        _protector.Use(key);
        _opener.Use(key);
        for (int i = 65_000; i < 66_000; i += 100) Assert.NotNull(Open(Protect(Plain((ushort)i))));
        var anew = new SrtpProtector();
        anew.Use(key);
        foreach (var (sender, source) in ((SrtpProtector, uint)[])[(_protector, 0xBEEF), (anew, 0xF00D)])
        {
            for (ushort i = 500; i < 520; i++)
            {
                byte[] packet = Packet(Plain(i));
                RtpPacket.WriteHeader(packet, false, 0, i, 0, source);
                byte[] plain = packet[..172];
                int length = sender.Protect(packet, 172);
                Assert.Equal(plain, Open(packet[..length]));
                Assert.Equal(SrtpVerdict.Replayed, Verdict(packet[..length]));
            }
        }
        byte[] forged = Packet(Plain(600));
        RtpPacket.WriteHeader(forged, false, 0, 600, 0, 0xABCD);
        Assert.Equal(SrtpVerdict.Forged, Verdict(forged));
    }

    [Theory, MemberData(nameof(Suites))]
    public void RTCP_is_protected_numbered_and_taken_once(CryptoSuite suite)
    {
        _protector.Use(Key with { Suite = suite });
        _opener.Use(Key with { Suite = suite });
        byte[] plain = Convert.FromHexString("81c8000bcafebabeabababababababababababababababab"), into = new byte[200];
        for (int i = 0; i < 5; i++)
        {
            byte[] packet = new byte[plain.Length + SrtpCipher.MostBytes];
            plain.CopyTo(packet, 0);
            int length = _protector.ProtectControl(packet, plain.Length);
            Assert.Equal(SrtpVerdict.Ok, _opener.OpenControl(packet.AsSpan(0, length), into, out int opened));
            Assert.Equal(plain, into[..opened]);
            Assert.Equal(SrtpVerdict.Replayed, _opener.OpenControl(packet.AsSpan(0, length), into, out _));
            packet[9] ^= 1;
            packet[length - 1] ^= IsGcm(suite) ? (byte)0x40 : (byte)0;
            Assert.NotEqual(SrtpVerdict.Ok, _opener.OpenControl(packet.AsSpan(0, length), into, out _));
        }
        for (int length = 0; length < 20; length++) Assert.NotEqual(SrtpVerdict.Ok, _opener.OpenControl(new byte[length], into, out _));
    }

    /// <summary>Phones whose SDP names an identifier put it into each packet, or none (RFC 3711 section 3.1).</summary>
    [Theory, MemberData(nameof(Suites))]
    public void The_identifier_of_a_key_is_stepped_over_whether_it_is_there_or_not(CryptoSuite suite)
    {
        var key = Key with { Suite = suite };
        _protector.Use(key);
        _opener.Use(key with { IdentifierBytes = 4 });
        int behind = IsGcm(suite) ? 0 : TagBytes(suite);
        for (ushort i = 0; i < 20; i++)
        {
            byte[] packet = i % 3 == 0 ? Protect(Plain(i)) : Marked(Protect(Plain(i)), behind);
            Assert.Equal(Plain(i), Open(packet));
            Assert.Equal(SrtpVerdict.Replayed, Verdict(packet));
        }
        byte[] forged = Marked(Protect(Plain(20)), behind);
        forged[50] ^= 1;
        Assert.Equal(SrtpVerdict.Forged, Verdict(forged));
        for (int length = 0; length < 30; length++) Assert.NotEqual(SrtpVerdict.Ok, Verdict(new byte[length]));

        byte[] plain = Convert.FromHexString("81c8000bcafebabeabababababababababababababababab"), into = new byte[200];
        for (int i = 0; i < 4; i++)
        {
            byte[] report = [.. plain, .. new byte[SrtpCipher.MostBytes]];
            report = report[.._protector.ProtectControl(report, plain.Length)];
            if (i % 2 == 0) report = Marked(report, IsGcm(suite) ? 0 : 10);
            Assert.Equal(SrtpVerdict.Ok, _opener.OpenControl(report, into, out int opened));
            Assert.Equal(plain, into[..opened]);
            Assert.NotEqual(SrtpVerdict.Ok, _opener.OpenControl(report, into, out _));
        }
    }

    /// <summary>A new key may come with an identifier of another length, or with none.</summary>
    [Theory, InlineData(4, 0), InlineData(0, 4), InlineData(4, 1), InlineData(4, 128)]
    public void The_key_before_keeps_the_identifier_that_its_packets_have(int before, int after)
    {
        _opener.Use(Key with { IdentifierBytes = (byte)before });
        Assert.NotNull(Open(Sent(0)));
        _opener.Use(Key with { Key = 42, IdentifierBytes = (byte)after });
        for (ushort i = 1; i < 10; i++) Assert.Equal(Plain(i), Open(Sent(i)));
        Assert.NotEqual(SrtpVerdict.Ok, Verdict(Sent(9)));
        _protector.Use(Key with { Key = 42 });
        Assert.NotNull(Open(Protect(Plain(10))));

        byte[] Sent(ushort i) => before == 0 ? Sealed(i) : Marked(Sealed(i), 10);
        byte[] Sealed(ushort i)
        {
            byte[] packet = Packet(Plain(i));
            var sender = new SrtpProtector();
            sender.Use(Key);
            return packet[..sender.Protect(packet, 172)];
        }
    }

    [Fact]
    public void A_short_packet_without_the_long_identifier_that_its_key_was_said_to_have_is_opened()
    {
        _opener.Use(Key with { IdentifierBytes = 128 });
        // Of all lengths: of some no header is left without it.
        for (ushort i = 20; i < 160; i++)
        {
            byte[] packet = new byte[i + SrtpCipher.MostBytes];
            RtpPacket.WriteHeader(packet, false, 0, i, 160u * i, 0x5EED);
            Assert.Equal(SrtpVerdict.Ok, _opener.Open(packet.AsSpan(0, _protector.Protect(packet, i)), new byte[200], out int length));
            Assert.Equal(i, length);
        }
    }

    private static byte[] Marked(byte[] packet, int behind) => [.. packet[..^behind], 0, 0, 0, 1, .. packet[^behind..]];

    private static bool IsGcm(CryptoSuite suite) => suite is CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm;

    /// <summary>Of HMAC-SHA1.</summary>
    private static int TagBytes(CryptoSuite suite) =>
        suite is CryptoSuite.AesCm128HmacSha1Tag32 or CryptoSuite.AesCm256HmacSha1Tag32 ? 4 : 10;

    [Theory, MemberData(nameof(Suites))]
    public void A_packet_keeps_to_its_budget_either_way(CryptoSuite suite)
    {
        _protector.Use(Key with { Suite = suite });
        _opener.Use(Key with { Suite = suite });
        byte[] packet = new byte[200], into = new byte[200];
        ushort sequence = 0;
        Exchange(1000);
        AllocationBudget.Holds("srtp: out and in", 1_000, () => Exchange(1_000));

        void Exchange(int packets)
        {
            for (int i = 0; i < packets; i++)
            {
                RtpPacket.WriteHeader(packet, false, 0, sequence++, 0, 0x5EED);
                int length = _protector.Protect(packet, 172);
                if (_opener.Open(packet.AsSpan(0, length), into, out _) is not SrtpVerdict.Ok) throw new InvalidOperationException();
                packet[50] ^= 1;
                _opener.Open(packet.AsSpan(0, length), into, out _);
            }
        }
    }

    private static byte[] Plain(ushort sequence)
    {
        byte[] packet = new byte[172];
        Array.Fill(packet, (byte)sequence);
        RtpPacket.WriteHeader(packet, false, 0, sequence, 160u * sequence, 0x5EED);
        return packet;
    }

    /// <summary>With room for the tag.</summary>
    private static byte[] Packet(byte[] plain) => [.. plain, .. new byte[SrtpCipher.MostBytes]];

    private byte[] Protect(byte[] plain)
    {
        byte[] packet = Packet(plain);
        return packet[.._protector.Protect(packet, plain.Length)];
    }

    private byte[]? Open(byte[] packet)
    {
        byte[] into = new byte[200];
        return _opener.Open(packet, into, out int length) is SrtpVerdict.Ok ? into[..length] : null;
    }

    private SrtpVerdict Verdict(byte[] packet) => _opener.Open(packet, new byte[200], out _);
}
