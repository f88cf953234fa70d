using System.Text;
using Ringwright.Bench.Driving.Secure;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Driving;

/// <summary>What a workload hears of its calls; on the driver's one thread.</summary>
internal interface ICallScript
{
    /// <summary>Somebody calls; null does not take it.</summary>
    /// <param name="called">The user part of the Request-URI.</param>
    /// <param name="calling">The user part of From.</param>
    PhoneCall? OnInvited(string called, string calling, string callId, long now);

    /// <summary>The call is established: the caller has a 200, the callee an ACK.</summary>
    void OnAnswered(PhoneCall call, long now);

    /// <summary>The other end has hung up; <see cref="OnOver"/> comes next.</summary>
    void OnLeft(PhoneCall call, long now);

    void OnOver(PhoneCall call, long now);
}

/// <summary>
/// The SIP phones of the driver behind one UDP socket, or one TLS connection: as many calls as it likes, callers and callees.
/// A minimal user agent: what it says is said again until it is heard, and nothing else of RFC 3261's machinery is there.
/// </summary>
internal sealed class SipAgent : IPacketTaker, IDisposable
{
    private const long FirstRepeat = 500_000_000, LongestRepeat = 4_000_000_000;

    private readonly UdpPort _port;
    private readonly ICallScript _script;
    private readonly string _address;
    private readonly Dictionary<string, PhoneCall> _calls = new(StringComparer.Ordinal);
    private TlsLink? _tls;
    private int _branches;

    public SipAgent(Place local, ICallScript script, Poller poller)
    {
        _port = UdpPort.Open(local);
        _script = script;
        _address = _port.Local.ToString().Split(':')[0];
        poller.Add(_port, this);
    }

    public Place Local => _port.Local;

    /// <summary>The node; learnt before the first call.</summary>
    public Place Node { get; set; }

    private Place Sender => _tls?.Local ?? _port.Local;
    private string UriTransport => _tls is null ? "" : ";transport=tls";
    private string Contact => $"<sip:driver@{Sender}{UriTransport}>";

    public TrafficCount Traffic { get; private set; } = new();

    /// <summary>Messages that this end had to say again.</summary>
    public int Repeats { get; private set; }

    /// <summary>Forgets the calls and the counts of an earlier run.</summary>
    public void Reset()
    {
        _calls.Clear();
        Traffic = new();
        Repeats = 0;
    }

    /// <summary>From now on messages go over a TLS connection to the node, which stays from run to run, or over UDP again.</summary>
    public void UseTls(bool isTls, Poller poller)
    {
        if (isTls && _tls?.Node == Node) return;
        _tls?.Dispose();
        _tls = isTls ? new(Node, this, poller) : null;
    }

    public void Call(PhoneCall call, string from, string to, long now)
    {
        call.Local = $"<sip:{from}@{_address}>;tag=c{call.CallId}";
        call.Remote = $"<sip:{to}@{Node}>";
        call.Target = $"sip:{to}@{Node}{UriTransport}";
        call.BeganAt = now;
        _calls.Add(call.CallId, call);
        Persist(call, Request(call, "INVITE", Offer(call)), now);
    }

    public void HangUp(PhoneCall call, long now)
    {
        if (call.IsOver || call.State is CallState.Leaving) return;
        call.State = CallState.Leaving;
        call.Sequence++;
        Persist(call, Request(call, "BYE", null), now);
    }

    /// <summary>A key, as PBXs tell it: by SIP INFO.</summary>
    public void Press(PhoneCall call, char key, long now)
    {
        if (call.State is not CallState.Up) return;
        call.Sequence++;
        Persist(call, Request(call, "INFO", $"Signal={key}\r\nDuration=160\r\n", type: "application/dtmf-relay"), now);
    }

