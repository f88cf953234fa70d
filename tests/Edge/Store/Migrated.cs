using System.Collections.Concurrent;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using Ringwright.Store.Postgres;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Databases in which all migrations have run, copied by tests to which the migrations are no matter.</summary>
internal static class Migrated
{
    private const string Name = "ringwright.db";

    private static readonly Lazy<byte[]> File = new(() => MakeFile([])), NodeFile = new(() => MakeFile(NodeModules.Areas));
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> FilesByAreas = new(StringComparer.Ordinal);
    private static readonly Lazy<Task<string>> Template = new(() => MakeTemplateAsync([])),
        NodeTemplate = new(() => MakeTemplateAsync(NodeModules.Areas));

    /// <summary>One of SQLite, where there is none yet.</summary>
    /// <param name="ofNode">With the tables of the modules that a node joins.</param>
    public static void CopyTo(string folder, bool ofNode) => CopyTo(folder, ofNode ? NodeFile : File);

    /// <summary>The same with the tables of these areas beside the store's own.</summary>
    public static void CopyTo(string folder, IReadOnlyList<StoreArea> areas) =>
        CopyTo(folder, FilesByAreas.GetOrAdd(string.Join(' ', areas.Select(area => area.Name)), _ => new(() => MakeFile(areas))));

    private static void CopyTo(string folder, Lazy<byte[]> file)
    {
        string path = Path.Combine(folder, Name);
        if (Directory.Exists(folder) && !System.IO.File.Exists(path)) System.IO.File.WriteAllBytes(path, file.Value);
    }

    /// <returns>The address of one of PostgreSQL.</returns>
    public static async Task<string> OnPostgresAsync(bool ofNode) =>
        await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(await (ofNode ? NodeTemplate : Template).Value);

    private static byte[] MakeFile(IReadOnlyList<StoreArea> areas)
    {
        using var folder = new TempFolder();
        string path = folder.File(Name);
        Migrate(new SqliteEngine(path, Durability.Process), areas);
        // The last one that closes it leaves nothing beside it.
        return System.IO.File.Exists(path + "-wal") ? throw new InvalidOperationException("The file is not whole.")
            : System.IO.File.ReadAllBytes(path);
    }

    private static async Task<string> MakeTemplateAsync(IReadOnlyList<StoreArea> areas)
    {
        string template = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        Migrate(new PostgresEngine(PostgresAddress.Read(template)!, Durability.Process, node: 0), areas);   // the fixture's own form
        return template;
    }

    private static void Migrate(IEngine engine, IReadOnlyList<StoreArea> areas)
    {
        using var session = engine.OpenWriter();
        Migrator.Run(engine, session.Connection, Migration.Embedded(), StoreAreas.Join(areas), TimeProvider.System);
    }
}
