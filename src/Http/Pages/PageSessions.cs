using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ringwright.Http;

/// <summary>
/// Who is signed in to the pages of one listener. A key that is typed at <c>/pages/session</c> opens a session of twelve hours, in the
/// memory of the process; the browser shows it by a cookie that no script reads. A session ends with its key, and with the process.
/// </summary>
public sealed class PageSessions
{
    public const string Root = "/pages", TokenField = "token", TokenHeader = "X-Page-Token";

    private const string SignIn = Root + "/session", SignOut = SignIn + "/end";
    private const string TooMany = "Too many wrong keys came from this address. Try again in a minute.";
    private const int FormBytes = 64 * 1024;

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Access _access;
    private readonly Sessions _sessions;
    private readonly IAuthenticator _keys;
    private readonly Func<Caller, HttpContext, ValueTask<Caller?>> _isGood;
    private readonly PageGuard _guard;

    /// <param name="cookie">Its name: listeners of one host share their cookies, so each has its own.</param>
    /// <param name="keys">Finds the caller of a key.</param>
    /// <param name="isGood">The caller as he is now, by the key that the session was opened with; null when that is good no more.</param>
    /// <param name="links">How browsers reach the listener.</param>
    public PageSessions(string cookie, IAuthenticator keys, Func<Caller, HttpContext, ValueTask<Caller?>> isGood, PublicLinks links,
        TimeProvider time)
    {
        (_keys, _isGood, _guard) = (keys, isGood, new(links));
        var form = new CredentialForm.SessionCookie(cookie, TokenHeader);
        _access = new() { Forms = [form], Hint = $"sign in at {SignIn}" };
        // Asked with the request at hand: by its address, too, an account may be shut.
        _sessions = new(form, new MemorySessions(time), keys, static (caller, _) => new(caller), time);
    }

    /// <summary>The page to sign in at, and the way out.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(SignIn, ReadingMethods.All, (RequestDelegate)ShowAsync);
        routes.MapMethods(SignIn, [HttpMethods.Post], (RequestDelegate)OpenAsync);
        routes.MapMethods(SignOut, [HttpMethods.Post], (RequestDelegate)(http => VisitAsync(http, isChange: true, CloseAsync)));
    }

    /// <summary>Does it for who has a session; everybody else is sent to sign in, or refused where something is to change.</summary>
    internal async Task VisitAsync(HttpContext http, bool isChange, Func<PageVisit, Task> act)
    {
        PageGuard.Protect(http, Policy);
        var (visit, refusal) = await FindAsync(http);
        if (visit is null)
        {
            if (refusal is Fault.TooManyRequests) await RefuseAsync(http, StatusCodes.Status429TooManyRequests, TooMany);
            else if (isChange) await RefuseAsync(http, StatusCodes.Status401Unauthorized, $"Sign in first, at {SignIn}.");
            else SendToSignIn(http);
        }
        else if (isChange && (!_guard.IsOurs(http) || !await HasTokenAsync(http, visit.Token)))
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "Only a page of this node may do that: load it again, and try again.");
        else await act(visit);
    }

    /// <summary>A key in a header opens no page: a session alone does.</summary>
    private async ValueTask<(PageVisit? Visit, Fault? Refusal)> FindAsync(HttpContext http)
    {
        if (_access.Read(http) is not { Kind: CredentialKind.Session, Key: { } secret } credential) return default;
        var (caller, refusal) = await _sessions.FindAsync(credential, http.RequestAborted);
        if (caller is not null) caller = await _isGood(caller, http);
        if (caller is null) return (null, refusal);
        return (new PageVisit(http, caller, Sessions.TokenOf(secret)), null);
    }

    private async Task ShowAsync(HttpContext http)
    {
        PageGuard.Protect(http, Policy);
        var (visit, _) = await FindAsync(http);
        if (visit is null) await AskAsync(http, StatusCodes.Status200OK, http.Request.Query["to"].ToString(), fault: null);
        else await visit.ShowAsync(Page("You are signed in", $"""
            <form method="post" action="{SignOut}"><input type="hidden" name="{TokenField}" value="{visit.Token}">
            <p><button>Sign out</button></p></form>
            """));
    }

    private async Task OpenAsync(HttpContext http)
    {
        PageGuard.Protect(http, Policy);
        if (!_guard.IsOurs(http))
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "Another page sent this.");
            return;
        }
        if (await PostedForm.ReadAsync(http, FormBytes) is not { } form)
        {
            await AskAsync(http, StatusCodes.Status400BadRequest, "", "The form cannot be read.");
            return;
        }
        string to = form["to"].ToString();
        var given = new Credential("Bearer", form["key"].ToString().Trim(), http.Connection.RemoteIpAddress);
        var (caller, refusal) = await _keys.FindAsync(given, http.RequestAborted);
        // What a program was let in with is no person's.
        caller = caller is { Program: null } ? await _isGood(caller, http) : null;
        if (caller is null)
        {
            if (refusal is Fault.TooManyRequests) await AskAsync(http, StatusCodes.Status429TooManyRequests, to, TooMany);
            else await AskAsync(http, StatusCodes.Status401Unauthorized, to, "This is no key that opens anything here.");
            return;
        }
        var (cookie, _) = await _sessions.OpenAsync(caller, _guard.IsSecure(http), http.RequestAborted);
        http.Response.Headers.SetCookie = cookie;
        PageGuard.SendOn(http, Back(to));
    }

    private async Task CloseAsync(PageVisit visit)
    {
        var http = visit.Http;
        http.Response.Headers.SetCookie = await _sessions.CloseAsync(_access.Read(http), _guard.IsSecure(http), visit.Stop);
        visit.SendOn(SignIn);
    }

    private static Task AskAsync(HttpContext http, int status, string to, string? fault) =>
        PageGuard.WriteAsync(http, status, Page("Sign in", $"""
        {(fault is null ? "" : $"<p class=\"bad\">{WebUtility.HtmlEncode(fault)}</p>")}
        <form method="post" action="{SignIn}"><input type="hidden" name="to" value="{WebUtility.HtmlEncode(Back(to))}">
        <p><label>Key <input type="password" name="key" autocomplete="current-password" autofocus></label> <button>Sign in</button></p></form>
        """));

    private static string Page(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{ErrorPage.Style}</style></head>
        <body><main><h1>{title}</h1>
        {body}
        </main></body>
        </html>

        """;

    private static void SendToSignIn(HttpContext http) =>
        PageGuard.SendOn(http, $"{SignIn}?to={Uri.EscapeDataString(http.Request.Path + http.Request.QueryString)}");

    /// <summary>A page of ours and nothing else: whoever made the link must not send people away.</summary>
    private static string Back(string to) => to.StartsWith(Root + "/", StringComparison.Ordinal)
        && !to.StartsWith(SignIn, StringComparison.Ordinal) && to.All(c => c is > ' ' and < '\x7f' and not '\\') ? to : SignIn;

    private static async ValueTask<bool> HasTokenAsync(HttpContext http, string token)
    {
        string given = http.Request.Headers[TokenHeader].ToString();
        if (given.Length == 0 && await PostedForm.ReadAsync(http, FormBytes) is { } form) given = form[TokenField].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(given));
    }

    internal static Task RefuseAsync(HttpContext http, int status, string sentence)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(sentence + "\n", http.RequestAborted);
    }
}
