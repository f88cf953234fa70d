using Microsoft.AspNetCore.Routing;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Server.Modules;

/// <summary>The pages of all modules on a listener, and who is signed in there.</summary>
internal static class ModulePages
{
    /// <summary>On the public listener: a session is an account's, and ends when its key is revoked or its account is shut.</summary>
    public static void Map(IEndpointRouteBuilder routes, IEnumerable<(string Name, JoinedModule Module)> modules, Database database,
        IAuthenticator keys, PublicLinks links)
    {
        // The far ends of requests live by the wall clock, and so do sessions.
        var sessions = new PageSessions("ringwright_pages", keys, IsGoodAsync, links, TimeProvider.System);
        Map(routes, sessions, modules, static (module, place) => module.MapPages(place));

        async ValueTask<Caller?> IsGoodAsync(Caller caller, HttpContext http) => Guid.TryParse(caller.KeyId, out var id)
            && await database.ApiKeys.FindAsync(id, http.RequestAborted) is { RevokedAt: null } key
            && !(key.ExpiresAt <= TimeProvider.System.GetUtcNow())
            && AccountGuard.Refusal(database.Routing.Current, caller.Tenant, http) is null ? caller : null;
    }

    /// <summary>On the operator's: where nobody has to show a key, a session is opened without one.</summary>
    public static void MapOperator(IEndpointRouteBuilder routes, IEnumerable<(string Name, JoinedModule Module)> modules,
        IAuthenticator operators)
    {
        var sessions = new PageSessions("ringwright_operator_pages", operators, static (caller, _) => new(caller), PublicLinks.Relative,
            TimeProvider.System);
        Map(routes, sessions, modules, static (module, place) => module.MapOperatorPages(place));
    }

    /// <summary>Where nobody has a page, there is nothing to sign in to.</summary>
    private static void Map(IEndpointRouteBuilder routes, PageSessions sessions, IEnumerable<(string Name, JoinedModule Module)> modules,
        Action<JoinedModule, PagePlace> map)
    {
        bool hasPages = false;
        foreach (var (name, module) in modules)
        {
            var place = new PagePlace(routes, sessions, name);
            map(module, place);
            hasPages |= place.HasPages;
        }
        if (hasPages) sessions.Map(routes);
    }
}
