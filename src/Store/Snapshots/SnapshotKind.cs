using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Snapshots;

/// <summary>A kind of plain resource in a snapshot: one line each, with the customer's own fields as its <c>body</c>.</summary>
/// <param name="Name">What its lines are called: the record_type of the API.</param>
/// <param name="Rows">Rows of a table of this store.</param>
public sealed record SnapshotKind(string Name, IResourceRows Rows)
{
    /// <summary>What is wrong with a body's shape ("/name must be a text"); null when nothing is.</summary>
    public Func<JsonObject, string?> FaultOf { get; init; } = static _ => null;

    internal IStoredRows Stored =>
        Rows as IStoredRows ?? throw new ArgumentException($"The rows of '{Name}' are a view of others.", nameof(Rows));
}

/// <summary>Rows that can be read and written as part of a larger transaction.</summary>
internal interface IStoredRows
{
    /// <summary>All rows of a tenant, oldest first, also those that its API does not show any more.</summary>
    IEnumerable<ResourceRow> ReadAll(IDbConnection db, TenantId tenant);

    /// <summary>Inserts a row as it is. The driver's exception says what the database refuses.</summary>
    void Put(IDbConnection db, ResourceRow row);
}
