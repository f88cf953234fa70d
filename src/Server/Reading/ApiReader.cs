using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Ringwright.Http;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Reading;

/// <summary>
/// The description of each API as a page to read and to search, below <c>/reference/</c>: Redoc, from this program's own files (ADR 183).
/// It loads nothing from elsewhere, and holds nothing of any account.
/// </summary>
/// <param name="below">Where a proxy has the listener: "/pbx"; empty at a root.</param>
internal sealed class ApiReader(IEnumerable<Dialect> dialects, string below = "")
{
    private const string Root = "/reference/", Script = "redoc.js", Sheet = "reader.css", Licenses = "redoc-licenses.txt", Gzip = "gzip";

    // Redoc makes style sheets, and the worker of its search, itself.
    private static readonly KeyValuePair<string, StringValues>[] Headers =
    [
        new("content-security-policy", "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'self' 'unsafe-inline'; "
            + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        new("x-frame-options", "DENY"),
        new("x-content-type-options", "nosniff"),
        new("referrer-policy", "same-origin"),
    ];

    // Whoever asks again and again costs no more work.
    private static readonly Lazy<byte[]> Packed = new(() => Read("redoc.standalone.js.gz")), Plain = new(Unpack);

    public static string PathOf(string name) => Root + name;

    public void Map(WebApplication app)
    {
        foreach (var dialect in dialects)
        {
            byte[] page = Encoding.UTF8.GetBytes(PageOf(dialect));
            app.MapMethods(PathOf(dialect.Name), ReadingMethods.All, http => GiveAsync(http, ErrorPage.ContentType, page, "no-cache"));
        }
        foreach (var (name, type) in new[] { (Sheet, "text/css; charset=utf-8"), (Licenses, "text/plain; charset=utf-8") })
        {
            var file = new Lazy<byte[]>(() => Read(name));
            app.MapMethods(Root + name, ReadingMethods.All, http => GiveAsync(http, type, file.Value));
        }
        app.MapMethods(Root + Script, ReadingMethods.All, ScriptAsync);
    }

    private string PageOf(Dialect dialect) => $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(dialect.Title)}</title>
        <link rel="stylesheet" href="{below}{Root}{Sheet}"></head>
        <body><noscript><p>This page wants scripts; the description itself is <a href="{below}{dialect.Root}{OpenApiDocument.Path}">here</a>.</p></noscript>
        <redoc spec-url="{below}{dialect.Root}{OpenApiDocument.Path}" hide-download-button="true" native-scrollbars="true"></redoc>
        <script src="{below}{Root}{Script}"></script></body>
        </html>

        """;

    /// <summary>It lies here packed, and goes so to who can unpack it.</summary>
    private static Task ScriptAsync(HttpContext http)
    {
        bool isPacked = http.Request.Headers.AcceptEncoding.ToString().Contains(Gzip, StringComparison.OrdinalIgnoreCase);
        http.Response.Headers.Append("Vary", "Accept-Encoding");
        if (isPacked) http.Response.Headers.ContentEncoding = Gzip;
        return GiveAsync(http, "text/javascript; charset=utf-8", isPacked ? Packed.Value : Plain.Value);
    }

    private static Task GiveAsync(HttpContext http, string type, byte[] document, string caching = "public, max-age=3600") =>
        GivenPage.GiveAsync(http, [.. Headers, new("cache-control", caching)], type, document);

    private static byte[] Unpack()
    {
        using var plain = new MemoryStream();
        using (var unpacked = new GZipStream(new MemoryStream(Packed.Value), CompressionMode.Decompress)) unpacked.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ApiReader).Assembly.GetManifestResourceStream($"reading/{name}")!;      // embedded
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
