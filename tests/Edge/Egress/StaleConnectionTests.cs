using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Edge.Egress;

/// <summary>Servers that close a connection as a request comes.</summary>
public sealed class StaleConnectionTests : IDisposable
{
    private readonly EgressClient _client = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public StaleConnectionTests() => _server.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_meets_a_kept_connection_as_it_closes_goes_out_again(bool isReset)
    {
        using var kept = await KeepAsync();
        var sent = SendAsync("two");
        await ReadAsync(kept, "two");
        if (isReset) kept.LingerState = new(true, 0);
        kept.Close();

        using var next = await _server.AcceptTcpClientAsync(Stop);
        string request = await ReadAsync(next, "two");
        Assert.StartsWith("POST /hook HTTP/1.1\r\n", request);
        Assert.Contains("x-signed: two\r\n", request);
        await AnswerAsync(next);
        Assert.Equal(200, (await sent).Status);
        Assert.False(_server.Pending());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_may_not_be_done_twice_has_failed(bool isReset)
    {
        using var kept = await KeepAsync();
        var sent = SendAsync("two", isOnce: true);
        await ReadAsync(kept, "two");
        if (isReset) kept.LingerState = new(true, 0);
        kept.Close();

        Assert.Equal(EgressFailure.Broken, (await sent).Failure);
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task A_new_connection_that_closes_without_an_answer_has_failed()
    {
        var sent = SendAsync("one");
        using (var peer = await _server.AcceptTcpClientAsync(Stop)) await ReadAsync(peer, "one");
        Assert.Equal(EgressFailure.Broken, (await sent).Failure);
        Assert.False(_server.Pending());
    }

    /// <summary>One that has had its answer and stays open.</summary>
    private async Task<TcpClient> KeepAsync()
    {
        var first = SendAsync("one");
        var kept = await _server.AcceptTcpClientAsync(Stop);
        await ReadAsync(kept, "one");
        await AnswerAsync(kept);
        Assert.Equal(200, (await first).Status);
        return kept;
    }

    private Task<EgressResult> SendAsync(string body, bool isOnce = false) => _client.SendAsync(new()
    {
        Url = $"http://{_server.LocalEndpoint}/hook", Use = TargetUse.Webhook, Method = "POST", Body = Encoding.ASCII.GetBytes(body),
        Headers = [new("x-signed", body)], IsSentOnce = isOnce,
    }, Stop).AsTask();

    private static ValueTask AnswerAsync(TcpClient to) =>
        to.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Stop);

    private static async Task<string> ReadAsync(TcpClient from, string end)
    {
        var text = new StringBuilder();
        var part = new byte[4_096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await from.GetStream().ReadAsync(part, Stop);
            if (count == 0) break;
            text.Append(Encoding.ASCII.GetString(part, 0, count));
        }
        return text.ToString();
    }
}
