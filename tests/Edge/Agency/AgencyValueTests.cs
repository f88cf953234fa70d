using System.Text.Json.Nodes;
using Ringwright.Edge.Dialects;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

[Depth("most of the values are the gate's by the tests that the list names")]
public sealed class AgencyValuesOnSqliteTests() : AgencyValueTests(Product.Sqlite);

[Depth("most of the values are the gate's by the tests that the list names")]
public sealed class AgencyValuesOnPostgresTests() : AgencyValueTests(Product.Postgres);

/// <summary>The fourteen enumerations, value by value: what the API shows of them once all has happened that can.</summary>
public abstract class AgencyValueTests(Product product) : IAsyncLifetime
{
    private const string Gone = "+15550100003", Held = "+15550100004";

    /// <summary>Where values are shown: in rows of which list, by which member.</summary>
    private static readonly (string List, string Member, string Enumeration)[] Shown =
    [
        ("users", "role", "user_role"), ("agents", "default_direction", "call_direction"), ("numbers", "direction", "call_direction"),
        ("numbers", "status", "phone_number_status"), ("campaigns", "type", "campaign_type"), ("batches", "status", "batch_status"),
        ("batches", "mode", "batch_mode"), ("contacts", "status", "contact_status"), ("contacts", "outcome", "contact_outcome"),
        ("calls", "direction", "call_direction"), ("calls", "source", "call_source"), ("calls", "outcome", "contact_outcome"),
        ("calls", "transcript_status", "transcript_status"), ("calls", "analysis_status", "analysis_status"),
    ];

    private readonly HashSet<string> _seen = [];
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private string Key => (string)Host.AccountA["telnyx_key"]!;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Each_value_that_the_list_calls_reached_is_and_no_other()
    {
        await PeopleAsync();
        await BatchesAsync();
        await CallInAsync();
        await NumbersAsync();
        // What agents of this API have said, and what is found in it, is for tests of its own.
        Assert.Equal(ListedValue.All.Where(row => row is { Face: "agency", IsReached: true }
                && row.Test.Split('.')[0] is not (nameof(AgencyTalkTests) or nameof(AgencyAnalysisTests)
                    or nameof(AgencyProviderTests) or nameof(AgencyPlatformTests) or nameof(AgencyMarketTests))).Select(row => $"{row}")
            .Order(StringComparer.Ordinal), _seen.Order(StringComparer.Ordinal));
    }

    private async Task PeopleAsync()
    {
        foreach (string role in new[] { "agency_admin", "agency_member", "client_admin" })
            await Host.UserAsync(Host.OwnerA, role, role, role.StartsWith("client", StringComparison.Ordinal) ? _lab.Client : null);
        await LookAsync("/users");      // the lab's viewers are among them
        foreach (string direction in new[] { "inbound", "outbound" })
            await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents", $$"""{"name":"Bert","default_direction":"{{direction}}"}""");
        await LookAsync("/agents");
    }

    private async Task BatchesAsync()
    {
        string once = await _lab.CampaignAsync(), again = await _lab.CampaignAsync("""
            {"type":"cs","max_attempts":2,"retry_policy":{"busy_seconds":3600,"no_answer_seconds":3600,"error_seconds":3600} }
            """);
        await LookAsync("/campaigns");
        string[] busy = [AgencyLab.Number("busy")];
        Take("batches", await _lab.BatchAsync(once, busy, $$"""{"scheduled_for":"{{DateTimeOffset.UtcNow.AddDays(2):O}}"}"""));
        var held = await _lab.BatchAsync(once, busy, """{"hold":true}""");
        Take("batches", held);
        await LookAsync($"/batches/{held["id"]}/contacts");
        var recalled = (await _lab.ContactsAsync((string)held["id"]!))[0];
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/contacts/{recalled["id"]}/callback",
            $$"""{"at":"{{DateTimeOffset.UtcNow.AddHours(2):O}}"}""");
        await LookAsync($"/batches/{held["id"]}/contacts");
        var batch = await _lab.BatchAsync(once, new[] { "ok-1", "busy", "noans", "decline" }.Select(AgencyLab.Number));
        Take("batches", batch);
        string over = (string)batch["id"]!, waiting = (string)(await _lab.BatchAsync(again, [.. busy, AgencyLab.Number("wait")]))["id"]!;

        await SeenAsync($"/batches/{waiting}/contacts", "contact_status scheduled", "contact_status calling");
        await SeenAsync("/batches", "batch_status processing");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{waiting}/cancel");
        await SeenAsync("/batches", "batch_status failed");
        await _lab.BecomesAsync(over, "completed");
        await LookAsync("/batches");
        await LookAsync($"/batches/{over}/contacts");
    }

    /// <summary>A call to the agency's number, whose calls another API commands.</summary>
    private async Task CallInAsync()
    {
        var application = await _lab.OtherApiAsync(Key, "POST", "/v2/call_control_applications",
            """{"application_name":"in","webhook_event_url":"http://127.0.0.1:9/hooks"}""");
        await _lab.OtherApiAsync(Key, "PATCH", "/v2/phone_numbers/" + Uri.EscapeDataString(AgencyLab.From),
            $$"""{"connection_id":"{{application["data"]!["id"]}}"}""");
        using var caller = new SipPeer(Host.Node.Node.Settings.Sip);
        caller.Send(caller.Invite(AgencyLab.From));
        await caller.HearAsync("SIP/2.0 180");
        await Eventually.SomeAsync(async () => (await _lab.CallsAsync(Host.OwnerA, "?direction=inbound")).FirstOrDefault(), "the call in");
        await LookAsync("/calls");
    }

    /// <summary>One that goes to another carrier, and one of a client whose account is disabled.</summary>
    private async Task NumbersAsync()
    {
        var desk = new OperatorClient(Host.Node);
        await desk.DataAsync("POST", $"/accounts/{Host.AccountA["id"]}/numbers", $$"""{"phone_number":"{{Gone}}"}""");
        await desk.DataAsync("POST", $"/accounts/{_lab.OtherClient}/numbers", $$"""{"phone_number":"{{Held}}"}""");
        await Host.Node.Socket.SendAsync(HttpMethod.Post, "node/numbers/ported", new JsonObject { ["number"] = Gone, ["out"] = true },
            Stop);
        await _lab.OtherApiAsync(Key, "POST", $"/v2/managed_accounts/{_lab.OtherClient}/actions/disable");
        await LookAsync("/numbers?include_released=true");
    }

    private async Task SeenAsync(string path, params string[] values) => await Eventually.SomeAsync(async () =>
    {
        await LookAsync(path);
        if (values.All(_seen.Contains)) return "all";
        await Task.Delay(100, Stop);
        return null;
    }, () => $"{path} shows {string.Join(", ", values.Except(_seen))}");

    private async Task LookAsync(string path)
    {
        var page = await Host.DoneAsync(200, Host.OwnerA, "GET", path);
        string list = Shown.Select(one => one.List).First(page.ContainsKey);
        foreach (var row in page[list]!.AsArray()) Take(list, row!.AsObject());
    }

    private void Take(string list, JsonObject row)
    {
        foreach (var (_, member, enumeration) in Shown.Where(one => one.List == list))
            if ((string?)row[member] is { } value) _seen.Add($"{enumeration} {value}");
    }
}
