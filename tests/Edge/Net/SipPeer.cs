using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>
/// A far end on a real UDP socket that says exactly what the test writes. Repetitions of what it already heard are dropped.
/// </summary>
internal sealed class SipPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMilliseconds(10);

    private readonly Socket _socket;
    private readonly HashSet<string> _heard = [];
    private readonly IPEndPoint _engine;

    public SipPeer(IPEndPoint engine)
    {
        _engine = engine;
        // What is said to its audio, two ports above, would reach another far end where the kernel gave that one the port.
        _socket = FreePort.BoundUdp(Address, 4);
    }

    private IPAddress Address => _engine.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>First lines of what was heard and not waited for.</summary>
    public List<string> Passed { get; } = [];

    public void Send(string text) => _socket.SendTo(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), _engine);

    /// <summary>
    /// Says it again and again until anything comes: a full socket drops what it is told. For one that has heard nothing yet.
    /// </summary>
    public async Task SendUntilHeardAsync(string text)
    {
        for (int tries = 0; HasHeardNothing; tries++)
        {
            Assert.True(tries < Patience / Pause, "the engine answers");
            if (tries % 50 == 0) Send(text);
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The next message whose first line begins so; others before it are dropped.</summary>
    public async Task<string> HearAsync(string start)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        byte[] buffer = new byte[65_535];
        while (true)
        {
            try
            {
                int length = await _socket.ReceiveAsync(buffer, limit.Token);
                string text = Encoding.UTF8.GetString(buffer, 0, length);
                if (!_heard.Add(text)) continue;
                if (text.StartsWith(start, StringComparison.Ordinal)) return text;
                Passed.Add(text[..text.IndexOf('\r')]);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no {start}, but: {string.Join(", ", Passed)}");
            }
        }
    }

    /// <summary>Whatever comes within this time is <see cref="Passed"/>, repetitions left out.</summary>
    public async Task HearOutAsync(TimeSpan span)
    {
        await Task.Delay(span, TestContext.Current.CancellationToken);
        byte[] buffer = new byte[65_535];
        while (_socket.Available > 0)
        {
            string text = Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
            if (_heard.Add(text)) Passed.Add(text[..text.IndexOf('\r')]);
        }
    }

    /// <summary>True when nothing has come so far.</summary>
    public bool HasHeardNothing => _heard.Count == 0 && _socket.Available == 0;

    public static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: (.*)\r$", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value
            : throw new InvalidOperationException($"no {name} in\n{message}");

    private string Place => $"{(_engine.AddressFamily is AddressFamily.InterNetworkV6 ? "IP6" : "IP4")} {Address}";

    public string Sdp => $"""
        v=0
        o=- 1 1 IN {Place}
        s=-
        c=IN {Place}
        t=0 0
        m=audio {Local.Port + 2} RTP/AVP 0 101
        a=rtpmap:101 telephone-event/8000

        """;

    public string Invite(string to, string callId = "call-1") =>
        Request("INVITE", to, callId, $"<sip:{to}@{_engine}>", 1, "z9hG4bK" + callId, Sdp);

    public string Inside(string ours, string to, string method, int cseq, string callId = "call-1") =>
        Request(method, to, callId, Header(ours, "To"), cseq, $"z9hG4bK{callId}{method}{cseq}", null);

    public string Request(string method, string to, string callId, string toHeader, int cseq, string branch, string? body) => $"""
        {method} sip:{to}@{_engine} SIP/2.0
        Via: SIP/2.0/UDP {Local};branch={branch};rport
        Max-Forwards: 70
        From: <sip:+4930123@example.net>;tag=peer
        To: {toHeader}
        Call-ID: {callId}
        CSeq: {cseq} {method}
        Contact: <sip:peer@{Local}>
        {Content(body)}
        """;

    public string Response(string request, string status, string? body = null) => $"""
        SIP/2.0 {status}
        Via: {Header(request, "Via")}
        From: {Header(request, "From")}
        To: {Header(request, "To")}{(Header(request, "To").Contains(";tag=") ? "" : ";tag=peer")}
        Call-ID: {Header(request, "Call-ID")}
        CSeq: {Header(request, "CSeq")}
        Contact: <sip:peer@{Local}>
        {Content(body)}
        """;

    public void Dispose() => _socket.Dispose();

    private static string Content(string? body) => body is null
        ? "Content-Length: 0\n\n"
        : $"Content-Type: application/sdp\nContent-Length: {Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"))}\n\n{body}";
}
