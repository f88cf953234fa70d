using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Records of what was used, and reports over them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(ReportParts parts) =>
    [
        Handle("SearchDetailRecords", op => DetailRecords.List(op, parts)),

        Handle("GetUsageReports", op => UsageReports.Get(op, parts)),
        Handle("ListUsageReportsOptions", op => new(UsageReports.Options(op))),
        Handle("GetCDRUsageReportSync", op => CdrUsage.Get(op, parts)),

        Handle("GetPaginatedMdrs", op => MessagingReports.Records(op, parts)),
        Handle("GetMDRUsageReportSync", op => MessagingReports.Sync(op, parts)),
        Handle("GetMdrUsageReports", op => AsyncReports.List(op, parts, ReportKinds.Messages)),
        Handle("SubmitUsageReport", op => MessagingReports.Create(op, parts)),
        Handle("GetUsageReport", op => AsyncReports.Get(op, parts, ReportKinds.Messages)),
        Handle("DeleteUsageReport", op => AsyncReports.Delete(op, parts, ReportKinds.Messages)),

        Handle("GetPaginatedWdrs", op => new(WirelessReports.Records(op))),
        Handle("GetWdrReports", op => AsyncReports.List(op, parts, ReportKinds.Wireless)),
        Handle("CreateWdrReport", op => WirelessReports.Create(op, parts)),
        Handle("GetWdrReport", op => AsyncReports.Get(op, parts, ReportKinds.Wireless)),
        Handle("DeleteWdrReport", op => AsyncReports.Delete(op, parts, ReportKinds.Wireless)),

        Handle("CreateBillingGroupReport", op => LedgerReports.Create(op, parts)),
        Handle("GetBillingGroupReport", op => AsyncReports.Get(op, parts, ReportKinds.Ledger)),
    ];
}
