using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Migrations;

/// <summary>One numbered SQL file.</summary>
internal sealed record Migration(int Version, string Name, string Text)
{
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The files embedded in this program, lowest first.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        var assembly = typeof(Migration).Assembly;
        var migrations = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8); // listed above
            migrations.Add(new(int.Parse(resource.AsSpan(0, 4), CultureInfo.InvariantCulture), resource[5..^4], reader.ReadToEnd()));
        }
        return migrations;
    }
}

/// <summary>Brings a database to the newest schema, each migration in its own transaction; refuses a changed past and an unknown future.</summary>
internal static class Migrator
{
    private const string Create = """
        create table if not exists schema_migration (
            version integer not null primary key, name text not null, sha256 text not null, applied_at text not null)
        """;
    private const string SelectApplied = "select version, name, sha256 from schema_migration order by version";
    private const string InsertApplied = "insert into schema_migration (version, name, sha256, applied_at) values (@version, @name, @sha256, @appliedAt)";

    /// <returns>How many were applied now.</returns>
    public static int Run(IEngine engine, DbConnection connection, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        connection.Run(engine.BeginMigration);
        connection.Execute(Create);
        connection.Run("commit;");
        int applied = 0;
        foreach (var migration in migrations)
        {
            // The lock is taken before looking, so that two programs do not both apply it.
            connection.Run(engine.BeginMigration);
            try
            {
                if (IsApplied(connection, migrations, migration))
                {
                    connection.Run("rollback;");
                    continue;
                }
                connection.Run(engine.Expand(migration.Text));
                connection.Execute(InsertApplied, new
                {
                    version = migration.Version,
                    name = migration.Name,
                    sha256 = migration.Checksum,
                    appliedAt = Times.Text(time.GetUtcNow()),
                });
                connection.Run("commit;");
                applied++;
            }
            catch
            {
                Undo(connection);
                throw;
            }
        }
        return applied;
    }

    /// <summary>What a full disk cut off is undone already; then the reason is worth more than this.</summary>
    private static void Undo(DbConnection connection)
    {
        try
        {
            connection.Run("rollback;");
        }
        catch (DbException)
        {
            // No transaction is open.
        }
    }

    private static bool IsApplied(DbConnection connection, IReadOnlyList<Migration> migrations, Migration migration)
    {
        int newest = migrations[^1].Version;
        bool isApplied = false;
        foreach (var (version, name, sha256) in connection.Query<(long Version, string Name, string Sha256)>(SelectApplied))
        {
            if (version > newest)
                throw new StoreException($"The database was written by a newer Ringwright (schema version {version}; this program knows {newest}). Use the newer program.");
            if (version != migration.Version) continue;
            if (sha256 != migration.Checksum)
                throw new StoreException($"Migration {version} ({name}) was changed after this database applied it. Restore the original file and add a new migration.");
            isApplied = true;
        }
        return isApplied;
    }
}
