using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Http;
using Ringwright.Server.Cli;

namespace Ringwright.Server.Mcp;

/// <summary>
/// Tools from an API's own description: one for each operation that is in, that the caller's role may ask for, and that takes and answers
/// JSON. What a tool is asked is asked of the node as any client asks it, and what the node says comes back as it said it.
/// </summary>
internal sealed partial class OperationTools
{
    private const int LongestName = 64, LongestText = 200_000;
    private const string Body = "body", Json = "application/json";
    /// <summary>Its answer has no end, which no description says.</summary>
    private const string Endless = "StreamEvents";

    private readonly HttpClient _http;
    private readonly string _root, _prefix;
    private readonly ToolSchemas _schemas;

    private OperationTools(HttpClient http, string root, string prefix, JsonObject document) =>
        (_http, _root, _prefix, _schemas) = (http, root, prefix, new(document));

    /// <summary>Asks the node what is in.</summary>
    /// <param name="http">With the node's address, and the key where one is needed.</param>
    /// <param name="root">Of the API, without a slash at its end: <c>/v2</c>.</param>
    /// <param name="prefix">Of the tools' names; empty for none.</param>
    /// <param name="roleOf">What the caller may, from what the node said of his key; null is told where it said nothing.</param>
    /// <param name="families">Only operations of these; empty for all.</param>
    /// <exception cref="StartRefused">Nothing answers there, or it is no node.</exception>
    public static async Task<IReadOnlyList<Tool>> ReadAsync(HttpClient http, string root, string prefix, Func<string?, CallerRole> roleOf,
        IReadOnlyCollection<string> families, CancellationToken stop)
    {
        try
        {
            using var answer = await http.GetAsync((root + OpenApiDocument.Path)[1..], stop);
            if (!answer.IsSuccessStatusCode || JsonNode.Parse(await answer.Content.ReadAsStringAsync(stop)) is not JsonObject document
                || document["paths"] is not JsonObject)
                throw new StartRefused($"{http.BaseAddress}{root[1..]} does not describe itself: it answers {(int)answer.StatusCode}");
            var role = roleOf(answer.Headers.TryGetValues(OpenApiDocument.RoleHeader, out var said) ? said.First() : null);
            return new OperationTools(http, root, prefix, document).From(document, role, families);
        }
        catch (HttpRequestException away)
        {
            throw new StartRefused($"{http.BaseAddress} does not answer: {away.Message}", away);
        }
        catch (TaskCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StartRefused($"{http.BaseAddress} has not answered for {http.Timeout.TotalSeconds:F0} s", late);
        }
        catch (JsonException strange)
        {
            throw new StartRefused($"{http.BaseAddress}{root[1..]} does not describe itself: {strange.Message}", strange);
        }
    }

