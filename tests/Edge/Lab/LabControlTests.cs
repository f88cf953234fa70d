using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Telnyx;
using Ringwright.Lab;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

public sealed class LabControlTests
{
    [Fact]
    public async Task Calls_are_listed_behind_a_number_with_what_the_person_heard()
    {
        using var folder = new TempFolder();
        string socket = Path.Combine(folder.Path, "lab.sock");
        LabCall[] calls = [Call(1), Call(2), Call(3)];
        calls[1].Note(new CallEvent.LegEnded
        {
            Leg = Samples.Facts(), At = default, Cause = HangupCause.RemoteHangup, By = HangupParty.Remote,
            Quality = new() { PacketsReceived = 50, PacketsLost = 2, PacketsSkipped = 1, PacketsSent = 49 },
        });
        calls[1].Note(new LegCommand.SendDigits("1#"));
        calls[1].Note(new LegCommand.Speak { Speech = new("Hello?", "female", "en-US", IsSsml: false) });
        await using var control = new LabControl(socket, (_, _, _) => throw new InvalidOperationException(), () => calls,
            (_, _, _, _) => throw new InvalidOperationException());
        await control.StartAsync(TestContext.Current.CancellationToken);

        var rows = await GetAsync(socket, "calls?after=1");
        Assert.Equal([2, 3], rows.Select(row => (long)row!["number"]!));
        Assert.Equal(("RemoteHangup", 50, 2, 1, 49), ((string?)rows[0]!["ended"], (long)rows[0]!["packets_received"]!,
            (long)rows[0]!["packets_lost"]!, (long)rows[0]!["packets_skipped"]!, (long)rows[0]!["packets_sent"]!));
        Assert.Equal(("+15550000001", "1#", """["Hello?"]"""),
            ((string?)rows[0]!["person"], (string?)rows[0]!["pressed"], rows[0]!["said"]!.ToJsonString()));
        Assert.Null(rows[1]!["ended"]);

        // As the operator's API asks there: DATA/lab.sock.
        Assert.Equal(3, (await LabDoor.CallsAsync(folder.Path, TestContext.Current.CancellationToken))!.Count);
        Assert.Null(await LabDoor.CallsAsync(Path.Combine(folder.Path, "nobody"), TestContext.Current.CancellationToken));
        Assert.Equal(3, (await GetAsync(socket, "calls")).Count);
    }

    private static LabCall Call(long number) => new(number, "+15550100000", "+15550000001", Direction.Inbound, DateTimeOffset.UnixEpoch);

    private static async Task<JsonArray> GetAsync(string socket, string path)
    {
        using var http = new HttpClient(UnixSocketHttp.Handler(() => socket));
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"http://lab/{path}"), TestContext.Current.CancellationToken))!.AsArray();
    }
}
