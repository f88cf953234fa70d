using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Lab;
using Ringwright.Server.Mcp;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

/// <summary>The lab's people as tools of a model.</summary>
public sealed class LabToolsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_reads_the_peoples_calls_and_lets_one_call_only_where_it_may_change_something()
    {
        using var folder = new TempFolder();
        Assert.Null(LabTools.Find(folder.Path));
        var dialled = new List<string>();
        await using var control = new LabControl(Path.Combine(folder.Path, "lab.sock"), (from, to, _) =>
        {
            dialled.Add($"{from} {to}");
            return new ValueTask<Dialled>(to == "+15550100000" ? Dialled.Accepted(Samples.Facts())
                : Dialled.Refused(Refusal.Overloaded, null, "too many at once"));
        }, () => [Call(1), Call(2)], (_, _, _, _) => throw new InvalidOperationException());
        await control.StartAsync(Stop);
        using var lab = LabTools.Find(folder.Path);
        Assert.NotNull(lab);

        var calls = Assert.Single(lab.All(mayChange: false));
        Assert.Equal(2, JsonNode.Parse((await calls.Call([], Stop)).Text)!.AsArray().Count);
        Assert.Equal(2, (int)Assert.Single(JsonNode.Parse((await calls.Call(new() { ["after"] = 1 }, Stop)).Text)!.AsArray())!["number"]!);

        var dial = Assert.Single(lab.All(mayChange: true), tool => !tool.IsReading);
        Assert.False((await dial.Call(new() { ["from"] = "+15550001234", ["to"] = "+15550100000" }, Stop)).IsFault);
        var refused = await dial.Call(new() { ["from"] = "+15550001234", ["to"] = "+15550100001" }, Stop);
        Assert.True(refused.IsFault);
        Assert.Contains("too many at once", refused.Text, StringComparison.Ordinal);
        foreach (var wrong in new JsonObject[] { new() { ["from"] = 5, ["to"] = 6 }, new() { ["from"] = "+15550001234" }, [] })
            Assert.True((await dial.Call(wrong, Stop)).IsFault);
        Assert.Equal(["+15550001234 +15550100000", "+15550001234 +15550100001"], dialled);
    }

    private static LabCall Call(long number) => new(number, "+15550100000", "+15550000001", Direction.Inbound, DateTimeOffset.UnixEpoch);
}
