using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ringwright.Http;

/// <summary>
/// Routes that read their path themselves. For a handler with parameters the framework reads its signature and makes code that finds
/// them, at each start of a listener.
/// </summary>
internal static class OwnRoutes
{
    public static void MapOwn(this IEndpointRouteBuilder routes, string path, IEnumerable<string> methods,
        Func<HttpContext, Task<IResult>> answer) =>
        routes.MapMethods(path, methods, (RequestDelegate)(async http => await (await answer(http)).ExecuteAsync(http)));

    /// <summary>What stands at this place of the path; empty when nothing does.</summary>
    public static string PathValue(this HttpContext http, string name) => (string?)http.Request.RouteValues[name] ?? "";
}
