using System.Globalization;

namespace Ringwright.MediaHost.Taps;

/// <summary>
/// Where the files of taps are: in memory (<c>/dev/shm</c>) where the machine has that, in a folder that only its owner may enter and whose
/// name nobody can guess. What a killed process has left is removed by the next one.
/// </summary>
public static class TapFolder
{
    private const string Shared = "/dev/shm", Prefix = "ringwright-";

    /// <exception cref="IOException">It cannot be made; the message is one line for the operator.</exception>
    public static string Create()
    {
        string parent = Directory.Exists(Shared) ? Shared : Path.GetTempPath();
        RemoveLeftovers(parent);
        string folder = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{folder} cannot be made: {e.Message}", e);
        }
        return folder;
    }

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
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
            if (isOurs) Remove(folder);
        }
    }
}
