using static Ringwright.Store.Reports.ReportColumnKind;

namespace Ringwright.Store.Reports;

/// <summary>
/// Texts as records: what came, and what has left or never will; not what waits or was taken back. What tells a code, or its account has
/// deleted, is in sums, for it was paid, and in no list.
/// </summary>
public static class TextRecords
{
    // What somebody of the lab writes is none of the account's texts until it has come.
    internal const string Rows = """
        (select * from rw_text where tenant_id = @tenant) c where c.tenant_id = @tenant
            and c.state not in ('scheduled', 'queued', 'sending', 'cancelled')
            and not (c.is_hidden and cast(c.facts as text) like '%"of_person":%')
        """;

    // What nobody knows of was not answered, or never confirmed; the rest of its kind the far end itself does not know.
    private const string Status = """
        (case when c.state = 'received' then 'received' when c.state = 'delivered' then 'delivered'
            when c.state = 'sending_failed' then 'gw_reject' when c.state in ('delivery_failed', 'expired') then 'failed'
            when c.state = 'delivery_unconfirmed' and c.sent_at is null then 'gw_timeout'
            when c.state = 'delivery_unconfirmed' and c.error is not null then 'dlr_timeout'
            when c.state = 'delivery_unconfirmed' then 'dlr_unconfirmed' end)
        """;
    // What has not left costs nothing, and what was lost on its way is in the ledger alone.
    private const string IsPaid = "(c.sent_at is not null or c.state = 'received')";
    private const string Cost = $"(case when {IsPaid} then (c.price_micros + c.fee_micros) * c.parts end)";
    private const string Fee = $"(case when {IsPaid} then c.fee_micros * c.parts end)";
    // A field of the document, whose name no text inside of it can be: quotes in texts are escaped.
    private const string MessageType = "(case when cast(c.facts as text) like '%\"media\":%' then 'MMS' else 'SMS' end)";
    // Whoever sent what came did so elsewhere: it is found by when it came.
    private const string SentAt = "(case when c.state = 'received' then c.received_at else c.sent_at end)";
    private const string OwnParty = "(case when c.direction = 'inbound' then c.recipient else c.sender end)";

    public static readonly RecordSource Texts = new(Rows, at: "c.received_at", id: "c.id")
    {
        Listed = "not c.is_hidden",
        Columns = new Dictionary<string, RecordColumn>
        {
            ["id"] = new(Text, "c.id"),
            ["direction"] = new(Text, "c.direction"),
            ["sender"] = new(Text, "c.sender"),
            ["recipient"] = new(Text, "c.recipient"),
            ["own_party"] = new(Text, OwnParty),
            ["profile_id"] = new(Text, "c.profile_id"),
            ["message_type"] = new(Text, MessageType),
            ["status"] = new(Text, Status),
            ["state"] = new(Text, "c.state"),
            ["parts"] = new(Whole, "c.parts"),
            ["rate"] = new(Money, "c.price_micros"),
            ["carrier_fee"] = new(Money, "c.fee_micros"),
            ["cost"] = new(Money, Cost),
            ["currency"] = new(Text, "c.currency"),
            ["received_at"] = new(Time, "c.received_at"),
            ["sent_at"] = new(Time, SentAt),
            ["completed_at"] = new(Time, "c.completed_at"),
            ["day"] = new(Day, "c.received_at"),
        },
        Metrics = new Dictionary<string, RecordMetric>
        {
            ["messages"] = new(Whole, "count(*)"),
            ["sent"] = new(Whole, "count(c.sent_at)"),
            ["delivered"] = new(Whole, "sum(case when c.state = 'delivered' then 1 else 0 end)"),
            ["received"] = new(Whole, "sum(case when c.state = 'received' then 1 else 0 end)"),
            ["parts"] = new(Whole, $"sum(case when {IsPaid} then c.parts else 0 end)"),
            ["cost"] = new(Money, $"sum({Cost})", unit: "currency"),
            ["fees"] = new(Money, $"sum({Fee})", unit: "currency"),
        },
    };
}
