using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Snapshots;

/// <summary>A column that is encrypted at rest. A snapshot has it in the clear, because another installation has another key.</summary>
/// <param name="PurposeOf">The purpose that it is sealed for, of the row.</param>
/// <param name="IsText">False for bytes, which a snapshot has in base64.</param>
internal sealed record SealedColumn(string Name, Func<JsonObject, string> PurposeOf, bool IsText = true);

/// <summary>A table whose rows go into a snapshot as they are, column by column; plain resources travel as their API shows them.</summary>
internal sealed record SnapshotTable(string Kind, string Table)
{
    /// <summary>Whose row it is; null for what belongs to the node.</summary>
    public string? TenantColumn { get; init; } = "tenant_id";
    /// <summary>The leg that the row is of: calls that are up are not in a snapshot.</summary>
    public string? LegColumn { get; init; }
    public string OrderBy { get; init; } = "created_at, id";
    public IReadOnlyList<SealedColumn> Sealed { get; init; } = [];
    /// <summary>Those of its JSON columns that are lists; the others are objects.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
    /// <summary>Columns that mean something to this node alone.</summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];
    /// <summary>Columns of older snapshots: what each is called now, and what it says of another column.</summary>
    public IReadOnlyDictionary<string, (string Now, string Beside, string Says)> Formerly { get; init; } = new Dictionary<string, (string, string, string)>();
    /// <summary>The columns that travel. A position in its table is made anew, in the same order.</summary>
    public IReadOnlyList<TableColumn> Columns => [.. TableColumns.All[Table].Where(c => c.Kind is not ColumnKind.Position && !Omitted.Contains(c.Name))];

    /// <summary>Before the resources: a row refers only to rows above it.</summary>
    public static readonly IReadOnlyList<SnapshotTable> First =
    [
        new("operator_key", "rw_operator_key") { TenantColumn = null, OrderBy = "created_at, hash" },
        new("trunk", "rw_trunk")
        {
            TenantColumn = null,
            Lists = ["sources", "codecs"],
            Sealed = [new("auth_password", row => TrunkTable.PasswordPurpose(TrunkOf(row))), new("tls_key", row => TrunkTable.KeyPurpose(TrunkOf(row)))],
        },
        new("route", "rw_route") { TenantColumn = null },
        new("shared_address", "rw_shared_address") { TenantColumn = null, OrderBy = "created_at, address" },
        new("rate_deck", "rw_rate_deck") { TenantColumn = null },
        new("rate", "rw_rate") { TenantColumn = null, OrderBy = "deck_id, revision, direction, prefix, effective_from" },
        new("tenant", "rw_tenant")
        {
            TenantColumn = "id", OrderBy = "parent_id is not null, created_at, id",
            Sealed = [new("keys", row => ChildTenantTable.KeysPurpose(new(Guid.Parse((string)row["id"]!))))], // a key of its table
        },
        new("signing_key", "rw_signing_key")
        {
            OrderBy = "tenant_id",
            Sealed =
            [
                new("seed", row => SigningKeyTable.SeedPurpose(TenantOf(row)), IsText: false),
                new("webhook_secret", row => SigningKeyTable.SecretPurpose(TenantOf(row))),
            ],
        },
        new("api_key", "rw_api_key"),
        new("access_network", "rw_access_network"),
        new("bundle", "rw_bundle") { TenantColumn = null, Lists = ["specs"] },
        new("bundle_offer", "rw_bundle_offer") { OrderBy = "tenant_id, bundle_id" },
    ];

    /// <summary>After the resources: files that customers keep, and what happened.</summary>
    public static readonly IReadOnlyList<SnapshotTable> Last =
    [
        new("resource", "rw_resource")
        {
            OrderBy = "created_at, kind, id",
            Sealed = [new("secret", row => ResourceSql.PurposeOf((string)row["kind"]!, TenantOf(row), (string)row["id"]!))], // both are keys of its table
        },
        new("resource_key", "rw_resource_key") { OrderBy = "tenant_id, kind, field, value" },
        new("oauth_client", "rw_oauth_client") { Sealed = [new("secret", row => OAuthClientTable.PurposeOf(row["tenant_id"] is null ? null : TenantOf(row), Guid.Parse((string)row["id"]!)))] },
        new("oauth_grant", "rw_oauth_grant"),
        new("audit_event", "rw_audit_event") { OrderBy = "seq", Lists = ["changes"] },
        new("job", "rw_job"),
        new("verified_number", "rw_verified_number") { OrderBy = "verified_at, text" },
        new("media", "rw_media") { OrderBy = "created_at, name" },
        new("leg", "rw_leg") { LegColumn = "id", OrderBy = "started_at, id", Lists = ["headers"], Omitted = ["goodbye"] },
        new("ledger", "rw_ledger")
        {
            LegColumn = "subject_id", OrderBy = "seq",
            Formerly = new Dictionary<string, (string, string, string)> { ["leg_id"] = ("subject_id", "subject_kind", "leg") },
        },
        new("money_account", "rw_money_account") { OrderBy = "tenant_id" },
        new("money_entry", "rw_money_entry")
        {
            LegColumn = "subject_id", OrderBy = "seq",
            Formerly = new Dictionary<string, (string, string, string)> { ["leg_id"] = ("subject_id", "subject_kind", "leg"), ["billed_seconds"] = ("quantity", "unit", MoneyEntry.Second) },
        },
        new("money_balance", "rw_money_balance") { OrderBy = "tenant_id, currency" },
        new("payment_request", "rw_payment_request") { OrderBy = "made_at, id" },
        new("call_record", "rw_call_record") { OrderBy = "ended_at, leg_id" },
        new("recording", "rw_recording") { LegColumn = "leg_id", Lists = ["gaps"] },
        new("feature_use", "rw_feature_use") { LegColumn = "leg_id", OrderBy = "at, feature, id" },
        new("user_bundle", "rw_user_bundle"),
        new("bundle_charge", "rw_bundle_charge") { OrderBy = "at, user_bundle_id, month" },
        new("trace", "rw_trace") { LegColumn = "leg_id", OrderBy = "seq" },
        new("outbox", "rw_outbox") { OrderBy = "seq", Omitted = ["node", "is_handed_over"] },
        new("delivery", "rw_delivery") { OrderBy = "finished_at, id" },
        new("delivery_attempt", "rw_delivery_attempt") { OrderBy = "message_id, number", Lists = ["errors", "request_headers", "response_headers"] },
    ];

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
