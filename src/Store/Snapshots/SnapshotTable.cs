using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Snapshots;

/// <summary>A column that is encrypted at rest. A snapshot has it in the clear, because another installation has another key.</summary>
/// <param name="PurposeOf">The purpose that it is sealed for, of the row.</param>
/// <param name="IsText">False for bytes, which a snapshot has in base64.</param>
internal sealed record SealedColumn(string Name, Func<JsonObject, string> PurposeOf, bool IsText = true);

/// <summary>A table whose rows go into a snapshot as they are, column by column; plain resources travel as their API shows them.</summary>
internal sealed partial record SnapshotTable(string Kind, string Table)
{
    /// <summary>Whose row it is; null for what belongs to the node.</summary>
    public string? TenantColumn { get; init; } = "tenant_id";
    /// <summary>The leg that the row is of: calls that are up are not in a snapshot.</summary>
    public string? LegColumn { get; init; }
    public string OrderBy { get; init; } = "created_at, id";
    public IReadOnlyList<SealedColumn> Sealed { get; init; } = [];
    /// <summary>Those of its JSON columns that are lists; the others are objects.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
    /// <summary>The other columns: those that mean something to this node alone, and positions, which are made anew in the same order.</summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];
    /// <summary>Columns of older snapshots: what each is called now, and what it says of another column.</summary>
    public IReadOnlyDictionary<string, (string Now, string Beside, string Says)> Formerly { get; init; } = new Dictionary<string, (string, string, string)>();
    /// <summary>The columns that travel, in the order in which a snapshot has them.</summary>
    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>Tables of which a snapshot has nothing, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> LeftOut = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["rw_node"] = "who a node is; a copy of it would mint the same ids",
        ["rw_registration"] = "where a SIP user is now; users register again",
        ["rw_oauth_key"] = "what access tokens are signed with; another installation makes its own",
        ["rw_oauth_consent"] = "questions that were answered; they are over within minutes",
        ["rw_oauth_family"] = "tokens that programs have; they ask again",
        ["rw_oauth_code"] = "codes that programs exchange within a minute",
        ["rw_oauth_refresh"] = "tokens that programs have; they ask again",
        ["rw_listener"] = "who follows events at the moment",
        ["rw_stream_event"] = "events that are kept for an hour for who follows them",
        ["rw_outbox_once"] = "what was told in the last hours and is not to be told again",
        ["rw_address_turn"] = "whose turn it is to claim an address",
        ["rw_verification"] = "codes that calls told; they are over within minutes",
        ["rw_face"] = "which dialects have written their documents; resources bring theirs",
        ["rw_forwarded_command"] = "commands on their way from node to node, for a few seconds",
        ["rw_goodbye"] = "what this node still has to say to far ends",
    };

    private static TrunkId TrunkOf(JsonObject row) => new(Guid.Parse((string)row["id"]!)); // a key of its table
    private static TenantId TenantOf(JsonObject row) => new(Guid.Parse((string)row["tenant_id"]!)); // a key of its table
}
