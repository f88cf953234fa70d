using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>The ways into an API as security schemes; each alone is enough.</summary>
internal sealed class OpenApiAccess(Access access)
{
    private readonly IReadOnlyList<(string Name, CredentialForm Form)> _ways =
        [.. access.Forms.Select(form => (NameOf(form), form)).DistinctBy(way => way.Item1)];

    public JsonObject Schemes()
    {
        var schemes = new JsonObject();
        foreach (var (name, form) in _ways) schemes[name] = SchemeOf(form);
        return schemes;
    }

    /// <summary>One of them.</summary>
    public JsonArray Needs() => new([.. _ways.Select(way => (JsonNode)new JsonObject { [way.Name] = new JsonArray() })]);

    public static JsonObject Basic() => new() { ["type"] = "http", ["scheme"] = "basic" };

    private static string NameOf(CredentialForm form) => form switch
    {
        CredentialForm.BearerHeader => "bearer",
        CredentialForm.BasicHeader => "basic",
        CredentialForm.KeyHeader own => $"header.{own.Name}",
        CredentialForm.QueryParameter query => $"query.{query.Name}",
        CredentialForm.KeyCookie cookie => $"cookie.{cookie.Name}",
        CredentialForm.SessionCookie session => $"cookie.{session.Cookie}",
        _ => throw new UnreachableException(),
    };

    private static JsonObject SchemeOf(CredentialForm form) => form switch
    {
        CredentialForm.BearerHeader => new() { ["type"] = "http", ["scheme"] = "bearer" },
        CredentialForm.BasicHeader => Basic(),
        CredentialForm.KeyHeader own => Key("header", own.Name),
        CredentialForm.QueryParameter query => Key("query", query.Name),
        CredentialForm.KeyCookie cookie => Key("cookie", cookie.Name),
        CredentialForm.SessionCookie session => Key("cookie", session.Cookie),
        _ => throw new UnreachableException(),
    };

    private static JsonObject Key(string place, string name) => new() { ["type"] = "apiKey", ["in"] = place, ["name"] = name };
}
