using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A scripted telephone: one UDP socket, SIP text written by hand, real RTP. It answers by itself only what every phone must:
/// it acknowledges final answers, says 200 to BYE and CANCEL, and repeats its answer to a repeated INVITE. All else is the test's script.
/// </summary>
internal sealed class Phone : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, PhoneCall> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<PhoneCall> _incoming = new();
    private readonly Task _receiving;
    private readonly IPEndPoint _node;
    private int _invites;

    /// <param name="address">Of this machine; where it sends from.</param>
    public Phone(RunningNode node, IPAddress? address = null)
    {
        _node = new(IPAddress.Loopback, node.SipPort);
        _socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        Place = (IPEndPoint)_socket.LocalEndPoint!; // bound above
        _receiving = Task.Run(ReceiveAsync);
    }

    public IPEndPoint Place { get; }
    public int Port => Place.Port;

    /// <summary>The address under which it can be dialled directly.</summary>
    public string Uri => $"sip:phone@{Place}";

    public IReadOnlyCollection<PhoneCall> Calls => [.. _calls.Values];

    /// <summary>INVITEs of different calls that came in.</summary>
    public int InviteCount => _invites;

    /// <summary>Sends an INVITE for <paramref name="number"/> to the node.</summary>
    /// <param name="header">One more, "Name: value".</param>
    public PhoneCall Call(string number, string from = "+13125550142", string name = "Ada Lovelace", string? header = null,
        Action<PhoneAudio>? change = null)
    {
        var call = PhoneCall.Outgoing(this, $"sip:{number}@{_node}", $"\"{name}\" <sip:{from}@127.0.0.1:{Port}>", header);
        change?.Invoke(call.Audio);
        _calls[call.CallId] = call;
        call.Invite();
        return call;
    }

    /// <summary>The next call that comes in.</summary>
    public async Task<PhoneCall> RingsAsync()
    {
        PhoneCall? call = null;
        await Eventually.TrueAsync(() => _incoming.TryDequeue(out call), "an INVITE reaches the phone");
        return call!; // the line above ends only with one
    }

    public void Send(string text, EndPoint? to = null) => _socket.SendTo(Encoding.UTF8.GetBytes(text), to ?? _node);

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[65_536];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                if (got.ReceivedBytes > 4) Take(SipText.Parse(buffer.AsSpan(0, got.ReceivedBytes)), got.RemoteEndPoint);
            }
            catch (SocketException)
            {
                // An ICMP answer to something sent earlier; the socket goes on.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Take(SipText message, EndPoint source)
    {
        if (_calls.TryGetValue(message["Call-ID"], out var call))
        {
            if (message.IsRequest) call.OnRequest(message);
            else call.OnResponse(message);
        }
        else if (message.IsRequest && message.Method == "INVITE")
        {
            call = PhoneCall.Incoming(this, message, source);
            _calls[call.CallId] = call;
            Interlocked.Increment(ref _invites);
            _incoming.Enqueue(call);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _receiving.GetAwaiter().GetResult();
        foreach (var call in _calls.Values) call.Dispose();
        _socket.Dispose();
        _stop.Dispose();
    }
}
