using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Edge.Store.Blobs;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>
/// Files over real HTTP, on the disk and in a store that has no paths: the answers are the same,
/// and the store's bad day is told in the dialect's shape.
/// </summary>
public sealed class FileStoreTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("0123456789");

    private static uint _legs = 7_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Held against what ASP.NET makes of a file with that path: so recordings were given before there was a store.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_download_answers_as_one_of_a_file_whatever_the_store(bool isDisk)
    {
        await using var host = await StartAsync(isDisk ? null : new RemoteBlobs());
        var (plan, link) = await RecordAsync(host);
        var at = (await host.Blobs.FindAsync(KeyOf(host, plan), Stop))!.ChangedAt;
        string name = Path.GetFileName(link.Split('?')[0]);

        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("plain"), Content, Stop);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var plain = builder.Build();
        plain.MapMethods("/plain", [HttpMethods.Get, HttpMethods.Head], (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "private, no-store";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.File(folder.File("plain"), "audio/wav", name, at, enableRangeProcessing: true);
        });
        await plain.StartAsync(Stop);
        using var ofPlain = new HttpClient { BaseAddress = new(plain.Urls.First()) };

        Action<HttpRequestMessage>[] asked =
        [
            _ => { }, r => r.Method = HttpMethod.Head,
            r => r.Headers.Range = new(4, 6), r => r.Headers.Range = new(null, 2), r => r.Headers.Range = new(8, null),
            r => r.Headers.Range = new(0, 99), r => r.Headers.Range = new(10, 20),
            r => r.Headers.TryAddWithoutValidation("Range", "bytes=0-1,4-5"), r => r.Headers.TryAddWithoutValidation("Range", "lines=1-2"),
            r => (r.Method, r.Headers.Range) = (HttpMethod.Head, new(4, 6)), r => r.Headers.IfModifiedSince = at,
            r => r.Headers.IfModifiedSince = at.AddDays(-1), r => r.Headers.IfUnmodifiedSince = at.AddDays(-1),
            r => r.Headers.IfNoneMatch.Add(new("\"x\"")), r => r.Headers.IfMatch.Add(new("\"x\"")),
            r => (r.Headers.Range, r.Headers.IfRange) = (new(0, 1), new RangeConditionHeaderValue(at)),
            r => (r.Headers.Range, r.Headers.IfRange) = (new(0, 1), new RangeConditionHeaderValue(at.AddDays(-1))),
        ];
        var statuses = new List<int>();
        foreach (var change in asked)
        {
            using HttpRequestMessage one = new(HttpMethod.Get, link), other = new(HttpMethod.Get, "/plain");
            change(one);
            change(other);
            using HttpResponseMessage given = await host.SendAsync(one), expected = await ofPlain.SendAsync(other, Stop);
            Assert.Equal(await ShowAsync(expected), await ShowAsync(given));
            statuses.Add((int)given.StatusCode);
        }
        Assert.Equal([200, 200, 206, 206, 206, 206, 416, 200, 206, 206, 304, 200, 412, 200, 200, 206, 200], statuses);

        static async Task<string> ShowAsync(HttpResponseMessage answer)
        {
            var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not "Date")
                .OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
            return $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n\n"
                + $"{Encoding.ASCII.GetString(await answer.Content.ReadAsByteArrayAsync(Stop))}";
        }
    }

    [Fact, Failure("files-store-away")]
    public async Task A_store_that_is_away_is_told_as_503_in_the_dialects_shape_and_nothing_is_lost()
    {
        var store = new RemoteBlobs();
        await using var host = await StartAsync(store);
        Assert.Equal(201, (await UploadAsync(host, "hello")).Status);
        var (plan, link) = await RecordAsync(host);
        var kept = store.Names;

        store.IsAway = true;
        foreach (var refused in new[]
        {
            await UploadAsync(host, "again"), await host.SendAsync("GET", "/v2/media/hello/download"),
            await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}"),
            await host.SendAsync("POST", "/v2/recordings/actions/delete", $$"""{"ids":["{{plan.Id}}"]}"""),
        })
        {
            refused.Refuses(503, "10037");
            Assert.DoesNotContain("secret place", refused.Text, StringComparison.Ordinal);
        }
        using (var request = new HttpRequestMessage(HttpMethod.Get, link))
        using (var answer = await host.SendAsync(request)) Assert.InRange((int)answer.StatusCode, 500, 599);
        // What only the rows know is answered.
        Assert.Equal(200, (await host.SendAsync("GET", "/v2/media/hello")).Status);
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Status);

        store.IsAway = false;
        Assert.Equal(kept, store.Names);
        (await host.SendAsync("GET", "/v2/media/again")).Refuses(404, "10005");
        Assert.Equal(Wav, await host.DownloadAsync("/v2/media/hello/download"));
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Status);
        Assert.Equal(204, (await host.SendAsync("DELETE", "/v2/media/hello")).Status);
        Assert.Empty(store.Names);
    }

    [Fact, Failure("files-store-away")]
    public async Task An_upload_that_is_cut_off_leaves_nothing_and_what_was_there_stays()
    {
        var store = new RemoteBlobs();
        await using var host = await StartAsync(store);
        Assert.Equal(201, (await UploadAsync(host, "hello")).Status);
        var kept = store.Names;
        store.TakesAtMost = 5;
        (await UploadAsync(host, "other")).Refuses(503, "10037");
        (await UploadAsync(host, "hello", "PUT", "/v2/media/hello")).Refuses(503, "10037");
        Assert.Equal(kept, store.Names);
        (await host.SendAsync("GET", "/v2/media/other")).Refuses(404, "10005");
        Assert.Equal(Wav, await host.DownloadAsync("/v2/media/hello/download"));
    }

    [Fact]
    public async Task A_download_that_the_store_breaks_off_is_no_whole_answer()
    {
        var store = new RemoteBlobs { GivesAtMost = 4 };
        await using var host = await StartAsync(store);
        var (_, link) = await RecordAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        bool isWhole;
        try
        {
            using var answer = await host.SendAsync(request);
            isWhole = answer.IsSuccessStatusCode && (await answer.Content.ReadAsByteArrayAsync(Stop)).Length == Content.Length;
        }
        catch (HttpRequestException)
        {
            isWhole = false;
        }
        Assert.False(isWhole);
    }

    private static readonly byte[] Wav = [.. "RIFF....WAVEfmt "u8, 0];

    private static async Task<TelnyxHost> StartAsync(IBlobs? store)
    {
        var host = new TelnyxHost { Elsewhere = store };
        await host.InitializeAsync();
        return host;
    }

    private static Task<Answer> UploadAsync(TelnyxHost host, string name, string method = "POST", string path = "/v2/media")
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(Wav), "media", "greeting.wav" } };
        if (method == "POST") form.Add(new StringContent(name), "media_name");
        return host.SendAsync(method, path, form);
    }

    private static BlobKey KeyOf(TelnyxHost host, RecordPlan plan) => BlobKey.OfRecording(host.Tenant, plan.Id, plan.Format);

    private static async Task<(RecordPlan Plan, string Link)> RecordAsync(TelnyxHost host)
    {
        var (facts, _) = await host.LegAsync(await host.ApplicationAsync($"recorded-{Guid.NewGuid():N}"), Interlocked.Increment(ref _legs));
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = facts, At = host.Now }));
        await host.Blobs.PutAsync(KeyOf(host, plan), Content, Stop);
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = facts, At = host.Now, Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = host.Now, EndedAt = host.Now,
            Length = TimeSpan.FromSeconds(1), Bytes = Content.Length, Blob = $"recordings/{plan.Id}.wav",
        }));
        string link = (string)(await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data["download_urls"]!["wav"]!;
        return (plan, link["https://calls.example.com/api".Length..]);
    }
}
