using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>The thread that takes audio out of the ticks' rings has a second for it, however busy the machine is.</summary>
public sealed class RecordingPriorityTests
{
    /// <summary>As the kernel has it: fifteen characters.</summary>
    private const string Name = "media-recording";

    private const string Tasks = "/proc/self/task";

    [Fact]
    public async Task Recordings_are_collected_by_a_thread_that_runs_in_time()
    {
        Assert.SkipUnless(IsPermitted(), "no thread of this machine may have a priority");
        var before = Threads();
        using var writer = new RecordingWriter(new(), NullLogger.Instance);
        writer.Start();
        await Eventually.TrueAsync(() => Threads().Except(before).ToList() is { Count: > 0 } begun && begun.TrueForAll(IsPreferred),
            "it runs before others");
    }

    private static bool IsPermitted()
    {
        bool isPermitted = false;
        var thread = new Thread(() => isPermitted = MediaPriority.TryTake(1));
        thread.Start();
        thread.Join();
        return isPermitted;
    }

    private static List<string> Threads() => [.. Directory.GetDirectories(Tasks).Where(task => Read(task, "comm").Trim() == Name)];

    /// <summary>Below nought for a real-time thread, below twenty for a nice one; behind the name, which may hold anything.</summary>
    private static bool IsPreferred(string task) => Read(task, "stat") is var stat
        && (stat.Length == 0 || int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[15], CultureInfo.InvariantCulture) < 20);

    /// <summary>Empty for a thread that is gone.</summary>
    private static string Read(string task, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, file));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
