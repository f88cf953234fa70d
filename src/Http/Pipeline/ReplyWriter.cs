using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>
/// Writes replies in the contract's envelope and errors in the dialect's form, without the secrets that the reader may not see.
/// </summary>
internal sealed class ReplyWriter(Dialect dialect, Operation? operation, string requestId, CallerRole reader = CallerRole.Public)
{
    public const string JsonType = "application/json; charset=utf-8";

    private static readonly IReadOnlyList<KeyValuePair<string, StringValues>> RetryLater =
        [new("retry-after", Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture))];

    public Reply Enveloped<T>(int status, T data) => Json(status, Envelope(ToNode(data)));

    public Reply Json(int status, JsonNode body)
    {
        foreach (var secret in operation?.Secrets ?? [])
            if (reader < secret.Least) secret.TakeFrom(dialect.Contract.Envelope.Inside(body));
        dialect.Form.Finish?.Invoke(body);
        if (operation?.FindReply(status)?.Json is { } schema) Nulls.DropUnset(body, schema);
        return new() { Status = status, ContentType = JsonType, Body = PlainJsonNodes.Write(dialect.Contract.Envelope.With(body)) };
    }

    /// <param name="path">The request's, below the dialect's root.</param>
    public Reply Page(IReadOnlyList<JsonNode> items, ListRequest list, long total, string path) =>
        Json(operation?.SuccessStatus ?? 200, dialect.Form.Paging.Write(new(operation, items, list, total, dialect.Root + path)));

    public Reply NotImplemented(string reason) => Problems(
        [dialect.Errors.Problem(Fault.NotImplemented, reason)],
        [.. dialect.Form.Headers.NotImplemented.Select(h => new KeyValuePair<string, StringValues>(h.Key, h.Value))]);

    public Reply Problems(IReadOnlyList<Problem> problems, IReadOnlyList<KeyValuePair<string, StringValues>>? headers = null)
    {
        int status = dialect.Errors.StatusOf(problems[0]);
        var document = dialect.Form.Errors.Write(new(dialect.Errors, operation, problems, status, requestId));
        return new()
        {
            Status = status,
            IsProblem = true,
            ContentType = document.ContentType,
            Headers = headers ?? (document.Headers.Count > 0 ? document.Headers : status == 503 ? RetryLater : []),
            Body = document.Body,
        };
    }

    private JsonNode Envelope(JsonNode? data) =>
        operation is { IsBare: true } && data is not null ? data : dialect.Contract.Envelope.Around(data);

    private JsonNode? ToNode<T>(T data) => data is JsonNode node
        ? node
        : JsonSerializer.SerializeToNode(data, dialect.Json.GetTypeInfo(typeof(T)));
}
