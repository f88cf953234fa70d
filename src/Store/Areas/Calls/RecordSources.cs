using Ringwright.Store.Tables;
using static Ringwright.Store.Reports.ReportColumnKind;

namespace Ringwright.Store.Reports;

/// <summary>The records that there are: calls, what they used beside their minutes, and the money.</summary>
public static class RecordSources
{
    // What stands in other tables is looked up for the rows that show it or ask for it:
    // a join would be made for every row that is only counted.
    private const string LegUuid = "(select l.uuid from rw_leg l where tenant_id = @tenant and l.id = c.leg_id)";
    private const string SipCallId = "(select l.sip_call_id from rw_leg l where tenant_id = @tenant and l.id = c.leg_id)";
    private const string ConnectionName = "(select n.name from rw_connection n where tenant_id = @tenant and n.id = c.connection_id)";
    private const string ConnectionKind = "(select n.kind from rw_connection n where tenant_id = @tenant and n.id = c.connection_id)";
    private const string BillingGroup =
        "(select m.billing_group_id from rw_money_entry m where tenant_id = @tenant and m.subject_id = c.leg_id and m.subject_kind = 'leg' "
        + "and m.kind = 'charge' and m.product = 'voice')";

    internal const string CallRows = "(select * from rw_call_record where tenant_id = @tenant) c where c.tenant_id = @tenant";
    internal const string MoneyRows = "(select * from rw_money_entry where tenant_id = @tenant) c where c.tenant_id = @tenant";
    internal const string FeatureRows =
        "(select * from rw_feature_use where tenant_id = @tenant and feature = @feature) c where c.feature = @feature";

    /// <summary>Every leg that ended.</summary>
    public static readonly RecordSource Calls = new(CallRows, at: "c.ended_at", id: "c.leg_id")
    {
        Columns = new Dictionary<string, RecordColumn>
        {
            ["leg"] = new(Text, "c.leg_id"),
            ["leg_uuid"] = new(Text, LegUuid),
            ["sip_call_id"] = new(Text, SipCallId),
            ["session_id"] = new(Text, "c.session_id"),
            ["connection_id"] = new(Whole, "c.connection_id"),
            ["connection_name"] = new(Text, ConnectionName),
            ["connection_kind"] = new(Text, ConnectionKind),
            ["direction"] = new(Text, "c.direction"),
            ["from_party"] = new(Text, "c.from_party"),
            ["to_party"] = new(Text, "c.to_party"),
            ["started_at"] = new(Time, "c.started_at"),
            ["answered_at"] = new(Time, "c.answered_at"),
            ["ended_at"] = new(Time, "c.ended_at"),
            ["day"] = new(Day, "c.ended_at"),
            ["is_answered"] = new(Truth, "(c.answered_at is not null)"),
            ["total_seconds"] = new(Whole, "c.total_seconds"),
            ["talk_seconds"] = new(Whole, "c.talk_seconds"),
            ["cause"] = new(Text, "c.cause"),
            ["sip_status"] = new(Whole, "c.sip_status"),
            ["billed_seconds"] = new(Whole, "c.billed_seconds"),
            ["rate"] = new(Money, "c.rate_micros"),
            ["cost"] = new(Money, "c.cost_micros"),
            ["currency"] = new(Text, "c.cost_currency"),
            ["is_charged"] = new(Truth, "(c.cost_micros is not null)"),
            ["billing_group_id"] = new(Text, BillingGroup),
        },
        Metrics = new Dictionary<string, RecordMetric>
        {
            ["calls"] = new(Whole, "count(*)"),
            ["answered_calls"] = new(Whole, "count(c.answered_at)"),
            ["talk_seconds"] = new(Whole, "sum(c.talk_seconds)"),
            ["total_seconds"] = new(Whole, "sum(c.total_seconds)"),
            ["billed_seconds"] = new(Whole, "sum(c.billed_seconds)"),
            ["cost"] = new(Money, "sum(c.cost_micros)", unit: "currency"),
        },
    };

    /// <summary>What was charged, paid and adjusted. Charges are negative.</summary>
    public static readonly RecordSource MoneyEntries = new(MoneyRows, at: "c.at", id: "c.seq")
    {
        Columns = new Dictionary<string, RecordColumn>
        {
            ["kind"] = new(Text, "c.kind"),
            ["amount"] = new(Money, "c.amount_micros"),
            ["currency"] = new(Text, "c.currency"),
            ["product"] = new(Text, "c.product"),
            ["direction"] = new(Text, "c.direction"),
            ["billing_group_id"] = new(Text, "c.billing_group_id"),
            ["billed_seconds"] = new(Whole, "case when c.unit = 'second' then c.quantity end"),
            ["note"] = new(Text, "c.note"),
            ["at"] = new(Time, "c.at"),
            ["day"] = new(Day, "c.at"),
        },
        Metrics = new Dictionary<string, RecordMetric>
        {
            ["entries"] = new(Whole, "count(*)"),
            ["billed_seconds"] = new(Whole, "coalesce(sum(case when c.unit = 'second' then c.quantity end), 0)"),
            ["amount"] = new(Money, "sum(c.amount_micros)", unit: "currency"),
        },
    };

    /// <summary>Recordings as they were saved, also those that were deleted since.</summary>
    public static readonly RecordSource Recordings = Features(FeatureUseTable.Recording);

    /// <summary>Verdicts on who answered.</summary>
    public static readonly RecordSource MachineDetections = Features(FeatureUseTable.MachineDetection);

    /// <summary>Texts that were spoken to a leg.</summary>
    public static readonly RecordSource Speech = Features(FeatureUseTable.Speech);

    private static RecordSource Features(string feature) => new(FeatureRows, at: "c.at", id: "c.id")
    {
        Bound = new Dictionary<string, object> { ["feature"] = feature },
        Columns = new Dictionary<string, RecordColumn>
        {
            ["id"] = new(Text, "c.id"),
            ["leg_uuid"] = new(Text, "c.leg_uuid"),
            ["session_id"] = new(Text, "c.session_id"),
            ["connection_id"] = new(Whole, "c.connection_id"),
            ["connection_name"] = new(Text, ConnectionName),
            ["direction"] = new(Text, "c.direction"),
            ["at"] = new(Time, "c.at"),
            ["day"] = new(Day, "c.at"),
            ["length_seconds"] = new(Whole, "(c.length_ms + 999) / 1000"),
            ["bytes"] = new(Whole, "c.bytes"),
        },
        Metrics = new Dictionary<string, RecordMetric>
        {
            ["uses"] = new(Whole, "count(*)"),
            ["length_seconds"] = new(Whole, "sum((c.length_ms + 999) / 1000)"),
            ["bytes"] = new(Whole, "sum(c.bytes)"),
        },
    };
}
