using System.Data;
using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Blobs;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Snapshots;

/// <summary>What a snapshot has, by the kind of its lines.</summary>
public sealed record SnapshotSummary(IReadOnlyDictionary<string, long> Counts);

/// <summary>
/// All that a node keeps, or one tenant's part of it, as a file of JSON lines that another installation can load, whichever database it
/// has. It holds secrets in the clear: keep it as you keep passwords.
/// </summary>
public sealed class SnapshotStore
{
    /// <summary>Keys of one question.</summary>
    private const int MostAsked = 500;
    /// <summary>A file that is being written is touched more often.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly LoadJournal _journal;
    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly Routing _routing;
    private readonly DoNotCallTable _doNotCall;
    private readonly DefaultProfile _profile;
    private readonly IBlobs _blobs;
    private readonly string _dataFolder;
    private readonly StoreAreas _areas;
    private readonly TimeProvider _time;
    private int _isLoading;

    internal SnapshotStore(Sql sql, SecretBox box, Routing routing, DoNotCallTable doNotCall, DefaultProfile profile, StoreAreas areas,
        IBlobs blobs, string dataFolder, TimeProvider time)
    {
        (_sql, _box, _routing, _profile, _areas, _blobs, _dataFolder, _time) = (sql, box, routing, profile, areas, blobs, dataFolder, time);
        _doNotCall = doNotCall;
        _journal = new(dataFolder);
    }

    /// <summary>Bytes that the disk of a folder has free.</summary>
    internal Func<string, long> Free { get; set; } = static folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Writes the file beside its place and moves it there when it is whole. Calls that are up are not in it.</summary>
    /// <param name="tenant">This one and those below it; null for all, and for what belongs to the node.</param>
    /// <param name="kinds">The plain resources, in an order in which one refers only to those before it.</param>
    /// <exception cref="SnapshotException">The file cannot be written.</exception>
    /// <exception cref="BlobStoreException">The files that belong into it cannot be read.</exception>
    public async Task<SnapshotSummary> SaveAsync(string path, TenantId? tenant, IReadOnlyList<SnapshotKind> kinds, bool withFiles,
        bool overwrites, CancellationToken stop)
    {
        if (!overwrites && Path.Exists(path)) throw Taken(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        // A name that nobody can have prepared: what is written has all secrets in the clear.
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            if (Directory.Exists(folder))
            {
                RemoveAbandoned(path, folder);
                if (withFiles && tenant is null) await CheckRoomAsync(folder, stop).ConfigureAwait(false);
            }
            var summary = await _sql.ReadAsync(db =>
            {
                using var into = new BufferedStream(
                    new RoomyStream(new FileStream(part, PrivateFile.Fresh()), () => Free(folder)), 1 << 16);
                ((DbConnection)db).Run(_sql.Engine.BeginRead);
                try
                {
                    var writer = new SnapshotWriter(db, _box, _areas, into, tenant is { } one ? Subtree(db, one) : null);
                    writer.Write(kinds, _time.GetUtcNow(), withFiles ? new(_blobs) : null);
                    return new SnapshotSummary(writer.Counts);
                }
                finally
                {
                    ((DbConnection)db).Run("commit;");
                }
            }, stop).ConfigureAwait(false);
            if (!overwrites && Path.Exists(path)) throw Taken(path);
            File.Move(part, path, overwrites);
            return summary;
        }
        catch (Exception failed) when (failed is (IOException and not BlobStoreException) or UnauthorizedAccessException)
        {
            throw new SnapshotException($"{path} cannot be written: {failed.Message}", failed);
        }
        finally
        {
            // Where there is no folder this would throw in place of what is to be said.
            if (File.Exists(part)) File.Delete(part);
        }
    }

