using System.Globalization;

namespace Ringwright.MediaHost.Taps;

/// <summary>
/// Where the files of taps are: in memory (<c>/dev/shm</c>) where the machine has that, in a folder that only its owner may enter and whose
/// name nobody can guess. What a killed process has left is removed by the next one.
/// </summary>
public static class TapFolder
{
    private const string Shared = "/dev/shm", Prefix = "ringwright-";

    /// <returns>Null when there is no place that may be written to: then there are no taps, and all else works.</returns>
    public static string? Create()
    {
        foreach (string parent in (string[])[Shared, Path.GetTempPath()])
        {
            string folder = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
            try
            {
                if (!Directory.Exists(parent)) continue;
                RemoveLeftovers(parent);
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return folder;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // not here
            }
        }
        return null;
    }

    /// <summary>
    /// Says, until it is disposed, that the folder is in use. Process ids say that to those alone who count them together, and containers
    /// may share this memory and not those.
    /// </summary>
    /// <exception cref="IOException">Somebody else says so.</exception>
    internal static IDisposable Hold(string folder) => new FileStream(LockOf(folder), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            File.Delete(LockOf(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the next start removes it
        }
    }

    private static void RemoveLeftovers(string parent)
    {
        foreach (string folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            string[] words = Path.GetFileName(folder)[Prefix.Length..].Split('-');
            bool isOurs = words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && !Directory.Exists($"/proc/{process}");
            if (isOurs && !IsHeld(folder)) Remove(folder);
        }
    }

    private static bool IsHeld(string folder)
    {
        try
        {
            Hold(folder).Dispose();
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static string LockOf(string folder) => folder + ".lock";
}
