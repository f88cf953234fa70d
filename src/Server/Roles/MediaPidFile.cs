using System.Globalization;
using System.Runtime.InteropServices;
using Ringwright.Store;

namespace Ringwright.Server.Roles;

/// <summary>
/// <c>DATA/media.pid</c>: which process carries the audio of the folder's node. When a node was killed, its media process may live for some
/// seconds more and hold the ports: the next start ends it first, and only if it is really that one.
/// </summary>
internal static partial class MediaPidFile
{
    private const int Terminate = 15, Kill = 9;
    /// <summary>It is ending by itself already; what it would have finished in more time is finished by us.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1), KillGrace = TimeSpan.FromSeconds(5),
        Look = TimeSpan.FromMilliseconds(10);

    public static string PathFor(string data) => Path.Combine(data, "media.pid");

    /// <summary>
    /// A disk that takes nothing more keeps no media process from its calls: without the file one that is left ends by itself, some seconds
    /// later.
    /// </summary>
    public static void Write(string data, int process, uint epoch)
    {
        try
        {
            File.WriteAllText(PathFor(data), $"{process} {StartOf(process)} {epoch}\n");
        }
        catch (IOException)
        {
            // What of an earlier process stands there names none that lives.
        }
    }

    public static void Delete(string data) => File.Delete(PathFor(data));

    /// <summary>
    /// Ends what a node that was killed has left, and waits for its end. Nothing happens while a node runs on the folder.
    /// </summary>
    /// <returns>The process that was ended.</returns>
    public static async Task<int?> EndOrphanAsync(string data, CancellationToken stop)
    {
        if (Read(data) is not var (process, start, epoch)) return null;
        DataLock? held;
        try
        {
            held = DataLock.Acquire(data);
        }
        catch (StoreException)
        {
            return null;
        }
        using (held)
        {
            if (!IsOurs(process, start, epoch))
            {
                Delete(data);
                return null;
            }
            if (kill(process, Terminate) == 0 && !await HasEndedAsync(process, start, Grace, stop) && kill(process, Kill) == 0)
                await HasEndedAsync(process, start, KillGrace, stop);
            Delete(data);
            return process;
        }
    }

    private static (int Process, string Start, uint Epoch)? Read(string data)
    {
        try
        {
            return File.ReadAllText(PathFor(data)).Split(' ', StringSplitOptions.TrimEntries) is [var pid, { Length: > 0 } start, var epoch]
                && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process > 1
                && uint.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
                ? (process, start, number)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Process ids come again: the start time, the role and the epoch on its command line must be those of the file.</summary>
    private static bool IsOurs(int process, string start, uint epoch)
    {
        string[] words = Text($"/proc/{process}/cmdline").Split('\0');
        return StartOf(process) == start && words.Contains(MediaRole.CommandName)
            && words.Contains(epoch.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<bool> HasEndedAsync(int process, string start, TimeSpan atMost, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; StartOf(process) == start; waited += Look)
        {
            if (waited >= atMost) return false;
            await Task.Delay(Look, stop);
        }
        return true;
    }

    /// <summary>
    /// When the process was started, in ticks since the machine was; empty when it is gone, or only waits for its parent to take note.
    /// </summary>
    private static string StartOf(int process)
    {
        // The name, in parentheses, may have spaces and parentheses itself. Behind it: state, and as 20th the start.
        string stat = Text($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20 || fields[0] is "Z" or "X" ? "" : fields[19];
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
