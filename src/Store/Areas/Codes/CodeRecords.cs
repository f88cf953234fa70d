using static Ringwright.Store.Reports.ReportColumnKind;

namespace Ringwright.Store.Reports;

/// <summary>Codes that were sent, as records. That one is over by time is not written: whoever shows its state asks the clock.</summary>
public static class CodeRecords
{
    internal const string Rows = "(select * from rw_sent_code where tenant_id = @tenant) c where c.tenant_id = @tenant";
    private const string Delivery = "(select t.state from rw_text t where tenant_id = @tenant and t.id = c.text_id)";

    public static readonly RecordSource Codes = new(Rows, at: "c.created_at", id: "c.id")
    {
        Columns = new Dictionary<string, RecordColumn>
        {
            ["id"] = new(Text, "c.id"),
            ["number"] = new(Text, "c.number"),
            ["profile_id"] = new(Text, "c.profile_id"),
            ["way"] = new(Text, "(case when c.is_flash then 'flashcall' else c.way end)"),
            ["text_id"] = new(Text, "c.text_id"),
            ["delivery"] = new(Text, Delivery),
            ["state"] = new(Text, "c.state"),
            ["timeout_secs"] = new(Whole, "c.timeout_secs"),
            ["created_at"] = new(Time, "c.created_at"),
            ["updated_at"] = new(Time, "c.updated_at"),
        },
        Metrics = new Dictionary<string, RecordMetric> { ["codes"] = new(Whole, "count(*)") },
    };
}
