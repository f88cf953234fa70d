using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Delivery.Mails;

/// <summary>One conversation with a mail server: RFC 5321, STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954, 4616).</summary>
internal sealed class SmtpTalk : IAsyncDisposable
{
    /// <summary>A reply may have many lines, and each line 512 characters (RFC 5321 section 4.5.3.1.5).</summary>
    private const int MostReplyCharacters = 64 * 1024;

    private Stream _stream;
    private readonly byte[] _buffer = new byte[4_096];
    private readonly string _own;
    private int _start, _end;

    private SmtpTalk(Stream stream, string own) => (_stream, _own) = (stream, own);

    /// <exception cref="SmtpRefusedException">The server said no.</exception>
    public static async Task<SmtpTalk> OpenAsync(MailServer server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SmtpTalk? talk = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, stop).ConfigureAwait(false);
            talk = new(new NetworkStream(socket, ownsSocket: true), OwnOf(((IPEndPoint)socket.LocalEndPoint!).Address)); // it is connected
            if (server.IsTls) await talk.SecureAsync(server.Host, stop).ConfigureAwait(false);
            await talk.ExpectAsync(220, stop).ConfigureAwait(false);
            var offers = await talk.GreetAsync(stop).ConfigureAwait(false);
            if (!server.IsTls && offers.Contains("STARTTLS"))
            {
                await talk.SayAsync("STARTTLS", 220, stop).ConfigureAwait(false);
                await talk.SecureAsync(server.Host, stop).ConfigureAwait(false);
                offers = await talk.GreetAsync(stop).ConfigureAwait(false);
            }
            if (server.User is not null) await talk.SignInAsync(server.User, server.Password ?? "", offers, stop).ConfigureAwait(false);
            return talk;
        }
        catch
        {
            if (talk is not null) await talk.DisposeAsync().ConfigureAwait(false);
            else socket.Dispose();
            throw;
        }
    }

    /// <param name="mail">Lines that end with CR LF.</param>
    /// <returns>What the server said when it took the mail.</returns>
    public async Task<string> SendAsync(string from, string to, byte[] mail, CancellationToken stop)
    {
        await SayAsync($"MAIL FROM:<{from}>", 250, stop).ConfigureAwait(false);
        await SayAsync($"RCPT TO:<{to}>", 250, stop).ConfigureAwait(false);
        await SayAsync("DATA", 354, stop).ConfigureAwait(false);
        await _stream.WriteAsync(Stuffed(mail), stop).ConfigureAwait(false);
        string taken = await ExpectAsync(250, stop).ConfigureAwait(false);
        // It is taken: how the server says good-bye changes nothing, and a mail that counts as lost for it would be sent twice.
        try
        {
            await _stream.WriteAsync("QUIT\r\n"u8.ToArray(), stop).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // It has left already, or waits for nothing any more.
        }
        return taken;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>
    /// Who asks, where it may have no name that others look up: a machine or container seldom has, and many servers take no word without a
    /// dot (RFC 5321 sections 4.1.1.1 and 4.1.3).
    /// </summary>
    private static string OwnOf(IPAddress address) => address.IsIPv4MappedToIPv6 ? $"[{address.MapToIPv4()}]"
        : address.AddressFamily is AddressFamily.InterNetwork ? $"[{address}]"
        // Without the zone, which names an interface of this machine.
        : $"[IPv6:{new IPAddress(address.GetAddressBytes())}]";

    /// <summary>A dot at the beginning of a line is doubled, and a line of one dot ends the mail (RFC 5321 section 4.5.2).</summary>
    private static byte[] Stuffed(byte[] mail)
    {
        string text = Encoding.Latin1.GetString(mail).Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        if (text.StartsWith('.')) text = "." + text;
        if (!text.EndsWith("\r\n", StringComparison.Ordinal)) text += "\r\n";
        return Encoding.Latin1.GetBytes(text + ".\r\n");
    }

    private async Task SecureAsync(string host, CancellationToken stop)
    {
        // What came before the line was secured counts for nothing: somebody else may have said it.
        (_start, _end) = (0, 0);
        var secured = new SslStream(_stream);
        _stream = secured;
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop).ConfigureAwait(false);
    }

    private async Task<HashSet<string>> GreetAsync(CancellationToken stop)
    {
        string reply = await SayAsync($"EHLO {_own}", 250, stop).ConfigureAwait(false);
        var offers = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in reply.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            offers.Add(words[0]);
            foreach (string word in words.Skip(1)) offers.Add($"{words[0]} {word}");
        }
        return offers;
    }

    private async Task SignInAsync(string user, string password, HashSet<string> offers, CancellationToken stop)
    {
        if (_stream is not SslStream)
            throw new SmtpRefusedException(null, "The server offers no TLS, and a password goes over no open line.");
        if (offers.Contains("AUTH PLAIN")) await SayAsync($"AUTH PLAIN {Encode($"\0{user}\0{password}")}", 235, stop).ConfigureAwait(false);
        else if (offers.Contains("AUTH LOGIN"))
        {
            await SayAsync("AUTH LOGIN", 334, stop).ConfigureAwait(false);
            await SayAsync(Encode(user), 334, stop).ConfigureAwait(false);
            await SayAsync(Encode(password), 235, stop).ConfigureAwait(false);
        }
        else throw new SmtpRefusedException(null, "The server offers neither AUTH PLAIN nor AUTH LOGIN.");

        static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    private async Task<string> SayAsync(string line, int expected, CancellationToken stop)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop).ConfigureAwait(false);
        return await ExpectAsync(expected, stop).ConfigureAwait(false);
    }

    /// <returns>The reply's lines without their codes.</returns>
    private async Task<string> ExpectAsync(int expected, CancellationToken stop)
    {
        var text = new StringBuilder();
        while (true)
        {
            string line = await ReadLineAsync(stop).ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
                throw new IOException("The server speaks no SMTP.");
            if (text.Length + line.Length > MostReplyCharacters) throw new IOException("The server's reply has no end.");
            text.Append(line.Length > 4 ? line[4..] : "").Append('\n');
            if (line.Length > 3 && line[3] == '-') continue;
            return code == expected || (expected == 250 && code == 251) ? text.ToString()
                : throw new SmtpRefusedException(code, text.ToString().Trim());
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken stop)
    {
        var line = new StringBuilder();
        while (true)
        {
            for (; _start < _end; _start++)
            {
                byte next = _buffer[_start];
                if (next == '\n')
                {
                    _start++;
                    return line.ToString().TrimEnd('\r');
                }
                line.Append((char)next);
            }
            if (line.Length > MostReplyCharacters) throw new IOException("The server's line has no end.");
            (_start, _end) = (0, await _stream.ReadAsync(_buffer, stop).ConfigureAwait(false));
            if (_end == 0) throw new IOException("The server closed the connection.");
        }
    }
}

/// <summary>The server said no; <paramref name="code"/> is null where the conversation was not even begun.</summary>
internal sealed class SmtpRefusedException(int? code, string text) : Exception(text)
{
    public int? Code => code;

    /// <summary>4xx: the same may be taken later (RFC 5321 section 4.2.1).</summary>
    public bool IsForNow => code is >= 400 and < 500;
}
