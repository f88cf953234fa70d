using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Server.Reading;

namespace Ringwright.Server.Nodes;

/// <summary>
/// What stands at the root of a listener: what this is, in which version, which APIs are in and where each describes itself. For browsers a
/// page, for programs JSON, and <c>/llms.txt</c> for language models. It holds nothing of any account, so nobody is asked for a key.
/// </summary>
internal sealed class FrontPage
{
    private const string What = "A phone company in one program: SIP and RTP of its own, commanded through APIs that you already know.";

    private readonly IReadOnlyList<ServedDialect> _apis;
    private readonly IReadOnlyList<(string Path, string Says)> _more;
    private readonly Lazy<byte[]> _json, _html, _text;

    /// <param name="more">What is there beside the APIs, each with what it says.</param>
    /// <param name="below">Where a proxy has the listener: "/pbx"; empty at a root.</param>
    public FrontPage(IEnumerable<Dialect> dialects, IReadOnlyList<(string Path, string Says)> more, string below = "")
    {
        _apis = [.. dialects.Select(dialect => ServedDialect.Of(dialect, below))];
        _more = [.. more.Select(one => (below + one.Path, one.Says))];
        _json = new(() => Encoding.UTF8.GetBytes(Json().ToJsonString() + "\n"));
        _html = new(() => Encoding.UTF8.GetBytes(Html()));
        _text = new(() => Encoding.UTF8.GetBytes(Text()));
    }

    public void Map(WebApplication app)
    {
        app.MapMethods("/", ReadingMethods.All, http =>
        {
            http.Response.Headers.Append("Vary", "Accept");
            return IsBrowser(http.Request) ? GiveAsync(http, ErrorPage.ContentType, _html.Value)
                : GiveAsync(http, "application/json; charset=utf-8", _json.Value);
        });
        app.MapMethods("/llms.txt", ReadingMethods.All, http => GiveAsync(http, "text/plain; charset=utf-8", _text.Value));
    }

    /// <summary>Browsers name HTML when a person opens an address; no other program does.</summary>
    private static bool IsBrowser(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Task GiveAsync(HttpContext http, string type, byte[] document) =>
        GivenPage.GiveAsync(http, [.. ErrorPage.Headers, new("cache-control", "no-cache")], type, document);

    private JsonObject Json() => new()
    {
        ["name"] = "ringwright",
        ["version"] = ProgramVersion.Text,
        ["what"] = What,
        ["apis"] = new JsonArray([.. _apis.Select(api => (JsonNode)new JsonObject
        {
            ["name"] = api.Name, ["title"] = api.Title, ["root"] = api.Root, ["operations"] = api.Real, ["of"] = api.Total,
            ["openapi"] = api.Description, ["reference"] = api.Reference,
        })]),
        ["more"] = new JsonArray([.. _more.Select(one => (JsonNode)new JsonObject { ["path"] = one.Path, ["says"] = one.Says })]),
    };

    private string Html() => $$"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ringwright</title>
        <style>{{ErrorPage.Style}}
        table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0 }
        @media (max-width: 36rem) { thead { display: none } tr { display: block; padding: .4rem 0 } td { display: block; padding: 0 } }
        </style></head>
        <body><main><h1>Ringwright {{Encoded(ProgramVersion.Text)}}</h1>
        <p>{{Encoded(What)}}</p>
        <table><thead><tr><th>API</th><th>at</th><th>operations</th><th>described by</th></tr></thead>
        <tbody>
        {{string.Concat(_apis.Select(RowOf))}}</tbody></table>
        <ul>
        {{string.Concat(_more.Select(ItemOf))}}</ul>
        <p class="note">An operation that is not in answers 501 and says why. The documentation is in the folder <code>docs</code> of what
        this was installed from.</p>
        </main></body>
        </html>

        """;

    private static string ItemOf((string Path, string Says) one) =>
        $"<li><a href=\"{Encoded(one.Path)}\">{Encoded(one.Path)}</a>: {Encoded(one.Says)}</li>\n";

    private static string RowOf(ServedDialect api) =>
        $"<tr><td>{Encoded(api.Title)}</td><td><code>{Encoded(api.Root)}</code></td><td>{api.Real} of {api.Total} in</td>"
        + $"<td><a href=\"{Encoded(api.Reference)}\">a page</a>, "
        + $"<a href=\"{Encoded(api.Description)}\">OpenAPI 3.1</a></td></tr>\n";

    /// <summary>As llmstxt.org has it: a title, what it is, lists of links.</summary>
    private string Text()
    {
        var text = new StringBuilder($"# Ringwright\n\n> {What} This is version {ProgramVersion.Text}.\n\n## APIs\n\n");
        foreach (var api in _apis)
            text.Append($"- [{api.Title}]({api.Description}): below {api.Root}; {api.Real} of {api.Total} operations are in, the others "
                + "answer 501 and say why\n");
        text.Append("\n## More\n\n");
        foreach (var (path, says) in _more) text.Append($"- [{path}]({path}): {says}\n");
        return text.ToString();
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private sealed record ServedDialect(string Name, string Title, string Root, string Reference, int Real, int Total)
    {
        public string Description => Root + OpenApiDocument.Path;

        public static ServedDialect Of(Dialect dialect, string below)
        {
            var (real, total) = dialect.Count();
            return new(dialect.Name, dialect.Title, below + dialect.Root, below + ApiReader.PathOf(dialect.Name), real, total);
        }
    }
}
