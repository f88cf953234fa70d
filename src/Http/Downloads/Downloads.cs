using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>Recordings that their accounts keep themselves.</summary>
public interface IRecordingsElsewhere
{
    /// <summary>A link to where the recording is, which needs no key and lives ten minutes; null when there is no way there.</summary>
    /// <param name="file">What it is called when it is saved.</param>
    ValueTask<string?> LinkToAsync(RecordingRow recording, string file, CancellationToken stop);
}

/// <summary>Gives out recordings and the files of jobs to whoever has a link. No key is asked for: the link is one.</summary>
public static class Downloads
{
    private const string Pattern = "/{tenant:guid}/{id:guid}/{file}";

    public static void MapDownloads(this IEndpointRouteBuilder routes, Database store, DownloadLinks links, TimeProvider time,
        IRecordingsElsewhere elsewhere)
    {
        routes.MapOwn(DownloadLinks.Recordings + Pattern, ReadingMethods.All,
            async http =>
            {
                var (tenant, id, file) = PartsOf(http);
                if (Refuse(DownloadLinks.Recordings, tenant, id, file, http) is { } refusal) return refusal;
                if (await store.Recordings.FindAsync(new(tenant), id, http.RequestAborted) is not { } recording)
                    return Gone("This recording was deleted.\n");
                if (recording.Place is not null)
                    return await elsewhere.LinkToAsync(recording, file, http.RequestAborted) is { } there ? Results.Redirect(there)
                        : Gone("This recording is in a bucket that its connection has no keys to any more.\n");
                if (recording.Blob is null
                    || await FindAsync(BlobKey.OfRecording(new(tenant), id, recording.Plan.Format), http) is not { } found)
                    return Gone("This recording was deleted.\n");
                return Give(http, found, RecordFormats.MediaTypeOf(recording.Plan.Format), file);
            });
        routes.MapOwn(DownloadLinks.Results + Pattern, ReadingMethods.All,
            async http =>
            {
                var (tenant, id, file) = PartsOf(http);
                return Refuse(DownloadLinks.Results, tenant, id, file, http)
                    ?? (await FindAsync(BlobKey.OfResult(new(tenant), id), http) is { } found ? Give(http, found, TypeOf(file), file)
                        : Gone("This file was deleted.\n"));
            });
        routes.MapOwn(DownloadLinks.Messages + Pattern, ReadingMethods.All,
            async http =>
            {
                var (tenant, id, file) = PartsOf(http);
                if (Refuse(DownloadLinks.Messages, tenant, id, file, http) is { } refusal) return refusal;
                if (await store.TextMedia.FindAsync(new(tenant), id, http.RequestAborted) is not var (type, octets))
                    return Gone("This file was deleted.\n");
                http.Response.Headers.XContentTypeOptions = "nosniff";
                return Results.File(octets, type, file);
            });

        async ValueTask<(BlobContent Content, DateTimeOffset ChangedAt)?> FindAsync(BlobKey key, HttpContext http) =>
            await store.Blobs.FindAsync(key, http.RequestAborted) is { } facts ? (new(store.Blobs, key, facts.Bytes), facts.ChangedAt)
                : null;

        IResult? Refuse(string root, Guid tenant, Guid id, string file, HttpContext http)
        {
            var query = http.Request.Query;
            http.Response.Headers.CacheControl = "private, no-store";
            return links.Judge(root, new(tenant), id, file, query["expires"], query["signature"], time.GetUtcNow()) switch
            {
                LinkVerdict.Forged => Results.Text("This link is not valid.\n", statusCode: StatusCodes.Status403Forbidden),
                LinkVerdict.Expired =>
                    Results.Text("This link has expired: ask the API for another.\n", statusCode: StatusCodes.Status403Forbidden),
                _ => null,
            };
        }
    }

    private static (Guid Tenant, Guid Id, string File) PartsOf(HttpContext http) =>
        (Guid.Parse(http.PathValue("tenant")), Guid.Parse(http.PathValue("id")), http.PathValue("file"));

    private static IResult Give(HttpContext http, (BlobContent Content, DateTimeOffset ChangedAt) found, string type, string file)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(found.Content, type, file, found.ChangedAt, enableRangeProcessing: true);
    }

    private static IResult Gone(string sentence) => Results.Text(sentence, statusCode: StatusCodes.Status404NotFound);

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".csv" => "text/csv",
        ".json" => "application/json",
        ".pdf" => "application/pdf",
        ".xml" => "application/xml",
        _ => "application/octet-stream",
    };
}
