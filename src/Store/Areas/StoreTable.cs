using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Snapshots;

namespace Ringwright.Store.Areas;

/// <summary>
/// A table as its area declares it: whose rows it has, and what a snapshot has of them. That is one of three: its columns
/// (<see cref="Columns"/>), resources as an API shows them (<see cref="IsResource"/>), or nothing, with the reason
/// (<see cref="LeftOut"/>). Tests compare all of it with the real schema.
/// </summary>
/// <param name="Name">
/// Begins with <c>rw_</c>; the rest is what its lines in a snapshot are called. A module whose tables have names of their own says what
/// its lines are called (<see cref="Line"/>).
/// </param>
public sealed record StoreTable(string Name)
{
    internal const string Prefix = "rw_";

    /// <summary>
    /// Whose row it is. When an account is removed, the rows that have it as <c>tenant_id</c> go. Null for what belongs to the node or to
    /// its operator.
    /// </summary>
    public string? TenantColumn { get; init; } = TenantKey;

    /// <summary>Why a snapshot has nothing of it.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Its rows are in a snapshot as the resources of an API (<see cref="SnapshotKind"/>).</summary>
    public bool IsResource { get; init; }

    /// <summary>
    /// The columns that travel, in the order in which a snapshot has them. A column that is added later is
    /// <see cref="TableColumn.Optional"/> with a default, or older snapshots do not load.
    /// </summary>
    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    /// <summary>
    /// The other columns: those that mean something to this node alone, and positions, which are made anew in the same order.
    /// </summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];

    /// <summary>Its lines come before the resources, because some of those refer to them; else behind.</summary>
    public bool IsBeforeResources { get; init; }

    /// <summary>The leg that the row is of, or null: calls that are up are not in a snapshot.</summary>
    public string? LegColumn { get; init; }

    /// <summary>The order of its lines in a snapshot, total.</summary>
    public string OrderBy { get; init; } = "created_at, id";

    public IReadOnlyList<SealedColumn> Sealed { get; init; } = [];

    /// <summary>Those of its JSON columns that are lists; the others are objects.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Columns of older snapshots: what each is called now, and what it says of another column.</summary>
    public IReadOnlyDictionary<string, (string Now, string Beside, string Says)> Formerly { get; init; } =
        new Dictionary<string, (string, string, string)>();

    /// <summary>
    /// What is kept in memory follows its changes (<see cref="Engines.WatchedTable"/>): the columns by which rows are read again. Null for
    /// most tables. A table that is watched is also read by <see cref="Routing"/> or
    /// <see cref="Tables.StreamTable"/>, so modules have none.
    /// </summary>
    internal IReadOnlyList<string>? Watched { get; init; }

    /// <summary>Before rows of accounts that are removed go: what outlives them. Null for most tables.</summary>
    internal Action<IDbConnection, Leaving>? Leaving { get; init; }

    private const string TenantKey = "tenant_id";

    /// <summary>What its lines in a snapshot are called; null takes the name without its prefix.</summary>
    public string? Line { get; init; }

    internal string Kind => Line ?? Name[Prefix.Length..];

    internal bool IsInSnapshot => Columns.Count > 0;

    internal bool IsOfTenants => TenantColumn is TenantKey;

    /// <summary>Of a row in a snapshot.</summary>
    internal static TenantId TenantOf(JsonObject row) => new(Guid.Parse((string)row[TenantKey]!)); // a key of its table
}
