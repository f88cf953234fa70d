using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>Calls that a program creates in a loop, quicker than the trunk takes them.</summary>
public sealed class TwimlWaitingTests
{
    [Fact, Depth("WaitingCallTests hold calls in the switch, and TrunkLimitTests count them")]
    public async Task What_a_trunk_has_no_room_for_is_queued_and_what_the_account_has_none_for_is_refused()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        await host.Operator.DataAsync("PATCH", $"/trunks/{host.Trunk}", """{"calls_per_second":1}""");
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3; i++)
        {
            var (status, made) = await CreateAsync(host, "ok-1");
            Assert.True(status == 201, made.ToJsonString());
            Assert.Equal("queued", (string?)made["status"]);
        }
        await Eventually.TrueAsync(() => host.Far.Of(TelefonieHost.Number("ok-1")).Count() == 3, "all are called");
        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(1.9), "one a second, and the first at once");
        await Eventually.SomeAsync(async () =>
            (int)(await host.DoneAsync(200, "GET", "/voice/calls?status=completed"))["total"]! == 3 ? "" : null, "all are over");

        await host.Operator.DataAsync("PATCH", $"/accounts/{host.Account}", """{"channels":1}""");
        Assert.Equal(201, (await CreateAsync(host, "wait")).Status);
        var (refused, why) = await CreateAsync(host, "ok-1");
        Assert.Equal((429, 10004), (refused, (int)why["code"]!));
        Assert.Equal(3, host.Far.Of(TelefonieHost.Number("ok-1")).Count());
    }

    private static Task<(int Status, JsonObject Body)> CreateAsync(TelefonieHost host, string script) =>
        host.AskTwimlAsync(HttpMethod.Post, "Calls.json", new()
        {
            ["To"] = TelefonieHost.Number(script), ["From"] = TelefonieHost.FirstNumber,
            ["Twiml"] = "<Response><Pause length=\"30\"/></Response>",
        });
}
