using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Security descriptions (RFC 4568) in offer and answer.</summary>
public sealed class EncryptionTests
{
    private const string GcmKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==";
    private const string SomeKey = "bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh";
    /// <summary>Of 256 bits, and its salt: the octets 0 to 45.</summary>
    private const string LongKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==";
    /// <summary>The like with its shorter salt.</summary>
    private const string LongGcmKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis=";
    private static readonly LocalMedia Local =
        new() { Address = new(IPAddress.Parse("192.0.2.1"), 16_384), Codecs = ["PCMU"], KeySecret = static () => new byte[] { 1, 2, 3 } };
    private static readonly LocalMedia Peer =
        Local with { Address = new(IPAddress.Parse("192.0.2.9"), 4_000), KeySecret = static () => new byte[] { 9 } };

    /// <summary>Lines, and whether they are malformed: others ask for what we have not.</summary>
    public static TheoryData<string, bool> Unusable => new()
    {
        { "1 AES_CM_256_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh", false },
        { $"1 AES_192_CM_HMAC_SHA1_80 inline:{SomeKey}", false },
        { $"1 AES_256_CM_HMAC_SHA1_80 inline:{SomeKey}", true },
        { $"1 AES_256_CM_HMAC_SHA1_32 inline:{GcmKey}", true },
        { $"1 AES_256_CM_HMAC_SHA1_80 inline:{LongKey[..60]}", true },
        { $"1 AES_256_CM_HMAC_SHA1_80 inline:{LongKey}|1:129", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{LongKey}", true },
        { $"1 AEAD_AES_128_GCM inline:{LongKey}", true },
        { $"1 AEAD_AES_256_GCM inline:{LongKey}", true },
        { $"1 AEAD_AES_256_GCM_8 inline:{LongGcmKey}", false },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:!!!!|2^20|1:4;inline:{SomeKey}|2^20|2:4", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}||2^20|1:4", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|2^20|1:0", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|1:129", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|:4", true },
        { $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|1:4|2^20", true },
        { "1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh UNENCRYPTED_SRTP", false },
        { "1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXk", true },
        { "1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh|x", true },
        { "1 AES_CM_128_HMAC_SHA1_80 other:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh", true },
        { "1 AES_CM_128_HMAC_SHA1_80 inline:!!!!", true },
        { "x AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh", true },
        { "1 AES_CM_128_HMAC_SHA1_80", true },
        { "", true },
    };

    [Theory, MemberData(nameof(Unusable))]
    public void A_line_that_we_cannot_follow_is_passed_over_and_told_where_keys_are_needed(string line, bool isMalformed)
    {
        Assert.False(SdpCrypto.TryParse(line, out _, out bool isBroken));
        Assert.Equal(isMalformed, isBroken);
        var expected = isMalformed ? NegotiationStatus.MalformedKeys : NegotiationStatus.NoCommonSuite;
        Assert.Equal(expected, Leg(MediaEncryption.Required).HandleOffer(Offer("RTP/SAVP", line)));
        Assert.Equal(isMalformed ? expected : NegotiationStatus.EncryptionRequired,
            Leg(MediaEncryption.Required).HandleOffer(Offer("RTP/AVP", line)));
        Assert.Equal((399, 488), (expected.Warning()!.Value.Code, expected.ResponseCode()));
        Assert.Equal(NegotiationStatus.Ok, Leg(MediaEncryption.Optional).HandleOffer(Offer("RTP/AVP", line)));
        Assert.Equal(NegotiationStatus.Ok, Leg(MediaEncryption.Required).HandleOffer(
            Offer("RTP/SAVPF", $"{line}\na=crypto:2 AEAD_AES_128_GCM inline:{GcmKey}")));
    }

    [Theory]
    [InlineData("RTP/AVPF", MediaEncryption.Disabled)]
    [InlineData("RTP/SAVPF", MediaEncryption.Required)]
    [InlineData("rtp/savpf", MediaEncryption.Disabled)]
    public void A_profile_with_feedback_is_answered_with_itself_and_no_feedback(string profile, MediaEncryption encryption)
    {
        var leg = Leg(encryption);
        string crypto = $"2 AEAD_AES_128_GCM inline:{GcmKey}";
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer(profile, $"{crypto}\na=rtcp-fb:* ccm tmmbr\na=rtcp-fb:0 nack")));
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Contains($"m=audio 16384 {profile.ToUpperInvariant()} 0", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("rtcp-fb", answer, StringComparison.Ordinal);
        Assert.Equal(profile.Contains("AVP", StringComparison.Ordinal) && encryption is MediaEncryption.Disabled, leg.Plan!.Keys is null);
        // What we ask for later is over the profile that was agreed.
        Assert.Contains($" {profile.ToUpperInvariant()} 0", SdpTexts.Text(leg.RenewOffer()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh", CryptoSuite.AesCm128HmacSha1Tag80)]
    [InlineData("123456789 aes_cm_128_hmac_sha1_32 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh|2^31 WSH=128",
        CryptoSuite.AesCm128HmacSha1Tag32)]
    [InlineData("2 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw|4096 -FUTURE", CryptoSuite.AeadAes128Gcm)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh|2^20 FEC_ORDER=FEC_SRTP",
        CryptoSuite.AesCm128HmacSha1Tag80)]
    [InlineData($"1 AES_256_CM_HMAC_SHA1_80 inline:{LongKey}", CryptoSuite.AesCm256HmacSha1Tag80)]
    [InlineData("1 AES_256_CM_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ|2^48 WSH=64",
        CryptoSuite.AesCm256HmacSha1Tag80)]
    [InlineData($"4 aes_256_cm_hmac_sha1_32 inline:{LongKey}|2^31|1:4 -FUTURE", CryptoSuite.AesCm256HmacSha1Tag32)]
    [InlineData($"2 AEAD_AES_256_GCM inline:{LongGcmKey}|2^31", CryptoSuite.AeadAes256Gcm)]
    public void A_line_is_read_with_lifetime_and_harmless_parameters(string line, CryptoSuite suite)
    {
        Assert.True(SdpCrypto.TryParse(line, out var crypto, out _));
        Assert.Equal(suite, crypto.Key.Suite);
        Assert.True(SdpCrypto.TryParse(crypto.ToAttribute().Value!, out var again, out _));
        Assert.Equal(crypto with { Key = crypto.Key with { IdentifierBytes = 0 } }, again);
        int zeros = suite is CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm ? 32 : 16;
        Assert.Equal((UInt128)0, crypto.Key.Salt & ((UInt128.One << zeros) - 1));
    }

    [Theory]
    [InlineData("", 0), InlineData("|2^31", 0), InlineData("|1:1", 1), InlineData("|2^31|1:4", 4), InlineData("|2^48|4294967295:128", 128)]
    [InlineData("||1:1", 1), InlineData("|", 0), InlineData("|2^20|1:4;inline:c29tZSBvdGhlciBrZXkgYW5kIGl0cyBzYWx0Lg==|2^20|2:4", 4)]
    public void A_line_says_how_long_an_identifier_of_its_key_its_packets_have(string behind, int bytes)
    {
        Assert.True(SdpCrypto.TryParse($"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}{behind}", out var crypto, out _));
        Assert.Equal(bytes, crypto.Key.IdentifierBytes);
    }

    [Fact]
    public void Of_several_keys_of_a_line_the_first_is_taken()
    {
        string line = $"1 AEAD_AES_128_GCM inline:{GcmKey}|2^20|1:4;inline:ZZECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==|2^20|2:4";
        var leg = Leg(MediaEncryption.Required);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer("RTP/SAVP", line)));
        Assert.Contains("a=crypto:1 AEAD_AES_128_GCM inline:", SdpTexts.Text(leg.CreateAnswer()), StringComparison.Ordinal);
        var keys = leg.Plan?.Keys ?? default;
        Assert.Equal(new UInt128(0x0001020304050607, 0x08090A0B0C0D0E0F), keys.Receive.Key);
        Assert.Equal(4, keys.Receive.IdentifierBytes);
    }

    [Fact]
    public void A_key_with_an_identifier_is_taken_where_there_is_none_without()
    {
        string marked = $"1 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|2^31|1:1", bare = $"2 AES_CM_128_HMAC_SHA1_80 inline:{SomeKey}|2^31";
        foreach (string[] lines in (string[][])[[marked], [marked, bare]])
        {
            var leg = Leg(MediaEncryption.Required);
            Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer("RTP/SAVP", lines)));
            string answer = SdpTexts.Text(leg.CreateAnswer());
            Assert.Contains($"a=crypto:{lines.Length} AES_CM_128_HMAC_SHA1_80 inline:", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("|", answer, StringComparison.Ordinal);
            var keys = leg.Plan?.Keys ?? default;
            Assert.Equal(lines.Length == 1 ? 1 : 0, keys.Receive.IdentifierBytes);
            Assert.Equal(0, keys.Send.IdentifierBytes);
        }
    }

