using Ringwright.Net.Dns;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class WatchedFileTests
{
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_disk_that_stands_still_one_waits_and_the_others_have_what_the_file_said_last()
    {
        using var folder = new TempFolder();
        string path = folder.File("hosts");
        await File.WriteAllTextAsync(path, "one", Stop);
        var clock = new FakeTimeProvider();
        using ManualResetEventSlim stands = new(), goesOn = new(initialState: true);
        var file = new WatchedFile<string>(path, "nothing", Read, clock);
        Assert.Equal("one", file.Value);

        await File.WriteAllTextAsync(path, "another", Stop);
        stands.Reset();
        goesOn.Reset();
        clock.Advance(Due);
        var first = Task.Run(() => file.Value, Stop);
        await Task.Run(() => stands.Wait(Stop), Stop);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("one", await Task.Run(() => file.Value, Stop).WaitAsync(Eventually.Deadline, Stop));
            clock.Advance(Due);
        }
        Assert.False(first.IsCompleted);
        goesOn.Set();
        Assert.Equal("another", await first);
        Assert.Equal("another", file.Value);

        string Read(IEnumerable<string> lines, string _)
        {
            stands.Set();
            goesOn.Wait(Stop);
            return string.Join('\n', lines);
        }
    }

    [Fact]
    public async Task A_look_that_fails_is_followed_by_others()
    {
        using var folder = new TempFolder();
        string path = folder.File("hosts");
        var clock = new FakeTimeProvider();
        var file = new WatchedFile<string>(path, "nothing", static (lines, before) => string.Join('\n', lines.DefaultIfEmpty(before)),
            clock);
        Assert.Equal("nothing", file.Value);
        clock.Advance(Due);
        Assert.Equal("nothing", file.Value);
        await File.WriteAllTextAsync(path, "one", Stop);
        clock.Advance(Due);
        Assert.Equal("one", file.Value);
    }
}
