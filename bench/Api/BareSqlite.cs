using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Ringwright.Bench.Api;

/// <summary>A node's SQLite file, read by the driver alone, with the same library that the node has.</summary>
internal static class BareSqlite
{
    private static readonly Lazy<bool> Library = new(() =>
    {
        var provider = new SQLitePCL.SQLite3Provider_e_sqlite3();
        NativeLibrary.SetDllImportResolver(provider.GetType().Assembly, (name, assembly, path) =>
            NativeLibrary.TryLoad("libsqlite3.so.0", out nint system) ? system : NativeLibrary.Load(name, assembly, path));
        SQLitePCL.raw.SetProvider(provider);
        return true;
    });

    public static DbConnection Open(string file)
    {
        _ = Library.Value;
        var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly");
        connection.Open();
        return connection;
    }
}
