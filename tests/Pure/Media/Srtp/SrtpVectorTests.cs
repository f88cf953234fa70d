using System.Globalization;
using System.Security.Cryptography;
using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

/// <summary>The published examples, byte for byte, and the framework's own ciphers as a second witness.</summary>
public sealed class SrtpVectorTests
{
    private static readonly MediaKey Master = new(CryptoSuite.AesCm128HmacSha1Tag80, Number("e1f97a0d3e018be0d64fa32c06de4139"),
        Number("0ec675ad498afeebb6960b3aabe60000"));
    private static readonly byte[] Packet = Convert.FromHexString("800f1234decafbadcafebabeabababababababababababababababab");
    private static readonly byte[] ControlPacket = Convert.FromHexString("81c8000bcafebabeabababababababababababababababab");
    private const string GcmRtp = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";

    public static TheoryData<bool> Ciphers => new() { true, false };

    [Theory, MemberData(nameof(Ciphers))]
    public void The_key_stream_is_that_of_RFC_3711_B2(bool isNative)
    {
        var aes = Aes(isNative);
        aes.SetKey(Number("2b7e151628aed2a6abf7158809cf4f3c"));
        byte[] stream = new byte[0xFF03 * 16];
        aes.Apply(Number("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), stream);
        Assert.Equal("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0",
            Hex(stream.AsSpan(0, 48)));
        Assert.Equal("ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44",
            Hex(stream.AsSpan(0xFEFF * 16, 48)));
    }

    [Fact]
    public void Session_keys_are_those_of_RFC_3711_B3()
    {
        var aes = AesCounter.Create();
        aes.SetKey(Master.Key);
        Assert.Equal("c61e7a93744f39ee10734afe3ff7a087", Derived(aes, SrtpCipher.Label.RtpEncryption, 16));
        Assert.Equal("30cbbc08863d8c85d49db34a9ae1", Derived(aes, SrtpCipher.Label.RtpSalt, 14));
        Assert.Equal("cebe321f6ff7716b6fd4ab49af256a156d38baa4", Derived(aes, SrtpCipher.Label.RtpAuthentication, 20));
    }

    /// <summary>The packets that libsrtp checks itself with.</summary>
    [Fact]
    public void A_packet_under_AES_CM_is_what_the_reference_implementation_makes_of_it()
    {
        var cipher = SrtpCipher.Create(Master);
        Assert.Equal("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
            Sealed(cipher, Packet, 0xCAFEBABE, 0x1234));
        Assert.Equal("81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798",
            SealedControl(cipher, ControlPacket, 0xCAFEBABE, 1));
    }

    [Fact]
    public void A_packet_under_GCM_is_what_the_reference_implementation_makes_of_it()
    {
        var cipher = SrtpCipher.Create(new(CryptoSuite.AeadAes128Gcm, Number("000102030405060708090a0b0c0d0e0f"),
            Number("a0a1a2a3a4a5a6a7a8a9aaab00000000")));
        Assert.Equal("800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
            Sealed(cipher, Packet, 0xCAFEBABE, 0x1234));
    }

    [Fact]
    public void GCM_is_that_of_RFC_7714_16_1_and_17_1()
    {
        var cipher = new GcmSrtpCipher(Number("000102030405060708090a0b0c0d0e0f"), Number("517569642070726f2071756f00000000"));
        const string rtp =
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a"
            + "51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce";
        Assert.Equal(rtp, Sealed(cipher, Convert.FromHexString(GcmRtp), 0x5501A0B2, 0xF17B));
        byte[] plain = new byte[200];
        Assert.True(cipher.TryOpen(Convert.FromHexString(rtp), 12, 0x5501A0B2, 0xF17B, plain, out int length));
        Assert.Equal(GcmRtp, Hex(plain.AsSpan(0, length)));

        const string control = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
        const string protectedControl =
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda"
            + "4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
        Assert.Equal(protectedControl, SealedControl(cipher, Convert.FromHexString(control), 0x4D617273, 0x5D4));
        Assert.True(cipher.TryOpenControl(Convert.FromHexString(protectedControl), 0x4D617273, 0x5D4, plain, out length));
        Assert.Equal(control, Hex(plain.AsSpan(0, length)));
    }

    /// <summary>RFC 7714 section 17.3: tagged only.</summary>
    [Fact]
    public void RTCP_that_a_peer_authenticates_without_encrypting_is_taken()
    {
        var key = new MediaKey(CryptoSuite.AeadAes128Gcm, 7, 9);
        foreach (var suite in Enum.GetValues<CryptoSuite>())
        {
            var cipher = SrtpCipher.Create(key with { Suite = suite });
            byte[] packet = new byte[100];
            ControlPacket.CopyTo(packet, 0);
            int length = cipher.SealControl(packet, ControlPacket.Length, 0xCAFEBABE, 5);
            byte[] cleared = packet[..length];
            int flag = suite is CryptoSuite.AeadAes128Gcm ? length - 4 : length - 14;
            cleared[flag] &= 0x7F;
            Assert.False(cipher.TryOpenControl(cleared, 0xCAFEBABE, 5, new byte[100], out _));      // the flag is authenticated too
            Assert.True(cipher.TryOpenControl(packet.AsSpan(0, length), 0xCAFEBABE, 5, new byte[100], out _));
        }
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(55), InlineData(56), InlineData(60), InlineData(63), InlineData(64), InlineData(119),
        InlineData(120), InlineData(172), InlineData(1400)]
    public void The_tag_is_HMAC_SHA1_for_every_length(int length)
    {
        byte[] key = Bytes(20, 1), message = Bytes(length, 2), tail = Bytes(4, 3), tag = new byte[20];
        var hmac = new HmacSha1();
        hmac.SetKey(key);
        hmac.Compute(message, tail, tag);
        Assert.Equal(Hex(HMACSHA1.HashData(key, message.Concat(tail).ToArray())), Hex(tag));
    }

    [Theory]
    [InlineData(0, 12), InlineData(1, 12), InlineData(16, 16), InlineData(160, 12), InlineData(161, 20), InlineData(960, 12)]
    public void GCM_agrees_with_the_framework(int length, int clear)
    {
        byte[] key = Bytes(16, 4), packet = Bytes(clear + length + 16, 5), nonce = new byte[12];
        var cipher = new GcmSrtpCipher(Number(Hex(key)), 0);
        nonce[5] = 0x77;        // source 0x77, index 0
        byte[] expected = new byte[length], tag = new byte[16];
        using (var gcm = new AesGcm(key, 16)) gcm.Encrypt(nonce, packet.AsSpan(clear, length), expected, tag, packet.AsSpan(0, clear));
        int end = cipher.Seal(packet, clear, clear + length, 0x77, 0);
        Assert.Equal(Hex(expected) + Hex(tag), Hex(packet.AsSpan(clear, end - clear)));
    }

    [Fact]
    public void Both_ways_to_multiply_in_GCM_agree()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            byte[] data = Bytes(16 + (int)seed, seed);
            var key = Number(Hex(Bytes(16, seed ^ 0xABC)));
            Ghash hash = new(key), portable = new(key, isPortable: true);
            hash.Add(data);
            portable.Add(data);
            hash.AddLengths(0, data.Length);
            portable.AddLengths(0, data.Length);
            Assert.Equal(hash.Value, portable.Value);
        }
    }

