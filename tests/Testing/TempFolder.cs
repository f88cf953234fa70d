namespace Ringwright.Testing;

/// <summary>A folder of its own for one test, removed with everything in it.</summary>
public sealed class TempFolder : IDisposable
{
    private const string Memory = "/dev/shm", Prefix = "ringwright-test-";
    private const long RoomInMemory = 4L << 30;

    public TempFolder() => Path = Directory.CreateTempSubdirectory(Prefix).FullName;

    private TempFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>
    /// In memory where the machine has plenty of that: for what makes and removes thousands of files, and promises nobody a disk; or for
    /// what is not to wait for one that others keep busy.
    /// </summary>
    /// <param name="room">Free bytes without which it is on the disk: many times what is kept there.</param>
    public static TempFolder Quick(long room = RoomInMemory)
    {
        if (!Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < room) return new();
        string path = System.IO.Path.Combine(Memory, $"{Prefix}{Guid.NewGuid():N}");
        return new(Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending may still write; the system's own clean-up takes the rest.
        }
    }
}
