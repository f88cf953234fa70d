using Microsoft.AspNetCore.Http;
using Ringwright.Core;
using Ringwright.Edge.Speech;
using Ringwright.Egress;
using Ringwright.Programs.Agents;
using Ringwright.Server.Modules;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>How agents reach models and the servers of their tools.</summary>
public sealed class AgentWebTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static WebAsk Post(string url) => new(url, "{\"a\":1}"u8.ToArray()) { Timeout = Long, MaxBytes = 1_000 };

    [Fact]
    public async Task Bits_of_an_answer_come_before_its_end()
    {
        var first = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync("one ");
            await c.Response.Body.FlushAsync();
            await first.Task.WaitAsync(Long);
            await c.Response.WriteAsync("two");
        });
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        string came = "";
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url) with
        {
            IsOperatorConfigured = true,
            Arrives = bits =>
            {
                came += System.Text.Encoding.UTF8.GetString(bits.Span);
                first.TrySetResult();
            },
        }, Stop);
        Assert.Equal("one two", came);
        Assert.Equal((200, null, 0), (answer.Status, answer.Fault, answer.Body.Length));
    }

    [Fact, Depth("the gate has the answers of models and tools in writing")]
    public async Task Whoever_wants_no_more_of_it_tells_the_server()
    {
        var left = new TaskCompletionSource();
        using var over = new CancellationTokenSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.RequestAborted.Register(() => left.TrySetResult());
            await c.Response.WriteAsync(": nothing comes\n\n");
            await c.Response.Body.FlushAsync();
            await left.Task.WaitAsync(Long);
        });
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var asked = new AgentWeb(egress).SendAsync(Post(server.Url) with { IsOperatorConfigured = true, Arrives = _ => over.Cancel() },
            over.Token).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await left.Task.WaitAsync(Long, Stop);
    }

    [Fact]
    public async Task A_tool_is_under_the_target_policy_and_a_model_is_the_operators_choice()
    {
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync("x"));
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var web = new AgentWeb(egress);
        Assert.Equal(new WebAnswer(null, "forbidden", default), await web.SendAsync(Post(server.Url), Stop));
        Assert.Equal(0, server.Requests);
        Assert.True((await web.SendAsync(Post(server.Url) with { IsOperatorConfigured = true }, Stop)).IsSuccess);
    }

    [Theory]
    [InlineData(1_000, 200, 1_000)]
    [InlineData(1_001, 200, 1_000)]
    [InlineData(10, 503, 10)]
    public async Task What_a_tool_answers_is_cut_and_its_status_told(int length, int status, int read)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return c.Response.WriteAsync(new string('x', length));
        });
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url), Stop);
        Assert.Equal((status, null, read), (answer.Status, answer.Fault, answer.Body.Length));
    }

    [Theory]
    [InlineData("Retry-After", "2", 2_000)]
    [InlineData("Retry-After", "1.5", 1_500)]
    [InlineData("retry-after-ms", "1500", 1_500)]
    [InlineData("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT", null)]
    [InlineData("Retry-After", "-1", null)]
    public async Task When_a_server_wants_to_be_asked_again_is_told(string header, string said, int? milliseconds)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 429;
            c.Response.Headers[header] = said;
            return Task.CompletedTask;
        });
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url) with { IsOperatorConfigured = true, Arrives = _ => { } }, Stop);
        Assert.Equal((429, null, milliseconds), (answer.Status, answer.Fault, (int?)answer.RetryAfter?.TotalMilliseconds));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Servers_of_one_account_that_let_all_hang_take_the_way_from_no_other(bool isSigned)
    {
        var released = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            if (c.Request.Path == "/hangs") await released.Task.WaitAsync(Long);
            await c.Response.WriteAsync("x");
        });
        // Of sixteen connections each account has two requests at once.
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System, connections: 16);
        var web = new AgentWeb(egress);
        TenantId thief = new(Guid.NewGuid()), other = new(Guid.NewGuid());
        var hang = Post(server.Url + "/hangs");
        hang = isSigned ? hang with { SignedFor = thief } : hang with { Account = thief };
        var hung = Enumerable.Range(0, 40).Select(_ => web.SendAsync(hang, Stop).AsTask()).ToList();
        await Eventually.TrueAsync(() => server.Requests == 2, "as many as an account may have are under way");
        var answer = await web.SendAsync(Post(server.Url) with { Account = other, Timeout = TimeSpan.FromSeconds(10) }, Stop);
        Assert.Equal((200, null, 3), (answer.Status, answer.Fault, server.Requests));
        released.SetResult();
        Assert.All(await Task.WhenAll(hung), one => Assert.True(one.IsSuccess));
    }

    [Fact]
    public async Task Providers_and_models_of_an_agency_are_asked_in_its_name()
    {
        var (web, agency) = (new Seen(), new TenantId(Guid.NewGuid()));
        await new ProviderWeb(web).Of(agency).GetAsync("https://93.184.216.34/api", "key", Stop);
        await CallJudge.Of(web, agency, new("https://93.184.216.34/v1", "key", "some/model")).AskAsync("Judge.", [], "Hello.", Stop);
        Assert.All(web.Asked, ask => Assert.Equal(((TenantId?)agency, false), (ask.Account, ask.IsOperatorConfigured)));
        Assert.True(web.Asked.Count >= 2);
    }

    [Fact]
    public async Task A_server_may_say_by_a_date_when_it_wants_to_be_asked_again()
    {
        var at = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(5);
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 503;
            c.Response.Headers.RetryAfter = at.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url) with { IsOperatorConfigured = true }, Stop);
        Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task An_answer_of_which_there_is_enough_is_not_waited_for()
    {
        var left = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.RequestAborted.Register(() => left.TrySetResult());
            c.Response.Headers["Mcp-Session-Id"] = "s1";
            await c.Response.WriteAsync("enough");
            await c.Response.Body.FlushAsync();
            await left.Task.WaitAsync(Long);
        });
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        string came = "";
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url) with
        {
            IsEnough = bits => (came += System.Text.Encoding.UTF8.GetString(bits.Span)) == "enough",
        }, Stop);
        Assert.Equal((200, null, "enough", "s1"),
            (answer.Status, answer.Fault, System.Text.Encoding.UTF8.GetString(answer.Body.Span), answer.McpSession));
        await left.Task.WaitAsync(Long, Stop);
    }

    [Fact]
    public async Task A_tool_that_sends_its_caller_on_has_answered_that()
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.Redirect("http://169.254.169.254/");
            return Task.CompletedTask;
        });
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var answer = await new AgentWeb(egress).SendAsync(Post(server.Url), Stop);
        Assert.Equal((302, null, 1), (answer.Status, answer.Fault, server.Requests));
        Assert.Equal("http://169.254.169.254/", answer.Location);
    }

    private sealed class Seen : IAgentWeb
    {
        public List<WebAsk> Asked { get; } = [];

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Asked.Add(ask);
            return new(new WebAnswer(500, null, default));
        }
    }
}
