using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Calls as they are and were, and what reports are made of.</summary>
internal static class CallsArea
{
    public static readonly StoreArea Area = new("calls")
    {
        BuildsOn = ["money", "routing", "recordings"],
        Migrations = Migration.OfArea("Calls"),
        Tables =
        [
            new("rw_leg")
            {
                LegColumn = "id", OrderBy = "started_at, id", Lists = ["headers"],
                Omitted = ["goodbye"],
                Columns =
                [
                    Text("id"), Text("uuid"), Text("session_id"), Text("tenant_id"), Whole("connection_id"), Text("direction"),
                    Text("from_party"), Text("to_party"), Text("from_uri").Optional, Text("to_uri").Optional, Text("caller_name").Optional,
                    Text("trunk_id").Optional, Text("command_id").Optional, Text("state"), Truth("is_held"), Text("codec").Optional,
                    Time("started_at"), Time("answered_at").Optional, Time("ended_at").Optional, Text("cause").Optional,
                    Text("ended_by").Optional, Whole("sip_status").Optional, Text("evidence").Optional, Json("quality").Optional,
                    Json("labels"), Json("headers"), Text("brought_caller").Optional, Time("found_ended_at").Optional,
                    Text("sip_call_id").Optional,
                ],
            },
            new("rw_dial_claim") { LeftOut = "which ids dials of the last minute had" },
            new("rw_goodbye") { LeftOut = "what this node still has to say to far ends" },
            new("rw_conference") { LeftOut = "what lists of conferences show of the live and the last; their events are in the ledger" },
            new("rw_participant") { LeftOut = "like its conference" },
            new("rw_queue") { LeftOut = "calls that wait are up, and those are in no snapshot" },
            new("rw_queued_call") { LeftOut = "like its queue" },
            new("rw_call_record")
            {
                OrderBy = "ended_at, leg_id",
                Columns =
                [
                    Text("leg_id"), Text("tenant_id"), Text("session_id"), Whole("connection_id"), Text("direction"), Text("from_party"),
                    Text("to_party"), Text("trunk_id").Optional, Time("started_at"), Time("answered_at").Optional, Time("ended_at"),
                    Whole("total_seconds"), Whole("talk_seconds"), Text("cause"), Text("ended_by"), Whole("sip_status").Optional,
                    Whole("billed_seconds").Optional, Whole("rate_micros").Optional, Whole("cost_micros").Optional,
                    Text("cost_currency").Optional,
                ],
            },
            new("rw_feature_use")
            {
                LegColumn = "leg_id", OrderBy = "at, feature, id",
                Columns =
                [
                    Text("tenant_id"), Text("feature"), Text("id"), Text("leg_id"), Text("leg_uuid"), Text("session_id"),
                    Whole("connection_id"), Text("direction"), Time("at"), Whole("length_ms").Optional, Whole("bytes").Optional,
                ],
            },
            new("rw_trace")
            {
                LegColumn = "leg_id", OrderBy = "seq", Lists = ["entries"],
                Omitted = ["seq"],
                Columns =
                [
                    Text("tenant_id"), Text("leg_id"), Time("at"), Text("kind"), Truth("is_outgoing"), Text("local").Optional,
                    Text("remote").Optional, Text("name"), Text("command_id").Optional, Text("outcome").Optional, Text("message").Optional,
                    Text("transport").Optional, Json("entries").Optional,
                ],
            },
        ],
        Aged = CallAges.All,
    };
}
