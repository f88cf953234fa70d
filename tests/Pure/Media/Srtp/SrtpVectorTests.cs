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
    /// <summary>That of RFC 6188 section 7.2.</summary>
    private static readonly MediaKey LongMaster = MediaKey.Read(CryptoSuite.AesCm256HmacSha1Tag80, Convert.FromHexString(
        "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6" + "3b04803de51ee7c96423ab5b78d2"));
    private static readonly byte[] Packet = Convert.FromHexString("800f1234decafbadcafebabeabababababababababababababababab");
    private static readonly byte[] ControlPacket = Convert.FromHexString("81c8000bcafebabeabababababababababababababababab");
    private const string GcmRtp = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";

    private const string GcmControl =
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

    public static TheoryData<bool> Ciphers => new() { true, false };

    [Theory, MemberData(nameof(Ciphers))]
    public void The_key_stream_is_that_of_RFC_3711_B2(bool isNative)
    {
        var aes = Aes(isNative);
        aes.SetKey(Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c"));
        byte[] stream = new byte[0xFF03 * 16];
        aes.Apply(Number("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), stream);
        Assert.Equal("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0",
            Hex(stream.AsSpan(0, 48)));
        Assert.Equal("ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44",
            Hex(stream.AsSpan(0xFEFF * 16, 48)));
    }

    [Theory, MemberData(nameof(Ciphers))]
    public void The_key_stream_of_a_long_key_is_that_of_RFC_6188_7_1(bool isNative)
    {
        var aes = Aes(isNative);
        aes.SetKey(Convert.FromHexString("57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98"));
        byte[] stream = new byte[0xFF02 * 16];
        aes.Apply(Number("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), stream);
        Assert.Equal("92bdd28a93c3f52511c677d08b5515a49da71b2378a854f67050756ded165bac63c4868b7096d88421b563b8c94c9a31",
            Hex(stream.AsSpan(0, 48)));
        Assert.Equal("cea518c90fd91ced9cbb18c078a547113dbc4814f4da5f00a08772b63c6a046d6eb246913062a16891433e97dd01a57f",
            Hex(stream.AsSpan(0xFEFF * 16, 48)));
        // Another key in its place leaves nothing of it.
        byte[] again = new byte[48];
        aes.SetKey(Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c"));
        aes.Apply(Number("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), again);
        Assert.StartsWith("e03ead0935c95e80e166b16dd92b4eb4", Hex(again), StringComparison.Ordinal);
    }

    [Fact]
    public void Session_keys_are_those_of_RFC_3711_B3()
    {
        var aes = AesCounter.Create();
        aes.SetKey(Convert.FromHexString("e1f97a0d3e018be0d64fa32c06de4139"));
        Assert.Equal("c61e7a93744f39ee10734afe3ff7a087", Derived(aes, Master, SrtpCipher.Label.RtpEncryption, 16));
        Assert.Equal("30cbbc08863d8c85d49db34a9ae1", Derived(aes, Master, SrtpCipher.Label.RtpSalt, 14));
        Assert.Equal("cebe321f6ff7716b6fd4ab49af256a156d38baa4", Derived(aes, Master, SrtpCipher.Label.RtpAuthentication, 20));
    }

    [Theory, MemberData(nameof(Ciphers))]
    public void Session_keys_of_a_long_key_are_those_of_RFC_6188_7_2(bool isNative)
    {
        byte[] octets = new byte[MediaKey.MostBytes];
        Assert.Equal(46, LongMaster.Write(octets));
        var aes = Aes(isNative);
        aes.SetKey(octets.AsSpan(0, 32));
        Assert.Equal("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
            Derived(aes, LongMaster, SrtpCipher.Label.RtpEncryption, 32));
        Assert.Equal("fa31791685ca444a9e07c6c64e93", Derived(aes, LongMaster, SrtpCipher.Label.RtpSalt, 14));
        Assert.Equal("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05", Derived(aes, LongMaster, SrtpCipher.Label.RtpAuthentication, 20));
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
    public void A_packet_under_a_long_key_is_what_the_reference_implementation_makes_of_it()
    {
        const string sealedHeaderAndPayload = "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40d";
        var cipher = SrtpCipher.Create(LongMaster);
        Assert.Equal(sealedHeaderAndPayload + "a08d9d9a5b3a55d8873b", Sealed(cipher, Packet, 0xCAFEBABE, 0x1234));
        const string control = "81c8000bcafebabeb4d0e7a917d24b9faab9d3b6127b3ba680000001e04ac0ec2846f71bd31c";
        Assert.Equal(control, SealedControl(cipher, ControlPacket, 0xCAFEBABE, 1));

        var shortTag = SrtpCipher.Create(LongMaster with { Suite = CryptoSuite.AesCm256HmacSha1Tag32 });
        Assert.Equal(sealedHeaderAndPayload + "a08d9d9a", Sealed(shortTag, Packet, 0xCAFEBABE, 0x1234));
        Assert.Equal(control, SealedControl(shortTag, ControlPacket, 0xCAFEBABE, 1));
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
        var cipher = new GcmSrtpCipher(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"),
            Number("517569642070726f2071756f00000000"));
        const string rtp =
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a"
            + "51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce";
        Assert.Equal(rtp, Sealed(cipher, Convert.FromHexString(GcmRtp), 0x5501A0B2, 0xF17B));
        byte[] plain = new byte[200];
        Assert.True(cipher.TryOpen(Convert.FromHexString(rtp), 12, 0x5501A0B2, 0xF17B, plain, out int length));
        Assert.Equal(GcmRtp, Hex(plain.AsSpan(0, length)));

        const string protectedControl =
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda"
            + "4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
        Assert.Equal(protectedControl, SealedControl(cipher, Convert.FromHexString(GcmControl), 0x4D617273, 0x5D4));
        Assert.True(cipher.TryOpenControl(Convert.FromHexString(protectedControl), 0x4D617273, 0x5D4, plain, out length));
        Assert.Equal(GcmControl, Hex(plain.AsSpan(0, length)));
    }

    [Fact]
    public void GCM_by_a_long_key_is_that_of_RFC_7714_16_2_and_17_2()
    {
        var cipher = new GcmSrtpCipher(Convert.FromHexString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
            Number("517569642070726f2071756f00000000"));
        const string rtp =
            "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a02"
            + "76ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";
        Assert.Equal(rtp, Sealed(cipher, Convert.FromHexString(GcmRtp), 0x5501A0B2, 0xF17B));
        byte[] plain = new byte[200];
        Assert.True(cipher.TryOpen(Convert.FromHexString(rtp), 12, 0x5501A0B2, 0xF17B, plain, out int length));
        Assert.Equal(GcmRtp, Hex(plain.AsSpan(0, length)));

        const string protectedControl =
            "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be"
            + "8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4";
        Assert.Equal(protectedControl, SealedControl(cipher, Convert.FromHexString(GcmControl), 0x4D617273, 0x5D4));
        Assert.True(cipher.TryOpenControl(Convert.FromHexString(protectedControl), 0x4D617273, 0x5D4, plain, out length));
        Assert.Equal(GcmControl, Hex(plain.AsSpan(0, length)));
    }

    /// <summary>Keys that are derived, and not given.</summary>
    [Fact]
    public void A_packet_under_GCM_by_a_long_key_is_what_the_frameworks_GCM_makes_of_the_derived_key()
    {
        byte[] salt = new byte[12], key = new byte[32];
        var aes = AesCounter.Create();
        aes.SetKey(Bytes(32, 6));
        var master = MediaKey.Read(CryptoSuite.AeadAes256Gcm, [.. Bytes(32, 6), .. Bytes(12, 7)]);
        SrtpCipher.Derive(aes, master, SrtpCipher.Label.RtpEncryption, key);
        SrtpCipher.Derive(aes, master, SrtpCipher.Label.RtpSalt, salt);
        byte[] nonce = [.. salt];
        (nonce[2], nonce[3], nonce[4], nonce[5]) =
            ((byte)(salt[2] ^ 0xCA), (byte)(salt[3] ^ 0xFE), (byte)(salt[4] ^ 0xBA), (byte)(salt[5] ^ 0xBE));
        (nonce[10], nonce[11]) = ((byte)(salt[10] ^ 0x12), (byte)(salt[11] ^ 0x34));
        byte[] expected = new byte[Packet.Length - 12], tag = new byte[16];
        using (var gcm = new AesGcm(key, 16)) gcm.Encrypt(nonce, Packet.AsSpan(12), expected, tag, Packet.AsSpan(0, 12));
        Assert.Equal(Hex(Packet.AsSpan(0, 12)) + Hex(expected) + Hex(tag), Sealed(SrtpCipher.Create(master), Packet, 0xCAFEBABE, 0x1234));
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
            int flag = suite is CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm ? length - 4 : length - 14;
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
        var cipher = new GcmSrtpCipher(key, 0);
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

    private static string Derived(AesCounter aes, MediaKey master, SrtpCipher.Label label, int bytes)
    {
        byte[] key = new byte[bytes];
        SrtpCipher.Derive(aes, master, label, key);
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
