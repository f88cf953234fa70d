using System.Globalization;
using System.Text;

namespace Ringwright.Store;

/// <summary><c>DATA/lock</c>: one process at a time owns a data folder. The kernel frees it when the process dies.</summary>
public sealed class DataLock : IDisposable
{
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <exception cref="StoreException">Another process holds it; the message names its process id.</exception>
    public static DataLock Acquire(string folder)
    {
        string path = Path.Combine(folder, "lock");
        FileStream file;
        try
        {
            // FileShare.None takes an exclusive flock; those who only read the pid open with FileShare.ReadWrite and take none.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new StoreException($"The data folder {folder} cannot be written to.", denied);
        }
        catch (IOException held)
        {
            string holder = ReadHolder(path) is { } pid ? $"process {pid}" : "another process";
            throw new StoreException($"The data folder {folder} is in use by {holder}.", held);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new(file);
    }

    /// <summary>The process that holds the folder, or last held it; null when nobody ever did.</summary>
    public static int? ReadHolder(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.ASCII);
            return int.TryParse(reader.ReadToEnd(), CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Leaves the file: removing it could remove the lock of whoever came next.</summary>
    public void Dispose() => _file.Dispose();
}
