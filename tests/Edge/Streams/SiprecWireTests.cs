using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Streams.Siprec;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>SIPREC sessions over time, over plain TCP, and as a library decrypts them that is not ours.</summary>
public sealed class SiprecWireTests : IAsyncDisposable
{
    private readonly FakeTaps _taps = new();
    private readonly ConcurrentQueue<LiveAudioNews> _news = new();
    private readonly RecordingServer _server = new();
    private readonly Guid _id = Guid.NewGuid();
    private SiprecHost? _host;
    private FakeTimeProvider? _time;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private void Open(SiprecTerms terms, TimeProvider? time = null)
    {
        _host = new(_taps, StreamRig.Laptop, new(), time ?? TimeProvider.System, NullLogger.Instance);
        _host.Open(new(_id, Samples.Facts(), terms, StreamFormat.Pcmu), _news.Enqueue);
    }

    private async Task<FakeTap> ConnectedAsync()
    {
        await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
        Assert.True(_news.First() is LiveAudioNews.Connected, $"{_news.First()}");
        return _taps.Only;
    }

    private static void Say(FakeTap tap, int frames)
    {
        for (int n = 0; n < frames; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20, fromMilliseconds: n * 20));
            tap.Say(TapTracks.Heard, Waves.Sine(1_000, 8_000, 20, fromMilliseconds: n * 20));
            tap.Pass(20);
        }
    }

    [Fact, Depth("the gate has sessions in each form once, over TLS too")]
    public async Task It_is_refreshed_by_us_with_the_same_offer_each_half_of_its_interval()
    {
        // The nanoseconds of its timestamps are to have room in an Instant.
        var time = _time = new FakeTimeProvider(new(100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Open(new("archive", "127.0.0.1", _server.Port) { SessionSeconds = 90 }, time);
        string invite = await _server.NextAsync("INVITE ");
        const string timer = "Session-Expires: 90;refresher=uac\r\nRequire: timer\r\n";
        await _server.AnswerAsync(invite, "200 OK", _server.Sdp(), timer);
        await _server.NextAsync("ACK ");
        var tap = await ConnectedAsync();
        for (int round = 1; round <= 4; round++)
        {
            // Half of the interval, and some for the way.
            var next = RefreshAsync($"{1 + round} INVITE");
            for (int second = 0; second < 60 && !next.IsCompleted; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(10, Stop);
            }
            string again = await next;
            Assert.Equal(("90;refresher=uac", RecordingServer.Header(invite, "Call-ID")),
                (RecordingServer.Header(again, "Session-Expires"), RecordingServer.Header(again, "Call-ID")));
            Assert.EndsWith(";tag=srs", RecordingServer.Header(again, "To"), StringComparison.Ordinal);
            Assert.Equal(SdpOf(invite), SdpOf(again));
            await _server.AnswerAsync(again, "200 OK", _server.Sdp(), timer);
            await _server.NextAsync("ACK ");
        }
        Say(tap, 5);
        await _server.TakeAsync(0, 5);
        Assert.DoesNotContain(_news, n => n is LiveAudioNews.Ended);
    }

    [Fact]
    public async Task Over_plain_TCP_it_begins_is_refreshed_by_the_server_and_ends_byte_by_byte()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Open(new("archive", "127.0.0.1", port) { Transport = SipTransport.Tcp });
        using var connection = await listener.AcceptTcpClientAsync(Stop);
        connection.NoDelay = true;
        var stream = connection.GetStream();
        string invite = await ReadAsync(stream, "</recording>");
        Assert.StartsWith($"INVITE sip:127.0.0.1:{port};transport=tcp SIP/2.0\r\n", invite, StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0/TCP ", RecordingServer.Header(invite, "Via"), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(invite, "^m=audio [0-9]+ RTP/AVP ", RegexOptions.Multiline));
        string contact = $"<sip:srs@127.0.0.1:{port};transport=tcp>";
        await WriteAsync(stream, RecordingServer.Answer(invite, "200 OK", contact, _server.Sdp(), ""));
        await ReadAsync(stream, "ACK ");
        var tap = await ConnectedAsync();
        Say(tap, 3);
        foreach (byte[] packet in await _server.TakeAsync(1, 3)) Assert.Equal(12 + 160, packet.Length);

        string uri = Regex.Match(RecordingServer.Header(invite, "Contact"), "<([^>]+)>").Groups[1].Value;
        await WriteAsync(stream, $"UPDATE {uri} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bKupdate\r\nMax-Forwards: 70\r\n"
            + $"From: {RecordingServer.Header(invite, "To")};tag=srs\r\nTo: {RecordingServer.Header(invite, "From")}\r\n"
            + $"Call-ID: {RecordingServer.Header(invite, "Call-ID")}\r\nCSeq: 1 UPDATE\r\nContact: {contact}\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("CSeq: 1 UPDATE\r\n", await ReadAsync(stream, "\r\n\r\n"), StringComparison.Ordinal);
        _host!.Close(_id);
        string bye = await ReadAsync(stream, "\r\n\r\n");
        Assert.StartsWith("BYE ", bye, StringComparison.Ordinal);
        await WriteAsync(stream, RecordingServer.Answer(bye, "200 OK", contact, null, ""));
        await Eventually.TrueAsync(() => _host.Count == 0, "nothing left");
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task What_it_encrypts_libsrtp_decrypts_with_the_keys_of_the_offer()
    {
        Tool.Require("libsrtp2.so.1");
        Open(new("archive", "127.0.0.1", _server.Port) { IsSecure = true });
        string invite = await _server.NextAsync("INVITE ");
        byte[][] keys = [.. Regex.Matches(invite, "^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(.{40})\r$", RegexOptions.Multiline)
            .Select(m => Convert.FromBase64String(m.Groups[1].Value))];
        Assert.Equal(2, keys.Length);
        string crypto = $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Convert.ToBase64String(new byte[30])}\r\n";
        await _server.AnswerAsync(invite, "200 OK", _server.Sdp(crypto, "RTP/SAVP"));
        await _server.NextAsync("ACK ");
        Say(await ConnectedAsync(), 40);
        foreach (var (stream, hertz) in new[] { (0, 440), (1, 1_000) })
        {
            using var session = new Libsrtp(keys[stream]);
            var heard = (await _server.TakeAsync(stream, 40)).SelectMany(packet => session.Decrypt(packet)[12..])
                .Select(b => (short)Waves.MuLaw(b)).ToArray();
            Assert.InRange(Waves.Share(heard, hertz, 8_000), 0.98, 1.01);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var ending = _host?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        while (!ending.IsCompleted)
        {
            _time?.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, CancellationToken.None);
        }
        _server.Dispose();
    }

    /// <summary>Without repetitions of those before, which a clock that jumps makes.</summary>
    private async Task<string> RefreshAsync(string number)
    {
        while (true)
            if (await _server.NextAsync("INVITE ") is var invite && RecordingServer.Header(invite, "CSeq") == number)
                return invite;
    }

    private static string SdpOf(string message) =>
        Regex.Match(message, "^v=0\r\n.*?(?=^--|\\z)", RegexOptions.Multiline | RegexOptions.Singleline).Value.TrimEnd();

    /// <summary>In pieces, as a network may cut it.</summary>
    private static async Task WriteAsync(NetworkStream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int at = 0; at < bytes.Length; at += 37) await stream.WriteAsync(bytes.AsMemory(at, Math.Min(37, bytes.Length - at)), Stop);
    }

    private static async Task<string> ReadAsync(NetworkStream stream, string until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Eventually.Deadline);
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().Contains(until, StringComparison.Ordinal))
        {
            Assert.NotEqual(0, await stream.ReadAsync(one, limit.Token));
            text.Append((char)one[0]);
        }
        // The rest of an INVITE's body, or of an ACK's head.
        while (stream.DataAvailable)
        {
            Assert.NotEqual(0, await stream.ReadAsync(one, limit.Token));
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    /// <summary>Cisco's library, which phones use.</summary>
    private sealed class Libsrtp : IDisposable
    {
        private const string Library = "libsrtp2.so.1";
        private const int PolicyBytes = 256, AnyInbound = 2, RtpAt = 8, RtcpAt = 32, KeyAt = 56, Ok = 0;

        private static readonly int Started = Start();
        private readonly nint _key = Marshal.AllocHGlobal(30), _policy = Marshal.AllocHGlobal(PolicyBytes);
        private readonly nint _session;

        public Libsrtp(byte[] key)
        {
            Assert.Equal(Ok, Started);
            Marshal.Copy(new byte[PolicyBytes], 0, _policy, PolicyBytes);
            Marshal.Copy(key, 0, _key, key.Length);
            Marshal.WriteInt32(_policy, AnyInbound);
            SetDefault(_policy + RtpAt);
            SetDefault(_policy + RtcpAt);
            Marshal.WriteIntPtr(_policy + KeyAt, _key);
            Assert.Equal(Ok, Create(out _session, _policy));
        }

        public byte[] Decrypt(byte[] packet)
        {
            byte[] copy = [.. packet];
            int length = copy.Length;
            Assert.Equal(Ok, Unprotect(_session, copy, ref length));
            return copy[..length];
        }

        public void Dispose()
        {
            _ = Free(_session);
            Marshal.FreeHGlobal(_policy);
            Marshal.FreeHGlobal(_key);
        }

        [DllImport(Library, EntryPoint = "srtp_init")]
        private static extern int Start();

        [DllImport(Library, EntryPoint = "srtp_crypto_policy_set_rtp_default")]
        private static extern void SetDefault(nint policy);

        [DllImport(Library, EntryPoint = "srtp_create")]
        private static extern int Create(out nint session, nint policy);

        [DllImport(Library, EntryPoint = "srtp_unprotect")]
        private static extern int Unprotect(nint session, [In, Out] byte[] packet, ref int length);

        [DllImport(Library, EntryPoint = "srtp_dealloc")]
        private static extern int Free(nint session);
    }
}
