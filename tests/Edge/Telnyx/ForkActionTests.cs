using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Forks over real HTTP: what the engine is asked, and what is refused.</summary>
public sealed class ForkActionTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private string Actions => $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions";

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await host.SendAsync("POST", $"{Actions}/{action}", body);
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    [Theory]
    [InlineData("""{"rx":"udp:1.1.1.1:4000"}""", "1.1.1.1:4000", null)]
    [InlineData("""{"tx":"udp:[2606:4700::1111]:4000"}""", null, "[2606:4700::1111]:4000")]
    [InlineData("""{"rx":"udp:1.1.1.1:4000","tx":"udp:1.1.1.1:4002"}""", "1.1.1.1:4000", "1.1.1.1:4002")]
    [InlineData("""{"target":"UDP:1.1.1.1:65535","stream_type":"decrypted"}""", "1.1.1.1:65535", "1.1.1.1:65535")]
    public async Task What_is_said_and_what_is_heard_go_where_they_are_sent(string body, string? said, string? heard) =>
        Assert.Equal(new(said, heard), (await AcceptsAsync<LegCommand.StartFork>("fork_start", body)).Terms);

    [Fact]
    public async Task Every_field_reaches_the_engine()
    {
        var start = await AcceptsAsync<LegCommand.StartFork>("fork_start",
            """{"rx":"udp:1.1.1.1:4000","client_state":"aGV5","command_id":"f-1"}""");
        Assert.Equal(("f-1", "aGV5"), (start.CommandId, start.Labels!["telnyx.client_state"]));
        foreach (string type in new[] { "raw", "decrypted" })
        {
            var stop = await AcceptsAsync<LegCommand.StopFork>("fork_stop",
                $$"""{"stream_type":"{{type}}","client_state":"aGV5","command_id":"f-2"}""");
            Assert.Equal(("f-2", "aGV5"), (stop.CommandId, stop.Labels!["telnyx.client_state"]));
        }
    }

    [Theory]
    [InlineData("{}", "10004", "/target")]
    [InlineData("""{"target":"udp:1.1.1.1:4000","rx":"udp:1.1.1.1:4000"}""", "10015", "/target")]
    [InlineData("""{"rx":"1.1.1.1:4000"}""", "10003", "/rx")]
    [InlineData("""{"rx":"tcp:1.1.1.1:4000"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:media.example.com:4000"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:1.1.1.1"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:1.1.1.1:0"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:1.1.1.1:65536"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:2606:4700::1111:4000"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:[fe80::1%eth0]:4000"}""", "10003", "/rx")]
    [InlineData("""{"rx":"udp:10.0.0.1:4000"}""", "10003", "/rx")]
    [InlineData("""{"tx":"udp:127.0.0.1:4000"}""", "10003", "/tx")]
    [InlineData("""{"target":"udp:169.254.169.254:80"}""", "10003", "/target")]
    [InlineData("""{"target":"udp:[::ffff:127.0.0.1]:4000"}""", "10003", "/target")]
    [InlineData("""{"target":"udp:255.255.255.255:4000"}""", "10003", "/target")]
    [InlineData("""{"target":"udp:239.1.1.1:4000"}""", "10003", "/target")]
    [InlineData("""{"rx":"udp:1.1.1.1:4000","stream_type":"raw"}""", "10032", "/stream_type")]
    public async Task What_is_no_target_or_must_not_be_one_is_refused(string body, string code, string pointer) =>
        (await host.SendAsync("POST", $"{Actions}/fork_start", body)).Refuses(422, code, pointer);

    [Theory]
    [InlineData("fork_start", """{"rx":"udp:1.1.1.1:4000"}""", Refusal.AlreadyStreaming, "90045")]
    [InlineData("fork_start", """{"rx":"udp:1.1.1.1:4000"}""", Refusal.AlreadyForked, "90045")]
    [InlineData("streaming_start", """{"stream_url":"wss://media.example.com/"}""", Refusal.AlreadyForked, "90045")]
    [InlineData("fork_stop", "{}", Refusal.NotForked, "90031")]
    public async Task What_the_call_does_not_allow_has_its_code(string action, string body, Refusal refusal, string code)
    {
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"{Actions}/{action}", body)).Refuses(422, code);
    }
}
