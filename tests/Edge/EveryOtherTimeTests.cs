using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Edge;

/// <summary>
/// A test that fails every other time where a file is named to it, or hangs, or dies with all of its suite: by it, tests of the test run
/// itself (Interop, <c>UnsteadyRunTests</c>) see what becomes of such a one.
/// </summary>
public sealed class EveryOtherTimeTests
{
    public const string Variable = "RINGWRIGHT_EVERY_OTHER_TIME", How = "RINGWRIGHT_EVERY_OTHER_HOW";

    [Fact]
    public void It_fails_every_other_time_where_a_file_is_named()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            bool passes = Passes(named);
            string how = passes ? "" : Environment.GetEnvironmentVariable(How) ?? "";
            if (how == "hangs") Thread.Sleep(Timeout.Infinite);
            if (how == "dies") Process.GetCurrentProcess().Kill();
            Assert.True(passes, "this is the time at which it fails");
            return;
        }
        using var folder = new TempFolder();
        Assert.Equal([false, true, false, true], Enumerable.Range(0, 4).Select(_ => Passes(folder.File("count"))));
    }

    private static bool Passes(string file)
    {
        bool isEven = File.Exists(file);
        if (isEven) File.Delete(file);
        else File.WriteAllText(file, "");
        return isEven;
    }
}
