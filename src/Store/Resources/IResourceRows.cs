using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Work;

namespace Ringwright.Store.Resources;

/// <summary>A plain resource as the resource engine sees it: one immutable JSON object with its envelope of facts.</summary>
public sealed record ResourceRow
{
    public required string Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The customer's fields, without id, record_type and times.</summary>
    public required JsonObject Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>Rises by one with each update; an update names the one that it read.</summary>
    public long Revision { get; init; } = 1;
    /// <summary>When it was deleted softly: then nobody finds it any more. Only rows of documents have it.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
    /// <summary>In a snapshot: what the row has beside its body; null when it has nothing.</summary>
    internal RowBeside? Beside { get; init; }
}

/// <summary>What a row has that one dialect's body does not say.</summary>
/// <param name="Columns">By the names of the statements' parameters, where they are other than the body has them.</param>
/// <param name="Documents">Of other dialects, by their names.</param>
internal sealed record RowBeside(JsonObject Columns, JsonObject Documents);

/// <summary>
/// One condition: a path into the body ("name", "outbound.outbound_voice_profile_id") or created_at /
/// updated_at / id, an operator and values.
/// </summary>
/// <param name="Operator">eq, ne, contains, starts_with, ends_with, like and ilike (patterns of SQL, the second for letters of any size),
/// gt, gte, lt, lte, in; exists with "true" or "false".</param>
public sealed record ResourceFilter(string Path, string Operator, IReadOnlyList<string> Values);

/// <summary>By which path a list is sorted, as <see cref="ResourceFilter"/> has paths.</summary>
public sealed record ResourceOrder(string Path, bool IsDescending);

/// <summary>One page of a list: filters joined by AND, sort path, offset and limit.</summary>
public sealed record ResourceQuery
{
    public IReadOnlyList<ResourceFilter> Filters { get; init; } = [];
    /// <summary>Beside them: filters of which at least one must hold; empty asks for nothing.</summary>
    public IReadOnlyList<ResourceFilter> AnyOf { get; init; } = [];
    public string Sort { get; init; } = "created_at";
    public bool IsDescending { get; init; }
    /// <summary>Of rows that are alike in that; each where they are alike in those before.</summary>
    public IReadOnlyList<ResourceOrder> Then { get; init; } = [];
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

public sealed record ResourcePage(IReadOnlyList<ResourceRow> Rows, long Total);

public enum WriteOutcome
{
    Done, Duplicate, Missing, Stale, InUse,
    /// <summary>What only one tenant of the node may have is another one's.</summary>
    Taken,
}

/// <summary>
/// Where the rows of one kind live: a typed table for what the call path reads, the document table for the rest. A write takes the unit of
/// work that is committed with it; what the row is afterwards, and which fields are secret, is laid over it here.
/// </summary>
public interface IResourceRows
{
    ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop);
    ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop);

    /// <summary>Duplicate when a unique field of the kind is taken.</summary>
    ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop);

    /// <summary>Stale when the stored revision is not <see cref="ResourceRow.Revision"/> of the row read.</summary>
    ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop);

    ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop);
}

/// <summary>Writes that belong into nobody's trail: what a node makes for itself.</summary>
public static class UnnotedWrites
{
    public static ValueTask<WriteOutcome> InsertAsync(this IResourceRows rows, ResourceRow row, CancellationToken stop) =>
        rows.InsertAsync(row, null, stop);

    public static ValueTask<WriteOutcome> UpdateAsync(this IResourceRows rows, ResourceRow row, CancellationToken stop) =>
        rows.UpdateAsync(row, null, stop);

    public static ValueTask<WriteOutcome> DeleteAsync(this IResourceRows rows, TenantId tenant, string id, CancellationToken stop) =>
        rows.DeleteAsync(tenant, id, null, stop);
}
