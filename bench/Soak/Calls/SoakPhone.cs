using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>A phone that registers, goes, comes back, and is always busy.</summary>
internal sealed partial class SoakPhone(IPEndPoint node, string user, string password) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);
    private const int Tries = 5;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly string _callId = Guid.NewGuid().ToString("N"), _tag = Guid.NewGuid().ToString("N")[..8];
    private int _cseq;

    /// <param name="seconds">How long; 0 leaves.</param>
    /// <returns>The final status; 0 when none came.</returns>
    public async Task<int> RegisterAsync(int seconds, CancellationToken stop)
    {
        string answer = await AskAsync(seconds, null, stop);
        if (StatusOf(answer) != 401
                || Challenge().Matches(answer).FirstOrDefault(m => m.Value.Contains("MD5", StringComparison.Ordinal)) is not { } challenge)
            return StatusOf(answer);
        return StatusOf(await AskAsync(seconds, Credentials(challenge.Value), stop));
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> AskAsync(int seconds, string? credentials, CancellationToken stop)
    {
        int cseq = ++_cseq;
        var local = (IPEndPoint)_socket.Client.LocalEndPoint!;      // bound by the constructor
        string message = $"""
            REGISTER sip:{node} SIP/2.0
            Via: SIP/2.0/UDP {local};branch=z9hG4bK{_callId}{cseq};rport
            Max-Forwards: 70
            From: <sip:{user}@{node}>;tag={_tag}
            To: <sip:{user}@{node}>
            Call-ID: {_callId}
            CSeq: {cseq} REGISTER
            Contact: <sip:{user}@{local}>
            Expires: {seconds}
            {(credentials is null ? "" : $"Authorization: {credentials}\n")}Content-Length: 0


            """.ReplaceLineEndings("\r\n");
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        for (int i = 0; i < Tries; i++)
        {
            await _socket.SendAsync(bytes, node, stop);
            if (await AnswerAsync(cseq, stop) is { } answer) return answer;
        }
        return "";
    }

    private async Task<string?> AnswerAsync(int cseq, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            while (true)
            {
                string text = Encoding.UTF8.GetString((await _socket.ReceiveAsync(limit.Token)).Buffer);
                if (text.StartsWith("INVITE ", StringComparison.Ordinal)) await RefuseAsync(text, stop);
                else if (text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && text.Contains($"CSeq: {cseq} ", StringComparison.Ordinal))
                    return text;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Busy, with the headers that a response copies.</summary>
    private async Task RefuseAsync(string invite, CancellationToken stop)
    {
        var copied = invite.Split("\r\n").Where(line => Copied().IsMatch(line))
            .Select(line => line.StartsWith("To:", StringComparison.Ordinal) ? $"{line};tag={_tag}" : line);
        byte[] busy = Encoding.UTF8.GetBytes($"SIP/2.0 486 Busy Here\r\n{string.Join("\r\n", copied)}\r\nContent-Length: 0\r\n\r\n");
        await _socket.SendAsync(busy, node, stop);
    }

    private string Credentials(string challenge)
    {
        string realm = Field(challenge, "realm"), nonce = Field(challenge, "nonce"), uri = $"sip:{node}",
            client = Guid.NewGuid().ToString("N");
        string response = Hash($"{Hash($"{user}:{realm}:{password}")}:{nonce}:00000001:{client}:auth:{Hash($"REGISTER:{uri}")}");
        return $"Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5, "
            + $"qop=auth, nc=00000001, cnonce=\"{client}\"";
    }

    private static string Field(string challenge, string name) =>
        Regex.Match(challenge, $"{name}=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    private static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private static int StatusOf(string answer) => answer.Length > 11 && int.TryParse(answer.AsSpan(8, 3), out int status) ? status : 0;

    [GeneratedRegex("^WWW-Authenticate: .*$", RegexOptions.Multiline)]
    private static partial Regex Challenge();

    [GeneratedRegex("^(Via|From|To|Call-ID|CSeq|Record-Route): ")]
    private static partial Regex Copied();
}
