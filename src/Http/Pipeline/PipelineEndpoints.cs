using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Ringwright.Http;

/// <summary>Puts a dialect's operations into Kestrel's routing. A literal segment beats a parameter; nothing else decides.</summary>
public static class PipelineEndpoints
{
    /// <summary>Who answers no ping for so long is gone.</summary>
    private static readonly WebSocketOptions Sockets =
        new() { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// All operations under the dialect's root and at the host's root, those that are in as OpenAPI, and the 404 and 405 of everything else
    /// under the root.
    /// </summary>
    public static void MapDialect(this IEndpointRouteBuilder routes, Pipeline pipeline) => Map(routes, pipeline, pipeline.Dialect.Root);

    /// <summary>
    /// The same once more at the path of the original, for requests to one of these host names; nothing for an API whose path that is.
    /// </summary>
    public static void MapDialect(this IEndpointRouteBuilder routes, Pipeline pipeline, string[] hosts)
    {
        if (pipeline.Dialect.RootAtHost is { } root) Map(routes.MapGroup("").RequireHost(hosts), pipeline, root);
    }

    private static void Map(IEndpointRouteBuilder routes, Pipeline pipeline, string root)
    {
        var contract = pipeline.Dialect.Contract;
        var paths = new PathIndex();
        var hostPaths = new Dictionary<string, PathIndex>(StringComparer.Ordinal);
        foreach (var operation in contract.Operations.Concat(contract.Extensions))
        {
            if (operation.Place is OperationPlace.Storage) continue;
            bool isAtHost = operation.Place is OperationPlace.Host;
            var methods = MethodsOf(pipeline, operation);
            Add(routes, pipeline, (isAtHost ? "" : root) + operation.Path, operation, methods);
            if (!isAtHost) paths.Add(operation.Path, methods, operation);
            else
            {
                if (!hostPaths.TryGetValue(operation.Path, out var index)) hostPaths.Add(operation.Path, index = new());
                index.Add(operation.Path, methods, operation);
            }
        }

        foreach (var alias in contract.Aliases)
            foreach (var operation in contract.Operations.Where(alias.Includes))
            {
                var methods = alias.AskedBy is null ? MethodsOf(pipeline, operation) : [alias.AskedBy];
                Add(routes, pipeline, root + alias.Path, operation, methods);
                paths.Add(alias.Path, methods, operation);
            }

        var description = new Lazy<Description>(() => Description.Of(OpenApiDocument.Write(pipeline.Dialect, pipeline.Links.Path)));
        routes.MapMethods(root + OpenApiDocument.Path, ReadingMethods.All, async http =>
        {
            var role = await pipeline.FindRoleAsync(http);
            if (role is { } known) http.Response.Headers[OpenApiDocument.RoleHeader] = OpenApiDocument.WordOf(known);
            await WriteAsync(http, description.Value);
        });
        paths.Add(OpenApiDocument.Path, ReadingMethods.All, operation: null);
        routes.Map(root + "/{**rest}", http => pipeline.RefuseAsync(http, http.Request.Path.Value![root.Length..], paths));
        foreach (var (path, index) in hostPaths)
            routes.Map(path, http => pipeline.RefuseAsync(http, path, index));
    }

    /// <summary>The storage operations at the root of a listener of their own, and its 404 and 405.</summary>
    public static void MapStorage(this IEndpointRouteBuilder routes, Pipeline pipeline)
    {
        var paths = new PathIndex();
        foreach (var operation in pipeline.Dialect.Contract.Operations)
        {
            if (operation.Place is not OperationPlace.Storage) continue;
            // The object's name is the rest of the path, slashes and all.
            string path = operation.Path.Replace("{objectName}", "{**objectName}", StringComparison.Ordinal);
            var methods = MethodsOf(pipeline, operation);
            Add(routes, pipeline, path, operation, methods);
            paths.Add(operation.Path, methods, operation);
        }

        routes.Map("/{**rest}", http => pipeline.RefuseAsync(http, http.Request.Path.Value ?? "/", paths));
    }

    private static void Add(IEndpointRouteBuilder routes, Pipeline pipeline, string path, Operation operation,
        IReadOnlyList<string> methods)
    {
        // The contract's names may be no identifiers, so that routing gets names of its own.
        var keys = new string[operation.PathNames.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = $"p{i}";
            path = path.Replace($"{{{operation.PathNames[i]}}}", $"{{{keys[i]}}}", StringComparison.Ordinal)
                .Replace($"{{**{operation.PathNames[i]}}}", $"{{**{keys[i]}}}", StringComparison.Ordinal);
        }

        RequestDelegate run = http => pipeline.RunAsync(http, operation, keys);
        // Only who serves a socket needs to know how one begins.
        if (pipeline.Dialect.Bindings[operation] is Binding.Socket)
            run = new WebSocketMiddleware(run, Options.Create(Sockets), NullLoggerFactory.Instance).Invoke;
        routes.MapMethods(path, methods, run);
    }

    /// <summary>HEAD wherever GET is (RFC 9110 section 9.1), but for a socket, and where the contract has a HEAD of its own.</summary>
    private static IReadOnlyList<string> MethodsOf(Pipeline pipeline, Operation operation) =>
        HttpMethods.IsGet(operation.Method) && pipeline.Dialect.Bindings[operation] is not Binding.Socket
            && !pipeline.Dialect.Contract.HasHead(operation.Path) ? ReadingMethods.All : [operation.Method];

    /// <summary>
    /// In slices: strangers read it, and what a slow one has not taken yet lies in memory. Not at all to who has it: a viewer asks again
    /// each time that it is opened.
    /// </summary>
    private static async Task WriteAsync(HttpContext http, Description described)
    {
        const int slice = 32 * 1024;
        var (document, tag) = described;
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.ETag = tag.ToString();
        if (http.Request.GetTypedHeaders().IfNoneMatch
            .Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = ReplyWriter.JsonType;
        http.Response.ContentLength = document.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        for (int at = 0; at < document.Length; at += slice)
            await http.Response.Body.WriteAsync(document.AsMemory(at, Math.Min(slice, document.Length - at)), http.RequestAborted);
    }

    /// <param name="Tag">Another one for another document.</param>
    private sealed record Description(byte[] Document, EntityTagHeaderValue Tag)
    {
        public static Description Of(byte[] document) => new(document, new($"\"{Convert.ToHexStringLower(SHA256.HashData(document))}\""));
    }
}
