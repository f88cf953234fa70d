using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ringwright.Http;

/// <summary>
/// What pages ask an API of the node. Each question is a request with a token of the API's own, and goes the whole way of a request from
/// outside: a page shows and does nothing that the API would refuse, and spends of the account's rate.
/// </summary>
public sealed class PageQuestions(Pipeline api)
{
    /// <summary>What a body brought lies some levels deeper in a list.</summary>
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 2 * Limits.BodyDepth };

    /// <param name="http">The request for the page: the question comes from where it came from.</param>
    /// <param name="operation">By its id.</param>
    /// <param name="token">Null asks as anybody.</param>
    /// <param name="id">The one parameter of the operation's path; null where it has none.</param>
    /// <param name="query">Empty, or from the question mark on.</param>
    /// <param name="body">Of an operation that takes JSON.</param>
    /// <param name="form">Of one that takes a form with files.</param>
    public async Task<PageAnswer> AskAsync(HttpContext http, string operation, string? token, string? id = null, string query = "",
        JsonObject? body = null, IFormCollection? form = null)
    {
        var found = OperationOf(operation);
        using var written = new MemoryStream();
        var inner = new DefaultHttpContext { RequestServices = http.RequestServices, RequestAborted = http.RequestAborted };
        inner.Items[typeof(RequestOrigin)] = RequestOrigin.Of(http);
        inner.Connection.RemoteIpAddress = http.Connection.RemoteIpAddress;
        (inner.Request.Method, inner.Request.Scheme, inner.Request.Protocol) = (found.Method, http.Request.Scheme, http.Request.Protocol);
        inner.Request.QueryString = new(query);
        if (token is not null) inner.Request.Headers.Authorization = "Bearer " + token;
        if (body is not null)
        {
            byte[] bytes = PlainJsonNodes.Write(body);
            (inner.Request.Body, inner.Request.ContentLength) = (new MemoryStream(bytes), bytes.Length);
            inner.Request.ContentType = MediaTypeNames.Application.Json;
        }
        if (form is not null)
        {
            inner.Request.ContentType = http.Request.ContentType;
            // That there is something to read; how much it is, whoever has read the form has counted.
            inner.Request.ContentLength = Math.Max(1, form.Files.Sum(file => file.Length));
            inner.Features.Set<IFormFeature>(new FormFeature(form));
        }
        inner.Response.Body = written;
        await api.RunAsync(inner, found, KeysOf(inner, found, id));
        http.RequestAborted.ThrowIfCancellationRequested();
        bool isJson = inner.Response.ContentType?.StartsWith(MediaTypeNames.Application.Json, StringComparison.Ordinal) is true;
        return new(inner.Response.StatusCode, isJson && written.Length > 0
            ? JsonNode.Parse(written.ToArray(), documentOptions: Reading) : null);
    }

    /// <summary>The API answers the browser itself: a file, whole or in ranges.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public Task HandOnAsync(HttpContext http, string operation, string token, string id)
    {
        var found = OperationOf(operation);
        http.Request.Headers.Authorization = "Bearer " + token;
        return api.RunAsync(http, found, KeysOf(http, found, id));
    }

    private Operation OperationOf(string id) =>
        api.Dialect.Contract.Find(id) ?? throw new ArgumentException($"'{id}' is no operation of the API.", nameof(id));

    private static string[] KeysOf(HttpContext http, Operation operation, string? id)
    {
        const string key = "id-of-page";
        if (id is null) return [];
        if (operation.PathNames.Count != 1) throw new ArgumentException($"'{operation.Id}' has not one parameter in its path.", nameof(id));
        http.Request.RouteValues[key] = id;
        return [key];
    }
}

/// <summary>What the API has answered.</summary>
/// <param name="Body">Null without one, and where it is not JSON.</param>
public readonly record struct PageAnswer(int Status, JsonNode? Body)
{
    public bool IsDone => Status is >= StatusCodes.Status200OK and < StatusCodes.Status300MultipleChoices;
}
