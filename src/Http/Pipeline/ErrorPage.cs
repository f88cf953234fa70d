using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>An error for a person: one page that loads nothing and does nothing.</summary>
public static class ErrorPage
{
    public const string ContentType = "text/html; charset=utf-8";

    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action ";

    public static readonly IReadOnlyList<KeyValuePair<string, StringValues>> Headers = HeadersFor("'none'");

    /// <summary>How all our pages look.</summary>
    public const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
        h1 { font-size: 1.4rem } code { overflow-wrap: anywhere } .note { color: #555; font-size: .9rem } .bad { color: #a00 }
        """;

    /// <summary>The headers of a page: never kept, never framed, loading nothing.</summary>
    /// <param name="formAction">Where its form may go, as the policy wants it.</param>
    public static IReadOnlyList<KeyValuePair<string, StringValues>> HeadersFor(string formAction) =>
    [
        new("content-security-policy", Policy + formAction),
        new("x-frame-options", "DENY"),
        new("x-content-type-options", "nosniff"),
        new("referrer-policy", "same-origin"),
        new("cache-control", "no-store"),
    ];

    public static byte[] Write(string title, string text, string requestId) => Encoding.UTF8.GetBytes($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(title)}</title><style>{Style}</style></head>
        <body><main><h1>{WebUtility.HtmlEncode(title)}</h1><p>{WebUtility.HtmlEncode(text)}</p><p class="note">Request {WebUtility.HtmlEncode(requestId)}</p></main></body>
        </html>

        """);
}
