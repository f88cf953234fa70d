using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ringwright.Bench.Driving.Secure;
using Ringwright.Edge.Net;

namespace Ringwright.Edge.Server;

/// <summary>A phone that takes keys of 256 bits alone, with the load driver's ciphers, calls a whole node.</summary>
public sealed class LongKeyCallTests
{
    private const string Number = "+15550100088", Suite = "AES_256_CM_HMAC_SHA1_80";
    private const int KeyBytes = 46, HeaderBytes = 12, FrameBytes = 160, Enough = 20;
    /// <summary>Of what it says; mu-law decodes and encodes it to itself.</summary>
    private const byte Sample = 0x2A;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_answered_by_its_suite_and_hears_itself_on_the_echo_line()
    {
        await using var node = await RunningNode.StartAsync(settings => settings with { EchoNumber = Number });
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var audio = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        audio.Bind(new IPEndPoint(IPAddress.Loopback, peer.Local.Port + 2));

        byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
        string offer = peer.Sdp.Replace("RTP/AVP", "RTP/SAVP", StringComparison.Ordinal)
            + $"a=crypto:7 {Suite} inline:{Convert.ToBase64String(key)}|2^31\n";
        peer.Send(peer.Request("INVITE", Number, "call-1", $"<sip:{Number}@{node.Node.Settings.Sip}>", 1, "z9hG4bKcall-1", offer));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        var section = Regex.Match(ok, "^m=audio ([0-9]+) RTP/SAVP ", RegexOptions.Multiline);
        var crypto = Regex.Match(ok, $"^a=crypto:7 {Suite} inline:(.{{64}})\r$", RegexOptions.Multiline);
        Assert.True(section.Success && crypto.Success, ok);

        using SrtpContext says = new(key), hears = new(Convert.FromBase64String(crypto.Groups[1].Value));
        var to = new IPEndPoint(IPAddress.Loopback, int.Parse(section.Groups[1].Value, CultureInfo.InvariantCulture));
        int heard = 0;
        for (ushort i = 0; heard < Enough; i++)
        {
            Assert.True(i < Patience / Frame, "it hears itself");
            audio.SendTo(Said(says, i), to);
            await Task.Delay(Frame, Stop);
            heard += Take(audio, hears);
        }
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await peer.HearAsync("SIP/2.0 200");
    }

    private static byte[] Said(SrtpContext says, ushort sequence)
    {
        byte[] packet = new byte[HeaderBytes + FrameBytes + SrtpContext.TagBytes];
        (packet[0], packet[11]) = (0x80, 7);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), sequence * FrameBytes);
        packet.AsSpan(HeaderBytes, FrameBytes).Fill(Sample);
        says.Protect(packet, HeaderBytes + FrameBytes);
        return packet;
    }

    /// <returns>How many packets came with what it says, and nothing else.</returns>
    private static int Take(Socket audio, SrtpContext hears)
    {
        int heard = 0;
        byte[] packet = new byte[2_048];
        while (audio.Available > 0)
        {
            int length = audio.Receive(packet);
            Assert.Equal(HeaderBytes + FrameBytes, hears.Unprotect(packet.AsSpan(0, length)));
            if (packet.AsSpan(HeaderBytes, FrameBytes).IndexOfAnyExcept(Sample) < 0) heard++;
        }
        return heard;
    }
}
