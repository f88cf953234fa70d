using Ringwright.Server.Roles;

namespace Ringwright.Edge.Server;

/// <summary>What the log says of a media process that has ended.</summary>
public sealed class ExitWordsTests
{
    [Theory]
    [InlineData(137, true, "because memory ran out: give the service more"), InlineData(137, false, "(SIGKILL)")]
    [InlineData(134, false, "(SIGABRT)"), InlineData(139, false, "native code"), InlineData(143, true, "(SIGTERM)")]
    public void A_signal_is_told_by_what_it_means(int code, bool hasRunOut, string says) =>
        Assert.Contains(says, ExitWords.Of(code, hasRunOut), StringComparison.Ordinal);

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Of_another_code_nothing_is_made_up(int code) => Assert.Equal("", ExitWords.Of(code, hasRunOut: true));

    [Theory]
    [InlineData("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n", 2L), InlineData("oom_kill 0", 0L)]
    [InlineData("low 0\n", null), InlineData("oom_kill many\n", null), InlineData("", null)]
    public void What_the_kernel_has_killed_is_counted_by_its_group(string events, long? kills) =>
        Assert.Equal(kills, ExitWords.KillsIn(events));
}
