using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// Hands the requests that the rows arrange to test programs in other languages, which send them through their SDK to the same node.
/// Such a program starts this test by its name, reads from the file <c>RINGWRIGHT_ARRANGE</c> where it is, and says when it is done.
/// </summary>
[Collection(nameof(ConformanceNode))]
public sealed class ArrangeServer(ConformanceNode node)
{
    [Fact(Explicit = true)]
    public async Task Serve_until_told_to_end()
    {
        string file = Environment.GetEnvironmentVariable("RINGWRIGHT_ARRANGE")
            ?? throw new InvalidOperationException("RINGWRIGHT_ARRANGE names no file");
        var ended = new TaskCompletionSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/operations", http =>
            WriteAsync(http, new JsonArray([.. Rows.Bound.Where(o => o.Place is OperationPlace.Root).Select(o => (JsonNode)new JsonObject
            {
                ["id"] = o.Id, ["method"] = o.Method, ["path"] = o.Path, ["is_proven"] = Rows.Proven.Contains(o.Id)
            })])));
        app.MapPost("/ask/{operation}", AskAsync);
        app.MapPost("/end", () => ended.TrySetResult());
        await app.StartAsync(TestContext.Current.CancellationToken);
        // Written beside and moved, so that a reader never sees half of it.
        await File.WriteAllTextAsync(file + ".new", new JsonObject
        {
            ["url"] = app.Urls.First(), ["api"] = new Uri(node.Root, "/v2").ToString(), ["key"] = node.Owner.Key
        }.ToJsonString(), TestContext.Current.CancellationToken);
        File.Move(file + ".new", file);
        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A good request with new things behind it; <c>?all</c> says every field.</summary>
    private async Task AskAsync(HttpContext http, string operation)
    {
        var (ask, _) = await node.Arrangement.AnyAsync(Rows.Contract.Find(Uri.UnescapeDataString(operation))!,
            http.Request.Query.ContainsKey("all") ? SampleSize.All : SampleSize.None);
        await WriteAsync(http, new JsonObject
        {
            ["names"] = new JsonArray([.. ask.Operation.PathNames.Select(n => (JsonNode)n)]),
            ["path"] = new JsonArray([.. ask.Path.Select(p => (JsonNode)p)]),
            ["query"] = ask.Query,
            ["body"] = ask.Body,
            ["media_type"] = ask.MediaType,
            ["files"] = new JsonObject(ask.Files.Select(one => KeyValuePair.Create(one.Field, (JsonNode?)new JsonObject
            {
                ["name"] = one.File.Name, ["type"] = one.File.MediaType, ["content"] = Convert.ToBase64String(one.File.Bytes),
            }))),
            ["is_list"] = ask.Operation.FindReply(ask.Operation.SuccessStatus)?.Json?.FindProperty("data") is { Items: not null },
        });
    }

    private static Task WriteAsync(HttpContext http, JsonNode json)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json.ToJsonString(), http.RequestAborted);
    }
}
