using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store.Blobs;

namespace Ringwright.Delivery.Mails;

/// <summary>Sends messages whose URL is <c>mailto:</c> and an address, one conversation each: notifications are rare.</summary>
/// <param name="blobs">Where the files are that go with a mail.</param>
public sealed class MailSender(MailServer server, IReadOnlyList<IMailFormat> formats, IBlobs blobs)
{
    public const string Scheme = "mailto:";

    private const int LineCharacters = 76;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly KeyValuePair<string, string> InBase64 = new("Content-Transfer-Encoding", "base64");
    private static readonly KeyValuePair<string, string>[] OfText = [new("Content-Type", "text/plain; charset=utf-8"), InBase64],
        OfHtml = [new("Content-Type", "text/html; charset=utf-8"), InBase64];

    public static bool Takes(string url) => url.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Never throws for what the network or the server does; only when stopped.</summary>
    internal async ValueTask<Sent> SendAsync(OutboxMessage message, string url, CancellationToken stop)
    {
        if (formats.FirstOrDefault(f => f.Name == message.Format) is not { } format)
            return Sent.Nothing($"Nothing writes the format '{message.Format}' as mail.");
        string to = url[Scheme.Length..];
        var text = format.Write(message);
        List<KeyValuePair<string, string>> head =
        [
            new("From", server.From),
            new("To", to),
            new("Subject", Word(text.Subject)),
            new("Date", message.OccurredAt.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)),
            // The same for each attempt, so that a mail that was taken twice can be known by it.
            new("Message-ID", $"<{message.Id}@{server.From[(server.From.IndexOf('@') + 1)..]}>"),
            new("Auto-Submitted", "auto-generated"),
            new("MIME-Version", "1.0"),
        ];
        // No line of base64 begins with two dashes (RFC 2046 section 5.1.1).
        string boundary = $"=_{message.Id:N}";
        if (text.Files.Count == 0) head.AddRange(text.IsHtml ? OfHtml : OfText);
        else head.Add(new("Content-Type", $"multipart/mixed; boundary=\"{boundary}\""));
        if (await ComposeAsync(head, text, boundary, stop).ConfigureAwait(false) is not { } mail)
            return new(head, new() { Failure = EgressFailure.Broken, Detail = "A file that goes with the mail is not there." });
        return new(head, await TalkAsync(to, mail, stop).ConfigureAwait(false));
    }

    private async Task<EgressResult> TalkAsync(string to, byte[] mail, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            var talk = await SmtpTalk.OpenAsync(server, limit.Token).ConfigureAwait(false);
            await using var _ = talk.ConfigureAwait(false);
            string taken = await talk.SendAsync(server.From, to, mail, limit.Token).ConfigureAwait(false);
            return new() { Failure = EgressFailure.None, Status = 250, Body = Encoding.UTF8.GetBytes(taken.Trim()) };
        }
        catch (SmtpRefusedException refused)
        {
            return new()
            {
                Failure = refused.IsForNow ? EgressFailure.Broken : EgressFailure.Forbidden,
                Detail = refused.Message, Status = refused.Code, Body = Encoding.UTF8.GetBytes(refused.Message)
            };
        }
        catch (AuthenticationException tls)
        {
            return new() { Failure = EgressFailure.Tls, Detail = tls.Message };
        }
        catch (SocketException unreachable)
        {
            bool isName = unreachable.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData;
            return new() { Failure = isName ? EgressFailure.Dns : EgressFailure.Connect, Detail = unreachable.Message };
        }
        catch (IOException broken)
        {
            return new() { Failure = EgressFailure.Broken, Detail = broken.Message };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new() { Failure = EgressFailure.TimedOut, Detail = $"The mail server took no mail within {Limit.TotalSeconds:0} s." };
        }
    }

    /// <returns>Null when a file is not to be had.</returns>
    private async ValueTask<byte[]?> ComposeAsync(List<KeyValuePair<string, string>> head, MailText text, string boundary,
        CancellationToken stop)
    {
        var mail = new StringBuilder();
        byte[] words = Encoding.UTF8.GetBytes(
            text.Text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
        if (text.Files.Count == 0)
        {
            AppendPart(mail, head, words);
            return Encoding.ASCII.GetBytes(mail.ToString());
        }
        AppendPart(mail, head, []);
        mail.Append("--").Append(boundary).Append("\r\n");
        AppendPart(mail, text.IsHtml ? OfHtml : OfText, words);
        foreach (var file in text.Files)
        {
            if (await ReadAsync(file.Key, stop).ConfigureAwait(false) is not { } bytes) return null;
            mail.Append("--").Append(boundary).Append("\r\n");
            AppendPart(mail,
                [new("Content-Type", file.Type), InBase64, new("Content-Disposition", $"attachment; filename=\"{file.Name}\"")], bytes);
        }
        mail.Append("--").Append(boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    private async ValueTask<byte[]?> ReadAsync(BlobKey key, CancellationToken stop)
    {
        try
        {
            return await blobs.ReadAsync(key, stop).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The store of files is away, as it may be for a moment.
            return null;
        }
    }

    /// <summary>Fields, an empty line, and the bytes in base64.</summary>
    private static void AppendPart(StringBuilder mail, IReadOnlyList<KeyValuePair<string, string>> fields, byte[] bytes)
    {
        foreach (var (name, value) in fields) mail.Append(name).Append(": ").Append(value).Append("\r\n");
        mail.Append("\r\n");
        string body = Convert.ToBase64String(bytes);
        for (int i = 0; i < body.Length; i += LineCharacters)
            mail.Append(body, i, Math.Min(LineCharacters, body.Length - i)).Append("\r\n");
    }

    /// <summary>As it is, or as encoded words (RFC 2047 section 2), each of at most 75 characters.</summary>
    private static string Word(string text)
    {
        const int WordBytes = 42;       // 56 in base64, with the frame around them
        if (text.All(c => c is >= ' ' and < (char)127) && text.Length <= LineCharacters) return text;
        var words = new List<string>();
        var part = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Rune.IsControl(rune) ? " " : rune.ToString());
            if (part.Count + bytes.Length > WordBytes) Flush();
            part.AddRange(bytes);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            if (part.Count > 0) words.Add($"=?utf-8?B?{Convert.ToBase64String([.. part])}?=");
            part.Clear();
        }
    }
}