    private IReadOnlyList<Tool> From(JsonObject document, CallerRole role, IReadOnlyCollection<string> families)
    {
        var tools = new List<Tool>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, item) in document["paths"]!.AsObject())    // our own description, here and below
            foreach (var (method, said) in item!.AsObject())
                if (IsTool(method, said!.AsObject()) && Least(said) <= role && (families.Count == 0 || families.Contains(Family(said))))
                    tools.Add(Make(path, method.ToUpperInvariant(), said.AsObject(), names));
        return tools;
    }

    public static string Family(JsonNode operation) => (string?)operation["tags"]?[0] ?? "";

    private static CallerRole Least(JsonNode operation) =>
        Enum.Parse<CallerRole>((string)operation[OpenApiDocument.RoleField]!, ignoreCase: true);  // a tool has one

    /// <summary>
    /// Sockets, streams, files and forms are for programs, and so is what anybody may ask for: they sign in by it. What has a place of its
    /// own is not below the root.
    /// </summary>
    private static bool IsTool(string method, JsonObject operation) =>
        method != "head" && (string?)operation["operationId"] != Endless && operation["servers"] is null
        && operation.ContainsKey(OpenApiDocument.RoleField)
        && !operation["responses"]!.AsObject().ContainsKey("101")
        && (operation["requestBody"]?["content"] is not JsonObject taken || taken.ContainsKey(Json))
        && operation["responses"]!.AsObject().All(reply => reply.Value!["content"] is not JsonObject given || given.ContainsKey(Json));

    private Tool Make(string path, string method, JsonObject operation, HashSet<string> names)
    {
        var fields = FieldsOf(operation);
        return new()
        {
            Name = NameOf((string)operation["operationId"]!, names),
            Says = $"{method} {_root}{path} ({Family(operation)}).{(operation["description"] is { } says ? $" {says}" : "")}",
            Arguments = _schemas.ObjectOf(fields.Select(field => (field.Name, field.Schema, field.IsRequired))),
            IsReading = method == "GET",
            IsRemoving = method == "DELETE",
            Call = (given, stop) => CallAsync(method, path, fields, given, stop),
        };
    }

    /// <summary>What models' providers take as a name: the contract's operations have spaces, slashes and braces in theirs.</summary>
    /// <param name="taken">Two that are long may be the same where they are cut.</param>
    private string NameOf(string operation, HashSet<string> taken)
    {
        string whole = _prefix + NoName().Replace(operation, "_").Trim('_'), name = whole[..Math.Min(whole.Length, LongestName)];
        for (int number = 2; !taken.Add(name); number++) name = $"{whole[..Math.Min(whole.Length, LongestName - 4)]}_{number}";
        return name;
    }

    private static IReadOnlyList<Field> FieldsOf(JsonObject operation)
    {
        var fields = new List<Field>();
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            string name = (string)parameter!["name"]!;
            var schema = parameter["schema"]!;
            fields.Add(new(NoField().Replace(name, "_").Trim('_'), name, (string)parameter["in"]!, schema,
                (bool?)parameter["required"] ?? false, parameter["style"] is not null || IsMadeOfParts(schema)));
        }
        if (operation["requestBody"] is { } body)
            fields.Add(new(Body, Body, Body, body["content"]![Json]!["schema"]!, (bool?)body["required"] ?? false, HasParts: true));
        return fields;
    }

    private static bool IsMadeOfParts(JsonNode schema) =>
        schema["type"] is JsonValue type && type.TryGetValue(out string? word) && word is "object" or "array";

    private async Task<ToolAnswer> CallAsync(string method, string path, IReadOnlyList<Field> fields, JsonObject given,
        CancellationToken stop)
    {
        if (given.FirstOrDefault(one => !fields.Any(field => field.Name == one.Key)) is { Key: { } stray })
            return ToolAnswer.Fault($"There is no argument '{stray}'; there are: {string.Join(", ", fields.Select(field => field.Name))}.");
        var (query, headers) = (new StringBuilder(), new List<(string Name, string Value)>());
        HttpContent? content = null;
        foreach (var field in fields)
        {
            if (given[field.Name] is not { } value)
            {
                if (field.IsRequired) return ToolAnswer.Fault($"The argument '{field.Name}' is missing.");
                continue;
            }
            if (field.HasParts) value = WrittenJson.Read(value);
            switch (field.In)
            {
                // A path that is empty, or a dot, would be another path.
                case "path" when PlainText(value) is "" or "." or "..":
                    return ToolAnswer.Fault($"The argument '{field.Name}' is no id.");
                case "path":
                    path = path.Replace($"{{{field.Original}}}", Uri.EscapeDataString(PlainText(value)), StringComparison.Ordinal);
                    break;
                case "query":
                    Write(query, field.Original, value);
                    break;
                case "header":
                    headers.Add((field.Original, PlainText(value)));
                    break;
                default:
                    content = new StringContent(PlainJson.Of(value), Encoding.UTF8, Json);
                    break;
            }
        }
        using var request = new HttpRequestMessage(new(method), (_root + path + query)[1..]) { Content = content };
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) return ToolAnswer.Fault($"'{name}' cannot have that value.");
        return await SendAsync(request, stop);
    }

    private async Task<ToolAnswer> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        // The client's own patience ends with the headers.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_http.Timeout);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (answer.Content.Headers.ContentType?.MediaType is { } type && !IsText(type))
                return ToolAnswer.Fault($"{(int)answer.StatusCode}, {type}: a file or a stream, which is for programs.");
            string text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (text.Length > LongestText)
                text = $"{text[..LongestText]} … ({text.Length - LongestText} more characters: ask for smaller pages, or by a filter)";
            if (answer.IsSuccessStatusCode) return new(text.Length > 0 ? text : $"{(int)answer.StatusCode}, done.", IsFault: false);
            return ToolAnswer.Fault($"{(int)answer.StatusCode} {text}".TrimEnd());
        }
        catch (HttpRequestException away)
        {
            return ToolAnswer.Fault($"The node does not answer: {away.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return ToolAnswer.Fault($"The node has not answered for {_http.Timeout.TotalSeconds:F0} s.");
        }
    }

    private static bool IsText(string type) =>
        type is not "text/event-stream"
        && (type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("json", StringComparison.Ordinal));

    /// <summary><c>name=value</c>, <c>name[key]=value</c> for an object, the pair once for each of a list.</summary>
    private static void Write(StringBuilder query, string name, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject fields:
                foreach (var (key, inside) in fields) Write(query, $"{name}[{key}]", inside);
                break;
            case JsonArray all:
                foreach (var one in all) Write(query, name, one);
                break;
            case not null:
                query.Append(query.Length == 0 ? '?' : '&').Append(WebUtility.UrlEncode(name)).Append('=')
                    .Append(Uri.EscapeDataString(PlainText(value)));
                break;
        }
    }

    private static string PlainText(JsonNode value) =>
        value is JsonValue one && one.TryGetValue(out string? text) ? text : PlainJson.Of(value);

    /// <param name="Name">As the model has it.</param>
    /// <param name="Original">As the API has it.</param>
    /// <param name="In">path, query, header or body.</param>
    /// <param name="HasParts">It is an object or a list, and never a text.</param>
    private sealed record Field(string Name, string Original, string In, JsonNode Schema, bool IsRequired, bool HasParts);

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NoName();

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex NoField();
}
