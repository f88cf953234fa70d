namespace Ringwright.Store.Recordings;

/// <summary>
/// Where finished recordings lie, below the data folder. A blob is a relative path that we made ("recordings/5f/5f0b….wav"), never a customer's text.
/// </summary>
public sealed class RecordingFolder(string root)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where media writes, below the data folder.</summary>
    public static readonly string PartsFolder = Path.Combine("recordings", "parts");

    /// <summary>Absolute path of a blob, whether it is there or not.</summary>
    public string PathOf(string key) => Path.Combine(root, key);

    /// <summary>Moves a file of the same disk here, in place of an older one.</summary>
    public void Adopt(string key, string file)
    {
        string path = PathOf(key), folder = Path.GetDirectoryName(path)!;       // a key names a file in a folder
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
        File.Move(file, path, overwrite: true);
    }

    /// <summary>Null when there is none.</summary>
    public FileInfo? Find(string key) => new FileInfo(PathOf(key)) is { Exists: true } file ? file : null;

    /// <summary>Half files that a process left behind and that no row speaks of: it died before the row was written, or after its last word on it.</summary>
    /// <param name="open">Recordings whose half files are still to be finished.</param>
    /// <returns>Those that could not be deleted, with the system's words.</returns>
    public IReadOnlyList<(string File, string Reason)> DeleteStrayParts(IReadOnlySet<Guid> open)
    {
        var parts = new DirectoryInfo(Path.Combine(root, PartsFolder));
        var left = new List<(string, string)>();
        if (!parts.Exists) return left;
        foreach (var file in parts.EnumerateFiles())
        {
            if (Guid.TryParse(Path.GetFileNameWithoutExtension(file.Name), out var id) && open.Contains(id)) continue;
            if (Remove(file) is { } stays) left.Add(stays);
        }
        return left;
    }

    /// <summary>What a recording has left beside its file (the marks of its gaps), once all is told of it.</summary>
    /// <returns>What could not be deleted, with the system's words; the next start tries again.</returns>
    public (string File, string Reason)? DeleteParts(Guid id)
    {
        var parts = new DirectoryInfo(Path.Combine(root, PartsFolder));
        return parts.Exists ? parts.GetFiles($"{id:D}.*").Select(Remove).FirstOrDefault(stays => stays is not null) : null;
    }

    private static (string File, string Reason)? Remove(FileInfo file)
    {
        try
        {
            file.Delete();
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return (file.FullName, failed.Message);
        }
    }

    /// <summary>Idempotent.</summary>
    public void Delete(string key)
    {
        if (Find(key) is { } file) file.Delete();
    }
}