    /// <summary>Loads a file, all of it or nothing.</summary>
    /// <param name="documentFaultOf">What is wrong with the shape of a resource that is stored as a document
    /// of this kind; null when nothing is.</param>
    /// <param name="replaces">Removes first what the tenants of the file have here.</param>
    /// <exception cref="SnapshotException">With the number of the line.</exception>
    /// <exception cref="BlobStoreException">Its files cannot be kept; nothing of it is loaded.</exception>
    public async Task<SnapshotSummary> LoadAsync(string path, IReadOnlyList<SnapshotKind> kinds,
        Func<string, JsonObject, string?> documentFaultOf, bool replaces, Func<long> freshId, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _isLoading, 1) == 1)
            throw new SnapshotException("another snapshot is being loaded: load this one when that is done");
        try
        {
            await TrySettleAsync().ConfigureAwait(false);
            return await LoadAloneAsync(path, kinds, documentFaultOf, replaces, freshId, stop).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                await TrySettleAsync().ConfigureAwait(false);
            }
            finally
            {
                // Whatever it was, the next one may be loaded.
                Volatile.Write(ref _isLoading, 0);
            }
        }
    }

    /// <summary>Takes away what a load has left that was killed: of its files those that no row names.</summary>
    /// <exception cref="BlobStoreException">They cannot be deleted; the next look does it.</exception>
    public async Task SettleAsync(CancellationToken stop)
    {
        if (!HasLeft || Interlocked.Exchange(ref _isLoading, 1) == 1) return;
        try
        {
            await SettleAloneAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isLoading, 0);
        }
    }

    private bool HasLeft => _journal.IsThere || Directory.Exists(IncomingFiles.FolderOf(_dataFolder));

    /// <summary>What cannot be taken away now the next look takes.</summary>
    private async Task TrySettleAsync()
    {
        try
        {
            if (HasLeft) await SettleAloneAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception away) when (away is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            // The journal stays.
        }
    }

    private async Task SettleAloneAsync(CancellationToken stop)
    {
        string parts = IncomingFiles.FolderOf(_dataFolder);
        if (Directory.Exists(parts)) Directory.Delete(parts, recursive: true);
        if (!_journal.IsThere) return;
        foreach (var some in _journal.Read().GroupBy(key => key.Tenant).SelectMany(theirs => theirs.Chunk(MostAsked)))
        {
            var ids = new InList<string>([.. some.Select(key => key.Id.ToString())]);
            var named = await _sql.ReadAsync(db => db.Query<string>(RecordingTable.SelectNamed, new { tenant = some[0].Tenant, ids })
                .ToHashSet(StringComparer.Ordinal), stop).ConfigureAwait(false);
            foreach (var key in some)
                if (!named.Contains(key.Id.ToString())) await _blobs.DeleteAsync(key, stop).ConfigureAwait(false);
        }
        _journal.Remove();
    }

    /// <summary>The files alone are a third longer in it than they are.</summary>
    /// <exception cref="SnapshotException">They have no room on the disk.</exception>
    private async ValueTask CheckRoomAsync(string folder, CancellationToken stop)
    {
        long files = await _sql.ReadAsync(db => db.ExecuteScalar<long>(RecordingTable.SelectBytesAllTenants), stop).ConfigureAwait(false),
            needed = files / 3 * 4, free = Free(folder);
        if (needed > 0 && free < needed + RoomyStream.Least)
            throw new SnapshotException($"recordings alone need {needed >> 20} MB, and the disk of {folder} has {free >> 20} MB free: save "
                + "to another disk, or --without-files");
    }

    /// <summary>What a process that was killed in the middle has left beside the file: it has secrets in the clear.</summary>
    private static void RemoveAbandoned(string path, string folder)
    {
        string name = Path.GetFileName(path);
        foreach (string left in Directory.EnumerateFiles(folder, "*.part"))
        {
            string rest = Path.GetFileNameWithoutExtension(left);
            if (rest.StartsWith(name + ".", StringComparison.Ordinal) && Guid.TryParseExact(rest.AsSpan(name.Length + 1), "N", out _)
                    && DateTimeOffset.UtcNow - File.GetLastWriteTimeUtc(left) > Abandoned)
                File.Delete(left);
        }
    }

    private async Task<SnapshotSummary> LoadAloneAsync(string path, IReadOnlyList<SnapshotKind> kinds,
        Func<string, JsonObject, string?> documentFaultOf, bool replaces, Func<long> freshId, CancellationToken stop)
    {
        await using var files = new IncomingFiles(_blobs, _dataFolder, _journal);
        try
        {
            // On a server the rows take nothing of this machine's disk.
            if (!_sql.Engine.IsShared && new FileInfo(path) is { Exists: true } file && Free(_dataFolder) is var free
                    && free < file.Length + RoomyStream.Least)
                throw new SnapshotException(
                    $"{path} has {file.Length >> 20} MB, and the disk of the data folder {free >> 20} MB free: that is too little");
            SnapshotCheck.Run(path, _areas, kinds, files);
            await files.PlaceAsync(await TenantsAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            var summary = await _sql.WriteAsync(db =>
            {
                _doNotCall.TellAll(db);
                if (replaces) _journal.Add(TenantRemoval.Run(db, _areas, _box, Times.Cut(_time.GetUtcNow()), SnapshotLine.Read(path)));
                var loader = new SnapshotLoader(db, _sql.Engine, _box, _profile, _areas, kinds, documentFaultOf, freshId,
                    Times.Cut(_time.GetUtcNow()));
                foreach (var line in SnapshotLine.Read(path)
                    .Where(line => line.Kind is not (SnapshotLine.Head or SnapshotLine.End or SnapshotLine.File)))
                {
                    loader.Load(line);
                    _sql.NoteAnswer();
                }
                loader.Complete();
                _routing.TryRead(db);
                return new SnapshotSummary(loader.Counts);
            }, stop, isLong: true).ConfigureAwait(false);
            files.Keep();
            await _doNotCall.FollowAllAsync().ConfigureAwait(false);
            await _routing.ReloadAsync(stop).ConfigureAwait(false);
            return summary;
        }
        catch (Exception failed) when (failed is (IOException and not BlobStoreException) or UnauthorizedAccessException)
        {
            throw new SnapshotException($"{path} cannot be read: {failed.Message}", failed);
        }
    }

    private static SnapshotException Taken(string path) =>
        new($"{path} is there already: choose another name, or write over it with --overwrite");

    private async ValueTask<IReadOnlyDictionary<string, TenantId>> TenantsAsync(CancellationToken stop) => await _sql.ReadAsync(
        db => db.Query<(string Name, string Id)>("select name, id from rw_tenant")
            .ToDictionary(t => t.Name, t => new TenantId(Guid.Parse(t.Id)), StringComparer.Ordinal),
        stop).ConfigureAwait(false);

    private static IReadOnlyList<TenantId> Subtree(IDbConnection db, TenantId tenant) =>
        [tenant, .. db.Query<string>("select id from rw_tenant where parent_id = @tenant order by created_at, id", new { tenant })
            .Select(id => new TenantId(Guid.Parse(id)))];
}
