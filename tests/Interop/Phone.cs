using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>
/// A telephone written for the tests alone, from the RFCs: calls or is called, says one tone all the time (PCMU) and listens for others.
/// It shares no code with the program.
/// </summary>
internal sealed class Phone : IAsyncDisposable
{
    private const int Rate = 8_000, Frame = 160;
    /// <summary>Below it a sample is silence; and packets that tell an idle phone that its call lives.</summary>
    private const int Loud = 100, FewPackets = 5;
    private static readonly TimeSpan HalfSecond = TimeSpan.FromSeconds(0.5);

    private readonly UdpClient _sip = new(new IPEndPoint(IPAddress.Loopback, 0)), _rtp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Socket _voice;
    private readonly IPEndPoint _node;
    private readonly int _hertz;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<short> _heard = [];
    private int _silentPackets;         // since the last loud one, which came at that moment
    private long _loudAt = Stopwatch.GetTimestamp();
    private readonly List<Task> _running = [];
    private readonly byte[] _packet = new byte[12 + Frame];
    private uint _at;
    private long _begunAt;
    private readonly string _tag = Guid.NewGuid().ToString("N");
    private IPEndPoint? _remote;
    private string? _invite, _okTo;
    private bool _isCaller;

    public Phone(RunningNode node, int hertz)
    {
        (_node, _hertz, _voice) = (new(IPAddress.Loopback, node.SipPort), hertz, _rtp.Client);
        _running.Add(Task.Run(SignalAsync));
        _running.Add(Task.Run(ListenAsync));
    }

    public int Port => ((IPEndPoint)_sip.Client.LocalEndPoint!).Port;

    /// <summary>Of the INVITE that came.</summary>
    public string InviteFrom => Header(_invite ?? "", "From");

    public bool IsUp { get; private set; }
    /// <summary>Where the node has its port for the call; null before it said so.</summary>
    public IPEndPoint? Remote => _remote;
    public bool IsOver { get; private set; }

    /// <summary>Final status of a call to this phone; 200 answers.</summary>
    public int AnswersWith { get; init; } = 200;

    public void Call(string number)
    {
        _isCaller = true;
        _invite = Text($"""
            INVITE sip:{number}@{_node} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bK{_tag};rport
            Max-Forwards: 70
            From: <sip:+15550199{Port % 1000:000}@127.0.0.1>;tag={_tag}
            To: <sip:{number}@{_node}>
            Call-ID: {_tag}@127.0.0.1
            CSeq: 1 INVITE
            Contact: <sip:phone@127.0.0.1:{Port}>
            """, Sdp);
        Send(_invite, _node);
    }

    public void Hangup() => Send(Text(_isCaller
        ? $"""
            BYE sip:{_node} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bKbye{_tag};rport
            Max-Forwards: 70
            From: {Header(_invite!, "From")}
            To: {_okTo}
            Call-ID: {Header(_invite!, "Call-ID")}
            CSeq: 2 BYE
            """
        : $"""
            BYE sip:{_node} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bKbye{_tag};rport
            Max-Forwards: 70
            From: {Header(_invite!, "To")};tag={_tag}
            To: {Header(_invite!, "From")}
            Call-ID: {Header(_invite!, "Call-ID")}
            CSeq: 1 BYE
            """, null), _node);

