using System.Security.Cryptography;

namespace Ringwright.Store.Blobs;

/// <summary>Files that never change, under names of our own making. Written beside and renamed, so a reader never sees half a file.</summary>
internal sealed class BlobFolder
{
    /// <summary>A file without a row is one that is just being written, until it is this old.</summary>
    public static readonly TimeSpan Unfinished = TimeSpan.FromHours(1);

    private const string Half = ".part";

    private readonly string _folder;

    public BlobFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
        // One process at a time has the data folder: whoever was writing these is dead.
        foreach (string file in Directory.EnumerateFiles(_folder, "*" + Half)) File.Delete(file);
    }

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <returns>The file's name and the hex SHA-256 of the bytes.</returns>
    public async ValueTask<(string File, string Sha256)> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        string name = Guid.NewGuid().ToString("N"), part = PathOf(name + Half);
        try
        {
            await File.WriteAllBytesAsync(part, bytes, stop).ConfigureAwait(false);
            File.Move(part, PathOf(name));
        }
        catch
        {
            File.Delete(part);
            throw;
        }
        return (name, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
    }

    /// <summary>Whoever reads it at this moment reads on.</summary>
    public void Delete(string file) => File.Delete(PathOf(file));

    public IReadOnlyList<string> ListOlderThan(DateTimeOffset moment) =>
        [.. new DirectoryInfo(_folder).EnumerateFiles().Where(f => f.LastWriteTimeUtc < moment.UtcDateTime).Select(f => f.Name)];
}
