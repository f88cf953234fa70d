using System.Runtime.InteropServices;
using SQLitePCL;

namespace Ringwright.Store.Sqlite;

/// <summary>The system's <c>libsqlite3.so.0</c> when there is one (newer, patched by the distribution), else the bundled library.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Version and origin, for <c>doctor</c>.</summary>
    public static string Describe() => Loaded.Value;

    private static string Load()
    {
        bool isSystem = NativeLibrary.TryLoad("libsqlite3.so.0", out nint system);
        if (isSystem)
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly,
                (name, _, _) => name == "e_sqlite3" ? system : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // A connection is used by one thread at a time, so its calls need no lock;
        // and nobody reads SQLite's statistics of its memory, which cost another.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        if (isSystem) GatheredLog.Register(system);
        return $"SQLite {raw.sqlite3_libversion().utf8_to_string()} ({(isSystem ? "system" : "bundled")})";
    }
}
