using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>
/// A SIP far end whose user parts say what it does: <c>ok-N</c>, <c>wait</c>, <c>busy</c>, <c>noans</c>, <c>decline</c>, <c>nf</c>,
/// <c>err</c>, <c>away</c>, <c>fax</c>, <c>late</c>, <c>codec</c>, <c>clears</c>, <c>ring</c>, <c>silent</c>, <c>seq-a-b</c>.
/// Its messages are written by hand: nothing of them is the product's.
/// </summary>
internal sealed partial class ScriptedUas : IDisposable
{
    private static readonly TimeSpan BeforeAnswer = TimeSpan.FromSeconds(1);

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _rtp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<string, UasCall> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _times = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<UasCall> _order = new();

    public ScriptedUas() => _ = Task.Run(HearAsync);

    /// <summary>What user parts do that do not say it themselves, as numbers do not.</summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One for each INVITE that began a call, in their order.</summary>
    public IReadOnlyList<UasCall> Calls => [.. _order];

    public IEnumerable<UasCall> Of(string user) => Calls.Where(call => call.User == user);

    /// <summary>The target of an address of type sip.</summary>
    public string At(string user) => $"{user}@{_socket.Client.LocalEndPoint}";

    public void Dispose()
    {
        _socket.Dispose();
        _rtp.Dispose();
    }

    /// <summary>Says something out of turn.</summary>
    public void Answer(UasCall call, int status, string phrase) => Send(call, status, phrase);

    public void Bye(UasCall call) => SendBye(call);

    private async Task HearAsync()
    {
        try
        {
            while (true)
            {
                var packet = await _socket.ReceiveAsync(Stop);
                Take(Encoding.UTF8.GetString(packet.Buffer), packet.RemoteEndPoint);
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Take(string text, IPEndPoint from)
    {
        string method = text[..text.IndexOf(' ')], id = Field(text, "Call-ID", "i");
        if (method is "INVITE" && !_calls.ContainsKey(id))
        {
            var call = new UasCall(text, from, User().Match(text).Groups["user"].Value);
            _calls[id] = call;
            _order.Enqueue(call);
            int nth = _times.AddOrUpdate(call.User, 0, static (_, last) => last + 1);
            _ = Task.Run(() => PlayAsync(call, ScriptOf(Scripts.GetValueOrDefault(call.User, call.User), nth)));
            return;
        }
        if (!_calls.TryGetValue(id, out var known)) return;
        switch (method)
        {
            // One inside the call: it is asked to listen, or to talk again.
            case "INVITE" when Field(text, "To", "t").Contains("tag=", StringComparison.Ordinal):
                known.Offers.Enqueue(text);
                bool isHeld = text.Contains("a=sendonly", StringComparison.Ordinal);
                Reply(text, from, 200, "OK", known, Description(isHeld ? "recvonly" : "sendrecv"));
                break;
            case "ACK":
                known.AckedAt ??= Stopwatch.GetTimestamp();
                break;
            case "CANCEL":
                known.CancelledAt ??= Stopwatch.GetTimestamp();
                Reply(text, from, 200, "OK", known, body: null);
                if (known.LastStatus < 200 && known.IsHeard) Send(known, 487, "Request Terminated");
                break;
            case "BYE":
                known.ByeAt ??= Stopwatch.GetTimestamp();
                Reply(text, from, 200, "OK", known, body: null);
                break;
        }
    }

    /// <summary>The n-th call of a sequence has the n-th script, and those behind its end the last.</summary>
    private static string ScriptOf(string user, int nth)
    {
        if (!user.StartsWith("seq-", StringComparison.Ordinal)) return user;
        var steps = new List<string>();
        foreach (string part in user[4..].Split('-'))
            if (int.TryParse(part, out _) && steps.Count > 0) steps[^1] += "-" + part;
            else steps.Add(part);
        return steps[Math.Min(nth, steps.Count - 1)];
    }

    private async Task PlayAsync(UasCall call, string script)
    {
        call.IsHeard = script is not "silent";
        (int Status, string Phrase) end = script switch
        {
            "busy" => (486, "Busy Here"),
            "noans" => (480, "Temporarily Unavailable"),
            "decline" => (603, "Decline"),
            "nf" => (404, "Not Found"),
            "err" => (500, "Server Internal Error"),
            "away" => (503, "Service Unavailable"),
            "late" => (408, "Request Timeout"),
            "codec" => (488, "Not Acceptable Here"),
            // What a gateway says of a telephone network that has cleared normally.
            "clears" => (480, "Temporarily Unavailable\r\nReason: Q.850;cause=16;text=\"Normal call clearing\""),
            _ => default,
        };
        if (end.Status > 0) Send(call, end.Status, end.Phrase);
        else if (script is "ring") Send(call, 180, "Ringing");
        else if (script is "wait" or "fax" || script.StartsWith("ok-", StringComparison.Ordinal)) await TalkAsync(call, script);
    }

    private async Task TalkAsync(UasCall call, string script)
    {
        Send(call, 180, "Ringing");
        await Task.Delay(BeforeAnswer, Stop);
        if (call.CancelledAt is not null) return;
        Send(call, 200, "OK");
        call.AnsweredAt = Stopwatch.GetTimestamp();
        if (script is "wait") return;
        if (script is "fax")
        {
            await ToneAsync(call, 2_100);
            return;
        }
        await Task.Delay(TimeSpan.FromSeconds(double.Parse(script[3..], CultureInfo.InvariantCulture)), Stop);
        if (call.ByeAt is null) SendBye(call);
    }

    /// <summary>RTP of a steady tone, PCMU, for some seconds or until it is hung up.</summary>
    private async Task ToneAsync(UasCall call, double hertz)
    {
        const int samples = 160, packets = 400;
        int port = int.Parse(Audio().Match(call.Invite).Groups["port"].Value, CultureInfo.InvariantCulture);
        var to = new IPEndPoint(IPAddress.Loopback, port);
        var watch = Stopwatch.StartNew();
        byte[] packet = new byte[12 + samples];
        (packet[0], packet[11]) = (0x80, 7);
        for (int n = 0; n < packets && call.ByeAt is null; n++)
        {
            while (watch.ElapsedMilliseconds < n * 20) await Task.Delay(5, Stop);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)n);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(n * samples));
            for (int i = 0; i < samples; i++)
                packet[12 + i] = MuLaw((int)(8_000 * Math.Sin(2 * Math.PI * hertz * (n * samples + i) / 8_000)));
            await _rtp.SendAsync(packet, to, Stop);
        }
    }

