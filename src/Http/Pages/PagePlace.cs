using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ringwright.Http;

/// <summary>
/// Where a module has its pages on one listener: below <c>/pages/NAME</c>. A page and what its forms do are for people who have signed in
/// (<see cref="PageSessions"/>), files are for everybody.
/// </summary>
public sealed class PagePlace(IEndpointRouteBuilder routes, PageSessions sessions, string name)
{
    /// <summary>"/pages/NAME".</summary>
    public string Root { get; } = $"{PageSessions.Root}/{name}";

    /// <summary>Something here is for who has signed in.</summary>
    public bool HasPages { get; private set; }

    /// <summary>A page, for GET. Who has no session is sent to sign in, and comes back.</summary>
    /// <param name="path">Below <see cref="Root"/>: "" or "/calls/{id}".</param>
    public void MapPage(string path, Func<PageVisit, Task> show)
    {
        HasPages = true;
        routes.MapMethods(Root + path, ReadingMethods.All, (RequestDelegate)(http => sessions.VisitAsync(http, isChange: false, show)));
    }

    /// <summary>
    /// What a form or a script of a page does, for POST, with the visit's token. Anybody else is refused, and a reader's key: 401 or 403.
    /// </summary>
    /// <inheritdoc cref="MapPage"/>
    public void MapChange(string path, Func<PageVisit, Task> change)
    {
        HasPages = true;
        routes.MapMethods(Root + path, [HttpMethods.Post], (RequestDelegate)(http => sessions.VisitAsync(http, isChange: true,
            visit => visit.Caller.Role > CallerRole.Reader ? change(visit)
                : PageSessions.RefuseAsync(http, StatusCodes.Status403Forbidden, "This key may read, and no more."))));
    }

    /// <summary>A file that pages load: a script, a style, a picture. It is the same for all and holds no secret.</summary>
    /// <param name="type">Its media type: "text/javascript; charset=utf-8".</param>
    public void MapAsset(string path, string type, ReadOnlyMemory<byte> content) => routes.MapMethods(Root + path, ReadingMethods.All,
        (RequestDelegate)(http => PageGuard.GiveAsync(http, type, content)));
}
