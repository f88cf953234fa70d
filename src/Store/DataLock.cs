using System.Globalization;

namespace Ringwright.Store;

/// <summary>
/// <c>DATA/lock</c>: one process at a time owns a data folder. The kernel frees it when the process dies.
/// <c>DATA/pid</c> beside it says who: a locked file cannot be read.
/// </summary>
public sealed class DataLock : IDisposable
{
    /// <summary>EWOULDBLOCK: somebody has the lock. Anything else is the disk.</summary>
    private const int Held = 11;

    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <exception cref="StoreException">Another process holds it; the message names its process id.</exception>
    public static DataLock Acquire(string folder)
    {
        try
        {
            // FileShare.None takes an exclusive flock.
            var file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PidFile(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new(file);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new StoreException($"The data folder {folder} cannot be written to.", denied);
        }
        catch (IOException failed) when (failed.HResult != Held)
        {
            throw new StoreException($"The data folder {folder} cannot be written to: {failed.Message}", failed);
        }
        catch (IOException held)
        {
            string holder = ReadHolder(folder) is { } pid ? $"process {pid}" : "another process";
            throw new StoreException($"The data folder {folder} is in use by {holder}.", held);
        }
    }

    /// <summary>The process that holds the folder, or last held it; null when nobody ever did.</summary>
    public static int? ReadHolder(string folder)
    {
        try
        {
            return int.TryParse(File.ReadAllText(PidFile(folder)), CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Leaves the files: removing the lock could remove that of whoever came next.</summary>
    public void Dispose() => _file.Dispose();

    private static string PidFile(string folder) => Path.Combine(folder, "pid");
}
