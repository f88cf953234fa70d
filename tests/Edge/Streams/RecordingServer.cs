using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>A recording server by text and sockets alone; the test says what it answers.</summary>
internal sealed class RecordingServer : IDisposable
{
    private readonly UdpClient _sip = new(new IPEndPoint(IPAddress.Loopback, 0));
    private IPEndPoint? _client;

    public UdpClient[] Rtp { get; } = [new(new IPEndPoint(IPAddress.Loopback, 0)), new(new IPEndPoint(IPAddress.Loopback, 0))];

    public int Port => ((IPEndPoint)_sip.Client.LocalEndPoint!).Port;

    public int RtpPort(int n) => ((IPEndPoint)Rtp[n].Client.LocalEndPoint!).Port;

    /// <summary>The next message that begins so; what comes before it is passed over.</summary>
    public async Task<string> NextAsync(string begin)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Deadline);
        while (true)
        {
            var received = await _sip.ReceiveAsync(limit.Token);
            _client = received.RemoteEndPoint;
            string text = Encoding.UTF8.GetString(received.Buffer);
            if (text.StartsWith(begin, StringComparison.Ordinal)) return text;
        }
    }

    /// <summary>The 200 to that request of the server's; what comes before it is passed over.</summary>
    public async Task<string> AnswerToAsync(int number, string method)
    {
        while (true)
            if (await NextAsync("SIP/2.0 200") is var answer && Header(answer, "CSeq") == $"{number} {method}") return answer;
    }

    public Task SendAsync(string message) => _sip.SendAsync(Encoding.UTF8.GetBytes(message), _client!).AsTask();

    public Task AnswerAsync(string request, string status, string? sdp = null, string more = "") =>
        SendAsync(Answer(request, status, $"<sip:srs@127.0.0.1:{Port}>", sdp, more));

    public static string Answer(string request, string status, string contact, string? sdp, string more)
    {
        string to = Header(request, "To");
        if (!to.Contains("tag=", StringComparison.Ordinal)) to += ";tag=srs";
        return $"SIP/2.0 {status}\r\nVia: {Header(request, "Via")}\r\nFrom: {Header(request, "From")}\r\nTo: {to}\r\n"
            + $"Call-ID: {Header(request, "Call-ID")}\r\nCSeq: {Header(request, "CSeq")}\r\nContact: {contact}\r\n{more}"
            + Body(sdp);
    }

    /// <summary>A request of the server's in the dialog that an INVITE made.</summary>
    public Task AskAsync(string invite, string method, int number, string? sdp = null, string more = "")
    {
        string uri = Regex.Match(Header(invite, "Contact"), "<([^>]+)>").Groups[1].Value;
        return SendAsync($"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bK{Guid.NewGuid():N}\r\n"
            + $"Max-Forwards: 70\r\nFrom: {Header(invite, "To")};tag=srs\r\nTo: {Header(invite, "From")}\r\n"
            + $"Call-ID: {Header(invite, "Call-ID")}\r\nCSeq: {number} {method}\r\nContact: <sip:srs@127.0.0.1:{Port}>\r\n{more}"
            + Body(sdp));
    }

    public string Sdp(string lines = "", string transport = "RTP/AVP", int type = 0) => Sdp(RtpPort(0), RtpPort(1), lines, transport, type);

    public static string Sdp(int one, int other, string lines = "", string transport = "RTP/AVP", int type = 0) =>
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + string.Concat(new[] { one, other }.Select(port =>
            $"m=audio {port} {transport} {type}\r\n{lines}a=recvonly\r\n"));

    public static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: *([^\r]*)", RegexOptions.Multiline).Groups[1].Value;

    public async Task<List<byte[]>> TakeAsync(int stream, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Deadline);
        var packets = new List<byte[]>();
        while (packets.Count < count) packets.Add((await Rtp[stream].ReceiveAsync(limit.Token)).Buffer);
        return packets;
    }

    public void Dispose()
    {
        _sip.Dispose();
        foreach (var socket in Rtp) socket.Dispose();
    }

    private static string Body(string? sdp) => sdp is null ? "Content-Length: 0\r\n\r\n"
        : string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}");
}