    /// <summary>Says again what was not heard.</summary>
    public void Repeat(long now)
    {
        foreach (var call in _calls.Values)
        {
            if (call.Unheard is not { } message || call.RepeatAt > now) continue;
            call.RepeatAfter = Math.Min(2 * call.RepeatAfter, LongestRepeat);
            call.RepeatAt = now + call.RepeatAfter;
            Repeats++;
            Send(message);
        }
    }

    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived)
    {
        Traffic.In(packet.Length);
        if (!SipView.TryParse(packet, out var message)) return;
        string callId = message.Header("Call-ID", "i");
        _calls.TryGetValue(callId, out var call);
        if (message.IsResponse)
        {
            if (call is not null) TakeResponse(call, message, arrived);
        }
        else if (message.Method.SequenceEqual("INVITE"u8)) TakeInvite(call, message, callId, arrived);
        else if (message.Method.SequenceEqual("ACK"u8)) TakeAck(call, arrived);
        else if (message.Method.SequenceEqual("BYE"u8)) TakeBye(call, message, arrived);
        else Send(Reply(message, call is null ? "481 Call Does Not Exist" : "200 OK", call, null));
    }

    private void TakeResponse(PhoneCall call, SipView message, long now)
    {
        int status = message.Status;
        if (message.Method.SequenceEqual("BYE"u8))
        {
            if (status >= 200) End(call, now);
            return;
        }
        if (message.Method.SequenceEqual("INFO"u8) && call.State is CallState.Up) call.Unheard = null;
        if (!message.Method.SequenceEqual("INVITE"u8)) return;
        if (call.State is CallState.Calling or CallState.Ringing) call.Unheard = null;
        if (status < 200)
        {
            if (call.State is CallState.Calling && status > 100) call.State = CallState.Ringing;
            return;
        }
        if (status >= 300)
        {
            // The ACK of a refusal belongs to the INVITE's transaction (RFC 3261 section 17.1.1.3).
            Send(Encode($"ACK {call.Target} SIP/2.0\r\n{message.Lines("Via", "v")}Max-Forwards: 70\r\nFrom: {call.Local}\r\nTo: "
                + $"{message.Header("To", "t")}\r\nCall-ID: {call.CallId}\r\nCSeq: {call.Sequence} ACK\r\nContent-Length: 0\r\n\r\n"));
            Fail(call, $"refused with {status}", now);
            return;
        }
        call.Remote = message.Header("To", "t");
        call.Target = SipView.UriOf(message.Header("Contact", "m"));
        bool isFirst = call.State is CallState.Calling or CallState.Ringing;
        Send(Request(call, "ACK", null, sequence: 1));
        if (!isFirst) return;
        call.AnsweredAt = now;
        call.State = CallState.Up;
        Learn(call, message);
        _script.OnAnswered(call, now);
    }

    private void TakeInvite(PhoneCall? call, SipView message, string callId, long now)
    {
        if (call is not null)
        {
            if (call.State is CallState.Ringing && call.Unheard is { } answer) Send(answer);
            else if (call.State is CallState.Up) Send(Reply(message, "200 OK", call, Offer(call)));       // a refresh: nothing changes
            return;
        }
        if (_script.OnInvited(message.RequestUser, SipView.UserOf(message.Header("From", "f")), callId, now) is not { } taken)
        {
            Send(Reply(message, "404 Not Found", null, null));
            return;
        }
        taken.BeganAt = now;
        taken.State = CallState.Ringing;
        taken.Local = $"{message.Header("To", "t")};tag=d{taken.Index}";
        taken.Remote = message.Header("From", "f");
        taken.Target = SipView.UriOf(message.Header("Contact", "m"));
        taken.Sequence = 0;
        _calls.Add(callId, taken);
        Learn(taken, message);
        Send(Reply(message, "180 Ringing", taken, null));
        Persist(taken, Reply(message, "200 OK", taken, Offer(taken)), now);
    }

    private void TakeAck(PhoneCall? call, long now)
    {
        if (call is not { State: CallState.Ringing, IsCaller: false }) return;
        call.Unheard = null;
        call.State = CallState.Up;
        call.AnsweredAt = now;
        _script.OnAnswered(call, now);
    }

    private void TakeBye(PhoneCall? call, SipView message, long now)
    {
        Send(Reply(message, call is null ? "481 Call Does Not Exist" : "200 OK", call, null));
        if (call is null || call.IsOver) return;
        _script.OnLeft(call, now);
        End(call, now);
    }

    private void End(PhoneCall call, long now)
    {
        if (call.IsOver) return;
        call.Unheard = null;
        call.EndedAt = now;
        call.State = CallState.Over;
        _script.OnOver(call, now);
    }

    /// <summary>Gives a call up.</summary>
    public void Fail(PhoneCall call, string reason, long now)
    {
        if (call.IsOver) return;
        call.Unheard = null;
        call.EndedAt = now;
        call.Failure = reason;
        call.State = CallState.Failed;
        _script.OnOver(call, now);
    }

    private static void Learn(PhoneCall call, SipView message)
    {
        if (call.Audio is not { } audio || !message.TryReadAudio(out string address, out ushort port)) return;
        audio.Remote = Place.Parse($"{address}:{port}");
        if (audio.Key is not null && message.TryReadKey(SrtpContext.Suite, out int tag, out byte[] key)) audio.Trust(key, tag);
    }

    private void Persist(PhoneCall call, byte[] message, long now)
    {
        (call.Unheard, call.RepeatAfter, call.RepeatAt) = (message, FirstRepeat, now + FirstRepeat);
        Send(message);
    }

    private void Send(byte[] message)
    {
        Traffic.Out(message.Length);
        if (_tls is { } tls) tls.Send(message);
        else _port.Send(message, Node);
    }

    private byte[] Request(PhoneCall call, string method, string? body, int? sequence = null, string type = Sdp) => Encode(
        $"{method} {call.Target} SIP/2.0\r\nVia: SIP/2.0/{(_tls is null ? "UDP" : "TLS")} "
        + $"{Sender};branch=z9hG4bK{++_branches:x}-{call.CallId};rport\r\nMax-Forwards: 70\r\n" +
        $"From: {call.Local}\r\nTo: {call.Remote}\r\nCall-ID: {call.CallId}\r\nCSeq: {sequence ?? call.Sequence} {method}\r\nContact: "
        + $"{Contact}\r\n{Rest(body, type)}");

    private byte[] Reply(SipView request, string status, PhoneCall? call, string? body)
    {
        string to = request.Header("To", "t");
        if (!to.Contains(";tag=", StringComparison.Ordinal)) to = call is null ? $"{to};tag=none" : call.Local;
        return Encode($"SIP/2.0 {status}\r\n{request.Lines("Via", "v")}{request.Lines("Record-Route")}From: "
            + $"{request.Header("From", "f")}\r\nTo: {to}\r\nCall-ID: {request.Header("Call-ID", "i")}\r\nCSeq: "
            + $"{request.Header("CSeq")}\r\nContact: {Contact}\r\n{Rest(body)}");
    }

    private const string Sdp = "application/sdp";

    private static string Rest(string? body, string type = Sdp) =>
        body is null ? "Content-Length: 0\r\n\r\n" : $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>The one codec of this side, as an offer and as an answer to one that has it.</summary>
    private string Offer(PhoneCall call)
    {
        var format = call.Audio?.Format ?? AudioFormat.Of(Codec.Pcmu);
        string profile = "RTP/AVP", crypto = "";
        if (call.Audio is { Key: { } key } audio)
            (profile, crypto) = ("RTP/SAVP", $"a=crypto:{audio.KeyTag} {SrtpContext.Suite} inline:{Convert.ToBase64String(key)}\r\n");
        return $"v=0\r\no=- {call.Index + 1} 1 IN IP4 {_address}\r\ns=-\r\nc=IN IP4 {_address}\r\nt=0 0\r\nm=audio "
            + $"{call.Audio?.Local.Port ?? 9} {profile} {format.PayloadType} 101\r\n{crypto}"
            + $"a=rtpmap:{format.PayloadType} {format.SdpName}\r\na=rtpmap:101 telephone-event/{format.ClockRate}\r\n"
            + "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
    }

    private static byte[] Encode(string text) => Encoding.Latin1.GetBytes(text);

    public void Dispose()
    {
        _tls?.Dispose();
        _port.Dispose();
    }
}
