using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyCallbacksOnSqliteTests() : AgencyCallbackTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyCallbacksOnPostgresTests() : AgencyCallbackTests(Product.Postgres);

/// <summary>A contact is called when it wants to be, and is who it is said to be.</summary>
public abstract class AgencyCallbackTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Whoever_was_busy_is_called_when_a_person_has_said_so_and_not_by_the_policy()
    {
        string campaign = await _lab.CampaignAsync("""{"max_attempts":2,"retry_policy":{"busy_seconds":3600}}""");
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")]))["id"]!;
        string path = $"/contacts/{(await StandsAsync(batch, "scheduled"))["id"]}/callback";
        string later = In(TimeSpan.FromHours(1));
        foreach (string at in new[] { "soon", In(TimeSpan.FromHours(-1)), In(TimeSpan.FromDays(31)) })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", path, $$"""{"at":"{{at}}"}""");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        foreach (string token in new[] { neighbour, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "POST", path, $$"""{"at":"{{later}}"}""");
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", path, $$"""{"at":"{{later}}"}""");

        string soon = "";
        // A busy machine may come to it when that time is over.
        var shown = await Eventually.SomeAsync(async () =>
        {
            soon = In(TimeSpan.FromSeconds(2));
            var (status, body) = await Host.AskAsync(admin, "POST", path, $$"""{"at":"{{soon}}","note":"after lunch"}""");
            Assert.True(status == 200 || status == 400 && string.CompareOrdinal(soon, In(TimeSpan.Zero)) < 0, body?.ToJsonString());
            return status == 200 ? body!.AsObject() : null;
        }, "he is to be called");
        Assert.Equal(("scheduled", "callback_scheduled", soon, 1, 2), ((string?)shown["status"], (string?)shown["outcome"],
            (string?)shown["next_attempt_at"], (int)shown["attempts"]!, (int)shown["max_attempts"]!));
        var over = await StandsAsync(batch, "failed");
        Assert.Equal(("busy", 2, 2), ((string?)over["outcome"], (int)over["attempts"]!, (int)over["max_attempts"]!));
        Assert.True(string.CompareOrdinal((string?)over["last_attempt_at"], soon) >= 0, over.ToJsonString());
        Assert.Equal(2, _lab.Far.Of(AgencyLab.Number("busy")).Count());
        await _lab.BecomesAsync(batch, "completed");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", path, $$"""{"at":"{{In(TimeSpan.FromHours(1))}}"}""");
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Whoever_was_called_today_is_called_again_today_where_he_has_asked_for_it_alone()
    {
        string number = AgencyLab.Number("noans"), campaign = await _lab.CampaignAsync(
            """{"max_attempts":2,"daily_attempt_cap_per_contact":1,"retry_policy":{"no_answer_seconds":1}}""");
        string batch = (string)(await _lab.BatchAsync(campaign, [number]))["id"]!;
        var waits = await StandsAsync(batch, "scheduled");
        Assert.True(DateTimeOffset.Parse((string)waits["next_attempt_at"]!) > DateTimeOffset.UtcNow.AddHours(3), waits.ToJsonString());
        string soon = In(TimeSpan.FromSeconds(5));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/contacts/{waits["id"]}/callback", $$"""{"at":"{{soon}}"}""");
        var over = await StandsAsync(batch, "failed");
        Assert.Equal(("no_answer", 2), ((string?)over["outcome"], (int)over["attempts"]!));
        Assert.Equal(2, _lab.Far.Of(number).Count());
    }

    [Fact, Depth("the gate has a batch of five to its end, consents and their end, and who must not be called")]
    public async Task Whoever_was_not_called_yet_waits_for_his_time()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")],
            """{"hold":true}"""))["id"]!;
        string path = $"/contacts/{(await StandsAsync(batch, "pending"))["id"]}/callback", later = In(TimeSpan.FromHours(2));
        await Host.DoneAsync(200, Host.OwnerA, "POST", path, $$"""{"at":"{{In(TimeSpan.FromHours(1))}}"}""");
        var shown = await Host.DoneAsync(200, Host.OwnerA, "POST", path, $$"""{"at":"{{later}}"}""");
        Assert.Equal(("scheduled", "callback_scheduled", later, 0, 1), ((string?)shown["status"], (string?)shown["outcome"],
            (string?)shown["next_attempt_at"], (int)shown["attempts"]!, (int)shown["max_attempts"]!));
        Assert.Single(await _lab.ContactsAsync(batch, "?outcome=callback_scheduled"));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await StandsAsync(batch, "scheduled");
        Assert.Empty(_lab.Far.Calls);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", path, $$"""{"at":"{{later}}"}""");
    }

    [Fact]
    public async Task Who_a_contact_is_changes_and_whoever_dials_knows_it()
    {
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")], """{"hold":true}"""))["id"]!;
        string id = (string)(await StandsAsync(batch, "pending"))["id"]!, path = "/contacts/" + id;
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        foreach (string wrong in new[]
            {
                """{"timezone":"Mars/Olympus"}""", """{"phone_number":"+15550300011"}""", """{"custom_data":7}""",
                $$"""{"first_name":"{{new string('x', 256)}}"}""", $$"""{"custom_data":{"note":"{{new string('x', 17_000)}}"} }""",
            })
            await Host.RefusedAsync(400, "validation_error", admin, "PATCH", path, wrong);
        foreach (string token in new[] { neighbour, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "PATCH", path, """{"first_name":"Eve"}""");
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "PATCH", path, """{"first_name":"Eve"}""");

        var after = await Host.DoneAsync(200, admin, "PATCH", path,
            """{"first_name":null,"last_name":"Young","timezone":"EST","custom_data":{"deal":8} }""");
        Assert.Equal((null, "Young", "America/New_York", """{"deal":8}"""), ((string?)after["first_name"], (string?)after["last_name"],
            (string?)after["timezone"], after["custom_data"]!.ToJsonString()));
        Assert.Equal("Young", (string?)Assert.Single(await _lab.ContactsAsync(batch))["last_name"]);
        var account = new TenantId(Guid.Parse(_lab.Client));
        var store = Host.Node.Node.Database;
        var row = await new BatchTable(store).FindAsync(new TenantId(Guid.Parse((string)Host.AccountA["id"]!)), Guid.Parse(batch), Stop);
        var target = Assert.Single(await store.Targets.ListAsync(account, row!.ListId, 0, 10, Stop));
        Assert.Equal(("Young", "America/New_York", """{"deal":8,"last_name":"Young","phone_number":"\u002B15550300011"}"""),
            (target.Name, target.TimeZone, JsonNode.Parse(target.Data!)!.ToJsonString()));
    }

    /// <summary>The only contact of a batch, when it stands so.</summary>
    private Task<JsonObject> StandsAsync(string batch, string status) => Eventually.SomeAsync(async () =>
    {
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        if ((string?)contact["status"] == status) return contact;
        await Task.Delay(100, Stop);
        return null;
    }, $"the contact of {batch} is {status}");

    private static string In(TimeSpan span) =>
        DateTimeOffset.UtcNow.Add(span).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
