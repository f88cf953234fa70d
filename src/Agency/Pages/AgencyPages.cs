using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ringwright.Http;

namespace Ringwright.Agency.Pages;

/// <summary>
/// Pages for users of agencies, in plain HTML: figures, calls, batches. Whoever signs in opens a sign-in of the API and gets a cookie that
/// names it, good for twelve hours; each page then asks the API as that user, so that a page shows and does what the API would, and ends
/// with the sign-in. The API takes no cookie, and the pages take no token.
/// </summary>
public sealed class AgencyPages
{
    /// <summary>Short, for people type it; the API's own root answers every path with JSON.</summary>
    public const string Root = "/agency";

    internal const string SignIn = Root + "/session", SignOut = SignIn + "/end";

    private const string Cookie = "ringwright_agency";
    private const int FormBytes = 64 * 1024, MostCookie = 2048;
    /// <summary>What the API takes as a file, and what the form has around it.</summary>
    private const int FileBytes = 20 * 1024 * 1024 + FormBytes;

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly (string Name, string Type)[] Files = [("agency.css", "text/css"), ("agency.js", "text/javascript")];

    private readonly UserTokens _tokens;
    private readonly PageQuestions _api;
    private readonly PageGuard _guard;
    private readonly TimeProvider _time;

    public AgencyPages(AgencyParts parts, Pipeline api, PublicLinks links)
    {
        (_tokens, _api, _guard, _time) = (new(parts.Store.Node), new(api), new(links), parts.Store.Time);
    }

