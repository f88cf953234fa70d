using System.Diagnostics;
using System.Globalization;
using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

/// <summary>How a program of the suites ends, by shells that end in each way. None of them is waited for.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly Patience Long = new(TimeSpan.FromMinutes(10)) { Grace = TimeSpan.Zero };
    private readonly TempFolder _folder = new();

    private string Log => _folder.File("program.log");

    private Task<int> RunAsync(string script, Patience patience) =>
        Command.RunAsync(_folder.Path, Log, patience, environment: null, "sh", "-c", script);

    [Fact]
    public async Task Its_output_is_a_file_and_its_exit_code_the_answer()
    {
        Assert.Equal(7, await RunAsync("echo out; echo err >&2; read line || echo nothing to read; exit 7", Long));
        Assert.Equal(["out", "err", "nothing to read"], File.ReadAllLines(Log));
    }

    [Fact]
    public async Task What_it_leaves_behind_is_not_waited_for_and_ends_with_it()
    {
        // A session of its own, no parent, and the program's output held open.
        const string leaves = "setsid sh -c 'echo $$ >left; exec sleep 3600' & while [ ! -s left ]; do sleep 0.01; done; echo done";
        Assert.Equal(0, await RunAsync(leaves, Long));
        Assert.Equal("done", File.ReadAllText(Log).Trim());
        int left = int.Parse(File.ReadAllText(_folder.File("left")), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => !IsAlive(left), "what was left behind has ended");
    }

    [Fact]
    public async Task What_is_left_behind_may_end_by_itself_first()
    {
        var patience = Long with { Grace = TimeSpan.FromMinutes(10) };
        Assert.Equal(0, await RunAsync("(while [ -d /proc/$$ ]; do sleep 0.05; done; echo tidied >end) & exit 0", patience));
        Assert.Equal("tidied", File.ReadAllText(_folder.File("end")).Trim());
    }

    [Fact]
    public async Task One_that_says_nothing_is_told_and_stopped()
    {
        Assert.Equal(Command.Silent, await RunAsync("exec sleep 3600", Long with { Silence = TimeSpan.FromMilliseconds(300) }));
        Assert.Contains("voluntary switches", Assert.Single(File.ReadAllLines(Log)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_stopped() =>
        Assert.Equal(Command.TooLong, await RunAsync("exec sleep 3600", Long with { Limit = TimeSpan.Zero }));

    [Fact]
    public async Task One_that_a_signal_ends_says_which()
    {
        Assert.Equal(9, Command.SignalOf(await RunAsync("echo last words; kill -KILL $$", Long)));
        Assert.Equal("last words", File.ReadAllText(Log).Trim());
        foreach (int status in new[] { 0, 1, Command.TooLong, Command.Silent, 127, 128, 255 }) Assert.Null(Command.SignalOf(status));
    }

    [Fact]
    public void A_run_within_a_run_ends_its_own_alone()
    {
        var start = new ProcessStartInfo("sleep", ["3600"]);
        var (mine, other) = (Offspring.Of(start), Offspring.Of(new ProcessStartInfo("sleep")));
        using var process = Process.Start(start)!;
        try
        {
            Assert.Contains(process.Id, mine.Alive());
            Assert.DoesNotContain(process.Id, other.Alive());
        }
        finally
        {
            process.Kill();
        }
    }

    // Whoever nobody asks for his exit code stays as a name.
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _folder.Dispose();
}
