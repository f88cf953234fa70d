using Ringwright.Store.Blobs;

namespace Ringwright.Store.Recordings;

/// <summary>The folder of this machine in which media writes recordings, until the store of blobs has taken them over.</summary>
/// <param name="folder">Absolute path; it may not be there yet.</param>
public sealed class RecordingParts(string folder)
{
    public static RecordingParts In(string dataFolder) =>
        new(Path.Combine(dataFolder, BlobKey.FolderOf(BlobArea.Recordings), DiskBlobs.Parts));

    public string Folder => folder;

    /// <summary>
    /// Half files that a process left behind and that no row speaks of: it died before the row was written, or after its last word on it.
    /// </summary>
    /// <param name="open">Recordings whose half files are still to be finished.</param>
    /// <returns>Those that could not be deleted, with the system's words.</returns>
    public IReadOnlyList<(string File, string Reason)> DeleteStray(IReadOnlySet<Guid> open)
    {
        var parts = new DirectoryInfo(folder);
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
    public (string File, string Reason)? Delete(Guid id)
    {
        var parts = new DirectoryInfo(folder);
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
}
