using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>For how long the files that jobs make are there.</summary>
public sealed class FileLifeTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private async Task<JsonObject> GetAsync(string path)
    {
        var answer = await host.SendAsync("GET", path);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Body["data"] is JsonArray list ? list.Single()!.AsObject() : answer.Data;
    }

    private async Task<string?> StatusAsync(string path) => (string?)(await GetAsync(path))["status"];

    private Task<string> MadeAsync(string path, string status) =>
        Eventually.SomeAsync(async () => await StatusAsync(path) == status ? path : null, "the file is made");

    [Fact]
    public async Task A_file_of_numbers_expires_after_seven_days()
    {
        var asked = await host.SendAsync("POST", "/v2/phone_numbers/csv_downloads");
        string path = await MadeAsync($"/v2/phone_numbers/csv_downloads/{asked.List.Single()!["id"]}", "complete");
        host.Time.Advance(TimeSpan.FromDays(7) - Second);
        Assert.NotNull((string?)(await GetAsync(path))["url"]);
        host.Time.Advance(Second);
        var over = await GetAsync(path);
        Assert.Equal(("expired", null), ((string?)over["status"], (string?)over["url"]));
        var list = (await host.SendAsync("GET", "/v2/phone_numbers/csv_downloads?page[size]=250")).List;
        var listed = list.Single(one => (string?)one!["id"] == (string?)over["id"])!;
        Assert.Equal(("expired", null), ((string?)listed["status"], (string?)listed["url"]));
    }

    [Fact]
    public async Task A_whole_file_of_numbers_has_what_their_list_shows()
    {
        await host.Store.Numbers.ImportAsync([Imported.Number(new("+15550290001", host.Tenant, null) { Tags = ["red", "blue"] },
            2_000_000_000_000_029_001, host.Time.GetUtcNow())], TestContext.Current.CancellationToken);
        var asked = await host.SendAsync("POST", "/v2/phone_numbers/csv_downloads?csv_format=V2&filter[phone_number]=%2B15550290001");
        string path = await MadeAsync($"/v2/phone_numbers/csv_downloads/{asked.List.Single()!["id"]}", "complete");
        using var file = await host.FetchAsync((string)(await GetAsync(path))["url"]!);
        string[] lines = (await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd().Split("\r\n");
        Assert.Equal(2, lines.Length);
        var cells = lines[0].Split(',').Zip(lines[1].Split(',')).ToDictionary(cell => cell.First, cell => cell.Second);
        var shown = (await host.SendAsync("GET", "/v2/phone_numbers/2000000000000029001")).Data;
        foreach (string field in (string[])["id", "phone_number", "status", "created_at", "inbound_call_screening"])
            Assert.Equal((string?)shown[field], cells[field]);
        Assert.Equal(("red;blue", "false", "true"),
            (cells["tags"], cells["call_forwarding_enabled"], cells["hd_voice_enabled"]));
        Assert.DoesNotContain("external_pin", cells.Keys);
    }

    [Fact]
    public async Task A_report_of_orders_expires_after_seven_days()
    {
        var asked = await host.SendAsync("POST", "/v2/sub_number_orders_report", "{}");
        string path = await MadeAsync($"/v2/sub_number_orders_report/{asked.Data["id"]}", "success");
        (await host.FetchRawAsync(path + "/download")).Dispose();
        host.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal("expired", await StatusAsync(path));
        (await host.SendAsync("GET", path + "/download")).Refuses(422, "10015");
    }

    [Fact]
    public async Task A_sum_of_messages_expires_after_thirty_days()
    {
        var asked = await host.SendAsync("POST", "/v2/reports/mdr_usage_reports",
            """{"aggregation_type":"TAGS","start_date":"2025-03-01T00:00:00Z","end_date":"2025-03-02T00:00:00Z"}""");
        string path = await MadeAsync($"/v2/reports/mdr_usage_reports/{asked.Data["id"]}", "COMPLETE");
        host.Time.Advance(TimeSpan.FromDays(30) - Second);
        Assert.NotNull((string?)(await GetAsync(path))["report_url"]);
        host.Time.Advance(Second);
        var over = await GetAsync(path);
        Assert.Equal(("EXPIRED", null), ((string?)over["status"], (string?)over["report_url"]));
    }
}
