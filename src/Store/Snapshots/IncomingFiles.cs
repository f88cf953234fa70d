using System.Security.Cryptography;
using Ringwright.Core;
using Ringwright.Store.Blobs;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// The files of a snapshot that is being loaded: gathered on this machine, put into the store with the rows,
/// taken away again when those are refused.
/// </summary>
/// <param name="journal">Hears of each file before it is put into its place.</param>
internal sealed class IncomingFiles(IBlobs blobs, string dataFolder, LoadJournal journal) : IAsyncDisposable
{
    private readonly string _folder = FolderOf(dataFolder);
    private readonly List<(string From, string To)> _files = [];
    private readonly List<BlobKey> _placed = [];
    private FileStream? _open;
    private string _openPath = "";

    /// <summary>Hears of the other lines.</summary>
    public FileOwners Owners { get; } = new();

    /// <summary>Where the files of a load lie until they are placed; after one that was killed they lie there still.</summary>
    public static string FolderOf(string dataFolder) => Path.Combine(dataFolder, "snapshot.part");

    /// <summary>Takes one line.</summary>
    /// <exception cref="SnapshotException">The path is none of ours, or the content is not what its sum says.</exception>
    public void Take(SnapshotLine line)
    {
        string path = line.Text("path") ?? throw line.Wrong("path", "a path below media/ or recordings/");
        if (!SnapshotFiles.IsOurs(path)) throw line.Wrong("path", "a path below media/ or recordings/");
        if (_open is null) Begin(path);
        else if (_openPath != path) throw SnapshotException.At(line.Number, $"the file {_openPath} has no last part with its sha256");
        byte[] content = new byte[(line.Text("content") ?? "").Length];
        if (!Convert.TryFromBase64String(line.Text("content") ?? "", content, out int bytes)) throw line.Wrong("content", "base64");
        _open!.Write(content, 0, bytes);
        if (line.Text("sha256") is { } sum) End(line, sum);
    }

    /// <summary>All lines were read.</summary>
    public void Complete()
    {
        if (_open is not null) throw new SnapshotException($"the file {_openPath} has no last part with its sha256");
    }

    /// <summary>Puts the files in their places; one that is there already with the same content stays.</summary>
    /// <param name="tenants">Those that are there already, by name.</param>
    public async Task PlaceAsync(IReadOnlyDictionary<string, TenantId> tenants, CancellationToken stop)
    {
        foreach (var (from, path) in _files)
        {
            var key = SnapshotFiles.KeyOf(path, Owners.Of(path, tenants))
                ?? throw new SnapshotException($"{path} is no name of a file of ours");
            if (await blobs.FindAsync(key, stop).ConfigureAwait(false) is { } there)
            {
                if (!await IsSameAsync(from, key, there, stop).ConfigureAwait(false))
                    throw new SnapshotException($"there is another file {path} already");
                continue;
            }

            journal.Add([key]);
            await blobs.TakeAsync(key, from, stop).ConfigureAwait(false);
            _placed.Add(key);
        }
    }

    /// <summary>The rows stand: the files stay.</summary>
    public void Keep() => _placed.Clear();

    public async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync().ConfigureAwait(false);
        foreach (var key in _placed) await blobs.DiscardAsync(key).ConfigureAwait(false);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private void Begin(string path)
    {
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _openPath = path;
        _open = File.Create(Path.Combine(_folder, $"{_files.Count}"));
    }

    private void End(SnapshotLine line, string sum)
    {
        string file = _open!.Name;
        _open.Dispose();
        _open = null;
        using var written = File.OpenRead(file);
        if (Convert.ToHexStringLower(SHA256.HashData(written)) != sum)
            throw SnapshotException.At(line.Number, $"the content of {_openPath} is not what its sha256 says");
        _files.Add((file, _openPath));
    }

    private async ValueTask<bool> IsSameAsync(string file, BlobKey key, BlobFacts there, CancellationToken stop)
    {
        if (new FileInfo(file).Length != there.Bytes || await blobs.OpenAsync(key, 0, null, stop).ConfigureAwait(false) is not { } other)
            return false;
        await using (other.ConfigureAwait(false))
        {
            using var one = File.OpenRead(file);
            byte[] wanted = await SHA256.HashDataAsync(one, stop).ConfigureAwait(false);
            byte[] found = await SHA256.HashDataAsync(other, stop).ConfigureAwait(false);
            return wanted.AsSpan().SequenceEqual(found);
        }
    }
}
