using System.IO.Pipes;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

/// <summary><c>--watch</c>: what is shown again, and how it ends.</summary>
public sealed class WatchingTests
{
    private static readonly string[] Shown = ["one\n", "one\n", "two\n"];
    private static readonly Func<bool> Always = static () => true;

    [Theory]
    [InlineData(false, "one\ntwo\n")]
    [InlineData(true, "\u001b[H\u001b[Jone\n\u001b[H\u001b[Jtwo\n")]
    public async Task What_has_changed_is_shown_until_somebody_has_seen_enough(bool isScreen, string expected)
    {
        using var enough = new CancellationTokenSource();
        var into = new StringWriter();
        int looks = 0;
        int exit = await Watching.RunAsync(into, isScreen, isWatched: true, Always, TimeSpan.Zero, async list =>
        {
            await list.WriteAsync(Shown[looks++]);
            if (looks == Shown.Length) await enough.CancelAsync();
        }, enough.Token);
        Assert.Equal((0, 3, expected), (exit, looks, into.ToString()));
    }

    /// <summary>As of <c>calls list --watch | head -1</c>, also while nothing changes.</summary>
    [Fact]
    public async Task A_reader_that_has_ended_ends_it()
    {
        var into = new StringWriter();
        int looks = 0;
        Assert.Equal(0, await Watching.RunAsync(into, isScreen: false, isWatched: true, () => looks < 3, TimeSpan.Zero, list =>
        {
            looks++;
            return list.WriteAsync("one\n");
        }, TestContext.Current.CancellationToken));
        Assert.Equal((3, "one\n"), (looks, into.ToString()));
    }

    [Fact]
    public void A_pipe_is_read_until_its_other_end_is_closed_and_a_file_always()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        int descriptor = (int)pipe.SafePipeHandle.DangerousGetHandle();
        Assert.True(OutputPipe.IsRead(descriptor));
        pipe.DisposeLocalCopyOfClientHandle();
        // A program that another test starts just now has the end, too, until it has begun.
        Assert.True(SpinWait.SpinUntil(() => !OutputPipe.IsRead(descriptor), TimeSpan.FromSeconds(20)));
        using var file = File.OpenHandle("/dev/null", access: FileAccess.Write);
        Assert.True(OutputPipe.IsRead((int)file.DangerousGetHandle()));
    }

    [Fact]
    public async Task Without_it_a_list_is_shown_once()
    {
        var into = new StringWriter();
        Assert.Equal(0, await Watching.RunAsync(into, isScreen: false, isWatched: false, Always, TimeSpan.FromHours(1),
            list => list.WriteAsync("one\n"), TestContext.Current.CancellationToken));
        Assert.Equal("one\n", into.ToString());
    }

    [Fact]
    public async Task A_node_that_is_gone_ends_it_with_the_reason() =>
        Assert.Equal("gone", (await Assert.ThrowsAsync<InvalidOperationException>(() => Watching.RunAsync(new StringWriter(),
            isScreen: false, isWatched: true, Always, TimeSpan.Zero, _ => throw new InvalidOperationException("gone"),
            TestContext.Current.CancellationToken))).Message);
}
