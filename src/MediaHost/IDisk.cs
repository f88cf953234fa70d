using Microsoft.Win32.SafeHandles;

namespace Ringwright.MediaHost;

/// <summary>
/// What a recording that runs asks of the disk. Each call may take as long as the disk likes; only threads that are there for it make them.
/// </summary>
internal interface IDisk
{
    /// <summary>An empty file, in a folder that is made when it is not there.</summary>
    /// <exception cref="IOException">As of each of them: the disk refuses.</exception>
    SafeFileHandle Create(string path);
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at);
    /// <summary>Returns when what was written outlives a power cut.</summary>
    void Flush(SafeFileHandle file);
}

/// <summary>The machine's own.</summary>
internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    public SafeFileHandle Create(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        return File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(file, bytes, at);

    public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);
}
