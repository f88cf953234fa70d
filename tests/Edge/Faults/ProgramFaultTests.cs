using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>The whole program, with less than it needs.</summary>
public sealed class ProgramFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Mounts a small file system of its own, then becomes the program.</summary>
    private static string[] OnDisk(string size, string then = "") =>
        ["unshare", "-m", "sh", "-c",
            $"mount -t tmpfs -o size={size} ringwright \"$0\" && {(then.Length == 0 ? "" : then + " && ")}exec \"$@\"", "{disk}"];

    [Depth("DatabaseAwayTests have the full disk under calls in one process")]
    [Fact, Failure("disk-full")]
    public async Task A_node_on_a_full_disk_refuses_calls_and_changes_and_recovers_without_a_restart()
    {
        Tool.RequireMounts();
        // An empty ledger and its journal take some 6 MB; the filler has to give back more than the work that waits will take.
        using var node = await ServedNode.StartAsync(OnDisk("24m"), isLogRead: true, "--echo", "+4930000000");
        using var profiles = await node.Api.GetAsync("v2/outbound_voice_profiles", Stop);
        Assert.Equal(HttpStatusCode.OK, profiles.StatusCode);
        string filler = Path.Combine(node.Disk, "filler");
        await using (var file = File.Create(filler))
        {
            var full = await Assert.ThrowsAsync<IOException>(async () =>
            {
                while (true) await file.WriteAsync(new byte[4096], Stop);
            });
            Assert.Contains("No space left", full.Message);
        }

        // The journal has some room that is its already; then a change is refused, and the node says so.
        int made = 0;
        JsonNode? refusal = null;
        await Eventually.SomeAsync(async () =>
        {
            using var answer = await node.PostAsync("v2/outbound_voice_profiles",
                $$"""{"name":"profile {{made++}} {{new string('x', 200)}}"}""");
            if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK) return null;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
            return refusal = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop));
        }, "a change is refused");
        Assert.Equal("10037", (string?)refusal!["errors"]![0]!["code"]);
        var state = await node.ReadyzAsync();
        Assert.True((string?)state["failing"]?[0] == "ledger", $"{state.ToJsonString()}\n{node.Errors}");
        using var healthy = await node.Api.GetAsync("healthz", Stop);
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
        Assert.StartsWith("SIP/2.0 503", await InviteAsync(node));

        File.Delete(filler);
        await node.BecomesReadyAsync();
        using var again = await node.PostAsync("v2/outbound_voice_profiles", """{"name":"there is room again"}""");
        Assert.True(again.IsSuccessStatusCode);
        Assert.StartsWith("SIP/2.0 200", await InviteAsync(node));
    }

    [Theory, Failure("disk-full"), Failure("database-read-only")]
    [InlineData("100k", "true", "cannot be")]
    [InlineData("6m", "mkdir \"$0/data\" && mount -o remount,ro \"$0\"", "Read-only file system")]
    public async Task A_start_on_a_disk_that_takes_nothing_is_refused_in_one_sentence(string size, string then, string says)
    {
        Tool.RequireMounts();
        var (exit, errors) = await ServedNode.RunAsync(OnDisk(size, then));
        Assert.Equal(2, exit);
        Assert.Contains(says, Assert.Single(errors.TrimEnd('\n').Split('\n')));
    }

    [Fact, Failure("database-broken")]
    public async Task A_start_on_a_file_that_is_no_database_is_refused_in_one_sentence()
    {
        var (exit, errors) = await ServedNode.RunAsync(["sh", "-c",
            "mkdir \"$0/data\" && echo this is no database, but long enough to be looked at > \"$0/data/ringwright.db\" && exec \"$@\"",
            "{disk}"]);
        Assert.Equal(2, exit);
        Assert.Contains("file is not a database", Assert.Single(errors.TrimEnd('\n').Split('\n')));
    }

    [Fact, Failure("files-used-up")]
    public async Task A_start_with_too_few_files_is_refused_in_one_sentence()
    {
        Tool.Require("prlimit");
        var (exit, errors) = await ServedNode.RunAsync(["prlimit", "--nofile=400"]);
        Assert.Equal(2, exit);
        Assert.Contains("ulimit -n", Assert.Single(errors.TrimEnd('\n').Split('\n')));
    }

    [Fact, Failure("log-stuck")]
    public async Task A_log_that_nobody_reads_stops_nothing()
    {
        using var node = await ServedNode.StartAsync([], isLogRead: false, "--log-level", "debug");
        // Each request is a line; these are more than the pipe and the queue before it hold.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(node, 750)));
        node.Process.StandardError.Close();
        await AskAsync(node, 50);
        Assert.Equal("ready", (string?)(await node.ReadyzAsync())["status"]);
        Assert.False(node.Process.HasExited);
    }

    /// <summary>The final answer to an INVITE for the echo test line.</summary>
    private static async Task<string> InviteAsync(ServedNode node)
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)phone.Client.LocalEndPoint!).Port; // bound above
        string sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";
        string id = Guid.NewGuid().ToString("N");
        string invite = $"INVITE sip:+4930000000@127.0.0.1:{node.SipPort} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK"
            + $"{id}\r\nMax-Forwards: 70\r\nFrom: <sip:+13125550142@127.0.0.1>;tag=a\r\nTo: <sip:+4930000000@127.0.0.1>\r\n" +
            $"Call-ID: {id}\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:{port}>\r\nContent-Type: application/sdp\r\nContent-Length: "
            + $"{sdp.Length}\r\n\r\n{sdp}";
        await phone.SendAsync(System.Text.Encoding.ASCII.GetBytes(invite), new IPEndPoint(IPAddress.Loopback, node.SipPort), Stop);
        while (true)
        {
            string answer = System.Text.Encoding.ASCII.GetString((await phone.ReceiveAsync(Stop)).Buffer);
            if (!answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal)) return answer.Split('\r')[0];
        }
    }

    private static async Task AskAsync(ServedNode node, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using var answer = await node.Api.GetAsync("v2/nothing/at/this/path", Stop);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        }
    }
}
