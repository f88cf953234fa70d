using System.Net;
using System.Text;
using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// The consent page as HTML. All that a program said about itself is text here: nothing of it is fetched,
/// and no more of it is linked than its two pages.
/// </summary>
internal static class ConsentView
{
    /// <param name="fault">What was wrong with the answer; null on the first view.</param>
    public static byte[] Write(ConsentTicket ticket, OAuthClient client, string? fault)
    {
        string name = Text(client.Name());
        return Encoding.UTF8.GetBytes($"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Allow {name}?</title><style>{ErrorPage.Style}{Style}</style></head>
            <body><main>
            <h1>Allow <strong>{name}</strong> to use your account?</h1>
            <p class="note">{(client.Tenant is null ? "This program registered itself. Nobody here has checked who is behind it." : "This program was registered by an account of this system. Nobody here has checked who is behind it.")}</p>
            <p>It asks for:</p>
            <ul>
            {string.Concat(ticket.Scopes.Select(Item))}</ul>
            <p>Then your browser goes on to <code>{Text(SourceOf(ticket.RedirectUri))}</code>.</p>
            {(fault is null ? "" : $"<p class=\"bad\" role=\"alert\">{Text(fault)}</p>\n")}<form method="post" autocomplete="off">
            <label for="key">An owner's key of your account</label>
            <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" autofocus>
            <p class="note">The key goes to this system alone; the program never sees it. You can take back what you allow at any time: delete the grant.</p>
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button>
            </form>
            {Links(client)}</main></body>
            </html>

            """);
    }

    /// <summary>Where the form's answer may send the browser on to, as a content security policy names it.</summary>
    public static string SourceOf(string redirectUri)
    {
        var uri = new Uri(redirectUri); // checked when it was registered
        return uri.Scheme is "http" or "https" ? $"{uri.Scheme}://{uri.IdnHost}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
            : uri.Scheme + ":";
    }

    private const string Style = """
         label { display: block; font-weight: 600 } input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
        button { font: inherit; padding: .5rem 1.2rem; margin-right: .5rem }
        """;

    private static string Item(string scope) =>
        $"<li><strong>{Text(Scopes.Find(scope)?.Name ?? scope)}</strong> "
        + $"<code>{Text(scope)}</code><br>{Text(Consents.DescriptionOf(scope))}</li>\n";

    private static string Links(OAuthClient client)
    {
        var links = new List<string>();
        foreach (var (field, words) in new[] { ("tos_uri", "terms of service"), ("policy_uri", "privacy policy") })
            if (client.Link(field) is { } uri)
                links.Add($"<a href=\"{Text((string)uri!)}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">{words}</a>");
        return links.Count == 0 ? "" : $"<p class=\"note\">The program's {string.Join(" and ", links)}.</p>\n";
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
