using System.Data.Common;
using Dapper;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Migrations;

/// <summary>
/// Brings a database to the newest schema: its history first, which ends where areas begin,
/// then each area in the order in which they build on each other. Each migration has its own transaction. A changed past is refused,
/// and so is an unknown future, before anything is changed. An empty file is made at once (<see cref="Baseline"/>).
/// </summary>
internal static class Migrator
{
    private const string Create = """
        create table if not exists schema_migration (
            version integer not null primary key, name text not null, sha256 text not null, applied_at text not null)
        """;
    private const string SelectHistory = "select version, name, sha256 from schema_migration order by version";
    private const string InsertHistory =
        "insert into schema_migration (version, name, sha256, applied_at) values (@version, @name, @sha256, @appliedAt)";
    private const string SelectAreas = "select area, version, name, sha256 from schema_area order by area, version";
    private const string InsertArea =
        "insert into schema_area (area, version, name, sha256, applied_at) values (@area, @version, @name, @sha256, @appliedAt)";

    /// <param name="baseline">As <see cref="DatabaseOptions.Baseline"/>.</param>
    /// <returns>How many were applied now.</returns>
    public static int Run(IEngine engine, DbConnection connection, IReadOnlyList<Migration> history, StoreAreas areas, TimeProvider time,
        Func<string>? baseline = null)
    {
        if (baseline is not null && TryMakeAtOnce(engine, connection, history, areas, time, baseline))
            return history.Count + areas.All.Sum(area => area.Migrations.Count);
        int applied = RunHistory(engine, connection, history, time);
        var seen = ReadAreas(connection, areas);
        foreach (var area in areas.All)
        {
            foreach (var migration in area.Migrations)
            {
                var key = (area.Name, migration.Version);
                if (!seen.Contains(key)
                    && Apply(engine, connection, migration, db => ReadAreas(db, areas).Contains(key), InsertArea, area.Name, time))
                    applied++;
            }
        }
        return applied;
    }

    /// <returns>How many were applied now.</returns>
    public static int RunHistory(IEngine engine, DbConnection connection, IReadOnlyList<Migration> history, TimeProvider time)
    {
        connection.Run(engine.BeginMigration);
        connection.Execute(Create);
        connection.Run("commit;");
        // Nothing that was applied is ever taken back, so that only what is missing is looked for again under the lock.
        var seen = ReadHistory(connection, history);
        return history.Count(migration => !seen.Contains(migration.Version)
            && Apply(engine, connection, migration, db => ReadHistory(db, history).Contains(migration.Version),
                InsertHistory, area: null, time));
    }

    /// <returns>False where something is there already, or the text is of other migrations: nothing was changed.</returns>
    private static bool TryMakeAtOnce(IEngine engine, DbConnection connection, IReadOnlyList<Migration> history, StoreAreas areas,
        TimeProvider time, Func<string> baseline)
    {
        if (!engine.TakesBaseline(connection)) return false;
        string text = baseline();
        if (!Baseline.IsOf(text, history, areas)) return false;
        connection.Run(engine.BeginMigration);
        try
        {
            // Another program may have begun meanwhile.
            bool isTaken = engine.TakesBaseline(connection);
            if (isTaken)
            {
                connection.Run(text);
                foreach (var migration in history) Record(connection, migration, InsertHistory, area: null, time);
                foreach (var area in areas.All)
                {
                    foreach (var migration in area.Migrations) Record(connection, migration, InsertArea, area.Name, time);
                }
            }
            connection.Run(isTaken ? "commit;" : "rollback;");
            return isTaken;
        }
        catch
        {
            Undo(connection);
            throw;
        }
    }

    /// <summary>Some are for one of the databases only; SQLite takes a text of comments alone for a misuse.</summary>
    private static bool HasStatement(string sql) =>
        sql.Split('\n').Any(line => line.Trim() is { Length: > 0 } text && !text.StartsWith("--", StringComparison.Ordinal));

    private static bool Apply(IEngine engine, DbConnection connection, Migration migration, Func<DbConnection, bool> isApplied,
        string insert, string? area, TimeProvider time)
    {
        // The lock is taken before looking, so that two programs do not both apply it.
        connection.Run(engine.BeginMigration);
        try
        {
            if (isApplied(connection))
            {
                connection.Run("rollback;");
                return false;
            }
            string sql = engine.Expand(migration.Text);
            if (HasStatement(sql)) connection.Run(sql);
            Record(connection, migration, insert, area, time);
            connection.Run("commit;");
            return true;
        }
        catch
        {
            Undo(connection);
            throw;
        }
    }

    private static void Record(DbConnection connection, Migration migration, string insert, string? area, TimeProvider time) =>
        connection.Execute(insert, new
        {
            area,
            version = migration.Version,
            name = migration.Name,
            sha256 = migration.Checksum,
            appliedAt = Times.Text(time.GetUtcNow()),
        });

    /// <summary>What a full disk cut off is undone already; then the reason is worth more than this.</summary>
    private static void Undo(DbConnection connection)
    {
        try
        {
            connection.Run("rollback;");
        }
        catch (Exception undone) when (undone is DbException or InvalidOperationException)
        {
            // No transaction is open, or the connection is gone with it.
        }
    }

    private static HashSet<int> ReadHistory(DbConnection connection, IReadOnlyList<Migration> history)
    {
        var applied = new HashSet<int>();
        var known = history.ToDictionary(migration => migration.Version);
        int newest = history[^1].Version;
        foreach (var (version, name, sha256) in connection.Query<(long Version, string Name, string Sha256)>(SelectHistory))
        {
            if (version > newest)
                throw new StoreException(
                    $"The database was written by a newer Ringwright (schema version {version}; this program knows {newest}). Use the "
                    + "newer program.");
            if (!known.TryGetValue((int)version, out var migration)) continue;
            if (sha256 != migration.Checksum) throw Changed($"Migration {version} ({name})");
            applied.Add((int)version);
        }
        return applied;
    }

    private static HashSet<(string Area, int Version)> ReadAreas(DbConnection connection, StoreAreas areas)
    {
        var applied = new HashSet<(string, int)>();
        var known = areas.All.ToDictionary(area => area.Name, StringComparer.Ordinal);
        foreach (var (name, version, migration, sha256)
            in connection.Query<(string Area, long Version, string Name, string Sha256)>(SelectAreas))
        {
            if (!known.TryGetValue(name, out var area))
            {
                throw new StoreException(
                    $"The database has the area '{name}', which this program does not know: a newer Ringwright wrote it, "
                        + "or one with more modules. Use that program.");
            }
            if (version > area.Migrations.Count)
            {
                throw new StoreException(
                    $"The database was written by a newer Ringwright (version {version} of area '{name}'; this program knows "
                        + $"{area.Migrations.Count}). Use the newer program.");
            }
            if (sha256 != area.Migrations[(int)version - 1].Checksum) throw Changed($"Migration {version} ({migration}) of area '{name}'");
            applied.Add((name, (int)version));
        }
        return applied;
    }

    private static StoreException Changed(string migration) =>
        new($"{migration} was changed after this database applied it. Restore the original file and add a new migration.");
}
