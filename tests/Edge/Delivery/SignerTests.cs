using System.Security.Cryptography;
using System.Text;
using Ringwright.Delivery;
using Ringwright.Delivery.Crypto;

namespace Ringwright.Edge.Delivery;

public sealed class SignerTests
{
    // RFC 8032 section 7.1: tests 1, 2, 3 and "SHA(abc)": seed, public key, message, signature.
    public static TheoryData<string, string, string, string> Vectors => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void Libcrypto_signs_as_the_rfc_says(string seed, string publicKey, string message, string signature)
    {
        byte[] key = Convert.FromHexString(seed), text = Convert.FromHexString(message);
        Assert.Equal(publicKey, Convert.ToHexStringLower(Libcrypto.PublicKeyOf(key)));
        Assert.Equal(signature, Convert.ToHexStringLower(Libcrypto.Sign(Libcrypto.KeyOf(key), text)));
        Assert.True(Libcrypto.Verify(Convert.FromHexString(publicKey), text, Convert.FromHexString(signature)));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Libsodium_signs_as_the_rfc_says(string seed, string publicKey, string message, string signature)
    {
        Assert.SkipUnless(Libsodium.IsPresent, "libsodium is not installed");
        byte[] secret = Libsodium.SecretOf(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(secret, Signer.SeedBytes, Signer.PublicKeyBytes));
        Assert.Equal(signature, Convert.ToHexStringLower(Libsodium.Sign(secret, Convert.FromHexString(message))));
        Assert.Throws<ArgumentException>(() => Libsodium.SecretOf(new byte[Signer.SeedBytes - 1]));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Managed_code_signs_as_the_rfc_says(string seed, string publicKey, string message, string signature)
    {
        byte[] key = Convert.FromHexString(seed), text = Convert.FromHexString(message);
        Assert.Equal(publicKey, Convert.ToHexStringLower(ManagedEd25519.PublicKeyOf(key)));
        Assert.Equal(signature, Convert.ToHexStringLower(ManagedEd25519.Sign(key, text)));
        Assert.True(ManagedEd25519.Verify(Convert.FromHexString(publicKey), text, Convert.FromHexString(signature)));
    }

    [Fact]
    public void All_agree_and_refuse_whatever_was_changed()
    {
        for (int length = 0; length < 300; length += 37)
        {
            byte[] seed = RandomNumberGenerator.GetBytes(32), message = RandomNumberGenerator.GetBytes(length + 1);
            byte[] signature = Libcrypto.Sign(Libcrypto.KeyOf(seed), message), publicKey = Libcrypto.PublicKeyOf(seed);
            Assert.Equal(signature, ManagedEd25519.Sign(seed, message));
            if (Libsodium.IsPresent) Assert.Equal(signature, Libsodium.Sign(Libsodium.SecretOf(seed), message));

            message[length] ^= 1;
            Assert.False(Libcrypto.Verify(publicKey, message, signature));
            Assert.False(ManagedEd25519.Verify(publicKey, message, signature));
            message[length] ^= 1;
            signature[length % 64] ^= 1;
            Assert.False(Signer.Verify(publicKey, message, signature));
        }
        Assert.False(Signer.Verify(new byte[31], [], new byte[64]));
        Assert.False(Signer.Verify(new byte[32], [], new byte[63]));
    }

    [Fact]
    public void What_is_signed_is_the_timestamp_a_pipe_and_the_body()
    {
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        var signer = new Signer(seed, "whsec_AAAA");
        byte[] body = Encoding.UTF8.GetBytes("""{"a":"ü"}""");
        byte[] signature = Convert.FromBase64String(signer.Sign("1700000000", body));
        Assert.True(Signer.Verify(signer.PublicKey.Span, [.. "1700000000|"u8, .. body], signature));
        Assert.Equal(Signer.PublicKeyOf(seed), signer.PublicKey.ToArray());
    }

    [Fact]
    public void The_standard_signature_is_an_hmac_over_id_timestamp_and_body()
    {
        // The example of the Standard Webhooks specification.
        var signer = new Signer(new byte[32], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        string signature = signer.SignStandard("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public async Task Standard_signatures_of_many_threads_are_each_over_their_own_webhook()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(24);
        var signer = new Signer(new byte[32], "whsec_" + Convert.ToBase64String(secret));
        string[] all = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            () => signer.SignStandard($"msg_{i}", "1614265330", Encoding.UTF8.GetBytes($"body {i}")),
            TestContext.Current.CancellationToken)));
        for (int i = 0; i < all.Length; i++)
        {
            byte[] mac = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"msg_{i}.1614265330.body {i}"));
            Assert.Equal("v1," + Convert.ToBase64String(mac), all[i]);
        }
    }

    [Fact]
    public void A_seed_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => Signer.PublicKeyOf(new byte[31]));
}
