using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyCampaignsOnSqliteTests() : AgencyCampaignTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyCampaignsOnPostgresTests() : AgencyCampaignTests(Product.Postgres);

/// <summary>Campaigns of clients: kept as they were said, and seen by those whose they are.</summary>
public abstract class AgencyCampaignTests(Product product) : IAsyncLifetime
{
    private const string Usual = """[{"days":["mon","tue","wed","thu","fri","sat"],"start":"09:00","end":"20:00"}]""";

    private AgencyHost _host = null!;       // set before each test, like those below
    private string _client = "", _other = "";

    public async ValueTask InitializeAsync()
    {
        _host = await AgencyHost.StartAsync(product);
        (_client, _other) = (await _host.ClientAsync(_host.OwnerA, "Client one"), await _host.ClientAsync(_host.OwnerA, "Client two"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_parameter_that_nobody_reads_is_refused_by_name_in_place_of_showing_all()
    {
        foreach (var (path, name) in new[]
            {
                ("/calls?recorded=true", "recorded"), ("/calls.csv?limit=1&least_duration=60", "least_duration"),
                ("/calls?has_recording=true&has_recording=false", "has_recording"),
                ("/dashboard/overview?campaign=1", "campaign"), ("/batches?status=paused&status=processing", "status"),
                ("/agents?clientid=1", "clientid"), ("/campaigns?client_id[]=1", "client_id[]"),
            })
        {
            var error = await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "GET", path);
            Assert.Equal([name], error["details"]!.AsObject().Select(one => one.Key));
        }
        var (status, body) = await _host.FunctionAsync(_host.OwnerA, "GET", "/functions/v1/dashboard-overview?campaign=1");
        Assert.Equal((400, "validation_error"), (status, (string?)body!["error"]!["code"]));
        await _host.DoneAsync(200, _host.OwnerA, "GET", "/calls?sort=-created_at&limit=1");
        await _host.RefusedAsync(400, "invalid_enum", _host.OwnerA, "GET", "/calls?sort=duration_seconds");
    }

    [Fact]
    public async Task Contacts_of_a_campaign_are_those_of_its_client_alone()
    {
        var campaign = await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{_client}}","name":"spring","type":"sdr"}""");
        string path = $"/campaigns/{campaign["id"]}/contacts?client_id=";
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerA, "GET", path + _client))["contacts"]!.AsArray());
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "GET", path + _other);
    }

    [Fact]
    public async Task That_a_campaign_sells_to_whoever_has_not_agreed_is_an_owners_to_say()
    {
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        const string none = """{"consent_required":"none"}""";
        async Task<string> MadeAsync(string name, string type, string consent) =>
            "/campaigns/" + (await _host.DoneAsync(201, admin, "POST", "/campaigns", Of(name, type, consent)))["id"];
        string Of(string name, string type, string consent) =>
            $$"""{"client_id":"{{_client}}","name":"{{name}}","type":"{{type}}","consent_required":"{{consent}}"}""";
        await _host.RefusedAsync(403, "forbidden", admin, "POST", "/campaigns", Of("Spring", "sdr", "none"));
        string service = await MadeAsync("Service", "cs", "none"), sales = await MadeAsync("Sales", "sdr", "express");
        await _host.RefusedAsync(403, "forbidden", admin, "PATCH", service, """{"type":"sdr"}""");
        await _host.RefusedAsync(403, "forbidden", admin, "PATCH", sales, none);
        Assert.Equal("express", (string?)(await _host.DoneAsync(200, admin, "GET", sales))["consent_required"]);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", sales, none);
        // What an owner has said stays said.
        Assert.Equal("none", (string?)(await _host.DoneAsync(200, admin, "PATCH", sales, """{"name":"Summer"}"""))["consent_required"]);
        await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns", Of("Autumn", "sdr", "none"));
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_campaign_is_kept_as_it_was_said_changed_by_field_and_archived()
    {
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns", $$$"""
            {"client_id":"{{{_client}}}","name":"Spring","type":"cs","description":"d","timezone":"Europe/Berlin","max_attempts":5,
             "calling_windows":[{"days":["mon","tue"],"start":"09:00","end":"17:00"}],"retry_policy":{"busy_seconds":60},
             "consent_required":"written"}
            """);
        string id = (string)made["id"]!;
        Assert.Equal(made.ToJsonString(), (await _host.DoneAsync(200, _host.OwnerA, "GET", "/campaigns/" + id)).ToJsonString());
        Assert.Equal(("Spring", "cs", "active", "d", "Europe/Berlin", 5, "written", null), ((string?)made["name"], (string?)made["type"],
            (string?)made["status"], (string?)made["description"], (string?)made["timezone"], (int)made["max_attempts"]!,
            (string?)made["consent_required"], (string?)made["archived_at"]));
        Assert.Equal("""{"busy_seconds":60,"no_answer_seconds":14400,"error_seconds":300,"voicemail_seconds":86400}""",
            made["retry_policy"]!.ToJsonString());
        Assert.Equal("""[{"days":["mon","tue"],"start":"09:00","end":"17:00"}]""", made["calling_windows"]!.ToJsonString());

        var after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/campaigns/" + id,
            """{"description":null,"calling_windows":null,"retry_policy":{"error_seconds":30},"type":"sdr"}""");
        Assert.Null(after["description"]);
        Assert.Equal(Usual, after["calling_windows"]!.ToJsonString());
        Assert.Equal(1, (int)after["daily_attempt_cap_per_contact"]!);
        foreach (var (json, cap) in new[] { ("3", (int?)3), ("null", null) })
            Assert.Equal(cap, (int?)(await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/campaigns/" + id,
                $$"""{"daily_attempt_cap_per_contact":{{json}} }"""))["daily_attempt_cap_per_contact"]);
        Assert.Equal(("sdr", """{"busy_seconds":60,"no_answer_seconds":14400,"error_seconds":30,"voicemail_seconds":86400}"""),
            ((string?)after["type"], after["retry_policy"]!.ToJsonString()));
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{_client}}","name":"SPRING","type":"sdr"}""");
        string beside = await CampaignAsync("Spring", _other);
        Assert.Equal([id, beside], await IdsAsync(_host.OwnerA));
        Assert.Equal([id], await IdsAsync(_host.OwnerA, "?client_id=" + _client));
        Assert.Empty(await IdsAsync(_host.OwnerA, "?type=cs"));

        var over = await _host.DoneAsync(200, _host.OwnerA, "POST", $"/campaigns/{id}/archive");
        Assert.Equal("archived", (string?)over["status"]);
        Assert.NotNull(over["archived_at"]);
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "POST", $"/campaigns/{id}/archive");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", "/campaigns/" + id, """{"name":"Summer"}""");
        Assert.Equal([id], await IdsAsync(_host.OwnerA, "?status=archived"));
        await CampaignAsync("Spring", _client);      // the name is free again
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_campaign_of_which_nobody_says_when_calls_by_day_or_as_its_agency_has_settled()
    {
        const string Own = """[{"days":["mon"],"start":"10:00","end":"12:00"}]""";
        string before = await CampaignAsync("Spring", _client), path = "/campaigns/" + before;
        Assert.Equal(Usual, await WindowsAsync(before));
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, """{"calling_windows":[]}""");
        foreach (string wrong in new[]
            {
                "[]", "\"always\"", """[{"days":["mon"],"start":"9","end":"12:00"}]""",
                """[{"days":["mon"],"start":"07:00","end":"12:00"}]""",
            })
        {
            var error = await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"default_windows":{{{wrong}}}}}""");
            Assert.True(error["details"]!.AsObject().ContainsKey("settings.default_windows"), error.ToJsonString());
        }
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agency", $$$"""{"settings":{"default_windows":{{{Own}}}}}""");
        // What a campaign has it keeps.
        Assert.Equal(Usual, await WindowsAsync(before));
        Assert.Equal(Own, await WindowsAsync(await CampaignAsync("Summer", _client)));
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"calling_windows":null}""");
        Assert.Equal(Own, await WindowsAsync(before));

        async Task<string> WindowsAsync(string id) =>
            (await _host.DoneAsync(200, _host.OwnerA, "GET", "/campaigns/" + id))["calling_windows"]!.ToJsonString();
    }

    [Fact]
    public async Task A_campaign_of_which_nobody_says_how_it_retries_does_as_its_agency_has_settled()
    {
        string before = await CampaignAsync("Spring", _client);
        foreach (string wrong in new[] { "[]", """{"busy_seconds":0}""", """{"busy_seconds":"60"}""", """{"later":60}""" })
        {
            var error = await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"default_retry_policy":{{{wrong}}}}}""");
            Assert.True(error["details"]!.AsObject().ContainsKey("settings.default_retry_policy"), error.ToJsonString());
        }
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agency",
            """{"settings":{"default_retry_policy":{"busy_seconds":60,"no_answer_seconds":120}}}""");
        const string usual = "14400,300,86400";
        Assert.Equal("900," + usual, await RetriesAsync(before));
        Assert.Equal("60,120,300,86400", await RetriesAsync(await CampaignAsync("Summer", _client)));
        var own = await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns",
            $$$"""{"client_id":"{{{_client}}}","name":"Autumn","type":"cs","retry_policy":{"busy_seconds":30}}""");
        Assert.Equal("30,120,300,86400", await RetriesAsync((string)own["id"]!));
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agency", """{"settings":{"default_retry_policy":null}}""");
        Assert.Equal("900," + usual, await RetriesAsync(await CampaignAsync("Winter", _client)));

        async Task<string> RetriesAsync(string id)
        {
            var policy = (await _host.DoneAsync(200, _host.OwnerA, "GET", "/campaigns/" + id))["retry_policy"]!;
            return string.Join(',', new[] { "busy_seconds", "no_answer_seconds", "error_seconds", "voicemail_seconds" }
                .Select(field => (int)policy[field]!));
        }
    }

    [Fact]
    public async Task A_client_sees_its_own_campaigns_and_another_agency_sees_none()
    {
        // Case R02, of campaigns.
        string own = await CampaignAsync("Spring", _client), beside = await CampaignAsync("Spring", _other);
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", _client);
        Assert.Equal([own], await IdsAsync(viewer));
        Assert.Empty(await IdsAsync(viewer, "?client_id=" + _other));
        await _host.RefusedAsync(404, "not_found", viewer, "GET", "/campaigns/" + beside);
        await _host.RefusedAsync(404, "not_found", viewer, "GET", $"/campaigns/{beside}/contacts");
        await _host.RefusedAsync(403, "forbidden", viewer, "PATCH", "/campaigns/" + own, """{"name":"mine"}""");
        await _host.RefusedAsync(403, "forbidden", viewer, "POST", $"/campaigns/{own}/archive");
        Assert.Empty(await IdsAsync(_host.OwnerB));
        foreach (var (method, path, body) in new[]
            {
                ("GET", "", null), ("PATCH", "", """{"name":"mine"}"""), ("POST", "/archive", null), ("GET", "/contacts", null),
            })
            await _host.RefusedAsync(404, "not_found", _host.OwnerB, method, $"/campaigns/{own}{path}", body);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "POST", "/campaigns",
            $$"""{"client_id":"{{_client}}","name":"x","type":"sdr"}""");
        // An agent may belong to a campaign of its agency.
        var agent = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", $$"""{"name":"Anna","campaign_id":"{{own}}"}""");
        Assert.Equal(own, (string?)agent["campaign_id"]);
        Assert.Single((await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents?campaign_id=" + own))["agents"]!.AsArray());
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "POST", "/agents", $$"""{"name":"x","campaign_id":"{{own}}"}""");
    }

    [Fact]
    public async Task What_is_no_campaign_is_refused_by_field()
    {
        string id = await CampaignAsync("Spring", _client);
        foreach (var (code, field, body) in new[]
            {
                ("validation_error", "name", """{"name":" "}"""),
                ("validation_error", "timezone", """{"timezone":"Mars/Olympus"}"""),
                ("validation_error", "max_attempts", """{"max_attempts":11}"""),
                ("validation_error", "daily_attempt_cap_per_contact", """{"daily_attempt_cap_per_contact":0}"""),
                ("validation_error", "status", """{"status":"paused"}"""),
                ("validation_error", "retry_policy.later", """{"retry_policy":{"later":1}}"""),
                ("validation_error", "calling_windows[0].end", """{"calling_windows":[{"days":["mon"],"start":"09:00","end":"9"}]}"""),
                ("invalid_enum", "type", """{"type":"other"}"""),
                ("invalid_enum", "consent_required", """{"consent_required":"maybe"}"""),
            })
        {
            var error = await _host.RefusedAsync(400, code, _host.OwnerA, "PATCH", "/campaigns/" + id, body);
            Assert.True(error["details"]!.AsObject().ContainsKey(field), error.ToJsonString());
        }
    }

    private async Task<string> CampaignAsync(string name, string client) => (string)(await _host.DoneAsync(201, _host.OwnerA, "POST",
        "/campaigns", $$"""{"client_id":"{{client}}","name":"{{name}}","type":"sdr"}"""))["id"]!;

    private async Task<string[]> IdsAsync(string token, string query = "") =>
        [.. (await _host.DoneAsync(200, token, "GET", "/campaigns" + query))["campaigns"]!.AsArray().Select(row => (string)row!["id"]!)];
}
