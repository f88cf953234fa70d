using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class KeptMacTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        Other = [.. Enumerable.Range(0, 32).Select(i => (byte)(200 + i))];

    // RFC 4231 section 4.3.
    [Fact]
    public void It_is_the_rfcs() =>
        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            Convert.ToHexStringLower(Of("Jefe"u8, "what do ya want for nothing?"u8)));

    [Fact]
    public void Each_is_of_its_own_key_and_bytes_alone_whatever_came_before()
    {
        for (int length = 0; length < 200; length += 13)
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
            Assert.Equal(HMACSHA256.HashData(Key, message), Of(Key, message));
            Assert.Equal(HMACSHA256.HashData(Other, message), Of(Other, message));
            Assert.Equal(HMACSHA256.HashData(Other, message), Of(Other, message));
        }
    }

    [Fact]
    public void One_for_which_there_is_no_room_leaves_nothing_to_the_next()
    {
        byte[] whole = Of(Key, "one"u8);
        Assert.Throws<ArgumentOutOfRangeException>(() => KeptMac.Write(Key, "two"u8, new byte[KeptMac.Bytes - 1]));
        Assert.Equal(whole, Of(Key, "one"u8));
    }

    [Fact]
    public async Task Threads_have_their_own()
    {
        byte[][] all = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Task.Run(() => LastOfMany(KeyOf(i), i), TestContext.Current.CancellationToken)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => HMACSHA256.HashData(KeyOf(i), new[] { (byte)i })), all);
    }

    private static byte[] KeyOf(int thread) => thread % 2 == 0 ? Key : Other;

    private static byte[] LastOfMany(byte[] key, int number)
    {
        byte[] last = [];
        for (int n = 0; n < 500; n++) last = Of(key, [(byte)number]);
        return last;
    }

    private static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        byte[] mac = new byte[KeptMac.Bytes];
        KeptMac.Write(key, message, mac);
        return mac;
    }
}
