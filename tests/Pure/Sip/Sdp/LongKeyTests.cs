using System.Net;
using Ringwright.Core;
using Ringwright.Media.Rtp;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>SRTP with keys of 256 bits (RFC 6188, RFC 7714), from the lines of both sides to what each opens of the other.</summary>
public sealed class LongKeyTests
{
    /// <summary>The octets 0 to 45.</summary>
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==";
    /// <summary>The octets 0 to 43.</summary>
    private const string GcmKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis=";
    private const string ShortKey = "bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh";
    private const string Crypto = "a=crypto:";

    [Theory]
    [InlineData("AES_256_CM_HMAC_SHA1_80", CryptoSuite.AesCm256HmacSha1Tag80, 46, 10)]
    [InlineData("AES_256_CM_HMAC_SHA1_32", CryptoSuite.AesCm256HmacSha1Tag32, 46, 4)]
    [InlineData("AEAD_AES_256_GCM", CryptoSuite.AeadAes256Gcm, 44, 16)]
    public void Who_offers_one_alone_gets_it_under_its_tag_and_each_opens_what_the_other_sends(string name, CryptoSuite suite, int keyBytes,
        int tagBytes)
    {
        var leg = Leg();
        byte[] octets = Convert.FromBase64String(Key)[..keyBytes];
        string theirs = $"7 {name} inline:{Convert.ToBase64String(octets)}|2^31|1:4";
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body(theirs)));
        string ours = Line(leg.CreateAnswer());
        Assert.StartsWith($"7 {name} inline:", ours, StringComparison.Ordinal);

        var keys = leg.Plan?.Keys ?? default;
        Assert.Equal((suite, suite), (keys.Send.Suite, keys.Receive.Suite));
        Assert.Equal(new UInt128(0x0001020304050607, 0x08090A0B0C0D0E0F), keys.Receive.Key);
        Assert.Equal(new UInt128(0x1011121314151617, 0x18191A1B1C1D1E1F), keys.Receive.KeyRest);
        Assert.Equal(new UInt128(0x2021222324252627, keyBytes == 46 ? 0x28292A2B2C2D0000u : 0x28292A2B00000000u), keys.Receive.Salt);
        AssertHeard(KeyOf(theirs) with { IdentifierBytes = 0 }, keys.Receive, tagBytes);
        AssertHeard(keys.Send, KeyOf(ours), tagBytes);
    }

    [Fact]
    public void Who_offers_one_first_gets_it_and_whose_first_key_has_a_wrong_length_gets_the_next_that_is_known()
    {
        var leg = Leg();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body($"1 AES_256_CM_HMAC_SHA1_32 inline:{Key}",
            $"2 AES_CM_128_HMAC_SHA1_80 inline:{ShortKey}")));
        Assert.StartsWith("1 AES_256_CM_HMAC_SHA1_32 inline:", Line(leg.CreateAnswer()), StringComparison.Ordinal);

        // As Cisco's phones do.
        leg = Leg();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body($"1 AEAD_AES_256_GCM inline:{GcmKey}",
            $"2 AES_CM_128_HMAC_SHA1_80 inline:{ShortKey}")));
        Assert.StartsWith("1 AEAD_AES_256_GCM inline:", Line(leg.CreateAnswer()), StringComparison.Ordinal);

        leg = Leg();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body($"1 AEAD_AES_256_GCM_8 inline:{Key}",
            $"2 AES_256_CM_HMAC_SHA1_80 inline:{ShortKey}", $"3 AES_CM_128_HMAC_SHA1_80 inline:{ShortKey}")));
        Assert.StartsWith("3 AES_CM_128_HMAC_SHA1_80 inline:", Line(leg.CreateAnswer()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_answered_stays_in_our_later_offers_and_answers_with_the_same_key()
    {
        var leg = Leg();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body($"4 AES_256_CM_HMAC_SHA1_80 inline:{Key}")));
        string answered = Line(leg.CreateAnswer());
        var key = KeyOf(answered);
        Assert.NotEqual((UInt128)0, key.KeyRest);
        Assert.NotEqual(key.Key, key.KeyRest);
        Assert.Equal(key, leg.Plan?.Keys?.Send);
        Assert.Equal(answered, Line(leg.CreateOffer()));
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Body($"4 AES_256_CM_HMAC_SHA1_80 inline:{Key}")));
        Assert.Equal(key, leg.Plan?.Keys?.Send);
    }

    private static void AssertHeard(MediaKey sends, MediaKey hears, int tagBytes)
    {
        var (protector, opener) = (new SrtpProtector(), new SrtpOpener());
        protector.Use(sends);
        opener.Use(hears);
        for (ushort i = 0; i < 50; i++)
        {
            byte[] plain = new byte[172], packet = new byte[172 + SrtpCipher.MostBytes], heard = new byte[200];
            Array.Fill(plain, (byte)i);
            RtpPacket.WriteHeader(plain, false, 0, i, 160u * i, 0x5EED);
            plain.CopyTo(packet, 0);
            int length = protector.Protect(packet, plain.Length);
            Assert.Equal(plain.Length + tagBytes, length);
            Assert.Equal(SrtpVerdict.Ok, opener.Open(packet.AsSpan(0, length), heard, out int opened));
            Assert.Equal(plain, heard[..opened]);
        }
    }

    private static OfferAnswer Leg() => new(new()
    {
        Address = new(IPAddress.Parse("192.0.2.1"), 16_384), Codecs = ["PCMU"], Encryption = MediaEncryption.Required,
        KeySecret = static () => new byte[] { 1, 2, 3 },
    }, 1);

    /// <summary>The only line, without its name.</summary>
    private static string Line(ReadOnlyMemory<byte> body) => SdpTexts.Text(body).Split('\n')
        .Single(line => line.StartsWith(Crypto, StringComparison.Ordinal))[Crypto.Length..];

    private static MediaKey KeyOf(string line)
    {
        Assert.True(SdpCrypto.TryParse(line, out var crypto, out _));
        return crypto.Key;
    }

    private static byte[] Body(params string[] cryptos) => SdpTexts.Wire($"""
        v=0
        o=phone 1 1 IN IP4 192.0.2.9
        s=-
        c=IN IP4 192.0.2.9
        t=0 0
        m=audio 4000 RTP/SAVP 0 101
        {string.Join('\n', cryptos.Select(crypto => Crypto + crypto))}
        a=rtpmap:101 telephone-event/8000
        """);
}
