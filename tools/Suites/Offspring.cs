using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ringwright.Suites;

/// <summary>
/// All that one program begins, and those begin in turn, found by a word of their environment: it is handed on to sessions of their own
/// and to whoever outlives his parent, where groups of processes and parents tell nothing.
/// </summary>
internal sealed class Offspring
{
    /// <summary>
    /// Runs in a row, the outermost first: a run of suites within a suite ends its own alone. Not named as settings of a node are, which
    /// some tests take from what they start.
    /// </summary>
    public const string Variable = "BEGUN_BY_SUITE";

    /// <summary>USER_HZ: what the kernel counts in for programs, on every machine that .NET runs on.</summary>
    private const int TicksOfSecond = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly byte[] _word;

    private Offspring(string run) => _word = Encoding.ASCII.GetBytes($"{Variable}={run}");

    /// <summary>Gives what is about to be started its word.</summary>
    public static Offspring Of(ProcessStartInfo start)
    {
        string run = $"{Environment.GetEnvironmentVariable(Variable)}/{Guid.NewGuid():N}";
        start.Environment[Variable] = run;
        return new Offspring(run);
    }

    /// <summary>Ids of those that have not ended.</summary>
    public IReadOnlyList<int> Alive() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && HasWord(id)),
    ];

    /// <summary>What those that have not ended have used of processors, with their children that have.</summary>
    public TimeSpan ProcessorTime() => TimeSpan.FromSeconds(Alive().Sum(TicksOf) / (double)TicksOfSecond);

    /// <summary>Waits until they have ended by themselves, and kills those that have not when the time is over.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Alive() is { Count: > 0 } left)
        {
            if (Stopwatch.GetElapsedTime(begun) >= grace)
            {
                foreach (int id in left) Kill(id);
                return;
            }
            await Task.Delay(Pause);
        }
    }

    // One that has ended and was not asked for its exit code yet has no environment any more.
    private bool HasWord(int id)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(_word) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // /proc/ID/stat of proc(5): utime, stime, cutime and cstime are the 14th to the 17th, and a name may hold anything.
    private static long TicksOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile, or belongs to somebody else.
        }
    }
}