    [Fact]
    public void A_key_shows_nothing_of_itself()
    {
        var plan = ShardWorld.Plan() with { Keys = new(Master, Master) };
        Assert.DoesNotContain(Master.Key.ToString(CultureInfo.InvariantCulture), plan.ToString(), StringComparison.Ordinal);
        Assert.Equal("AesCm128HmacSha1Tag80", Master.ToString());
    }

    private static AesCounter Aes(bool isNative) => isNative ? AesCounter.Create() : new PortableAesCounter();

    private static string Sealed(SrtpCipher cipher, byte[] packet, uint source, long index)
    {
        byte[] bytes = new byte[packet.Length + SrtpCipher.MostBytes];
        packet.CopyTo(bytes, 0);
        return Hex(bytes.AsSpan(0, cipher.Seal(bytes, 12, packet.Length, source, index)));
    }

    private static string SealedControl(SrtpCipher cipher, byte[] packet, uint source, uint index)
    {
        byte[] bytes = new byte[packet.Length + SrtpCipher.MostBytes];
        packet.CopyTo(bytes, 0);
        return Hex(bytes.AsSpan(0, cipher.SealControl(bytes, packet.Length, source, index)));
    }

    private static string Derived(AesCounter aes, SrtpCipher.Label label, int bytes)
    {
        byte[] key = new byte[bytes];
        SrtpCipher.Derive(aes, Master, label, key);
        return Hex(key);
    }

    private static byte[] Bytes(int count, ulong seed)
    {
        byte[] bytes = new byte[count];
        new Rng(seed).Fill(bytes);
        return bytes;
    }

    private static UInt128 Number(string hex) => UInt128.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
