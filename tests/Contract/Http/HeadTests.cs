using System.Net;

namespace Ringwright.Http.Tests;

public sealed class HeadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HEAD_is_answered_as_GET_is_without_a_body()
    {
        await using var api = await ApiHost.StartAsync(new()
        {
            Bindings = [Bind.Handle("ListCallEvents", op => new(op.Raw(200, "text/plain", "seven!!"u8.ToArray())))],
            IsStrict = false,
        });
        using var head = await api.SendAsync("HEAD", "/v2/call_events");
        Assert.Equal((HttpStatusCode.OK, 7L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        using var refused = await api.SendAsync("HEAD", "/v2/call_events", key: null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_stream_that_is_asked_for_by_HEAD_ends_at_once_and_gives_back_its_place()
    {
        var ended = new TaskCompletionSource<bool>();
        await using var api = await ApiHost.StartAsync(new()
        {
            Bindings =
            [
                Bind.Handle("StreamEvents", op => new(op.Stream("text/event-stream", (_, gone) =>
                {
                    ended.SetResult(gone.IsCancellationRequested);
                    return Task.CompletedTask;
                }))),
            ],
            IsStrict = false,
        });
        using var head = await api.SendAsync("HEAD", "/v2/events/stream");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(await ended.Task.WaitAsync(Stop));
        // Else proxies that nobody has set up for it keep events to themselves.
        Assert.Equal("no", Assert.Single(head.Headers.GetValues("X-Accel-Buffering")));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task What_is_not_read_has_no_HEAD_and_a_refusal_names_it_beside_GET()
    {
        await using var api = await ApiHost.StartAsync();
        using var command = await api.SendAsync("HEAD", "/v2/calls/x/actions/answer");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (command.StatusCode, Assert.Single(command.Content.Headers.Allow)));
        using var list = await api.SendAsync("DELETE", "/v2/call_events");
        Assert.Equal(["GET", "HEAD"], list.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }
}
