using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>Writes replies in the operation's envelope and errors in its shape, without the secrets that the reader may not see.</summary>
internal sealed class ReplyWriter(Dialect dialect, Operation? operation, string requestId, PublicLinks links, CallerRole reader = CallerRole.Public)
{
    private const string JsonType = "application/json; charset=utf-8";

    private static readonly IReadOnlyList<KeyValuePair<string, StringValues>> RetryLater =
        [new("retry-after", Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture))];

    public Reply Enveloped<T>(int status, T data) => Json(status, Envelope(ToNode(data)));

    public Reply Json(int status, JsonNode body)
    {
        foreach (var secret in operation?.Secrets ?? [])
            if (reader < secret.Least) secret.TakeFrom(body);
        if (operation?.FindReply(status)?.Json is { } schema) Nulls.DropUnset(body, schema);
        return new() { Status = status, ContentType = JsonType, Body = NodeJson.Write(body) };
    }

    /// <param name="path">The request's, below the dialect's root.</param>
    public Reply Page(IReadOnlyList<JsonNode> items, ListRequest list, long total, string path) =>
        Json(operation?.SuccessStatus ?? 200, PageShape.Write(operation, items, list, total, dialect.Root + path));

    public Reply Cursor<T>(CursorPage<T> page, Func<T, JsonNode> show)
    {
        var cursors = new JsonObject();
        var meta = new JsonObject { ["cursors"] = cursors };
        if (page.After is not null) cursors["after"] = page.After;
        if (page.Before is not null) cursors["before"] = page.Before;
        string path = links.To(dialect.Root + operation!.Path);
        if (page.HasNext) meta["next"] = $"{path}?page[after]={Uri.EscapeDataString(page.After ?? "")}";
        if (page.HasPrevious && page.Before is not null) meta["previous"] = $"{path}?page[before]={Uri.EscapeDataString(page.Before)}";
        meta["total_items"] = page.Total;
        return Json(200, new JsonObject { ["data"] = new JsonArray([.. page.Items.Select(show)]), ["meta"] = meta });
    }

    public Reply NotImplemented(string reason) => Problems(
        [dialect.Errors.Problem(Fault.NotImplemented, reason)],
        [new("x-should-retry", "false")]);

    public Reply Problems(IReadOnlyList<Problem> problems, IReadOnlyList<KeyValuePair<string, StringValues>>? headers = null)
    {
        int status = dialect.Errors.StatusOf(problems[0]);
        var style = operation?.Errors ?? ErrorStyle.Errors;
        return new()
        {
            Status = status,
            IsProblem = true,
            ContentType = style switch { ErrorStyle.Xml => "application/xml", ErrorStyle.Page => ErrorPage.ContentType, _ => JsonType },
            Headers = headers ?? (style is ErrorStyle.Page ? ErrorPage.Headers : status == 503 ? RetryLater : []),
            Body = style switch
            {
                ErrorStyle.OAuth => NodeJson.Write(WithOAuth(Errors(problems), problems[0], status)),
                ErrorStyle.Detail => NodeJson.Write(WithDetail(Errors(problems), problems)),
                ErrorStyle.Xml => Xml(problems[0], status),
                ErrorStyle.Page => ErrorPage.Write(TitleOf(problems[0]), TextOf(problems[0]), requestId),
                _ => NodeJson.Write(Errors(problems)),
            },
        };
    }

    private JsonNode Envelope(JsonNode? data) => operation is { IsBare: true } && data is not null ? data : new JsonObject { ["data"] = data };

    private JsonNode? ToNode<T>(T data) => data is JsonNode node
        ? node
        : JsonSerializer.SerializeToNode(data, dialect.Json.GetTypeInfo(typeof(T)));

    private string TextOf(Problem problem) => problem.Detail ?? TitleOf(problem) + ".";

    private string TitleOf(Problem problem) => dialect.Errors.Find(problem.Code)?.Title ?? "Error";

    private JsonObject Errors(IReadOnlyList<Problem> problems)
    {
        var errors = new JsonArray();
        foreach (var problem in problems)
        {
            var error = new JsonObject { ["code"] = problem.Code, ["title"] = TitleOf(problem), ["detail"] = TextOf(problem) };
            if (problem.Pointer is not null) error["source"] = new JsonObject { ["pointer"] = problem.Pointer };
            else if (problem.Parameter is not null) error["source"] = new JsonObject { ["parameter"] = problem.Parameter };
            if (dialect.Errors.Documentation is { } page)
                error["meta"] = new JsonObject { ["url"] = page.Replace("{code}", problem.Code, StringComparison.Ordinal) };
            errors.Add((JsonNode)error);
        }

        return new() { ["errors"] = errors };
    }

    // RFC 6749 section 5.2 names the words. Clients of either shape find theirs.
    private JsonObject WithOAuth(JsonObject body, Problem problem, int status)
    {
        body["error"] = problem.Word ?? status switch
        {
            401 => operation is { TakesClient: true } ? "invalid_client" : "invalid_token",     // RFC 6749 and RFC 6750
            403 => "access_denied",
            429 or 503 => "temporarily_unavailable",
            >= 500 => "server_error",
            _ => "invalid_request",
        };
        body["error_description"] = TextOf(problem);
        return body;
    }

    private JsonObject WithDetail(JsonObject body, IReadOnlyList<Problem> problems)
    {
        body["detail"] = new JsonArray([.. problems.Select(p => (JsonNode)new JsonObject
        {
            ["loc"] = Location(p),
            ["msg"] = TextOf(p),
            ["type"] = p.Pointer is null && p.Parameter is null ? "error" : "value_error",
        })]);
        return body;
    }

    private static JsonArray Location(Problem problem)
    {
        if (problem.Parameter is not null) return ["query", problem.Parameter];
        if (problem.Pointer is null) return [];
        var location = new JsonArray { "body" };
        foreach (var name in problem.Pointer.Split('/').Skip(1))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)) location.Add((JsonNode)index);
            else location.Add((JsonNode)name);
        }

        return location;
    }

    private byte[] Xml(Problem problem, int status)
    {
        string code = status switch
        {
            401 or 403 => "AccessDenied",
            404 => "NoSuchKey",
            405 => "MethodNotAllowed",
            429 => "SlowDown",
            501 => "NotImplemented",
            >= 500 => "InternalError",
            _ => "InvalidRequest",
        };
        return Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{System.Security.SecurityElement.Escape(TextOf(problem))}</Message><RequestId>{requestId}</RequestId></Error>");
    }
}