    /// <summary>ITU-T G.711.</summary>
    private static byte MuLaw(int sample)
    {
        int sign = sample < 0 ? 0x80 : 0, magnitude = Math.Min(Math.Abs(sample), 32_635) + 132, exponent = 7;
        for (int mask = 0x4000; (magnitude & mask) == 0 && exponent > 0; mask >>= 1) exponent--;
        return (byte)(~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) & 0xFF);
    }

    private void Send(UasCall call, int status, string phrase)
    {
        call.LastStatus = status;
        Reply(call.Invite, call.From, status, phrase, call, status != 200 ? null : Description("sendrecv"));
    }

    private string Description(string direction) =>
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        + $"m=audio {((IPEndPoint)_rtp.Client.LocalEndPoint!).Port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na={direction}\r\n";

    private void Reply(string request, IPEndPoint to, int status, string phrase, UasCall call, string? body)
    {
        string recipient = Field(request, "To", "t");
        if (!recipient.Contains("tag=", StringComparison.Ordinal)) recipient += $";tag={call.Tag}";
        var text = new StringBuilder($"SIP/2.0 {status} {phrase}\r\n");
        foreach (Match via in Via().Matches(request)) text.Append(via.Value.Trim()).Append("\r\n");
        text.Append($"From: {Field(request, "From", "f")}\r\nTo: {recipient}\r\nCall-ID: {Field(request, "Call-ID", "i")}\r\n");
        text.Append($"CSeq: {Field(request, "CSeq", "CSeq")}\r\n");
        if (status < 300) text.Append($"Contact: <sip:{call.User}@{_socket.Client.LocalEndPoint}>\r\n");
        if (body is not null) text.Append("Content-Type: application/sdp\r\n");
        text.Append($"Content-Length: {body?.Length ?? 0}\r\n\r\n{body}");
        Post(text.ToString(), to);
    }

    private void SendBye(UasCall call)
    {
        string target = Contact().Match(call.Invite).Groups["uri"].Value;
        Post($"BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {_socket.Client.LocalEndPoint};branch=z9hG4bK{Guid.NewGuid():N}\r\n"
            + $"Max-Forwards: 70\r\nFrom: {Field(call.Invite, "To", "t")};tag={call.Tag}\r\nTo: {Field(call.Invite, "From", "f")}\r\n"
            + $"Call-ID: {Field(call.Invite, "Call-ID", "i")}\r\nCSeq: 7 BYE\r\nContent-Length: 0\r\n\r\n", call.From);
    }

    private void Post(string text, IPEndPoint to)
    {
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(text), to);
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static string Field(string text, string name, string brief) =>
        Regex.Match(text, $@"^(?:{name}|{brief}) *: *(?<value>[^\r\n]+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)
            .Groups["value"].Value.Trim();

    [GeneratedRegex(@"^m=audio (?<port>[0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Audio();

    [GeneratedRegex(@"^INVITE sips?:(?<user>[^@;]+)@")]
    private static partial Regex User();

    [GeneratedRegex(@"^(Via|v) *:[^\r\n]+", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Via();

    [GeneratedRegex(@"^(?:Contact|m) *: *[^<\r\n]*<(?<uri>[^>]+)>", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Contact();
}

/// <summary>One call as the far end has it; times are of the stopwatch.</summary>
internal sealed class UasCall(string invite, IPEndPoint from, string user)
{
    public string Invite => invite;
    public IPEndPoint From => from;
    public string User => user;
    public string Tag { get; } = Guid.NewGuid().ToString("N");
    public long At { get; } = Stopwatch.GetTimestamp();
    /// <summary>It answers requests.</summary>
    public bool IsHeard { get; set; } = true;
    public int LastStatus { get; set; }
    public long? AnsweredAt { get; set; }
    public long? AckedAt { get; set; }
    /// <summary>INVITEs inside the call, as they came.</summary>
    public ConcurrentQueue<string> Offers { get; } = new();
    public long? CancelledAt { get; set; }
    public long? ByeAt { get; set; }

    /// <summary>The user part of the From header.</summary>
    public string Caller => Regex.Match(invite, @"^(?:From|f) *: *[^<\r\n]*<sips?:(?<user>[^@>;]+)", RegexOptions.Multiline)
        .Groups["user"].Value;
}
