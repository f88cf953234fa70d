using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Ringwright.Http;

/// <summary>
/// An API's own description in OpenAPI 3.1, made from its contract and its table of bindings: the operations that are in, and no other.
/// Those of the storage listener are left out: they are S3's, at another address.
/// </summary>
public sealed class OpenApiDocument
{
    /// <summary>Below the API's root; it needs no key, for nothing of an account is in it.</summary>
    public const string Path = "/openapi.json";

    /// <summary>
    /// Of an operation the least role that may ask for it, where not everybody may; and a header of the document's answer to who shows a
    /// key: the role of that key. So a program knows what it may before it is refused.
    /// </summary>
    public const string RoleField = "x-role", RoleHeader = "x-role";

    private const string Client = "client";

    private static readonly string Version =
        typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly Dialect _dialect;
    private readonly string _below;
    private readonly OpenApiSchemas _schemas = new();
    private readonly OpenApiAccess _access;

    private OpenApiDocument(Dialect dialect, string below) =>
        (_dialect, _below, _access) = (dialect, below, new(dialect.Form.Access));

    /// <summary>The document as JSON in UTF-8.</summary>
    /// <param name="below">Where a proxy has the API: "/pbx"; empty at a root.</param>
    public static byte[] Write(Dialect dialect, string below = "") => PlainJsonNodes.Write(new OpenApiDocument(dialect, below).Whole());

