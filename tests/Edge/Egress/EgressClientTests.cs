using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Egress;

public sealed class EgressClientTests
{
    private static readonly TargetPolicy Laptop = new() { IsLoopbackAllowed = true };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_arrives_as_it_was_written_and_the_answer_comes_back()
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.Headers["x-answer"] = "yes";
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("hello");
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        byte[] body = [1, 2, 3, 0, 255];
        var result = await client.SendAsync(new()
        {
            Url = $"{sink.Url}/a/b?c=d",
            Use = TargetUse.Webhook,
            Method = "POST",
            Body = body,
            ContentType = "application/x-test",
            Headers = [new("user-agent", "tests/1"), new("x-one", "1")],
        }, Stop);

        Assert.True(result.IsSuccess, result.Detail);
        Assert.Equal((200, "hello", "text/plain"),
            (result.Status, System.Text.Encoding.UTF8.GetString(result.Body.Span), result.ContentType));
        Assert.Contains(new("x-answer", "yes"), result.Headers);
        var received = Assert.Single(sink.All);
        Assert.Equal(("POST", "/a/b", "?c=d", "tests/1", "1", "application/x-test"),
            (received.Method, received.Path, received.Query, received["user-agent"], received["x-one"], received["content-type"]));
        Assert.Equal(body, received.Body);
    }

    [Fact]
    public async Task A_request_that_does_not_say_who_asks_is_the_nodes()
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(Laptop, TimeProvider.System);
        Assert.True((await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Media }, Stop)).IsSuccess);
        Assert.Equal("ringwright", Assert.Single(sink.All)["user-agent"]);
    }

    [Fact]
    public async Task A_header_of_several_lines_is_one_and_no_other_request()
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(Laptop, TimeProvider.System);
        byte[] body = [1];
        for (int i = 0; i < 2; i++)
        {
            var result = await client.SendAsync(new()
            {
                Url = sink.Url, Use = TargetUse.Webhook, Method = "POST", Body = body, ContentType = "text/plain\r\nx-b: 2",
                Headers = [new("x-api-key", "key\r\nx-a: 1\r\n\r\nGET /other HTTP/1.1\r\nHost: b\n\0")],
            }, Stop);
            Assert.True(result.IsSuccess, result.Detail);
        }
        Assert.Equal(["/", "/"], sink.All.Select(received => received.Path));
        Assert.All(sink.All, received => Assert.Equal(("keyx-a: 1GET /other HTTP/1.1Host: b", "text/plainx-b: 2"),
            (received["x-api-key"], received["content-type"])));
        Assert.All(sink.All, received => Assert.False(received.Headers.ContainsKey("x-a") || received.Headers.ContainsKey("x-b")));
    }

    [Theory]
    [InlineData("ann:secret@", "ann:secret")]
    [InlineData("ann%40a.example:se%3Acret%20:one@", "ann@a.example:se:cret :one")]
    [InlineData("ann@", "ann:")]
    public async Task A_user_in_the_url_goes_as_Basic_authentication(string user, string expected)
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(Laptop, TimeProvider.System);
        string url = sink.Url.Replace("http://", $"http://{user}", StringComparison.Ordinal);
        var result = await client.SendAsync(new() { Url = url, Use = TargetUse.Media }, Stop);

        Assert.True(result.IsSuccess, result.Detail);
        string basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(expected));
        Assert.Equal($"Basic {basic}", Assert.Single(sink.All)["authorization"]);
    }

    [Fact]
    public async Task A_user_in_the_url_is_nobody_elsewhere_and_gives_way_to_the_request()
    {
        await using var elsewhere = await Sink.StartAsync();
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            if (received.Path == "/away") context.Response.Redirect($"{elsewhere.Url}/end");
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        string url = sink.Url.Replace("http://", "http://ann:secret@", StringComparison.Ordinal);
        await client.SendAsync(new() { Url = $"{url}/away", Use = TargetUse.Media, MaxRedirects = 1 }, Stop);
        await client.SendAsync(new() { Url = $"{url}/own", Use = TargetUse.Media, Headers = [new("authorization", "Bearer x")] }, Stop);

        Assert.Equal(["/away", "/own"], sink.All.Select(received => received.Path));
        var end = Assert.Single(elsewhere.All);
        Assert.Equal("/end", end.Path);
        Assert.False(end.Headers.ContainsKey("authorization"));
        Assert.Equal("Bearer x", sink.All[1]["authorization"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/", EgressFailure.Forbidden)]
    [InlineData("http://localhost:9/", EgressFailure.Forbidden)]
    [InlineData("http://a.localhost/", EgressFailure.Forbidden)]
    [InlineData("http://[::1]/", EgressFailure.Forbidden)]
    [InlineData("http://[::ffff:10.0.0.1]/", EgressFailure.Forbidden)]
    [InlineData("http://2130706433/", EgressFailure.Forbidden)]
    [InlineData("http://0x7f.1/", EgressFailure.Forbidden)]
    [InlineData("http://169.254.169.254/latest/", EgressFailure.Forbidden)]
    [InlineData("http://database/", EgressFailure.Forbidden)]
    [InlineData("http://payroll.corp.internal./", EgressFailure.Forbidden)]
    [InlineData("http://8.8.8.8/", EgressFailure.None)]
    [InlineData("https://example.com/hook", EgressFailure.None)]
    [InlineData("ftp://example.com/", EgressFailure.BadUrl)]
    [InlineData("file:///etc/passwd", EgressFailure.BadUrl)]
    [InlineData("example.com", EgressFailure.BadUrl)]
    [InlineData("", EgressFailure.BadUrl)]
    public void A_url_is_judged_when_it_is_saved(string url, EgressFailure expected)
    {
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var verdict = client.CheckUrl(url, TargetUse.Webhook);
        Assert.Equal(expected, verdict.Failure);
        Assert.Equal(expected is EgressFailure.None, verdict.Detail is null);
    }

    [Fact]
    public void A_url_has_at_most_2000_characters()
    {
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        string url = "http://example.com/".PadRight(2_000, 'x');
        Assert.True(client.CheckUrl(url, TargetUse.Webhook).IsAllowed);
        Assert.Equal(EgressFailure.BadUrl, client.CheckUrl(url + "x", TargetUse.Webhook).Failure);
    }

    /// <summary>What is told by GET stands behind a URL that was saved.</summary>
    [Theory, InlineData(8_000, true), InlineData(8_001, false)]
    public async Task A_url_that_is_asked_has_at_most_8000_characters(int length, bool isAsked)
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var result = await client.SendAsync(new() { Url = $"{sink.Url}/?a=".PadRight(length, 'x'), Use = TargetUse.Webhook }, Stop);
        Assert.Equal(isAsked ? EgressFailure.None : EgressFailure.BadUrl, result.Failure);
        Assert.Equal(isAsked ? 1 : 0, sink.All.Count);
    }

    [Fact]
    public async Task The_address_that_is_connected_to_is_judged_again()
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        // As a name whose address changed after it was saved: the look-up says loopback.
        var result = await client.SendAsync(new() { Url = sink.Url.Replace("127.0.0.1", "localhost"), Use = TargetUse.Webhook }, Stop);
        Assert.Equal(EgressFailure.Forbidden, result.Failure);
        Assert.Contains("loopback", result.Detail);
        Assert.Empty(sink.All);
    }

    [Fact]
    public async Task A_connection_opened_for_media_serves_no_webhook()
    {
        await using var sink = await Sink.StartAsync();
        var own = new Uri(sink.Url);
        using var client = new EgressClient(TargetPolicy.For([new(IPAddress.Loopback, own.Port)], [], []), TimeProvider.System);
        Assert.True((await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Media }, Stop)).IsSuccess);
        Assert.Equal(EgressFailure.Forbidden, (await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook }, Stop)).Failure);
        Assert.Single(sink.All);
    }

    [Fact]
    public async Task What_the_operator_configured_is_reached_anywhere()
    {
        await using var sink = await Sink.StartAsync();
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        Assert.True((await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Media, IsOperatorConfigured = true }, Stop)).IsSuccess);
    }

    [Theory, InlineData(301), InlineData(302), InlineData(307), InlineData(308)]
    public async Task A_redirect_is_an_answer_unless_it_may_be_followed(int status)
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            context.Response.StatusCode = received.Path == "/end" ? 200 : status;
            context.Response.Headers.Location = "/end";
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var webhook = await client.SendAsync(new() { Url = $"{sink.Url}/start", Use = TargetUse.Webhook }, Stop);
        Assert.Equal((EgressFailure.HttpStatus, status), (webhook.Failure, webhook.Status));
        var media = await client.SendAsync(new() { Url = $"{sink.Url}/start", Use = TargetUse.Media, MaxRedirects = 3 }, Stop);
        Assert.Equal((EgressFailure.None, $"{sink.Url}/end"), (media.Failure, media.Url));
    }

    [Theory]
    [InlineData(301, "GET", ""), InlineData(302, "GET", ""), InlineData(303, "GET", ""), InlineData(307, "POST", "a=1")]
    [InlineData(308, "POST", "a=1")]
    public async Task A_form_goes_on_where_the_redirect_keeps_the_method(int status, string method, string form)
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            if (received.Path == "/end") return Task.CompletedTask;
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/end";
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var carried = new List<bool>();
        var result = await client.SendAsync(new()
        {
            Url = $"{sink.Url}/start", Use = TargetUse.Document, Method = "POST", Body = "a=1"u8.ToArray(),
            ContentType = "application/x-www-form-urlencoded", MaxRedirects = 1,
            HeadersOf = (_, carriesBody) =>
            {
                carried.Add(carriesBody);
                return [];
            },
        }, Stop);

        Assert.True(result.IsSuccess, result.Detail);
        Assert.Equal(["POST /start a=1", $"{method} /end {form}"], sink.All.Select(one => $"{one.Method} {one.Path} {one.Text}"));
        Assert.Equal([true, form.Length > 0], carried);
        Assert.Equal(form.Length > 0, sink.All[1].Headers.ContainsKey("content-type"));
    }

    /// <summary>What has become a GET stays one.</summary>
    [Fact]
    public async Task A_form_that_is_gone_does_not_come_back()
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            if (received.Path == "/end") return Task.CompletedTask;
            context.Response.StatusCode = received.Path == "/start" ? 302 : 307;
            context.Response.Headers.Location = received.Path == "/start" ? "/between" : "/end";
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        await client.SendAsync(new()
        {
            Url = $"{sink.Url}/start", Use = TargetUse.Document, Method = "POST", Body = "a=1"u8.ToArray(), MaxRedirects = 2,
        }, Stop);
        Assert.Equal(["POST /start a=1", "GET /between ", "GET /end "], sink.All.Select(one => $"{one.Method} {one.Path} {one.Text}"));
    }

    [Fact]
    public async Task Redirects_are_limited()
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            int left = int.Parse(received.Path[1..]);
            if (left > 0) context.Response.Redirect($"/{left - 1}");
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        Assert.True((await client.SendAsync(new() { Url = $"{sink.Url}/3", Use = TargetUse.Media, MaxRedirects = 3 }, Stop)).IsSuccess);
        Assert.Equal(EgressFailure.TooManyRedirects,
            (await client.SendAsync(new() { Url = $"{sink.Url}/4", Use = TargetUse.Media, MaxRedirects = 3 }, Stop)).Failure);
    }

    [Theory, InlineData("http://169.254.169.254/secret", EgressFailure.Forbidden), InlineData("file:///etc/passwd", EgressFailure.BadUrl)]
    public async Task A_redirect_is_judged_as_a_url_of_its_own(string location, EgressFailure expected)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.Redirect(location);
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        Assert.Equal(expected, (await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Media, MaxRedirects = 3 }, Stop)).Failure);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_has_a_limit_at_which_it_passes_and_above_which_it_does_not(bool isLengthSaid)
    {
        await using var sink = await Sink.StartAsync(async (received, context) =>
        {
            byte[] body = new byte[int.Parse(received.Path[1..])];
            if (isLengthSaid) context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        EgressRequest Ask(int bytes) => new() { Url = $"{sink.Url}/{bytes}", Use = TargetUse.Media, MaxBytes = 50_000 };
        Assert.Equal(50_000, (await client.SendAsync(Ask(50_000), Stop)).Body.Length);
        Assert.Equal(EgressFailure.TooLarge, (await client.SendAsync(Ask(50_001), Stop)).Failure);
        var cut = await client.SendAsync(Ask(60_000) with { IsBodyCut = true }, Stop);
        Assert.Equal((EgressFailure.None, 50_000), (cut.Failure, cut.Body.Length));
    }

    [Fact]
    public async Task The_time_limit_covers_an_answer_that_never_comes()
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync(async (_, context) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new EgressClient(Laptop, time);
        var sent = client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook, Timeout = TimeSpan.FromSeconds(2) }, Stop).AsTask();
        await arrived.Task;
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(sent.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(EgressFailure.TimedOut, (await sent).Failure);
    }

    [Fact]
    public async Task Who_takes_a_cut_body_has_the_status_of_an_answer_that_stalls()
    {
        var time = new FakeTimeProvider();
        var begun = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync(async (_, context) =>
        {
            await context.Response.WriteAsync("part");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new EgressClient(Laptop, time);
        var sent = client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook, Timeout = TimeSpan.FromSeconds(2), IsBodyCut = true },
            Stop).AsTask();
        await begun.Task;
        // The headers may still be on their way when the clock moves on; only then is it a time-out.
        while (!sent.IsCompleted)
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
        var result = await sent;
        Assert.True(result.Status is 200 || result.Failure is EgressFailure.TimedOut);
    }

    [Fact]
    public async Task A_request_waits_while_as_many_connections_are_open_as_may_be()
    {
        var (arrived, answer) = (new SemaphoreSlim(0), new TaskCompletionSource());
        Task HangAsync(HttpContext context)
        {
            arrived.Release();
            context.Response.Headers.Connection = "close";
            return answer.Task;
        }
        await using var first = await Sink.StartAsync((_, context) => HangAsync(context));
        await using var second = await Sink.StartAsync((_, context) => HangAsync(context));
        await using var third = await Sink.StartAsync((_, context) => HangAsync(context));
        using var client = new EgressClient(Laptop, TimeProvider.System, connections: 2);
        Task<EgressResult> Ask(Sink sink, int seconds) =>
            client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook, Timeout = TimeSpan.FromSeconds(seconds) }, Stop).AsTask();
        Task<EgressResult>[] open = [Ask(first, 30), Ask(second, 30)];
        await arrived.WaitAsync(Stop);
        await arrived.WaitAsync(Stop);
        Assert.Equal(EgressFailure.TimedOut, (await Ask(third, 1)).Failure);
        Assert.Empty(third.All);

        var waiting = Ask(third, 30);
        answer.SetResult();
        Assert.All(await Task.WhenAll([.. open, waiting]), result => Assert.True(result.IsSuccess));
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_to_connect()
    {
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var result = await client.SendAsync(new() { Url = $"http://127.0.0.1:{FreePort.Tcp()}/", Use = TargetUse.Webhook }, Stop);
        Assert.Equal((EgressFailure.Connect, (int?)null), (result.Failure, result.Status));
    }

    [Fact]
    public async Task A_name_without_address_is_a_failure_of_names()
    {
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var result = await client.SendAsync(new() { Url = "http://nobody.invalid/", Use = TargetUse.Webhook }, Stop);
        Assert.Equal(EgressFailure.Dns, result.Failure);
        Assert.True((await client.CheckUrlAsync("http://nobody.invalid/", TargetUse.Webhook, Stop)).IsAllowed);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var sink = await Sink.StartAsync((_, _) => Task.CompletedTask, certificate);
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var result = await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook }, Stop);
        Assert.Equal(EgressFailure.Tls, result.Failure);
        Assert.Empty(sink.All);
    }

    [Fact]
    public async Task What_is_no_http_is_a_broken_answer()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(async () =>
        {
            using var peer = await listener.AcceptTcpClientAsync(Stop);
            await peer.GetStream().WriteAsync("220 mail.example ESMTP\r\n\r\n"u8.ToArray(), Stop);
        }, Stop);
        using var client = new EgressClient(Laptop, TimeProvider.System);
        var result = await client.SendAsync(new() { Url = $"http://{listener.LocalEndpoint}/", Use = TargetUse.Webhook }, Stop);
        Assert.Equal(EgressFailure.Broken, result.Failure);
        await served;
    }

    [Fact]
    public async Task Stopping_throws_and_is_no_time_out()
    {
        using var stop = new CancellationTokenSource();
        await using var sink = await Sink.StartAsync(async (_, context) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Webhook }, stop.Token));
    }
}