    [Fact]
    public void A_required_offer_lists_our_suites_over_SAVP_and_an_optional_one_over_AVP()
    {
        string required = SdpTexts.Text(Leg(MediaEncryption.Required).CreateOffer()),
            optional = SdpTexts.Text(Leg(MediaEncryption.Optional).CreateOffer());
        Assert.Contains("m=audio 16384 RTP/SAVP 0 101\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", required, StringComparison.Ordinal);
        Assert.Contains("\na=crypto:2 AEAD_AES_128_GCM inline:", required, StringComparison.Ordinal);
        Assert.Contains("\na=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:", required, StringComparison.Ordinal);
        // One with a long key would be a hundred bytes more.
        Assert.DoesNotContain("_256", required, StringComparison.Ordinal);
        Assert.Contains("m=audio 16384 RTP/AVP 0 101\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", optional, StringComparison.Ordinal);
        Assert.DoesNotContain("crypto", SdpTexts.Text(Leg(MediaEncryption.Disabled).CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_ends_come_to_the_same_keys()
    {
        OfferAnswer a = new(Local with { Encryption = MediaEncryption.Required }, 1),
            b = new(Peer with { Encryption = MediaEncryption.Optional }, 2);
        Exchange(a, b);
        Assert.Equal(a.Plan?.Keys?.Send, b.Plan?.Keys?.Receive);
        Assert.Equal(a.Plan?.Keys?.Receive, b.Plan?.Keys?.Send);
        Assert.NotEqual(a.Plan?.Keys?.Send, a.Plan?.Keys?.Receive);
    }

    [Fact]
    public void An_answer_takes_the_first_line_that_it_can_with_its_tag()
    {
        var leg = Leg(MediaEncryption.Optional);
        Assert.Equal(NegotiationStatus.Ok,
            leg.HandleOffer(Offer("RTP/SAVP", Unusable.First().Data.Item1, $"7 AEAD_AES_128_GCM inline:{GcmKey}")));
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Contains("m=audio 16384 RTP/SAVP 0 101\na=crypto:7 AEAD_AES_128_GCM inline:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(GcmKey, answer, StringComparison.Ordinal);
        Assert.Equal((UInt128)0x0001020304050607 << 64 | 0x08090A0B0C0D0E0F, leg.Plan?.Keys?.Receive.Key);
    }

    [Fact]
    public void Where_it_is_required_a_plain_offer_gets_488_and_the_reason()
    {
        var status = Leg(MediaEncryption.Required).HandleOffer(Offer("RTP/AVP"));
        Assert.Equal(NegotiationStatus.EncryptionRequired, status);
        Assert.Equal((488, (399, "B3 SRTP mismatch: media must be encrypted")), (status.ResponseCode(), status.Warning()!.Value));
    }

    [Fact]
    public void Where_it_is_not_asked_for_a_peer_that_has_nothing_else_gets_it()
    {
        var leg = Leg(MediaEncryption.Disabled);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer("RTP/SAVP", $"1 AEAD_AES_128_GCM inline:{GcmKey}")));
        Assert.Contains("RTP/SAVP 0 101\na=crypto:1 AEAD_AES_128_GCM inline:", SdpTexts.Text(leg.CreateAnswer()), StringComparison.Ordinal);
        Assert.NotNull(leg.Plan?.Keys);
        Assert.Contains("RTP/SAVP 0 101\na=crypto:1 AEAD_AES_128_GCM inline:", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_encrypts_what_we_offered_plain_is_none()
    {
        var leg = Leg(MediaEncryption.Disabled);
        leg.CreateOffer();
        Assert.Equal(NegotiationStatus.EncryptionRefused, leg.HandleAnswer(Offer("RTP/SAVP", $"1 AEAD_AES_128_GCM inline:{GcmKey}")));
    }

    /// <summary>RFC 8643: keys beside a plain profile are an offer that may be declined.</summary>
    [Theory]
    [InlineData(MediaEncryption.Disabled, false), InlineData(MediaEncryption.Optional, true), InlineData(MediaEncryption.Required, true)]
    public void Keys_in_a_plain_section_are_taken_by_who_wants_them(MediaEncryption wanted, bool isEncrypted)
    {
        var leg = Leg(wanted);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer("RTP/AVP", $"1 AEAD_AES_128_GCM inline:{GcmKey}")));
        Assert.Equal(isEncrypted, SdpTexts.Text(leg.CreateAnswer()).Contains("RTP/AVP 0 101\na=crypto:1 ", StringComparison.Ordinal));
        Assert.Equal(isEncrypted, leg.Plan?.Keys is not null);
    }

    [Theory]
    [InlineData(MediaEncryption.Optional, NegotiationStatus.Ok), InlineData(MediaEncryption.Required, NegotiationStatus.EncryptionRequired)]
    public void An_answer_without_keys_is_enough_only_for_an_offer_that_left_the_choice(MediaEncryption wanted, NegotiationStatus expected)
    {
        var leg = Leg(wanted);
        leg.CreateOffer();
        Assert.Equal(expected, leg.HandleAnswer(Offer("RTP/AVP")));
        Assert.Null(leg.Plan?.Keys);
    }

    [Fact]
    public void An_answer_with_a_suite_that_we_did_not_offer_is_none()
    {
        OfferAnswer a = new(Local with { Encryption = MediaEncryption.Required }, 1),
            b = new(Peer with { Encryption = MediaEncryption.Required }, 2);
        Exchange(a, b);
        a.CreateOffer();        // now only of the suite that was agreed
        Assert.Equal(NegotiationStatus.NoCommonSuite, a.HandleAnswer(Offer("RTP/SAVP", $"1 AEAD_AES_128_GCM inline:{GcmKey}")));
    }

    [Fact]
    public void Keys_stay_over_later_offers_of_either_side()
    {
        OfferAnswer a = new(Local with { Encryption = MediaEncryption.Required }, 1),
            b = new(Peer with { Encryption = MediaEncryption.Optional }, 2);
        Exchange(a, b);
        var keys = a.Plan?.Keys;
        a.Wanted = StreamDirection.SendOnly;
        Exchange(a, b);
        Assert.Equal(keys, a.Plan?.Keys);
        Exchange(b, a);
        Assert.Equal(keys, a.Plan?.Keys);
        Assert.Contains("RTP/SAVP", SdpTexts.Text(b.LocalBody), StringComparison.Ordinal);
        Assert.Single(SdpTexts.Text(b.LocalBody).Split('\n'), line => line.StartsWith("a=crypto", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_keys_of_the_peer_are_taken_while_ours_stay()
    {
        var leg = Leg(MediaEncryption.Required);
        leg.HandleOffer(Offer("RTP/SAVP", $"1 AEAD_AES_128_GCM inline:{GcmKey}"));
        leg.CreateAnswer();
        var before = leg.Plan!.Keys!.Value;
        leg.HandleOffer(Offer("RTP/SAVP", "1 AEAD_AES_128_GCM inline:ZZECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=="));
        leg.CreateAnswer();
        Assert.Equal(before.Send, leg.Plan.Keys?.Send);
        Assert.NotEqual(before.Receive, leg.Plan.Keys?.Receive);
    }

    /// <summary>The next place that an INVITE goes to does not get keys that the last one knows.</summary>
    [Fact]
    public void An_offer_that_was_given_up_takes_its_keys_with_it()
    {
        var leg = Leg(MediaEncryption.Required);
        string first = SdpTexts.Text(leg.CreateOffer());
        leg.Abandon();
        Assert.NotEqual(KeyOf(first), KeyOf(SdpTexts.Text(leg.CreateOffer())));
        Assert.NotEqual(KeyOf(first),
            KeyOf(SdpTexts.Text(new OfferAnswer(Peer with { Encryption = MediaEncryption.Required }, 1).CreateOffer())));
    }

    [Fact]
    public void A_secure_section_is_preferred_where_it_is_allowed()
    {
        var leg = Leg(MediaEncryption.Optional);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(SdpTexts.SecureThenPlain)));
        leg.CreateAnswer();
        Assert.Equal(52_420, leg.Plan?.Remote.Default.Address.Port);
        Assert.NotNull(leg.Plan?.Keys);
    }

    private const string Secure = $"m=audio 4000 RTP/SAVP 0\na=crypto:1 AEAD_AES_128_GCM inline:{GcmKey}", Plain = "m=audio 4002 RTP/AVP 0";

    [Theory]
    [InlineData(MediaEncryption.Disabled, false), InlineData(MediaEncryption.Optional, true), InlineData(MediaEncryption.Required, true)]
    public void Of_audio_that_is_written_twice_the_policy_chooses_whatever_stands_first(MediaEncryption wanted, bool isSecure)
    {
        foreach (string[] sections in (string[][])[[Secure, Plain], [Plain, Secure]])
        {
            var leg = Leg(wanted);
            Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Sections(sections)));
            string answer = SdpTexts.Text(leg.CreateAnswer());
            Assert.Equal((isSecure ? 4_000 : 4_002, isSecure), (leg.Plan?.Remote.Default.Address.Port, leg.Plan?.Keys is not null));
            Assert.Contains(isSecure ? "m=audio 0 RTP/AVP 0" : "m=audio 0 RTP/SAVP 0", answer, StringComparison.Ordinal);
            Assert.Contains(isSecure ? "m=audio 16384 RTP/SAVP 0" : "m=audio 16384 RTP/AVP 0", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(MediaEncryption.Optional, Secure, Plain, 4_002), InlineData(MediaEncryption.Required, Plain, Secure, 4_000)]
    public void Where_an_answer_has_our_audio_off_and_one_of_its_own_that_is_it(MediaEncryption wanted, string off, string on, int port)
    {
        var leg = Leg(wanted);
        leg.CreateOffer();
        Assert.Equal(NegotiationStatus.NoAudio, leg.HandleAnswer(Sections(Off(off), Off(on))));
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Sections(Off(off), on)));
        Assert.Equal((port, port == 4_000), (leg.Plan?.Remote.Default.Address.Port, leg.Plan?.Keys is not null));

        static string Off(string section) => "m=audio 0" + section["m=audio 4000".Length..];
    }

    private static byte[] Sections(params string[] sections) =>
        SdpTexts.Wire("v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\n" + string.Join('\n', sections));

    private static OfferAnswer Leg(MediaEncryption encryption) => new(Local with { Encryption = encryption }, 1);

    private static void Exchange(OfferAnswer from, OfferAnswer to)
    {
        Assert.Equal(NegotiationStatus.Ok, to.HandleOffer(from.CreateOffer().Span));
        Assert.Equal(NegotiationStatus.Ok, from.HandleAnswer(to.CreateAnswer().Span));
    }

    private static string KeyOf(string text) => text.Split('\n').First(line => line.StartsWith("a=crypto:1 ", StringComparison.Ordinal));

    private static byte[] Offer(string profile, params string[] cryptos) => SdpTexts.Wire($"""
        v=0
        o=phone 1 1 IN IP4 192.0.2.9
        s=-
        c=IN IP4 192.0.2.9
        t=0 0
        m=audio 4000 {profile} 0 101
        {string.Join('\n', cryptos.Select(c => $"a=crypto:{c}").Append("a=sendrecv"))}
        a=rtpmap:101 telephone-event/8000
        """);
}
