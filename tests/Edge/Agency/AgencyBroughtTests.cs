using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyBroughtOnSqliteTests() : AgencyBroughtTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyBroughtOnPostgresTests() : AgencyBroughtTests(Product.Postgres);

/// <summary>Numbers that an agency has with a carrier of its own.</summary>
public abstract class AgencyBroughtTests(Product product) : IAsyncLifetime
{
    private const string Path = "/numbers/import", Own = "+13125550777", OfClient = "+13125550778";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task What_nobody_has_proved_is_not_brought_whosever_it_is()
    {
        foreach (var (status, code, body) in new[]
            {
                (400, "validation_error", BodyOf("12")), (400, "validation_error", $$"""{"phone_number":"{{Own}}"}"""),
                (400, "validation_error", """{"carrier":"byo_sip"}"""), (400, "invalid_enum", BodyOf(Own, """{"carrier":"telnyx"}""")),
                (400, "validation_error", BodyOf(Own, """{"sip":{"host":"sbc.example"} }""")),
                (400, "validation_error", BodyOf(Own, """{"daily_call_cap":0}""")),
                (404, "not_found", BodyOf(Own, $$"""{"client_id":"{{Guid.CreateVersion7()}}"}""")),
                (409, "invalid_state", BodyOf(Own)), (409, "invalid_state", BodyOf(AgencyLab.FromB)),
                (409, "already_exists", BodyOf(AgencyLab.From)),
            })
            await Host.RefusedAsync(status, code, Host.OwnerA, "POST", Path, body);
        await ProveAsync((string)Host.AccountB["id"]!, Own);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", Path, BodyOf(Own));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        foreach (string token in new[] { member, _lab.Viewer })
            await Host.RefusedAsync(403, "forbidden", token, "POST", Path, BodyOf(Own));
        Assert.Equal([AgencyLab.From], await TextsAsync("?include_released=true"));
    }

    [Fact]
    public async Task One_that_is_proved_is_called_from_and_let_go_and_brought_again()
    {
        string account = (string)Host.AccountA["id"]!, other = (string)Host.AccountB["id"]!;
        await ProveAsync(account, Own);
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", Path, BodyOf("+1 (312) 555-0777", """{"friendly_name":"Front"}"""));
        Assert.Equal((Own, "byo_sip", "active", "Front", null), ((string?)made["phone_number"], (string?)made["carrier"],
            (string?)made["status"], (string?)made["friendly_name"], (string?)made["agent_mapping_id"]));
        string id = (string)made["id"]!;
        Assert.Equal(made.ToJsonString(), (await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers/" + id)).ToJsonString());
        Assert.Equal([Own, AgencyLab.From], await TextsAsync());
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", Path, BodyOf(Own));
        // Two have proved it, and one calls from it.
        await ProveAsync(other, Own);
        await Host.RefusedAsync(409, "already_exists", Host.OwnerB, "POST", Path, BodyOf(Own));
        // Nobody is rung here who calls it.
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/numbers/{id}/assign",
            $$"""{"agent_mapping_id":"{{_lab.Agent}}"}""");

        string campaign = await _lab.CampaignAsync(), by = $$"""{"from_number":"{{Own}}"}""";
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")], by))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var call = Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?batch_id=" + batch));
        Assert.Equal((Own, "busy"), ((string?)call["from_number"], (string?)call["outcome"]));
        string held = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("decline")],
            $$"""{"from_number":"{{Own}}","hold":true}"""))["id"]!;
        string release = $$"""{"phone_number_ids":["{{id}}"],"confirm":true}""";
        var kept = await Host.DoneAsync(207, Host.OwnerA, "POST", "/numbers/release", release);
        Assert.Equal("number_in_use", (string?)kept["failed"]![0]!["error"]);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{held}/cancel");

        await Host.DoneAsync(200, Host.OwnerA, "POST", "/numbers/release", release);
        var twice = await Host.DoneAsync(200, Host.OwnerA, "POST", "/numbers/release", release);
        Assert.Equal("Already released", (string?)Assert.Single(twice["released"]!.AsArray())!["note"]);
        Assert.Equal([AgencyLab.From], await TextsAsync());
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [AgencyLab.Number("busy")], by));
        // The other may have it now, and the first after that.
        string theirs = (string)(await Host.DoneAsync(201, Host.OwnerB, "POST", Path, BodyOf(Own)))["id"]!;
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", Path, BodyOf(Own));
        await UnproveAsync(other, Own);
        Assert.Equal("released", (string?)(await Host.DoneAsync(200, Host.OwnerB, "GET", "/numbers/" + theirs))["status"]);
        await Host.DoneAsync(201, Host.OwnerA, "POST", Path, BodyOf(Own));
        Assert.Equal([Own, AgencyLab.From], await TextsAsync());
        // The operator gives it to the account: it is one of the node.
        await new OperatorClient(Host.Node).DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{Own}}"}""");
        var come = await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers/" + id);
        Assert.Equal(("internal", "active"), ((string?)come["carrier"], (string?)come["status"]));
    }

    [Fact]
    public async Task One_that_a_clients_account_has_proved_is_the_clients()
    {
        await ProveAsync(_lab.Client, OfClient);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", Path,
            BodyOf(OfClient, $$"""{"client_id":"{{_lab.OtherClient}}"}"""));
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", Path, BodyOf(OfClient));
        Assert.Equal(_lab.Client, (string?)made["client_id"]);
        Assert.Equal([OfClient], await TextsAsync(token: _lab.Viewer));
        Assert.Empty(await TextsAsync(token: _lab.OtherViewer));
        await UnproveAsync(_lab.Client, OfClient);
        Assert.Empty(await TextsAsync(token: _lab.Viewer));
    }

    private static string BodyOf(string number, string more = "{}")
    {
        var body = new JsonObject { ["phone_number"] = number, ["carrier"] = "byo_sip" };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return body.ToJsonString();
    }

    private async Task<string[]> TextsAsync(string query = "", string? token = null) =>
        [
            .. (await Host.DoneAsync(200, token ?? Host.OwnerA, "GET", "/numbers" + query))["numbers"]!.AsArray()
                .Select(row => (string)row!["phone_number"]!),
        ];

    /// <summary>By the operator's word.</summary>
    private async Task ProveAsync(string account, string number) => Assert.NotNull(
        await Host.Node.Node.Database.VerifiedNumbers.AddAsync(new(Guid.Parse(account)), number, one => Note(one.Tenant, number), Stop));

    private async Task UnproveAsync(string account, string number) => Assert.NotNull(
        await Host.Node.Node.Database.VerifiedNumbers.RemoveAsync(new(Guid.Parse(account)), number, one => Note(one.Tenant, number), Stop));

    private static AuditNote Note(TenantId account, string number) => new()
    {
        Tenant = account, At = TimeProvider.System.GetUtcNow(), By = AuditActor.Operator, Change = "created",
        RecordType = "verified_number", ResourceId = number,
    };
}
