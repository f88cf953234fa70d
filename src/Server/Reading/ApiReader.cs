using System.IO.Compression;
using System.Net;
using System.Text;
using Ringwright.Http;

namespace Ringwright.Server.Reading;

/// <summary>
/// The description of each API as a page to read and to search, below <c>/reference/</c>: Redoc, from this program's own files (ADR 183).
/// It loads nothing from elsewhere, and holds nothing of any account.
/// </summary>
internal sealed class ApiReader(IEnumerable<Dialect> dialects)
{
    private const string Root = "/reference/", Script = "redoc.js", Sheet = "reader.css", Licenses = "redoc-licenses.txt", Gzip = "gzip";

    // Redoc makes style sheets, and the worker of its search, itself.
    private static readonly KeyValuePair<string, string>[] Headers =
    [
        new("content-security-policy", "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'self' 'unsafe-inline'; "
            + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        new("x-frame-options", "DENY"),
        new("x-content-type-options", "nosniff"),
        new("referrer-policy", "same-origin"),
    ];

    private static readonly Lazy<byte[]> Packed = new(() => Read("redoc.standalone.js.gz"));

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

    private static string PageOf(Dialect dialect) => $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(dialect.Title)}</title>
        <link rel="stylesheet" href="{Root}{Sheet}"></head>
        <body><noscript><p>This page wants scripts; the description itself is <a href="{dialect.Root}{OpenApiDocument.Path}">here</a>.</p></noscript>
        <redoc spec-url="{dialect.Root}{OpenApiDocument.Path}" hide-download-button="true" native-scrollbars="true"></redoc>
        <script src="{Root}{Script}"></script></body>
        </html>

        """;

    /// <summary>It lies here packed, and goes so to who can unpack it.</summary>
    private static async Task ScriptAsync(HttpContext http)
    {
        byte[] script = Packed.Value;
        http.Response.Headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.AcceptEncoding.ToString().Contains(Gzip, StringComparison.OrdinalIgnoreCase))
            http.Response.Headers.ContentEncoding = Gzip;
        else
        {
            using var plain = new MemoryStream();
            await using (var unpacked = new GZipStream(new MemoryStream(script), CompressionMode.Decompress))
                await unpacked.CopyToAsync(plain, http.RequestAborted);
            script = plain.ToArray();
        }
        await GiveAsync(http, "text/javascript; charset=utf-8", script);
    }

    private static Task GiveAsync(HttpContext http, string type, byte[] document, string caching = "public, max-age=3600")
    {
        var response = http.Response;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        response.Headers.CacheControl = caching;
        response.ContentType = type;
        response.ContentLength = document.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask
            : response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ApiReader).Assembly.GetManifestResourceStream($"reading/{name}")!;      // embedded
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
