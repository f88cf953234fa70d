using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Ringwright.Edge.Uploads;

/// <summary>
/// What stands where a bucket should: it keeps what it gets as S3 does, until a test tells it to do otherwise. That a server of somebody
/// else's is understood is shown by the suite Node.
/// </summary>
internal sealed class BucketServer : IAsyncDisposable
{
    private readonly Dictionary<int, byte[]> _parts = [];
    private WebApplication _app = null!;    // set by StartAsync

    public Dictionary<string, byte[]> Objects { get; } = [];
    public List<string> Seen { get; } = [];
    /// <summary>Answers in its place when it returns true.</summary>
    public Func<HttpContext, Task<bool>> Misbehaves { get; set; } = static _ => Task.FromResult(false);
    public string Url => _app.Urls.First();

    public static async Task<BucketServer> StartAsync()
    {
        var server = new BucketServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        server._app = builder.Build();
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (request, reply) = (http.Request, http.Response);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        // As it was when the request came: a test that has seen it may change it before it is answered.
        var misbehaves = Misbehaves;
        lock (Seen) Seen.Add($"{request.Method} {request.Path}{request.QueryString}");
        if (await misbehaves(http)) return;
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", request.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body.ToArray())),
            request.Headers["x-amz-content-sha256"].ToString());
        reply.ContentType = "application/xml";
        if (request.Query.ContainsKey("uploads"))
            await reply.WriteAsync("<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>");
        else if (request.Query["partNumber"].ToString() is { Length: > 0 } number)
        {
            _parts[int.Parse(number)] = body.ToArray();
            reply.Headers.ETag = $"\"part-{number}\"";
        }
        else if (request is { Method: "POST" })
        {
            Objects[request.Path.Value!] = [.. _parts.OrderBy(part => part.Key).SelectMany(part => part.Value)];
            await reply.WriteAsync("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>");
        }
        else if (request is { Method: "DELETE" })
        {
            if (!request.Query.ContainsKey("uploadId")) Objects.Remove(request.Path.Value!);
            reply.StatusCode = 204;
        }
        else
        {
            // Several may come at once.
            lock (Objects) Objects[request.Path.Value!] = body.ToArray();
            reply.Headers.ETag = "\"whole\"";
        }
    }
}
