using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Recordings;

namespace Ringwright.Http;

/// <summary>Gives out recordings to whoever has a link. No key is asked for: the link is one.</summary>
public static class RecordingDownloads
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapRecordings(this IEndpointRouteBuilder routes, Database store, RecordingFolder blobs, RecordingLinks links, TimeProvider time) =>
        routes.MapMethods(RecordingLinks.Root + "/{tenant:guid}/{id:guid}/{file}", Methods, async Task<IResult> (Guid tenant, Guid id, string file, HttpContext http) =>
        {
            var query = http.Request.Query;
            http.Response.Headers.CacheControl = "private, no-store";
            switch (links.Judge(new(tenant), id, file, query["expires"], query["signature"], time.GetUtcNow()))
            {
                case LinkVerdict.Forged: return Results.Text("This link is not valid.\n", statusCode: StatusCodes.Status403Forbidden);
                case LinkVerdict.Expired: return Results.Text("This link has expired: ask the API for the recording again.\n", statusCode: StatusCodes.Status403Forbidden);
            }
            if (await store.Recordings.FindAsync(new(tenant), id, http.RequestAborted) is not { Blob: { } blob } recording || blobs.Find(blob) is not { } found)
                return Results.Text("This recording was deleted.\n", statusCode: StatusCodes.Status404NotFound);
            http.Response.Headers.XContentTypeOptions = "nosniff";
            string type = recording.Plan.Format is RecordFormat.Mp3 ? "audio/mpeg" : "audio/wav";
            return Results.File(found.FullName, type, file, new DateTimeOffset(found.LastWriteTimeUtc), enableRangeProcessing: true);
        });
}