    private JsonObject Whole()
    {
        var contract = _dialect.Contract;
        var operations = contract.Operations.Concat(contract.Extensions)
            .Where(operation => operation.Place is not OperationPlace.Storage && _dialect.Bindings[operation].IsReal).ToList();
        var paths = new JsonObject();
        foreach (var operation in operations)
        {
            if (paths[operation.Path] is not JsonObject item) paths[operation.Path] = item = [];
            item[operation.Method.ToLowerInvariant()] = Describe(operation);
        }
        var (real, total) = _dialect.Count();
        var schemes = _access.Schemes();
        if (operations.Any(operation => operation.TakesClient)) schemes[Client] = OpenApiAccess.Basic();
        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = _dialect.Title,
                ["version"] = Version,
                ["description"] = $"As this Ringwright node serves it. {real} of the {total} operations of the API are in, and stand here; "
                    + "the others answer 501 and say why.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = _below + _dialect.Root }),
            ["security"] = _access.Needs(),
            ["tags"] = new JsonArray([.. operations.Select(operation => operation.Family).Distinct(StringComparer.Ordinal)
                .Select(family => (JsonNode)new JsonObject { ["name"] = family })]),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = _schemas.Shared(), ["securitySchemes"] = schemes },
        };
    }

    /// <summary>As in both places.</summary>
    internal static string WordOf(CallerRole role) => role.ToString().ToLowerInvariant();

    private JsonObject Describe(Operation operation)
    {
        var said = new JsonObject
        {
            ["operationId"] = OperationNames.IdOf(operation),
            ["summary"] = OperationNames.SummaryOf(operation),
            ["tags"] = new JsonArray(operation.Family),
        };
        if (Sentences(operation) is { Length: > 0 } text) said["description"] = text;
        // A document at the root's address says of others that they are at the host's.
        if (operation.Place is OperationPlace.Host) said["servers"] = new JsonArray(new JsonObject { ["url"] = _below + "/" });
        if (operation.TakesClient)
            said["security"] = new JsonArray(new JsonObject { [Client] = new JsonArray() }, new JsonObject());
        else if (operation.IsPublic) said["security"] = new JsonArray();
        if (operation.Role is not CallerRole.Public) said[RoleField] = WordOf(operation.Role);
        var parameters = new JsonArray([.. PathParameters(operation).Concat(OtherParameters(operation))]);
        if (parameters.Count > 0) said["parameters"] = parameters;
        if (operation.Body is { } body)
            said["requestBody"] = new JsonObject { ["content"] = Content(body.Content), ["required"] = body.IsRequired };
        said["responses"] = Responses(operation);
        return said;
    }

    /// <summary>What it does, and what becomes of parameters that do not simply act.</summary>
    private static string Sentences(Operation operation)
    {
        var parts = new List<string>();
        if (operation.Says.Length > 0) parts.Add(operation.Says);
        Add("Taken as well", rule => !rule.IsOfContract && rule.Effect is ParameterEffect.Acts);
        Add("Stored and shown, without effect", rule => rule.Effect is ParameterEffect.Stored);
        Add("Refused", rule => rule.IsOfContract && rule.Effect is ParameterEffect.Refused);
        return string.Join("\n\n", parts);

        void Add(string what, Func<ParameterRule, bool> which)
        {
            string names = string.Join(", ", operation.Rules.Where(which).Select(rule => rule.Reason.Length > 0
                ? $"`{rule.Name}` ({rule.Reason})" : $"`{rule.Name}`"));
            if (names.Length > 0) parts.Add($"{what}: {names}.");
        }
    }

    /// <summary>Each name of the path, also where the contract does not declare it.</summary>
    private IEnumerable<JsonNode> PathParameters(Operation operation) =>
        operation.PathNames.Distinct(StringComparer.Ordinal).Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = operation.Parameters.FirstOrDefault(p => p.In is ParameterPlace.Path && p.Name == name) is { } declared
                ? _schemas.Write(declared.Schema) : new JsonObject { ["type"] = "string" },
        });

    private IEnumerable<JsonNode> OtherParameters(Operation operation)
    {
        var refused = operation.Refused.Select(rule => (rule.In, rule.Name)).ToHashSet();
        foreach (var parameter in operation.Parameters)
        {
            if (parameter.In is ParameterPlace.Path || refused.Contains((parameter.In, parameter.Name)) || IsOfHttp(parameter)) continue;
            var schema = _schemas.Write(parameter.Schema);
            if (parameter.IsDeep && schema["properties"] is JsonObject fields)
                foreach (string field in fields.Select(f => f.Key).ToList())
                    if (refused.Contains((parameter.In, $"{parameter.Name}[{field}]"))) fields.Remove(field);
            var said = new JsonObject { ["name"] = parameter.Name, ["in"] = PlaceOf(parameter.In), ["schema"] = schema };
            if (parameter.IsRequired) said["required"] = true;
            if (parameter.IsDeep) (said["style"], said["explode"]) = ("deepObject", true);
            yield return said;
        }
        foreach (var rule in operation.Rules)
            if (rule is { IsOfContract: false, Effect: ParameterEffect.Acts, In: ParameterPlace.Query or ParameterPlace.Header })
                yield return new JsonObject { ["name"] = rule.Name, ["in"] = PlaceOf(rule.In), ["schema"] = new JsonObject() };
    }

    /// <summary>OpenAPI says these in other places, and lets nobody declare them.</summary>
    private static bool IsOfHttp(Parameter parameter) => parameter.In is ParameterPlace.Header
        && parameter.Name.ToLowerInvariant() is "accept" or "content-type" or "authorization";

    private static string PlaceOf(ParameterPlace place) => place is ParameterPlace.Header ? "header" : "query";

    private JsonObject Responses(Operation operation)
    {
        var said = new JsonObject();
        if (_dialect.Bindings[operation] is Binding.Socket) said["101"] = new JsonObject { ["description"] = "A web socket (RFC 6455)." };
        else
            foreach (var reply in operation.Replies)
            {
                var one = new JsonObject { ["description"] = $"{ReasonPhrases.GetReasonPhrase(reply.Status)}." };
                if (reply.Content.Count > 0) one["content"] = Content(reply.Content);
                said[$"{reply.Status}"] = one;
            }
        said["default"] = new JsonObject { ["description"] = "An error, in the shape that all errors of this API have." };
        return said;
    }

    private JsonObject Content(IEnumerable<MediaBody> content)
    {
        var said = new JsonObject();
        foreach (var body in content) said[body.MediaType] = new JsonObject { ["schema"] = _schemas.Write(body.Schema) };
        return said;
    }
}
