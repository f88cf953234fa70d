using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// The far end of calls, on a real UDP socket: everybody picks up at once. It says yes to everything inside a call, and
/// never hears what is said: its audio port takes packets and keeps none.
/// </summary>
internal sealed class FarEnd : IAsyncDisposable
{
    private readonly Socket _socket = Bound(), _audio = Bound();
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _node;
    private readonly Task _listening;

    public FarEnd(IPEndPoint node)
    {
        _node = node;
        _listening = Task.Run(ListenAsync);
    }

    private IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;        // bound

    public int Port => Local.Port;

    public string UriOf(string user) => $"sip:{user}@{Local}";

    /// <summary>Calls a number of the node; the rest happens by itself.</summary>
    public void Call(string number, string from)
    {
        string id = Guid.NewGuid().ToString("N"), sdp = Sdp();
        Send($"""
            INVITE sip:{number}@{_node} SIP/2.0
            Via: SIP/2.0/UDP {Local};branch=z9hG4bK{id};rport
            Max-Forwards: 70
            From: <sip:{from}@example.net>;tag=far
            To: <sip:{number}@{_node}>
            Call-ID: {id}
            CSeq: 1 INVITE
            Contact: <sip:far@{Local}>
            Content-Type: application/sdp
            Content-Length: {sdp.Length}

            {sdp}
            """, _node);
    }

    private async Task ListenAsync()
    {
        byte[] buffer = new byte[65_535];
        while (true)
        {
            try
            {
                var heard = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Handle(Encoding.UTF8.GetString(buffer, 0, heard.ReceivedBytes), (IPEndPoint)heard.RemoteEndPoint);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The node is gone.
            }
        }
    }

    private void Handle(string text, IPEndPoint from)
    {
        string first = text[..text.IndexOf('\r')];
        if (first.StartsWith("SIP/2.0 ", StringComparison.Ordinal)) Acknowledge(text, int.Parse(first.AsSpan(8, 3)), from);
        else if (first.StartsWith("INVITE", StringComparison.Ordinal)) PickUp(text, from);
        else if (first.StartsWith("CANCEL", StringComparison.Ordinal))
        {
            Respond(text, "200 OK", "", from);
            Respond(text.Replace("CANCEL", "INVITE", StringComparison.Ordinal), "487 Request Terminated", "", from);
        }
        else if (!first.StartsWith("ACK", StringComparison.Ordinal)) Respond(text, "200 OK", "", from);
    }

    private void PickUp(string invite, IPEndPoint from)
    {
        Respond(invite, "180 Ringing", "", from);
        Respond(invite, "200 OK", Sdp(), from);
    }

    private void Acknowledge(string response, int status, IPEndPoint from)
    {
        if (status < 200 || !Header(response, "CSeq").EndsWith("INVITE", StringComparison.Ordinal)) return;
        string number = Header(response, "CSeq").Split(' ')[0];
        string target = status < 300 && Regex.Match(Header(response, "Contact"), "<([^>]+)>") is { Success: true } contact
            ? contact.Groups[1].Value
            : $"sip:{_node}";
        // The ACK of a refusal belongs to the INVITE's transaction, that of a 200 is its own.
        string via = status < 300 ? $"SIP/2.0/UDP {Local};branch=z9hG4bK{Guid.NewGuid():N};rport" : Header(response, "Via");
        Send($"ACK {target} SIP/2.0\nVia: {via}\nMax-Forwards: 70\nFrom: {Header(response, "From")}\nTo: {Header(response, "To")}\n"
            + $"Call-ID: {Header(response, "Call-ID")}\nCSeq: {number} ACK\nContent-Length: 0\n\n", from);
    }

    private void Respond(string request, string status, string sdp, IPEndPoint to)
    {
        string callee = Header(request, "To");
        string vias = string.Join('\n', Regex.Matches(request, "^Via: .*(?=\r$)", RegexOptions.Multiline).Select(m => m.Value));
        Send($"SIP/2.0 {status}\n{vias}\nFrom: {Header(request, "From")}\nTo: {callee}"
            + $"{(callee.Contains(";tag=", StringComparison.Ordinal) ? "" : ";tag=far")}\nCall-ID: {Header(request, "Call-ID")}\nCSeq: "
            + $"{Header(request, "CSeq")}\nContact: <sip:far@{Local}>\n"
            + (sdp.Length > 0 ? $"Content-Type: application/sdp\nContent-Length: {sdp.Length}\n\n{sdp}" : "Content-Length: 0\n\n"), to);
    }

    private string Sdp() =>
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {((IPEndPoint)_audio.LocalEndPoint!).Port} "
        + "RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

    private void Send(string text, IPEndPoint to) => _socket.SendTo(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), to);

    private static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: (.*)\r$", RegexOptions.Multiline).Groups[1].Value;

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _socket.Dispose();
        _audio.Dispose();
        _stop.Dispose();
    }
}
