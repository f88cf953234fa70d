using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>
/// Whoever the dialer's cases call, at one port, told apart by the user part: what a call does is in its first word. Written for the tests
/// from the RFCs; it shares no code with the program.
/// </summary>
internal sealed class FarEnds : IAsyncDisposable
{
    // Below the ports that a node gets for HTTP: what it listens on is no target, whatever the protocol.
    private readonly UdpClient _sip = new() { Client = FreePort.BoundUdp(IPAddress.Loopback, 1) };
    private readonly ConcurrentDictionary<string, FarCall> _calls = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FarEnds() => _running = Task.Run(SignalAsync);

    public int Port => ((IPEndPoint)_sip.Client.LocalEndPoint!).Port;

    /// <summary>In the order in which they came.</summary>
    public ConcurrentQueue<FarCall> Calls { get; } = new();

    public IEnumerable<FarCall> To(string user) => Calls.Where(call => call.User == user);

    /// <summary>As the API names it.</summary>
    public string Address(string user) => $$"""{"type":"sip","target":"{{user}}@127.0.0.1:{{Port}}"}""";

    public async Task<FarCall> CalledAsync(string user, int nth = 1) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(To(user).Skip(nth - 1).FirstOrDefault()), $"{user} is called");

    private async Task SignalAsync()
    {
        try
        {
            while (true)
            {
                var packet = await _sip.ReceiveAsync(_stop.Token);
                string text = Encoding.UTF8.GetString(packet.Buffer);
                if (text.StartsWith("INVITE ", StringComparison.Ordinal))
                {
                    string id = FarCall.Header(text, "Call-ID");
                    if (_calls.TryGetValue(id, out var up))
                    {
                        up.Renew(text);
                        continue;
                    }
                    var call = new FarCall(text, reply => Send(reply, packet.RemoteEndPoint), Port);
                    _calls[id] = call;
                    Calls.Enqueue(call);
                    call.Begin();
                }
                else if (_calls.TryGetValue(FarCall.Header(text, "Call-ID"), out var known)) known.Handle(text);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Send(string text, IPEndPoint to) => _sip.Send(Encoding.UTF8.GetBytes(text), to);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var call in Calls) await call.DisposeAsync();
        _sip.Dispose();
        _stop.Dispose();
    }
}

/// <summary>
/// A call to a far end: <c>ok-…</c> rings and answers after a second, <c>now-…</c> answers at once, <c>ring-…</c> rings until it is
/// cancelled, <c>busy-…</c>, <c>noans-…</c>, <c>decline-…</c>, <c>nf-…</c>, <c>err-…</c>, <c>unfit-…</c> and <c>stale-…</c> refuse,
/// <c>mute-…</c> answers at once and sends no packet. The number behind the last dash is the tone, in Hz, that it says.
/// </summary>
internal sealed class FarCall : IAsyncDisposable
{
    private const int Rate = 8_000, Frame = 160;

    private readonly string _invite, _tag = Guid.NewGuid().ToString("N");
    private readonly Action<string> _send;
    private readonly int _port, _hertz;
    private readonly UdpClient _rtp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly List<short> _heard = [];
    private readonly List<Task> _running = [];
    private readonly long _beganAt = Stopwatch.GetTimestamp();

    public FarCall(string invite, Action<string> send, int port)
    {
        (_invite, _send, _port) = (invite, send, port);
        User = Regex.Match(invite, "^INVITE sip:([^@]+)@").Groups[1].Value;
        _hertz = int.TryParse(User[(User.LastIndexOf('-') + 1)..], out int hertz) ? hertz : 440;
    }

    public string User { get; }
    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    /// <summary>As the phone shows it.</summary>
    public string From => Header(_invite, "From");

    /// <summary>The user part of its From.</summary>
    public string Caller => Regex.Match(From, "sip:([^@>]+)@").Groups[1].Value;

    /// <summary>From the INVITE on.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_beganAt);

    public bool IsUp { get; private set; }
    /// <summary>The last offer asks it not to speak.</summary>
    public bool IsHeld { get; private set; }
    public bool IsCancelled { get; private set; }

    /// <summary>A BYE came, or was sent.</summary>
    public bool IsOver { get; private set; }

    public void Begin()
    {
        switch (User.Split('-')[0])
        {
            case "busy":
                Refuse("486 Busy Here");
                break;
            case "noans":
                Refuse("480 Temporarily Unavailable");
                break;
            case "decline":
                Refuse("603 Decline");
                break;
            case "nf":
                Refuse("404 Not Found");
                break;
            case "err":
                Refuse("500 Server Error");
                break;
            case "unfit":
                Refuse("488 Not Acceptable Here");
                break;
            case "stale":
                Refuse("408 Request Timeout");
                break;
            case "now" or "mute":
                Answer();
                break;
            case "ok":
                _send(Reply(_invite, "180 Ringing", null));
                _running.Add(Task.Run(async () =>
                {
                    await Task.Delay(1_000);
                    if (!IsCancelled) Answer();
                }));
                break;
            default:
                _send(Reply(_invite, "180 Ringing", null));
                break;
        }
    }

    public void Handle(string text)
    {
        if (text.StartsWith("CANCEL ", StringComparison.Ordinal))
        {
            _send(Reply(text, "200 OK", null));
            if (IsUp) return;
            IsCancelled = true;
            Refuse("487 Request Terminated");
        }
        else if (text.StartsWith("BYE ", StringComparison.Ordinal))
        {
            _send(Reply(text, "200 OK", null));
            IsOver = true;
        }
    }

