using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Campaigns, target lists and attempts: one store for every face.</summary>
internal static class CampaignsArea
{
    internal const string InsertTombstone = """
        insert into rw_attempt_tombstone (id, owner_id, number_hash, facts, created_at) values (@id, @owner, @hash, @facts, @at)
        """;
    private const string SelectAttemptsAllTenants = """
        select tenant_id, number, claimed_at, answered_at, result, reason from rw_attempt
        where tenant_id in @tenants and state <> 'returned'
        """;

    public static readonly StoreArea Area = new("campaigns")
    {
        BuildsOn = ["calls"],
        Migrations = Migration.OfArea("Campaigns"),
        Tables =
        [
            new("rw_target_list")
            {
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Time("created_at"), Text("face").Optional, Json("doc").Optional,
                    Whole("revision").Optional, Time("updated_at").Optional, Time("deleted_at").Optional, Text("campaign_id").Optional,
                ],
            },
            new("rw_campaign")
            {
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Text("list_id"), Json("terms"), Time("created_at"), Time("updated_at"),
                    Text("face").Optional, Json("doc").Optional, Whole("revision").Optional, Time("deleted_at").Optional,
                ],
                Omitted = ["state", "stop_reason", "holder", "held_until"],
            },
            new("rw_target")
            {
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("list_id"), Text("name"), Text("data").Optional, Text("timezone").Optional,
                    Text("identity_key").Optional, Json("destinations"), Text("state"), Text("outcome").Optional, Time("due_at"),
                    Whole("round").Optional, Whole("tries_0").Optional, Whole("tries_1").Optional, Whole("tries_2").Optional,
                    Whole("tries_3").Optional, Whole("tries_4").Optional, Time("created_at"), Time("updated_at"),
                    Time("deleted_at").Optional, Json("doc").Optional, Whole("revision").Optional,
                ],
                Lists = ["destinations"],
            },
            new("rw_attempt")
            {
                LegColumn = "leg_id",
                OrderBy = "claimed_at, id",
                Leaving = KeepAttempts,
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("campaign_id"), Text("list_id"), Text("target_id"), Whole("round"), Text("number"),
                    Text("from_party"), Whole("destination"), Whole("try"), Text("state"), Whole("node"), Text("leg_id").Optional,
                    Text("leg_uuid").Optional, Time("claimed_at"), Time("dialled_at").Optional, Time("answered_at").Optional,
                    Time("agent_at").Optional, Time("ended_at").Optional, Text("cause").Optional, Whole("sip_status").Optional,
                    Whole("talk_seconds").Optional, Text("result").Optional, Text("reason").Optional, Json("evidence"),
                    Json("refs").Optional, Time("settled_at").Optional, Time("deleted_at").Optional, Text("asked_reason").Optional,
                ],
            },
            new("rw_attempt_tombstone")
            {
                TenantColumn = null,
                LeftOut = "what is left of accounts that have gone: numbers as hashes, which no other installation could read",
            },
        ],
    };

    /// <summary>That the account has called the number, and what came of it, outlives the account.</summary>
    private static void KeepAttempts(IDbConnection db, Leaving leaving)
    {
        var hash = new NumberHash(leaving.Box);
        foreach (var row in db.Query<GoneAttempt>(SelectAttemptsAllTenants, leaving.Which).AsList())
        {
            db.Execute(InsertTombstone, new
            {
                id = Guid.CreateVersion7(leaving.At), owner = row.TenantId, hash = hash.TextOf(row.Number), at = leaving.At,
                facts = new JsonObject
                {
                    ["at"] = Times.Text(row.ClaimedAt), ["answered_at"] = row.AnsweredAt is { } answered ? Times.Text(answered) : null,
                    ["result"] = row.Result, ["reason"] = row.Reason,
                },
            });
        }
    }

    private sealed record GoneAttempt
    {
        public string TenantId { get; init; } = "";
        public string Number { get; init; } = "";
        public DateTimeOffset ClaimedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public string? Result { get; init; }
        public string? Reason { get; init; }
    }
}
