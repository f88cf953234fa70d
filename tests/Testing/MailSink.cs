using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Testing;

/// <summary>A mail that a sink took; <paramref name="Text"/> is all of it, without the doubled dots of the wire.</summary>
public sealed record TakenMail(string From, IReadOnlyList<string> To, string Text, string? Credentials);

/// <summary>
/// A mail server on a free loopback port that takes mails by RFC 5321 and keeps them; what it answers to a command can be chosen.
/// </summary>
public sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<TakenMail> _taken = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly bool _leaves;
    private readonly Task _accepting;

    /// <param name="answer">What to answer to a command line in place of the usual; null answers as usual.</param>
    /// <param name="leaves">Behind each mail that it has taken the connection is reset, without a good-bye.</param>
    public MailSink(Func<string, string?>? answer = null, bool leaves = false)
    {
        (_answer, _leaves) = (answer ?? (_ => null), leaves);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public IReadOnlyList<TakenMail> Taken => [.. _taken];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true) talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            string from = "";
            string? credentials = null;
            var to = new List<string>();
            await SayAsync("220 sink ready");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                string verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (_answer(line) is { } other)
                {
                    await SayAsync(other);
                    continue;
                }
                switch (verb)
                {
                    case "EHLO":
                        await SayAsync("250-sink");
                        await SayAsync("250-AUTH PLAIN LOGIN");
                        await SayAsync("250 8BITMIME");
                        break;
                    case "AUTH":
                        credentials = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
                        await SayAsync("235 welcome");
                        break;
                    case "MAIL": (from, to) = (Between(line), []); await SayAsync("250 ok"); break;
                    case "RCPT": to.Add(Between(line)); await SayAsync("250 ok"); break;
                    case "DATA":
                        await SayAsync("354 go on");
                        _taken.Enqueue(new(from, [.. to], await ReadMailAsync(reader), credentials));
                        await SayAsync("250 queued");
                        if (!_leaves) break;
                        client.LingerState = new(true, 0);
                        return;
                    case "QUIT": await SayAsync("221 bye"); return;
                    default: await SayAsync("250 ok"); break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client left.
        }

        Task SayAsync(string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token).AsTask();
    }

    private async Task<string> ReadMailAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line and not ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        return text.ToString();
    }

    private static string Between(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
}
