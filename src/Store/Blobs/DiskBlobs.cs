using System.Runtime.CompilerServices;
using Ringwright.Core;

namespace Ringwright.Store.Blobs;

/// <summary>
/// Blobs as files below the data folder, each owner's in a folder of his own: AREA/TENANT/XX/ID. Written beside and renamed,
/// so a reader never sees half a file. What was written before owners had folders is found where it is.
/// </summary>
public sealed class DiskBlobs : IBlobs
{
    /// <summary>In each area: what is being written. Of recordings media has its own there.</summary>
    internal const string Parts = "parts";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int BufferBytes = 64 * 1024;

    private readonly string _root;

    /// <param name="root">The data folder. This process has it to itself: what half files there are is a dead one's.</param>
    public DiskBlobs(string root)
    {
        _root = Path.GetFullPath(root);
        foreach (var area in (BlobArea[])[BlobArea.Media, BlobArea.Results])
        {
            MakeFolder(FolderOf(area));
            if (Directory.Exists(PartsOf(area))) Directory.Delete(PartsOf(area), recursive: true);
            foreach (string half in Directory.EnumerateFiles(FolderOf(area), "*.part")) File.Delete(half);
        }
    }

    public async ValueTask PutAsync(BlobKey key, Func<Stream, CancellationToken, Task> write, CancellationToken stop)
    {
        string part = Asked(() => NewPart(key.Area));
        try
        {
            var file = new AskedFile(
                Asked(() => new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true)));
            await using (file.ConfigureAwait(false))
            {
                await write(file, stop).ConfigureAwait(false);
                await file.FlushAsync(stop).ConfigureAwait(false);
                file.FlushToDisk();
            }
            Asked(() => Place(key, part));
        }
        catch
        {
            DropPart(part);
            throw;
        }
    }

    public ValueTask TakeAsync(BlobKey key, string file, CancellationToken stop)
    {
        if (!File.Exists(file)) throw new FileNotFoundException($"There is no file {file}.", file);
        Asked(() =>
        {
            if (file.StartsWith(FolderOf(key.Area) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) Place(key, file);
            else TakeFromElsewhere(key, file);
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<BlobFacts?> FindAsync(BlobKey key, CancellationToken stop) =>
        new(Asked(() => FileOf(key) is { } file ? new BlobFacts(file.Length, new(file.LastWriteTimeUtc)) : null));

    public ValueTask<Stream?> OpenAsync(BlobKey key, long from, long? length, CancellationToken stop) => new(Asked<Stream?>(() =>
    {
        if (FileOf(key) is not { } found) return null;
        try
        {
            var file = new FileStream(found.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                BufferBytes, useAsync: true);
            file.Position = Math.Min(from, file.Length);
            return new AskedFile(file, length);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;    // deleted at this moment
        }
    }));

    public ValueTask DeleteAsync(BlobKey key, CancellationToken stop)
    {
        Asked(() => FileOf(key)?.Delete());
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<ListedBlob> ListAsync(BlobArea area, [EnumeratorCancellation] CancellationToken stop)
    {
        string parts = PartsOf(area);
        foreach (string folder in Asked(() => FoldersIn(FolderOf(area))))
        {
            if (folder == parts) continue;
            // A folder that is no owner's is one of before.
            var owner = Guid.TryParse(Path.GetFileName(folder.AsSpan()), out var tenant) ? new TenantId(tenant) : default;
            foreach (var blob in Asked(() => BlobsIn(area, owner, folder, SearchOption.AllDirectories))) yield return blob;
            stop.ThrowIfCancellationRequested();
        }
        foreach (var blob in Asked(() => BlobsIn(area, default, FolderOf(area), SearchOption.TopDirectoryOnly))) yield return blob;
        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>From another disk a file comes by copying, which is not done at once.</summary>
    private void TakeFromElsewhere(BlobKey key, string file)
    {
        string part = NewPart(key.Area);
        File.Move(file, part);
        try
        {
            Place(key, part);
        }
        catch
        {
            File.Move(part, file);
            throw;
        }
    }

    /// <summary>A disk that refused the file may refuse this too, which is no news: the next start removes what is left.</summary>
    private static void DropPart(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Whoever asked hears of the first refusal.
        }
    }

    private string NewPart(BlobArea area)
    {
        MakeFolder(PartsOf(area));
        return Path.Combine(PartsOf(area), $"{Guid.NewGuid():D}.put");
    }

    private void Place(BlobKey key, string part)
    {
        string path = PathOf(key);
        MakeFolder(Path.GetDirectoryName(path)!);       // a key names a file in a folder
        File.Move(part, path, overwrite: true);
        // It stands in place of one of before.
        if (FormerPathOf(key) is var former && File.Exists(former)) File.Delete(former);
    }

    private FileInfo? FileOf(BlobKey key) => new FileInfo(PathOf(key)) is { Exists: true } file ? file
        : new FileInfo(FormerPathOf(key)) is { Exists: true } former ? former : null;

    /// <summary>Spread over folders that stay small, by the digits that differ most.</summary>
    private string PathOf(BlobKey key) =>
        Path.Combine(FolderOf(key.Area), key.Tenant.ToString(), key.Id.ToString("N")[^2..], $"{key.Id:D}{key.Extension}");

    private string FormerPathOf(BlobKey key) => key.Area switch
    {
        BlobArea.Media => Path.Combine(FolderOf(key.Area), key.Id.ToString("N")),
        BlobArea.Recordings => Path.Combine(FolderOf(key.Area), key.Id.ToString("N")[..2], $"{key.Id:D}{key.Extension}"),
        BlobArea.Results => Path.Combine(FolderOf(key.Area), key.Id.ToString("N")[^2..], $"{key.Id:D}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string FolderOf(BlobArea area) => Path.Combine(_root, BlobKey.FolderOf(area));

    private string PartsOf(BlobArea area) => Path.Combine(FolderOf(area), Parts);

    private static List<ListedBlob> BlobsIn(BlobArea area, TenantId owner, string folder, SearchOption depth)
    {
        var blobs = new List<ListedBlob>();
        var place = new DirectoryInfo(folder);
        if (!place.Exists) return blobs;
        foreach (var file in place.EnumerateFiles("*", depth))
            if (BlobKey.Read(area, owner, file.Name) is { } key) blobs.Add(new(key, new(file.Length, new(file.LastWriteTimeUtc))));
        return blobs;
    }

    private static string[] FoldersIn(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    private static void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        // The mode is given to the last folder only.
        if (Path.GetDirectoryName(folder) is { } above) MakeFolder(above);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
    }

    private static void Asked(Action ask) => Asked(() =>
    {
        ask();
        return true;
    });

    /// <exception cref="BlobStoreException">The disk refuses.</exception>
    internal static T Asked<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException(refused);
        }
    }
}
