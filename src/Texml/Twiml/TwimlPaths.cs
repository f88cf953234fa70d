using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Texml.Twiml;

/// <summary>What paths of this API name, and how its resources are linked.</summary>
internal static class TwimlPaths
{
    /// <summary>Of the account's resources, below the host.</summary>
    public static string Of(OperationContext op, string rest) =>
        $"{TwimlDialect.Root}/Accounts/{TwimlSids.Account(op.Tenant)}/{rest}";

    /// <summary>Links to what a resource has, by the names of the fields.</summary>
    public static JsonObject Below(string of, params ReadOnlySpan<string> names)
    {
        var links = new JsonObject();
        foreach (string name in names)
            links[name] = $"{of}/{string.Concat(name.Split('_').Select(CultureInfo.InvariantCulture.TextInfo.ToTitleCase))}.json";
        return links;
    }

    /// <summary>The account's call that the path names; null when there is none.</summary>
    public static async ValueTask<LegRow?> FindCallAsync(OperationContext op, TwimlParts parts, string name = "Sid") =>
        await FindCallAsync(op, parts.Store, op.Path(name));

    public static async ValueTask<LegRow?> FindCallAsync(OperationContext op, Store.Database store, string? sid) =>
        sid is not null && TwimlSids.TryCall(sid, out var id) ? await store.Legs.FindAsync(op.Tenant, id, op.Stop) : null;
}
