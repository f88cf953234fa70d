using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Records of what was used, and reports over them.</summary>
internal static class ReportRows
{
    public static readonly Area Area = new(
    [
        new("SearchDetailRecords")
        {
            Thing = "$ended_call", Query = "filter[record_type]=sip-trunking",
            Filters = new Dictionary<string, string> { ["record_type"] = "=sip-trunking", ["date_range"] = "=this_month" },
        },
        new("GetUsageReports") { Query = "product=sip-trunking&dimensions=direction,date&metrics=attempted,cost" },
        new("ListUsageReportsOptions"),
        new("GetCDRUsageReportSync") { Query = "aggregation_type=CONNECTION&product_breakdown=COUNTRY" },

        new("GetPaginatedMdrs"),
        new("GetMDRUsageReportSync") { Query = "aggregation_type=PROFILE" },
        // A job makes the report in between.
        new("SubmitUsageReport", """{"start_date": "$past", "end_date": "$now"}""") { Unlike = ["status"] },

        new("GetPaginatedWdrs"),
        new("CreateWdrReport") { Full = """{"start_time": "$past", "end_time": "$now"}""", Unlike = ["status"] },

        new("CreateBillingGroupReport") { Full = """{"year": 2026, "month": 1}""", Unlike = ["status"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["ended_call"] = words => words.Node.KeepAsync("ended_call", async () =>
            {
                string call = await words.FillAsync("$call");
                var answer = await words.Node.Owner.SendAsync("POST", $"/v2/calls/{Uri.EscapeDataString(call)}/actions/hangup",
                    Ask.Json(new JsonObject()));
                Assert.Equal(200, answer.Status);
                return (string)(await words.Node.Sink.NextAsync("call.hangup", "call_control_id", call))["call_leg_id"]!;
            }),
        },
    };
}
