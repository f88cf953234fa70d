using System.Runtime.InteropServices;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>What a node writes is its owner's alone: whatever was there before, and whoever else has an account on the machine.</summary>
internal static partial class PrivateFiles
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>EROFS of Linux.</summary>
    private const int ReadOnlyFileSystem = 30;

    /// <summary>
    /// From here on this process, and those that it starts, make nothing that others may open: no file of a library either.
    /// </summary>
    public static void Begin() => UMask(0b000_111_111);

    /// <summary>
    /// Shuts a data folder that was there before, and the database beside it. When the folder itself was open, everything in it is shut
    /// too; else only what lies in it directly, for whoever cannot open a folder opens nothing below it.
    /// </summary>
    /// <param name="database">As it was asked for; a file that lies elsewhere is shut with its helpers.</param>
    public static void Shut(string folder, string database, ILogger logger)
    {
        try
        {
            if (new DirectoryInfo(folder) is { Exists: true } root)
            {
                bool wasOpen = Shut(root);
                foreach (var entry in root.EnumerateFileSystemInfos("*", new EnumerationOptions
                {
                    RecurseSubdirectories = wasOpen, AttributesToSkip = FileAttributes.ReparsePoint
                })) Shut(entry);
            }
            if (database.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase))
                foreach (string part in new[] { "", "-wal", "-shm", "-journal" })
                    if (new FileInfo(database["sqlite:".Length..] + part) is { Exists: true } file) Shut(file);
        }
        catch (IOException refused) when (refused.HResult == ReadOnlyFileSystem)
        {
            // No node starts there, and says so itself.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            logger.NotPrivate(folder, refused.Message);
        }
    }

    /// <returns>Whether others could open it.</returns>
    private static bool Shut(FileSystemInfo entry)
    {
        if ((entry.UnixFileMode & Others) == 0) return false;
        entry.UnixFileMode = entry is DirectoryInfo ? OwnersFolder : OwnersFile;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UMask(uint mask);
}
