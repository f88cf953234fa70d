using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>
/// Documents that the node serves itself, for its own calls: those that accounts keep, by a URL that nobody guesses, and those of a folder
/// in development. They go out as they were written: templates in them are filled by whoever runs them.
/// </summary>
public static class HostedDocuments
{
    private const string Root = "/documents", Files = Root + "/files/", MediaType = "application/xml";

    /// <summary>As they are fetched by calls: POST brings what is known of the call, and is not looked at.</summary>
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Head];

    public static string PathOf(HostedDocument document) => $"{Root}/{document.Token}";

    /// <param name="folder">Null serves no folder.</param>
    public static void MapHostedDocuments(this IEndpointRouteBuilder routes, HostedDocumentTable stored, DocumentFolder? folder)
    {
        routes.MapOwn(Root + "/{token:length(43)}", Methods, async http =>
            Give(http, await stored.FindByTokenAsync(http.PathValue("token"), http.RequestAborted) is { } found
                ? new(Encoding.UTF8.GetBytes(found.Content), null) : FolderDocument.Missing));
        if (folder is not null)
            routes.MapOwn(Files + "{**path}", Methods, async http =>
                Give(http, await folder.ReadAsync(http.PathValue("path"), http.RequestAborted)));
    }

    private static IResult Give(HttpContext http, FolderDocument document)
    {
        var headers = http.Response.Headers;
        (headers.CacheControl, headers.XContentTypeOptions) = ("no-store", "nosniff");
        // A browser that shows one runs nothing that stands in it, beside the pages of the node.
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return document.Problem is null ? Results.Bytes(document.Content, MediaType)
            : Results.Text(document.Problem, statusCode: document == FolderDocument.TooLarge
                ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status404NotFound);
    }
}
