using System.Net;
using System.Net.Sockets;

namespace Ringwright.Lab.Carriers;

/// <summary>
/// The box at a carrier's edge: a stateless proxy (RFC 3261 §16.11) between the node and the people of the lab that has one bad habit.
/// It passes on what either side sends and remembers nothing but which calls were answered.
/// </summary>
internal sealed class CarrierEdge : IAsyncDisposable
{
    private const string Cookie = "z9hG4bK", PrivateContact = "<sip:10.66.77.88:5060>";
    /// <summary>Calls whose first answer is remembered.</summary>
    private const int MostAnswered = 10_000;
    /// <summary>Between the responses of a carrier that rings twice; the answer is gone before its first repeat is due (T1).</summary>
    private static readonly TimeSpan RingStep = TimeSpan.FromMilliseconds(150);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CarrierHabit _habit;
    private readonly IPEndPoint _node, _people;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _answered = [];
    private readonly string _address;
    private Task _work = Task.CompletedTask, _ringing = Task.CompletedTask;

    public CarrierEdge(Carrier carrier, IPEndPoint node, IPEndPoint people)
    {
        (Carrier, _habit, _node, _people) = (carrier, carrier.Habit, node, people);
        _socket.Bind(new IPEndPoint(people.Address, 0));
        Local = (IPEndPoint)_socket.LocalEndPoint!; // bound above
        _address = Local.ToString();
    }

    public Carrier Carrier { get; }
    public IPEndPoint Local { get; }

    public void Start() => _work = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        await _ringing;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        byte[] buffer = new byte[65_536];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                if (WireMessage.Parse(buffer.AsSpan(0, got.ReceivedBytes)) is not { } message) continue;
                bool isFromPeople = got.RemoteEndPoint.Equals(_people);
                if (message.IsResponse) PassBack(message, isFromPeople);
                else PassOn(message, isFromPeople);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP answer to something sent earlier; the socket goes on.
            }
        }
    }

    private void PassOn(WireMessage request, bool isFromPeople)
    {
        if (_habit is CarrierHabit.DoubleRecordRoute)
        {
            if (_answered.Contains(request["Call-ID"]) && request.CountUris("Route") < 2) return;
            request.Remove("Route");
            if (request is { Method: "INVITE", IsInsideDialog: false })
            {
                request.Push($"Record-Route: <sip:{_address};lr;r2=on>");
                request.Push($"Record-Route: <sip:{_address};lr;r2=on;leg=people>");
            }
        }
        if (_habit is CarrierHabit.PrivateContact && isFromPeople) request.Replace("Contact", PrivateContact);
        request.Push($"Via: SIP/2.0/UDP {_address};branch={Cookie}{Branch(request["Via"])}edge");
        Send(request, isFromPeople ? _node : _people);
    }

    private void PassBack(WireMessage response, bool isFromPeople)
    {
        response.Pop("Via");
        if (response.Count("Via") == 0) return;     // to a request of our own
        if (isFromPeople && _habit is CarrierHabit.PrivateContact) response.Replace("Contact", PrivateContact);
        bool isAnswer = isFromPeople && response is { Method: "INVITE", Status: >= 200 and < 300 };
        if (_answered.Count == MostAnswered) _answered.Clear();
        bool isFirst = isAnswer && _answered.Add(response["Call-ID"]);
        if (_habit is CarrierHabit.RingsTwice && isFirst)
        {
            _ringing = Task.WhenAll(_ringing, RingTwiceAsync(response));
            return;
        }
        if (_habit is CarrierHabit.RingsTwice && isFromPeople && response is { Method: "INVITE", Status: 180 }) return;
        Send(response, isFromPeople ? _node : _people);
        if (isFirst && _habit is CarrierHabit.EarlyBye) Send(Bye(response), _node);
    }

    private async Task RingTwiceAsync(WireMessage answer)
    {
        Send(answer.As("183 Session Progress", hasBody: true), _node);
        await Task.Delay(RingStep, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Send(answer.As("180 Ringing", hasBody: false), _node);
        await Task.Delay(RingStep, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Send(answer, _node);
    }

    /// <summary>What the called side would send, from its own answer.</summary>
    private WireMessage Bye(WireMessage answer) => WireMessage.Of(
    [
        $"BYE sip:{_node} SIP/2.0",
        $"Via: SIP/2.0/UDP {_address};branch={Cookie}{Branch(answer["Via"])}bye",
        "Max-Forwards: 70",
        $"From: {answer["To"]}",
        $"To: {answer["From"]}",
        $"Call-ID: {answer["Call-ID"]}",
        "CSeq: 1 BYE",
    ]);

    private void Send(WireMessage message, IPEndPoint to) => _socket.SendTo(message.ToBytes(), to);

    /// <summary>
    /// A branch of ours is made of the branch before, so that repeats and CANCEL go the same way without a memory (§16.11).
    /// </summary>
    private static string Branch(string via)
    {
        int start = via.IndexOf("branch=", StringComparison.Ordinal) + "branch=".Length;
        int end = via.IndexOf(';', start);
        string branch = end < 0 ? via[start..] : via[start..end];
        return branch.StartsWith(Cookie, StringComparison.Ordinal) ? branch[Cookie.Length..] : branch;
    }
}
