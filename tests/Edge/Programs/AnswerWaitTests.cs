using Ringwright.Core;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Edge.Programs;

/// <summary>How long an answer is waited for of which nothing is heard.</summary>
public sealed class AnswerWaitTests
{
    private static Instant At(double seconds) => new Instant(0) + TimeSpan.FromSeconds(seconds);

    [Fact]
    public void What_is_not_heard_within_its_time_is_given_up_once_and_each_answer_has_its_own()
    {
        var wait = new AnswerWait(TimeSpan.FromSeconds(10));
        Assert.False(wait.IsOver(isAwaited: false, At(0)));
        Assert.False(wait.IsOver(isAwaited: true, At(1)));
        Assert.False(wait.IsOver(isAwaited: true, At(10.9)));
        // It is heard, and then the next one is waited for.
        Assert.False(wait.IsOver(isAwaited: false, At(10.95)));
        Assert.False(wait.IsOver(isAwaited: true, At(12)));
        Assert.False(wait.IsOver(isAwaited: true, At(21.9)));
        Assert.True(wait.IsOver(isAwaited: true, At(22)));
        Assert.False(wait.IsOver(isAwaited: true, At(22.1)));
    }
}
