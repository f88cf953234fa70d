using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Http.Parcels;

/// <summary>Uploads, downloads and sockets, as rows of the contract's table.</summary>
public sealed class ParcelStreamTests
{
    [Fact]
    public async Task An_upload_is_read_while_it_comes()
    {
        await using var post = await ParcelHost.StartAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        post.Uploaded = bytes => { if (bytes >= 1000) begun.TrySetResult(); };
        // The second half is not sent before the first has been read: whoever gathered the whole body would wait for ever.
        var (status, text) = await UploadAsync(post, async body =>
        {
            await body.WriteAsync(new byte[1000], ParcelHost.Stop);
            await body.FlushAsync(ParcelHost.Stop);
            await begun.Task.WaitAsync(ParcelHost.Patience, ParcelHost.Stop);
            await body.WriteAsync(new byte[500], ParcelHost.Stop);
        });
        Assert.Equal((200, """{"ok":true,"result":{"bytes":1500}}"""), (status, text));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_ends_at_its_limit(bool isChunked)
    {
        await using var post = await ParcelHost.StartAsync();
        Assert.Equal(200, (await UploadAsync(post, WriteAsync(ParcelHost.LabelBytes), isChunked ? null : ParcelHost.LabelBytes)).Status);
        var (status, text) = await UploadAsync(post, WriteAsync(ParcelHost.LabelBytes + 1),
            isChunked ? null : ParcelHost.LabelBytes + 1);
        Assert.Equal(
            (413, $$$"""{"ok":false,"failure":{"reason":"big","text":"The body may have at most {{{ParcelHost.LabelBytes}}} bytes."}}"""),
            (status, text));
        // What was there before is there still, whole.
        using var kept = await post.SendAsync(post.Request("GET", "parcels/a/label"));
        Assert.Equal(ParcelHost.LabelBytes, (await kept.Content.ReadAsByteArrayAsync(ParcelHost.Stop)).Length);

        static Func<Stream, Task> WriteAsync(int bytes) => body => body.WriteAsync(new byte[bytes], ParcelHost.Stop).AsTask();
    }

    [Fact]
    public async Task An_upload_that_breaks_off_is_told_to_its_handler_and_leaves_nothing()
    {
        await using var post = await ParcelHost.StartAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        post.Uploaded = _ => begun.TrySetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => UploadAsync(post, async body =>
        {
            await body.WriteAsync(new byte[1000], ParcelHost.Stop);
            await body.FlushAsync(ParcelHost.Stop);
            await begun.Task.WaitAsync(ParcelHost.Patience, ParcelHost.Stop);
            throw new IOException("gone");
        }));
        await post.Broken.Task.WaitAsync(ParcelHost.Patience, ParcelHost.Stop);
        Assert.Equal(404, (await post.AskAsync("GET", "parcels/a/label")).Status);
    }

