using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Http;

namespace Ringwright.Agency.Pages;

/// <summary>A request of a user who has signed in to the pages. Whatever a page shows or does, it asks the API for, as that user.</summary>
/// <param name="Access">A token of the API for this request alone.</param>
/// <param name="Form">What each form sends back to show that it is of this sign-in.</param>
/// <param name="Me">As <c>GET /me</c> has it.</param>
internal sealed record AgencyVisit(HttpContext Http, PageQuestions Api, string Access, string Form, JsonObject Me)
{
    public const string TokenField = "token";

    public string Email => (string)Me["user"]!["email"]!;       // each user has one

    /// <summary>The brand's name, or the agency's own.</summary>
    public string Product => (string?)Me["agency"]?["branding"]?["product_name"] ?? (string?)Me["agency"]?["name"] ?? "Agency";

    public bool IsOfClient => Me["user"]!["client_id"] is not null;

    /// <summary>What to offer: whether it is allowed the API says, again and for itself.</summary>
    public bool May(string permission) => Me["permissions"]!.AsArray().Any(one => (string?)one == permission);

    /// <summary>A field for each form that changes something.</summary>
    public Html Token() => Html.Of($"""<input type="hidden" name="{TokenField}" value="{Form}">""");

    /// <summary>The id in the page's path.</summary>
    public string Id => (string)Http.Request.RouteValues["id"]!;

    /// <inheritdoc cref="PageQuestions.AskAsync"/>
    public Task<PageAnswer> AskAsync(string operation, string? id = null, string query = "", JsonObject? body = null,
        IFormCollection? form = null) => Api.AskAsync(Http, operation, Access, id, query, body, form);

    /// <summary>What the API answers to the browser itself.</summary>
    public Task HandOnAsync(string operation) => Api.HandOnAsync(Http, operation, Access, Id);

    /// <summary>What the page's query says of these names, as a query: empty, or from the question mark on.</summary>
    public string QueryOf(params IEnumerable<string> names) => Query(names.Select(name => (name, Asked(name))));

    /// <summary>Without what has no value.</summary>
    public static string Query(IEnumerable<(string Name, string Value)> pairs)
    {
        var said = pairs.Where(one => one.Value.Length > 0).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}").ToList();
        return said.Count == 0 ? "" : "?" + string.Join('&', said);
    }

    public string Asked(string name) => Http.Request.Query[name].ToString().Trim();

    public Task ShowAsync(string title, string place, Html body, int status = StatusCodes.Status200OK) =>
        PageGuard.WriteAsync(Http, status, PageFrame.Page(this, title, place, body).Text);

    /// <summary>Why the API has not answered what was asked; whose sign-in has ended meanwhile is sent to sign in.</summary>
    public Task RefuseAsync(PageAnswer answer, string place)
    {
        if (answer.Status == StatusCodes.Status401Unauthorized)
        {
            PageGuard.SendOn(Http, AgencyPages.SignIn);
            return Task.CompletedTask;
        }
        string title = answer.Status switch
        {
            StatusCodes.Status403Forbidden => "Not for you",
            StatusCodes.Status404NotFound => "Not found",
            _ => "This was not done",
        };
        return ShowAsync(title, place, Html.Of($"""
            <p class="bad">{MessageOf(answer)}</p>
            <p><a href="{place}">Back</a></p>
            """), answer.Status);
    }

    public static string MessageOf(PageAnswer answer) =>
        (string?)answer.Body?["error"]?["message"] ?? "Something went wrong on our side. Try again in a moment.";
}
