using Ringwright.Core;
using Ringwright.Store.Blobs;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// Names of the recordings that a load puts into the store of files, and of those whose rows it takes away, in a file of the data folder:
/// each is written down before it is done. Whoever ends the load, or comes after one that was killed, takes away what no row names.
/// </summary>
internal sealed class LoadJournal(string dataFolder)
{
    private readonly string _path = Path.Combine(dataFolder, "snapshot.files");

    public bool IsThere => File.Exists(_path);

    /// <summary>Files of customers' media are swept by themselves, and left out.</summary>
    public void Add(IEnumerable<BlobKey> keys)
    {
        string[] names = [.. keys.Where(key => key.Area is BlobArea.Recordings).Select(key => key.ToString())];
        if (names.Length > 0) File.AppendAllLines(_path, names);
    }

    /// <summary>A line that was not written to its end is none.</summary>
    public IReadOnlyList<BlobKey> Read() => [.. File.ReadLines(_path).Select(KeyOf).OfType<BlobKey>().Distinct()];

    public void Remove() => File.Delete(_path);

    private static BlobKey? KeyOf(string name) =>
        name.Split('/') is [_, var owner, var file] && Guid.TryParse(owner, out var tenant)
            ? BlobKey.Read(BlobArea.Recordings, new TenantId(tenant), file) : null;
}
