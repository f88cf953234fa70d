using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Interop.Cases;

/// <summary>What a web server may answer that was asked for a document; by sockets, byte for byte.</summary>
internal static class HostileDocuments
{
    internal delegate Task Answering(NetworkStream stream, CancellationToken stop);

    private const string Good = "<Response><Say>Hello.</Say></Response>";

    /// <summary>With the code that the fallback is asked for with, and a word of the reason.</summary>
    public static readonly IReadOnlyDictionary<string, (string Code, string Reason, Answering Answer)> All =
        new Dictionary<string, (string, string, Answering)>
        {
            ["says-nothing"] = ("11200", "within 15 s", (_, stop) => Task.Delay(Timeout.Infinite, stop)),
            ["drips"] = ("11200", "within 15 s", async (stream, stop) =>
            {
                await HeadAsync(stream, "text/xml", 10_000, stop);
                await DripAsync(stream, Good + new string(' ', 10_000), stop);
            }
            ),
            ["drips-its-head"] = ("11200", "within 15 s", (stream, stop) => DripAsync(stream, "HTTP/1.1 200 OK\r\nX-Long: " + Long, stop)),
            ["endless-head"] = ("11200", "headers", async (stream, stop) =>
            {
                await WriteAsync(stream, "HTTP/1.1 200 OK\r\n", stop);
                for (int i = 0; ; i++) await WriteAsync(stream, $"X-{i}: {Long}\r\n", stop);
            }
            ),
            ["ten-megabytes"] = ("11200", "longer than 262144 bytes", async (stream, stop) =>
            {
                await HeadAsync(stream, "text/xml", 10_000_000, stop);
                for (int i = 0; i < 10_000; i++) await WriteAsync(stream, Long, stop);
            }
            ),
            ["ten-megabytes-in-chunks"] = ("11200", "longer than 262144 bytes", async (stream, stop) =>
            {
                await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n", stop);
                for (int i = 0; i < 10_000; i++) await WriteAsync(stream, $"{Long.Length:x}\r\n{Long}\r\n", stop);
            }
            ),
            ["bad-chunks"] = ("11200", "", (stream, stop) => WriteAsync(stream,
                $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\n{Good}\r\n-1\r\n", stop)),
            ["gzip-bomb"] = ("11200", "longer than 262144 bytes", async (stream, stop) =>
            {
                using var packed = new MemoryStream();
                using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(new byte[50_000_000]);
                await WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\n"
                    + $"Content-Length: {packed.Length}\r\nConnection: close\r\n\r\n", stop);
                await stream.WriteAsync(packed.ToArray(), stop);
            }
            ),
            ["longer-than-it-is"] = ("11200", "", async (stream, stop) =>
            {
                await HeadAsync(stream, "text/xml", Good.Length + 100, stop);
                await WriteAsync(stream, Good, stop);
            }
            ),
            ["shorter-than-it-is"] = ("12100", "", async (stream, stop) =>
            {
                await HeadAsync(stream, "text/xml", Good.Length - 5, stop);
                await WriteAsync(stream, Good, stop);
            }
            ),
            ["resets"] = ("11200", "", async (stream, stop) =>
            {
                await HeadAsync(stream, "text/xml", Good.Length, stop);
                await WriteAsync(stream, Good[..10], stop);
                stream.Socket.LingerState = new(true, 0);
                stream.Socket.Close();
            }
            ),
            ["no-http"] = ("11200", "", (stream, stop) => WriteAsync(stream, "220 mail.example.com ESMTP\r\n", stop)),
            ["fails-and-hangs-up"] = ("11200", "answered 500", (stream, stop) =>
                WriteAsync(stream, "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n", stop)),
            ["half-a-letter"] = ("12100", "It is not utf-16", (stream, stop) =>
                SendAsync(stream, "text/xml", Encoding.Unicode.GetBytes(Good)[..^1], stop)),
            ["no-utf-8"] = ("12100", "It is not utf-8", (stream, stop) =>
                SendAsync(stream, "text/xml", Encoding.Latin1.GetBytes("<Response><Say>gr\u00fcn</Say></Response>"), stop)),
            ["unknown-charset"] = ("12100", "klingon is not known", (stream, stop) =>
                SendAsync(stream, "text/xml; charset=klingon", Encoding.ASCII.GetBytes(Good), stop)),
            ["nul-bytes"] = ("12100", "", (stream, stop) =>
                SendAsync(stream, "text/xml", Encoding.ASCII.GetBytes(Good.Replace('l', '\0')), stop)),
            ["blank-before-declaration"] = Document("\n<?xml version=\"1.0\"?>\n<Response/>",
                "blank stands before the XML declaration, which must be the first of a document. (line 2, column 1)"),
            ["raw-ampersand"] = Document("<Response><Say>Tom & Jerry</Say></Response>", "(line 1, column "),
            ["raw-ampersand-in-a-url"] = Document("<Response><Redirect>/a?b=1&c=2</Redirect></Response>", "(line 1, column "),
            ["page"] = Document("<html><body>Hello</body></html>", "The root is html, and not Response."),
            ["page-with-a-type"] = Document("<!DOCTYPE html><html></html>", "a document type (<!DOCTYPE ...>)"),
            ["plain-words"] = ("12100", "(line 1, column 1)", (stream, stop) =>
                SendAsync(stream, "text/plain", "Hello"u8.ToArray(), stop)),
            ["no-content"] = ("12100", "oot element", (stream, stop) =>
                WriteAsync(stream, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", stop)),
            ["dtd"] = Document("<!DOCTYPE Response SYSTEM \"http://127.0.0.1:1/x.dtd\"><Response/>", "a document type"),
            ["entities"] = Document(Bomb(), "a document type"),
            ["outside-file"] = Document(
                "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Response><Say>&x;</Say></Response>", "a document type"),
            ["many-elements"] = Document($"<Response>{Many("<a/>", 60_000)}</Response>", "more than 2000 elements"),
            ["deep"] = Document($"<Response>{Many("<a>", 10_000)}{Many("</a>", 10_000)}</Response>", "nested more than 16 deep"),
            ["large-attribute"] = ("11200", "longer than 262144 bytes", (stream, stop) => SendAsync(stream, "text/xml",
                Encoding.ASCII.GetBytes($"<Response><Say voice=\"{new string('v', 1_000_000)}\">Hi</Say></Response>"), stop)),
            ["deep-template"] = Document(
                $"<Response>{Many("{{#To}}", 400)}{Many("{{/To}}", 400)}<Say>Hi</Say></Response>", "nested more than 16 deep"),
            ["many-tags"] = Document($"<Response>{Many("{{To}}", 30_000)}</Response>", "more than 1000 tags"),
            ["open-template"] = Document("<Response>{{#To}}<Say>Hi</Say></Response>", "template is broken"),
            ["empty"] = ("12100", "", (stream, stop) => HeadAsync(stream, "text/xml", 0, stop)),
            ["other-root"] = Document("<Antwort/>", "The root is Antwort"),
            ["endless-sound"] = ("12100", "it is audio/mpeg, and no document", async (stream, stop) =>
            {
                await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nConnection: close\r\n\r\n", stop);
                while (true) await WriteAsync(stream, Long, stop);
            }
            ),
            ["moves-to-itself"] = Moved("moves-to-itself", "redirects"),
            ["moves-to-metadata"] = Moved("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
            ["moves-to-nowhere"] = Moved("http://", ""),
            ["moves-to-a-file"] = Moved("file:///etc/passwd", "URL must be"),
        };

    private static string Long => new('x', 1_000);

    private static string Bomb()
    {
        var text = new StringBuilder("<!DOCTYPE r [<!ENTITY a0 \"haha\">");
        for (int i = 1; i < 12; i++) text.Append($"<!ENTITY a{i} \"{Many($"&a{i - 1};", 10)}\">");
        return text.Append("]><Response><Say>&a11;</Say></Response>").ToString();
    }

    private static string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static (string, string, Answering) Document(string text, string reason) =>
        ("12100", reason, (stream, stop) => SendAsync(stream, "text/xml; charset=utf-8", Encoding.UTF8.GetBytes(text), stop));

    private static (string, string, Answering) Moved(string where, string reason) =>
        ("11200", reason, (stream, stop) => WriteAsync(stream,
            $"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop));

    private static async Task SendAsync(NetworkStream stream, string type, byte[] body, CancellationToken stop)
    {
        await HeadAsync(stream, type, body.Length, stop);
        await stream.WriteAsync(body, stop);
    }

    private static Task HeadAsync(NetworkStream stream, string type, int length, CancellationToken stop) => WriteAsync(stream,
        $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n", stop);

    private static async Task DripAsync(NetworkStream stream, string text, CancellationToken stop)
    {
        foreach (char one in text)
        {
            await WriteAsync(stream, one.ToString(), stop);
            await Task.Delay(1_000, stop);
        }
    }

    private static Task WriteAsync(NetworkStream stream, string text, CancellationToken stop) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();
}