    /// <summary>Another INVITE of the call. The first one may come twice, which says nothing new.</summary>
    public void Renew(string invite)
    {
        if (!Header(invite, "To").Contains(";tag=", StringComparison.Ordinal)) return;
        IsHeld = Regex.IsMatch(invite, "^a=(sendonly|inactive)\r$", RegexOptions.Multiline);
        _send(Reply(invite, "200 OK", Audio()));
    }

    /// <summary>One that rings.</summary>
    public void Answer()
    {
        int remote = int.Parse(Regex.Match(_invite, @"m=audio (\d+)").Groups[1].Value);
        IsUp = true;
        _running.Add(Task.Run(ListenAsync));
        if (!User.StartsWith("mute-", StringComparison.Ordinal))
            _running.Add(Task.Run(() => SpeakAsync(new(IPAddress.Loopback, remote))));
        _send(Reply(_invite, "200 OK", Audio()));
    }

    public void Hangup()
    {
        IsOver = true;
        string contact = Regex.Match(Header(_invite, "Contact"), "<([^>]+)>").Groups[1].Value;
        _send(Text($"""
            BYE {contact} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{_port};branch=z9hG4bKbye{_tag};rport
            Max-Forwards: 70
            From: {Header(_invite, "To")};tag={_tag}
            To: {Header(_invite, "From")}
            Call-ID: {Header(_invite, "Call-ID")}
            CSeq: 1 BYE
            """, null));
    }

    /// <summary>Waits until that tone stands out of the last half second by far.</summary>
    public async Task HearsAsync(int hertz) => await Eventually.TrueAsync(
        () => Level(hertz) > 3_000 && Level(hertz * 3 / 2) < 600, $"{User} hears {hertz} Hz");

    /// <summary>How loud it is in the last half second.</summary>
    public double Level(int hertz)
    {
        short[] last;
        lock (_heard) last = [.. _heard.TakeLast(Rate / 2)];
        if (last.Length < Rate / 2) return 0;
        double re = 0, im = 0;
        for (int i = 0; i < last.Length; i++)
        {
            re += last[i] * Math.Cos(2 * Math.PI * hertz * i / Rate);
            im += last[i] * Math.Sin(2 * Math.PI * hertz * i / Rate);
        }
        return 2 * Math.Sqrt(re * re + im * im) / last.Length;
    }

    private string Audio() => $"""
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio {((IPEndPoint)_rtp.Client.LocalEndPoint!).Port} RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        {(IsHeld ? "a=recvonly" : "a=sendrecv")}

        """;

    private void Refuse(string status) => _send(Reply(_invite, status, null));

    private async Task SpeakAsync(IPEndPoint remote)
    {
        byte[] packet = new byte[12 + Frame];
        (packet[0], packet[8]) = (0x80, (byte)(_hertz & 0xFF));
        try
        {
            using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            long begunAt = Stopwatch.GetTimestamp();
            for (uint at = 0; !IsOver; at++)
            {
                while (at * 20 >= Stopwatch.GetElapsedTime(begunAt).TotalMilliseconds) await clock.WaitForNextTickAsync(_stop.Token);
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)at);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), at * Frame);
                for (int i = 0; i < Frame; i++)
                    packet[12 + i] = ToLaw((short)(10_000 * Math.Sin(2 * Math.PI * _hertz * (at * Frame + i) / Rate)));
                await _rtp.SendAsync(packet, remote, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var packet = await _rtp.ReceiveAsync(_stop.Token);
                if (packet.Buffer.Length <= 12 || (packet.Buffer[1] & 0x7F) != 0) continue;
                lock (_heard) _heard.AddRange(packet.Buffer.Skip(12).Select(FromLaw));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>ITU-T G.711, mu-law.</summary>
    private static short FromLaw(byte code)
    {
        int value = ~code & 0xFF, magnitude = (((value & 0x0F) << 3) + 0x84 << (value >> 4 & 7)) - 0x84;
        return (short)((value & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static byte ToLaw(short sample)
    {
        int sign = sample < 0 ? 0x80 : 0, magnitude = Math.Min(Math.Abs((int)sample), 32_635) + 0x84, exponent = 7;
        for (int mask = 0x4000; (magnitude & mask) == 0 && exponent > 0; mask >>= 1) exponent--;
        return (byte)~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F);
    }

    private string Reply(string request, string status, string? body)
    {
        string to = Header(request, "To");
        return Text($"""
            SIP/2.0 {status}
            Via: {Header(request, "Via")}
            From: {Header(request, "From")}
            To: {(to.Contains(";tag=", StringComparison.Ordinal) ? to : $"{to};tag={_tag}")}
            Call-ID: {Header(request, "Call-ID")}
            CSeq: {Header(request, "CSeq")}
            Contact: <sip:far@127.0.0.1:{_port}>
            """, body);
    }

    private static string Text(string head, string? body)
    {
        string content = (body ?? "").ReplaceLineEndings("\r\n");
        string type = body is null ? "" : "Content-Type: application/sdp\r\n";
        return $"{head.ReplaceLineEndings("\r\n")}\r\n{type}Content-Length: {content.Length}\r\n\r\n{content}";
    }

    public static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: (.*)\r$", RegexOptions.Multiline).Groups[1].Value;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _rtp.Dispose();
        _stop.Dispose();
    }
}
