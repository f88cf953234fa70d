using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What a node tells of the tests that it does on itself.</summary>
public sealed class SelfTestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_while_the_first_round_runs_waits_for_all_of_it()
    {
        var (begun, spoken) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        await using var tests = new SelfTest(new FakeTimeProvider(), NullLogger.Instance);
        tests.Add("call_control", "quick", static _ => new(true));
        tests.Add("text_to_speech", "slow", _ =>
        {
            begun.TrySetResult();
            return new(spoken.Task);
        });
        var first = tests.ListAsync(Stop).AsTask();
        await begun.Task;
        var second = tests.ListAsync(Stop).AsTask();
        Assert.False(second.IsCompleted);
        spoken.SetResult(true);
        foreach (var asked in new[] { first, second })
            Assert.Equal([("quick", 1.0), ("slow", 1.0)], (await asked).Select(result => (result.Name, result.Average)));
    }
}
