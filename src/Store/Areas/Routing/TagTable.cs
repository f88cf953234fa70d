using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>The words that a tenant's numbers and profiles are tagged with, each once, in the spelling that was used first.</summary>
public sealed class TagTable
{
    internal const string SelectOfNumbers = """
        select cast(tags as text) as tags from rw_number where tenant_id = @tenant and cast(tags as text) <> '[]' group by cast(tags as text) order by min(created_at), 1
        """;

    internal const string SelectOfProfiles = """
        select cast(tags as text) as tags from rw_outbound_profile where tenant_id = @tenant and cast(tags as text) <> '[]' group by cast(tags as text) order by min(created_at), 1
        """;

    private readonly Sql _sql;

    internal TagTable(Sql sql) => _sql = sql;

    public ValueTask<IReadOnlyList<string>> OfNumbersAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync(db => Distinct(db.Query<string>(SelectOfNumbers, new { tenant }).SelectMany(JsonLists.Read)), stop);

    public ValueTask<IReadOnlyList<string>> OfProfilesAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync(db => Distinct(db.Query<string>(SelectOfProfiles, new { tenant }).SelectMany(JsonLists.Read)), stop);

    private static IReadOnlyList<string> Distinct(IEnumerable<string> tags) => [.. tags.Distinct(StringComparer.OrdinalIgnoreCase)];
}