    /// <summary>What the node's first page says of them.</summary>
    public static IReadOnlyList<(string Path, string Says)> Listed { get; } =
        [(Root, "pages for users of agencies: figures, calls with their sound and transcript, batches")];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, type) in Files)
        {
            var content = new Lazy<byte[]>(() => Read(name));
            routes.MapMethods($"{Root}/{name}", ReadingMethods.All,
                (RequestDelegate)(http => PageGuard.GiveAsync(http, $"{type}; charset=utf-8", content.Value)));
        }
        routes.MapMethods(SignIn, ReadingMethods.All, (RequestDelegate)ShowAsync);
        routes.MapMethods(SignIn, [HttpMethods.Post], (RequestDelegate)OpenAsync);
        MapChange(routes, "/session/end", FormBytes, CloseAsync);
        MapPage(routes, "", OverviewPage.ShowAsync);
        MapPage(routes, "/calls", CallPages.ListAsync);
        MapPage(routes, "/calls/{id}", CallPages.ShowAsync);
        MapPage(routes, "/calls/{id}/recording", static visit => visit.HandOnAsync("GetRecording"));
        MapPage(routes, "/batches", BatchPages.ListAsync);
        MapPage(routes, "/batches/new", NewBatchPage.ShowAsync);
        MapChange(routes, "/batches/new", FormBytes, NewBatchPage.MakeAsync);
        MapPage(routes, "/batches/{id}", BatchPages.ShowAsync);
        MapPage(routes, "/batches/{id}/progress", BatchPages.ProgressAsync);
        MapPage(routes, "/imports/{id}/errors.csv", static visit => visit.HandOnAsync("GetImportErrors"));
        MapChange(routes, "/batches/{id}/import", FileBytes, BatchPages.ImportAsync);
        MapChange(routes, "/batches/{id}/pause", FormBytes, static (visit, _) => BatchPages.MoveAsync(visit, "PauseBatch"));
        MapChange(routes, "/batches/{id}/resume", FormBytes, static (visit, _) => BatchPages.MoveAsync(visit, "ResumeBatch"));
        MapChange(routes, "/batches/{id}/cancel", FormBytes, static (visit, _) => BatchPages.MoveAsync(visit, "CancelBatch"));
    }

    private void MapPage(IEndpointRouteBuilder routes, string path, Func<AgencyVisit, Task> show) => routes.MapMethods(Root + path,
        ReadingMethods.All, (RequestDelegate)(async http =>
        {
            if (await VisitAsync(http) is { } visit) await show(visit);
        }));

    /// <param name="most">Bytes of the form.</param>
    private void MapChange(IEndpointRouteBuilder routes, string path, int most, Func<AgencyVisit, IFormCollection, Task> change) =>
        routes.MapMethods(Root + path, [HttpMethods.Post], (RequestDelegate)(async http =>
        {
            if (await VisitAsync(http) is not { } visit) return;
            var form = _guard.IsOurs(http) ? await PostedForm.ReadAsync(http, most) : null;
            if (form is null || !IsSame(form[AgencyVisit.TokenField].ToString(), visit.Form))
                await SayAsync(http, StatusCodes.Status403Forbidden, "Not done",
                    "Only a page of this node may do that, with a form that it can read: load the page again, and try again.");
            else await change(visit, form);
        }));

    /// <summary>Who asks; null when that was answered: without a sign-in he is sent to sign in, and comes back.</summary>
    private async Task<AgencyVisit?> VisitAsync(HttpContext http)
    {
        PageGuard.Protect(http, Policy);
        var (visit, refusal) = await FindAsync(http);
        if (visit is not null) return visit;
        if (refusal.Status is 0 or StatusCodes.Status401Unauthorized)
            PageGuard.SendOn(http, HttpMethods.IsPost(http.Request.Method) ? SignIn
                : $"{SignIn}?to={Uri.EscapeDataString(http.Request.Path + http.Request.QueryString)}");
        else await SayAsync(http, refusal.Status, "Not now", AgencyVisit.MessageOf(refusal));
        return null;
    }

    /// <returns>Without a visit what the API says of that; of no cookie nothing.</returns>
    private async Task<(AgencyVisit? Visit, PageAnswer Refusal)> FindAsync(HttpContext http)
    {
        var now = _time.GetUtcNow();
        if (http.Request.Cookies[Cookie] is not { Length: > 0 and <= MostCookie } secret
                || _tokens.Read(secret) is not { Use: TokenUse.Page } claims || claims.EndsAt <= now)
            return default;
        // Nobody outside ever has it.
        string access = _tokens.Write(claims with { Use = TokenUse.Access, EndsAt = now + UserTokens.AccessLife }, now);
        var me = await _api.AskAsync(http, "GetMe", access);
        if (me is not { IsDone: true, Body: JsonObject user }) return (null, me);
        return (new(http, _api, access, Sessions.TokenOf(secret), user), me);
    }

    private async Task ShowAsync(HttpContext http)
    {
        PageGuard.Protect(http, Policy);
        var (visit, _) = await FindAsync(http);
        if (visit is null) await AskAsync(http, StatusCodes.Status200OK, http.Request.Query["to"].ToString(), "", fault: null);
        else PageGuard.SendOn(http, Root);
    }

    private async Task OpenAsync(HttpContext http)
    {
        PageGuard.Protect(http, Policy);
        if (!_guard.IsOurs(http))
        {
            await SayAsync(http, StatusCodes.Status403Forbidden, "Not done", "Another page sent this.");
            return;
        }
        if (await PostedForm.ReadAsync(http, FormBytes) is not { } form)
        {
            await AskAsync(http, StatusCodes.Status400BadRequest, "", "", "The form cannot be read.");
            return;
        }
        string to = form["to"].ToString(), email = form["email"].ToString().Trim(), code = form["totp"].ToString().Trim();
        var said = new JsonObject { ["email"] = email, ["password"] = form["password"].ToString() };
        // A code that is not there is none that is wrong.
        if (code.Length > 0) said["totp"] = code;
        var answer = await _api.AskAsync(http, "Login", token: null, body: said);
        var now = _time.GetUtcNow();
        if (answer is not { IsDone: true, Body: { } body })
            await AskAsync(http, answer.Status, to, email, AgencyVisit.MessageOf(answer));
        else if (_tokens.Read((string)body["access_token"]!) is not { Use: TokenUse.Access } claims)
            await AskAsync(http, StatusCodes.Status403Forbidden, to, email,
                "Administrators of the platform ask the API: these pages are for users of an agency.");
        else
        {
            string secret = _tokens.Write(claims with { Use = TokenUse.Page, EndsAt = now + UserTokens.PageLife }, now);
            http.Response.Headers.SetCookie = $"{Cookie}={secret}; {CookieTerms(http)}";
            PageGuard.SendOn(http, Back(to));
        }
    }

    /// <summary>The sign-in ends, whoever has its cookie.</summary>
    private async Task CloseAsync(AgencyVisit visit, IFormCollection form)
    {
        await visit.AskAsync("Logout");
        visit.Http.Response.Headers.SetCookie = $"{Cookie}=; Max-Age=0; {CookieTerms(visit.Http)}";
        PageGuard.SendOn(visit.Http, SignIn);
    }

    private string CookieTerms(HttpContext http) =>
        $"Path={http.Request.PathBase.ToUriComponent()}{Root}; HttpOnly; SameSite=Lax{(_guard.IsSecure(http) ? "; Secure" : "")}";

    private static Task AskAsync(HttpContext http, int status, string to, string email, string? fault)
    {
        var wrong = fault is null ? Html.None : Html.Of($"<p class=\"bad\">{fault}</p>");
        return PageGuard.WriteAsync(http, status, PageFrame.Small("Sign in", Html.Of($"""
            {wrong}
            <form class="sign" method="post" action="{SignIn}"><input type="hidden" name="to" value="{Back(to)}">
            <p><label>E-mail address
            <input type="email" name="email" value="{email}" autocomplete="username" maxlength="320" required></label></p>
            <p><label>Password
            <input type="password" name="password" autocomplete="current-password" required></label></p>
            <p><label>Code of your second factor, if you have one
            <input name="totp" inputmode="numeric" autocomplete="one-time-code" maxlength="16"></label></p>
            <p><button>Sign in</button></p></form>
            """)).Text);
    }

    private static Task SayAsync(HttpContext http, int status, string title, string sentence) =>
        PageGuard.WriteAsync(http, status, PageFrame.Small(title, Html.Of($"""
            <p class="bad">{sentence}</p>
            <p><a href="{Root}">To the overview</a></p>
            """)).Text);

    /// <summary>A page of ours and nothing else: whoever made the link must not send people away.</summary>
    private static string Back(string to) => (to == Root || to.StartsWith(Root + "/", StringComparison.Ordinal)
            || to.StartsWith(Root + "?", StringComparison.Ordinal))
        && !to.StartsWith(SignIn, StringComparison.Ordinal) && to.All(c => c is > ' ' and < '\x7f' and not '\\') ? to : Root;

    private static bool IsSame(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    private static byte[] Read(string name)
    {
        using var stream = typeof(AgencyPages).Assembly.GetManifestResourceStream($"pages/{name}")!;       // embedded
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
