namespace Ringwright.Store;

/// <summary>Small files that are their owner's alone from the first byte on: keys, notes, what is said in the clear.</summary>
public static class PrivateFile
{
    /// <summary>
    /// Puts each in place whole: a full disk, or an end of the process or of the machine, leaves what was there before. Of several none is
    /// put in place before all are written, and they are in their order.
    /// </summary>
    /// <exception cref="IOException">The disk does not take them; as <see cref="UnauthorizedAccessException"/>.</exception>
    public static void Replace(params ReadOnlySpan<(string Path, byte[] Bytes)> files)
    {
        try
        {
            foreach (var (path, bytes) in files) Write(PartOf(path), bytes);
            foreach (var (path, _) in files) File.Move(PartOf(path), path, overwrite: true);
        }
        finally
        {
            foreach (var (path, _) in files) File.Delete(PartOf(path));
        }
    }

    /// <summary>How a file is made that nobody has made before: one that is there already keeps who may open it.</summary>
    internal static FileStreamOptions Fresh()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static string PartOf(string path) => path + ".part";

    private static void Write(string part, byte[] bytes)
    {
        // An earlier process may have left it.
        File.Delete(part);
        using var file = new FileStream(part, Fresh());
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