    [Fact]
    public async Task An_upload_without_a_key_or_of_another_type_is_not_read()
    {
        await using var post = await ParcelHost.StartAsync();
        post.Uploaded = _ => Assert.Fail("It was read.");
        Assert.Equal(401, (await UploadAsync(post, body => body.WriteAsync(new byte[10], ParcelHost.Stop).AsTask(), secret: null)).Status);
        Assert.Equal(403, (await UploadAsync(post, body => body.WriteAsync(new byte[10], ParcelHost.Stop).AsTask(),
            secret: ParcelHost.ReaderSecret)).Status);
        var (status, text) = await UploadAsync(post, body => body.WriteAsync(new byte[10], ParcelHost.Stop).AsTask(), type: "text/plain");
        Assert.Equal((415, true), (status, text.Contains("use application/octet-stream", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_is_given_whole_in_ranges_and_by_its_head()
    {
        await using var post = await ParcelHost.StartAsync();
        byte[] label = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        Assert.Equal(200, (await UploadAsync(post, body => body.WriteAsync(label, ParcelHost.Stop).AsTask())).Status);

        using var whole = await post.SendAsync(post.Request("GET", "parcels/a/label"));
        Assert.Equal(label, await whole.Content.ReadAsByteArrayAsync(ParcelHost.Stop));
        Assert.Equal(("application/octet-stream", "label.bin"),
            (whole.Content.Headers.ContentType!.ToString(), whole.Content.Headers.ContentDisposition!.FileName));
        Assert.Equal("nosniff", Assert.Single(whole.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-store, private", whole.Headers.CacheControl!.ToString());

        using var request = post.Request("GET", "parcels/a/label");
        request.Headers.Range = new RangeHeaderValue(100, 199);
        using var part = await post.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 100-199/5000"),
            (part.StatusCode, part.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(label[100..200], await part.Content.ReadAsByteArrayAsync(ParcelHost.Stop));

        using var head = await post.SendAsync(post.Request("HEAD", "parcels/a/label"));
        Assert.Equal((HttpStatusCode.OK, 5000L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(ParcelHost.Stop));

        using var beyond = post.Request("GET", "parcels/a/label");
        beyond.Headers.Range = new RangeHeaderValue(5000, null);
        using var none = await post.SendAsync(beyond);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, none.StatusCode);

        Assert.Equal(404, (await post.AskAsync("GET", "parcels/a/label", secret: ParcelHost.OtherSecret)).Status);
        Assert.Equal(401, (await post.AskAsync("GET", "parcels/a/label", secret: null)).Status);
    }

    [Fact]
    public async Task A_socket_gives_back_each_message_up_to_its_bound()
    {
        await using var post = await ParcelHost.StartAsync();
        using var socket = await post.TalkAsync(headers: ("Authorization", ParcelHost.Basic(ParcelHost.Secret).ToString()));
        foreach (int length in (int[])[0, 1, 4096, 4097, ParcelHost.MessageBytes - 1, ParcelHost.MessageBytes])
        {
            byte[] sent = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, ParcelHost.Stop);
            Assert.Equal(sent, await ReceiveAsync(socket));
        }
        // In pieces, as one message.
        await socket.SendAsync("ab"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, ParcelHost.Stop);
        await socket.SendAsync("cd"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, ParcelHost.Stop);
        Assert.Equal("abcd", Encoding.UTF8.GetString(await ReceiveAsync(socket)));

        await socket.SendAsync(new byte[ParcelHost.MessageBytes + 1], WebSocketMessageType.Binary, endOfMessage: true, ParcelHost.Stop);
        await ReceiveAsync(socket);
        Assert.Equal((WebSocketCloseStatus.MessageTooBig, $"A message may have at most {ParcelHost.MessageBytes} bytes."),
            (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task A_socket_is_opened_to_a_key_of_its_role_alone()
    {
        await using var post = await ParcelHost.StartAsync();
        var (cookie, _) = await post.LoginAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await OpenAsync(""));
        Assert.Equal(HttpStatusCode.Unauthorized, await OpenAsync("?secret=nobody"));
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync("?secret=" + ParcelHost.ReaderSecret));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await OpenAsync("?secret=" + ParcelHost.Secret));
        // Browsers let any page open a socket, and send the cookie with it.
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync("", ("Cookie", cookie)));
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync("", ("Cookie", cookie), ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await OpenAsync("", ("Cookie", cookie), ("Origin", post.Origin)));
        var (status, text) = await post.AskAsync("GET", "talk");
        Assert.Equal((426, true), (status, text.Contains("\"reason\":\"wrong\"", StringComparison.Ordinal)));
        Assert.DoesNotContain(post.Log.Lines, line => line.Contains(ParcelHost.Secret, StringComparison.Ordinal)
            || line.Contains(cookie, StringComparison.Ordinal));

        async Task<HttpStatusCode> OpenAsync(string query, params (string, string)[] headers)
        {
            using var socket = await post.TalkAsync(query, headers);
            return socket.HttpStatusCode;
        }
    }

    [Fact]
    public async Task A_socket_is_closed_when_its_key_is_revoked()
    {
        await using var post = await ParcelHost.StartAsync();
        using var socket = await post.TalkAsync("?secret=" + ParcelHost.Secret);
        using var reader = await post.TalkAsync("?secret=" + ParcelHost.OtherSecret);
        await socket.SendAsync("a"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, ParcelHost.Stop);
        await ReceiveAsync(socket);
        post.Revoke(ParcelHost.Secret);
        post.Time.Advance(TimeSpan.FromSeconds(15));
        await ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        await reader.SendAsync("b"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, ParcelHost.Stop);
        Assert.Equal("b"u8.ToArray(), await ReceiveAsync(reader));
    }

    [Fact]
    public async Task A_host_that_stops_closes_its_sockets_at_once_and_says_that_it_goes()
    {
        await using var post = await ParcelHost.StartAsync();
        using var idle = await post.TalkAsync("?secret=" + ParcelHost.Secret);
        using var busy = await post.TalkAsync("?secret=" + ParcelHost.OtherSecret);
        await busy.SendAsync("a"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, ParcelHost.Stop);
        await ReceiveAsync(busy);
        long begun = Stopwatch.GetTimestamp();
        var stopped = post.StopAsync();
        foreach (var socket in new[] { idle, busy })
        {
            await ReceiveAsync(socket);
            Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "The node stops."),
                (socket.CloseStatus, socket.CloseStatusDescription));
            Assert.False(stopped.IsCompleted, "The listener had given up first.");
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ParcelHost.Stop);
        }
        await stopped;
        // Whoever waits until the listener gives up waits so long.
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, ParcelHost.GivesUpAfter - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_fault_of_ours_closes_the_socket_and_names_the_request()
    {
        await using var post = await ParcelHost.StartAsync();
        using var socket = await post.TalkAsync("?secret=" + ParcelHost.Secret);
        await socket.SendAsync("fail"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, ParcelHost.Stop);
        await ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.InternalServerError, socket.CloseStatus);
        Assert.Matches("Request [0-9a-f-]{36}", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task An_account_has_so_many_sockets_at_the_same_time()
    {
        await using var post = await ParcelHost.StartAsync();
        var open = new List<ClientWebSocket>();
        for (int i = 0; i < Limits.SocketsOfAccount; i++) open.Add(await post.TalkAsync("?secret=" + ParcelHost.Secret));
        Assert.All(open, socket => Assert.Equal(WebSocketState.Open, socket.State));
        using (var refused = await post.TalkAsync("?secret=" + ParcelHost.Secret))
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.HttpStatusCode);
        using (var other = await post.TalkAsync("?secret=" + ParcelHost.OtherSecret)) Assert.Equal(WebSocketState.Open, other.State);
        await open[0].CloseAsync(WebSocketCloseStatus.NormalClosure, null, ParcelHost.Stop);
        using var next = await Eventually.SomeAsync(
            async () => await post.TalkAsync("?secret=" + ParcelHost.Secret) is { State: WebSocketState.Open } room ? room : null,
            "there is room for one more");
        foreach (var socket in open) socket.Dispose();
    }

    /// <summary>The next message; empty when the socket was closed.</summary>
    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ParcelHost.Stop);
        late.CancelAfter(ParcelHost.Patience);
        var (buffer, length) = (new byte[2 * ParcelHost.MessageBytes], 0);
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), late.Token);
            length += read.Count;
            if (read.EndOfMessage) return buffer[..length];
        }
    }

    private static async Task<(int Status, string Text)> UploadAsync(
        ParcelHost post, Func<Stream, Task> write, long? length = null, string? secret = ParcelHost.Secret,
        string type = "application/octet-stream")
    {
        using var request = post.Request("PUT", "parcels/a/label", secret: secret);
        request.Content = new Written(write, length) { Headers = { ContentType = new(type) } };
        using var response = await post.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(ParcelHost.Stop));
    }

    /// <summary>A body that a test writes; chunked without a length.</summary>
    private sealed class Written(Func<Stream, Task> write, long? length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long computed)
        {
            computed = length ?? 0;
            return length is not null;
        }
    }
}
