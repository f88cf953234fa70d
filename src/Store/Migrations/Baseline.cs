using System.Security.Cryptography;
using System.Text;
using Ringwright.Store.Areas;

namespace Ringwright.Store.Migrations;

/// <summary>
/// What all migrations make of an empty database, as one text. A first start runs it in place of them: each column that a migration adds
/// has SQLite read its whole schema again, and a new file would read it hundreds of times (ADR 212).
/// </summary>
internal static class Baseline
{
    /// <summary>The first line of a text that is of exactly these migrations; any other text is passed over.</summary>
    public static string HeadOf(IReadOnlyList<Migration> history, StoreAreas areas)
    {
        var all = history.Select(migration => $"{migration.Version} {migration.Checksum}").Concat(
            from area in areas.All
            from migration in area.Migrations
            select $"{area.Name} {migration.Version} {migration.Checksum}");
        return "-- Of the migrations " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', all))));
    }

    public static bool IsOf(string text, IReadOnlyList<Migration> history, StoreAreas areas) =>
        text.StartsWith(HeadOf(history, areas) + "\n", StringComparison.Ordinal);
}
