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
    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly Routing _routing;
    private readonly DoNotCallTable _doNotCall;
    private readonly DefaultProfile _profile;
    private readonly IBlobs _blobs;
    private readonly string _dataFolder;
    private readonly StoreAreas _areas;
    private readonly TimeProvider _time;

    internal SnapshotStore(Sql sql, SecretBox box, Routing routing, DoNotCallTable doNotCall, DefaultProfile profile, StoreAreas areas,
        IBlobs blobs, string dataFolder, TimeProvider time)
    {
        (_sql, _box, _routing, _profile, _areas, _blobs, _dataFolder, _time) = (sql, box, routing, profile, areas, blobs, dataFolder, time);
        _doNotCall = doNotCall;
    }

    /// <summary>Writes the file beside its place and moves it there when it is whole. Calls that are up are not in it.</summary>
    /// <param name="tenant">This one and those below it; null for all, and for what belongs to the node.</param>
    /// <param name="kinds">The plain resources, in an order in which one refers only to those before it.</param>
    /// <exception cref="SnapshotException">The file cannot be written.</exception>
    /// <exception cref="BlobStoreException">The files that belong into it cannot be read.</exception>
    public async Task<SnapshotSummary> SaveAsync(string path, TenantId? tenant, IReadOnlyList<SnapshotKind> kinds, bool withFiles,
        bool overwrites, CancellationToken stop)
    {
        if (!overwrites && Path.Exists(path)) throw Taken(path);
        // A name that nobody can have prepared: what is written has all secrets in the clear.
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var summary = await _sql.ReadAsync(db =>
            {
                using var into = new BufferedStream(new FileStream(part, OwnerOnly()), 1 << 16);
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
        await using var files = new IncomingFiles(_blobs, _dataFolder);
        try
        {
            SnapshotCheck.Run(path, _areas, kinds, files);
            await files.PlaceAsync(await TenantsAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            var summary = await _sql.WriteAsync(db =>
            {
                _doNotCall.TellAll(db);
                if (replaces) TenantRemoval.Run(db, _areas, _box, Times.Cut(_time.GetUtcNow()), SnapshotLine.Read(path));
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

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