    /// <summary>Waits until that tone stands out of the last half second by far.</summary>
    public async Task HearsAsync(int hertz) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(Level(hertz) > 3_000 && Level(hertz * 3 / 2) < 600 ? "yes" : null), $"a phone hears {hertz} Hz");

    /// <summary>Waits until each of these tones is in the last half second, and none of the others.</summary>
    public async Task HearsOnlyAsync(int[] hertz, params int[] butNot) => await Eventually.TrueAsync(
        () => Array.TrueForAll(hertz, tone => Level(tone) > 2_000) && Array.TrueForAll(butNot, tone => Level(tone) < 300),
        $"a phone hears {string.Join(", ", hertz)} Hz and not {string.Join(", ", butNot)} Hz");

    /// <summary>
    /// Waits until the last half second is silent: its packets all are, or, to a phone for which there is nothing and that is sent a few of
    /// them now and then, those that came since are.
    /// </summary>
    public async Task HearsSilenceAsync() => await Eventually.TrueAsync(() => IsSilent, "a phone hears silence");

    public async Task IsOverAsync() => await Eventually.SomeAsync(() => ValueTask.FromResult(IsOver ? "yes" : null), "the phone gets BYE");

    private bool IsSilent
    {
        get
        {
            lock (_heard)
                return _silentPackets * Frame >= Rate / 2
                    || _silentPackets >= FewPackets && Stopwatch.GetElapsedTime(_loudAt) >= HalfSecond;
        }
    }

    private short[] LastHeard
    {
        get
        {
            lock (_heard) return [.. _heard.TakeLast(Rate / 2)];
        }
    }

    private double Level(int hertz)
    {
        short[] last = LastHeard;
        if (last.Length < Rate / 2) return 0;
        double re = 0, im = 0;
        for (int i = 0; i < last.Length; i++)
        {
            re += last[i] * Math.Cos(2 * Math.PI * hertz * i / Rate);
            im += last[i] * Math.Sin(2 * Math.PI * hertz * i / Rate);
        }
        return 2 * Math.Sqrt(re * re + im * im) / last.Length;
    }

    private async Task SignalAsync()
    {
        try
        {
            while (true)
            {
                var packet = await _sip.ReceiveAsync(_stop.Token);
                Handle(Encoding.UTF8.GetString(packet.Buffer), packet.RemoteEndPoint);
            }
        }
        catch (OperationCanceledException) { /* the test is over */ }
    }

    private void Handle(string text, IPEndPoint from)
    {
        if (text.StartsWith("INVITE ", StringComparison.Ordinal))
        {
            _invite = text;
            if (AnswersWith == 200) Learn(text);
            Send(Reply(text, AnswersWith == 200 ? "200 OK" : $"{AnswersWith} No", AnswersWith == 200 ? Sdp : null), from);
        }
        else if (text.StartsWith("ACK ", StringComparison.Ordinal) && AnswersWith == 200) Begin();
        else if (text.StartsWith("BYE ", StringComparison.Ordinal))
        {
            Send(Reply(text, "200 OK", null), from);
            IsOver |= Header(text, "Call-ID") == Header(_invite ?? "", "Call-ID");       // else of who had this port before
        }
        else if (text.StartsWith("SIP/2.0 200", StringComparison.Ordinal)
            && Header(text, "CSeq").EndsWith("INVITE", StringComparison.Ordinal))
        {
            _okTo = Header(text, "To");
            Learn(text);
            Send(Text($"""
                ACK sip:{_node} SIP/2.0
                Via: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bKack{_tag};rport
                Max-Forwards: 70
                From: {Header(text, "From")}
                To: {_okTo}
                Call-ID: {Header(text, "Call-ID")}
                CSeq: 1 ACK
                """, null), _node);
            Begin();
        }
    }

    private void Learn(string text) => _remote = new(IPAddress.Loopback, int.Parse(Regex.Match(text, @"m=audio (\d+)").Groups[1].Value));

    private void Begin()
    {
        if (IsUp) return;
        IsUp = true;
        (_packet[0], _packet[8], _begunAt) = (0x80, (byte)(Port & 0xFF), Stopwatch.GetTimestamp());
        PhoneClock.Add(Speak);
    }

    /// <summary>What is due by now, and what is overdue with it.</summary>
    private void Speak()
    {
        try
        {
            for (; !IsOver && _at * 20 < Stopwatch.GetElapsedTime(_begunAt).TotalMilliseconds; _at++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)_at);
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _at * Frame);
                for (int i = 0; i < Frame; i++)
                    _packet[12 + i] = ToLaw((short)(10_000 * Math.Sin(2 * Math.PI * _hertz * (_at * Frame + i) / Rate)));
                _voice.SendTo(_packet, _remote!);       // learnt before the call is up
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            PhoneClock.Remove(Speak);       // the test is over
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var packet = await _rtp.ReceiveAsync(_stop.Token);
                if (_remote is { } node && !packet.RemoteEndPoint.Equals(node)) continue;     // for whoever had this port before
                if ((packet.Buffer[1] & 0x7F) != 0) continue;
                short[] samples = [.. packet.Buffer.Skip(12).Select(FromLaw)];
                bool isLoud = samples.Any(sample => Math.Abs((int)sample) >= Loud);
                lock (_heard)
                {
                    _heard.AddRange(samples);
                    _silentPackets = isLoud ? 0 : _silentPackets + 1;
                    if (isLoud) _loudAt = Stopwatch.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) { /* the test is over */ }
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

    private string Sdp => $"""
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio {((IPEndPoint)_rtp.Client.LocalEndPoint!).Port} RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000

        """;

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
            Contact: <sip:phone@127.0.0.1:{Port}>
            """, body);
    }

    private static string Text(string head, string? body)
    {
        string content = (body ?? "").ReplaceLineEndings("\r\n");
        string type = body is null ? "" : "Content-Type: application/sdp\r\n";
        return $"{head.ReplaceLineEndings("\r\n")}\r\n{type}Content-Length: {content.Length}\r\n\r\n{content}";
    }

    private void Send(string text, IPEndPoint to) => _sip.Send(Encoding.UTF8.GetBytes(text), to);

    private static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: (.*)\r$", RegexOptions.Multiline).Groups[1].Value;

    public async ValueTask DisposeAsync()
    {
        PhoneClock.Remove(Speak);
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _sip.Dispose();
        _rtp.Dispose();
        _stop.Dispose();
    }
}
