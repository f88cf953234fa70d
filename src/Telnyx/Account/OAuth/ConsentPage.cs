using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// The page on which a person allows a program something, at the host's root. Who the person is, an owner's key says:
/// it is asked for with the decision and kept nowhere, so that there is nothing that another page could use. No frame, no script,
/// nothing loaded; see <see cref="ConsentView"/>.
/// </summary>
public static class ConsentPage
{
    private const string Root = "/oauth/consent";

    internal static string PathOf(string token) => $"{Root}/{token}";

    public static void MapConsent(this IEndpointRouteBuilder routes, OAuthParts parts, IAuthenticator people)
    {
        var wrong = new BruteForceLimiter();
        routes.MapMethods(Root + "/{token}", [HttpMethods.Get], (RequestDelegate)(http => ShowAsync(http, parts)));
        routes.MapMethods(Root + "/{token}", [HttpMethods.Post], (RequestDelegate)(http => DecideAsync(http, parts, people, wrong)));
    }

    private static async Task ShowAsync(HttpContext http, OAuthParts parts)
    {
        if (await FindAsync(http, parts) is ({ } ticket, { } client))
            await WriteAsync(http, StatusCodes.Status200OK, ticket, client, fault: null);
    }

    private static async Task DecideAsync(HttpContext http, OAuthParts parts, IAuthenticator people, IBruteForceLimiter wrong)
    {
        if (!IsOurs(http, parts))
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "Not from this page",
                "Another page sent this. Go back to the program and begin again.");
            return;
        }
        if (await FindAsync(http, parts) is not ({ } ticket, { } client)) return;
        if (await PostedForm.ReadAsync(http, OAuthLimits.FormBytes) is not { } form)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "Not understood", "The form cannot be read. Go back and try again.");
            return;
        }
        if (form["decision"] != "allow")
        {
            // To say no, nobody has to show who they are: nothing is given and nothing is written.
            SendOn(http, Consents.Denied(parts, ticket));
            return;
        }

        var now = parts.Store.Time.GetUtcNow();
        string remote = BruteForceLimiter.SourceOf(http.Connection.RemoteIpAddress);
        var (person, refusal) = await people.FindAsync(new("Bearer", form["key"].ToString().Trim(), http.Connection.RemoteIpAddress),
            http.RequestAborted);
        if (person is not { Program: null })
        {
            // Whoever guesses beside a person does not keep the person out: only wrong keys are counted, and only they are stopped.
            bool isShut = refusal is Fault.TooManyRequests
                || await wrong.IsShutAsync(remote, OAuthLimits.WrongKeys, now, http.RequestAborted);
            await wrong.CountAsync(remote, now, http.RequestAborted);
            await (isShut ? WriteAsync(http, StatusCodes.Status429TooManyRequests, ticket, client,
                "Too many wrong keys came from this address. Try again in a minute.")
                : WriteAsync(http, StatusCodes.Status401Unauthorized, ticket, client, "This is not a key of an account here."));
            return;
        }
        if (person.Role is not CallerRole.Owner)
        {
            await WriteAsync(http, StatusCodes.Status403Forbidden, ticket, client,
                "This key may not allow programs anything: it takes an owner's key.");
            return;
        }
        if (AccountGuard.Refusal(parts.Store.Routing.Current, person.Tenant, http) is { } shut)
        {
            await WriteAsync(http, StatusCodes.Status403Forbidden, ticket, client, shut.Detail);
            return;
        }
        // The answer is written even when the person is gone by then.
        var redirect = await Consents.DecideAsync(parts, ticket, person, isAllowed: true, now, CancellationToken.None);
        if (redirect is null)
            await RefuseAsync(http, StatusCodes.Status422UnprocessableEntity, "Answered already",
                "This question was answered before. If the program still wants something, begin again there.");
        else SendOn(http, redirect);
    }

    /// <summary>What is asked for, and by whom; null when the page that says why not was written.</summary>
    private static async ValueTask<(ConsentTicket Ticket, OAuthClient Client)?> FindAsync(HttpContext http, OAuthParts parts)
    {
        string token = http.Request.RouteValues["token"] as string ?? "";
        if (ConsentTicket.Open(token, parts.Store.Node, parts.Store.Time.GetUtcNow()) is { } ticket
                && await parts.Store.OAuthClients.FindAsync(ticket.Client, http.RequestAborted) is { } client)
            return (ticket, client);
        await RefuseAsync(http, StatusCodes.Status422UnprocessableEntity, "This question is over",
            "It is not valid, or more than ten minutes old. Go back to the program and begin again.");
        return null;
    }

    /// <summary>True unless the browser says that a page from elsewhere sent the form.</summary>
    private static bool IsOurs(HttpContext http, OAuthParts parts)
    {
        if (http.Request.Headers["Sec-Fetch-Site"] == "cross-site") return false;
        if (http.Request.Headers.Origin.ToString() is not { Length: > 0 } origin) return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (from.Authority == http.Request.Host.Value
                || (Uri.TryCreate(parts.Tokens.Issuer, UriKind.Absolute, out var own) && from.Authority == own.Authority));
    }

    private static void SendOn(HttpContext http, string location)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = location;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["referrer-policy"] = "no-referrer";
    }

    private static Task WriteAsync(HttpContext http, int status, ConsentTicket ticket, OAuthClient client, string? fault) =>
        WriteAsync(http, status, ConsentView.Write(ticket, client, fault), $"'self' {ConsentView.SourceOf(ticket.RedirectUri)}");

    private static Task RefuseAsync(HttpContext http, int status, string title, string text) =>
        WriteAsync(http, status, ErrorPage.Write(title, text, http.TraceIdentifier), "'none'");

    private static async Task WriteAsync(HttpContext http, int status, byte[] page, string formAction)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = ErrorPage.ContentType;
        http.Response.ContentLength = page.Length;
        foreach (var (name, value) in ErrorPage.HeadersFor(formAction)) http.Response.Headers[name] = value;
        await http.Response.Body.WriteAsync(page, http.RequestAborted);
    }
}
