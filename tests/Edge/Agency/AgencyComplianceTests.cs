using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyComplianceOnSqliteTests() : AgencyComplianceTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyComplianceOnPostgresTests() : AgencyComplianceTests(Product.Postgres);

/// <summary>Section H of the agency's cases, asked before anybody is called: by the rules that hold when somebody is.</summary>
public abstract class AgencyComplianceTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static string Number => AgencyLab.Number("ok-1");

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Consent_lists_and_the_way_out_are_asked_as_a_batch_would_meet_them()
    {
        string campaign = await _lab.CampaignAsync("""{"consent_required":"express"}""");
        await SaysAsync("block", "no_consent", campaign, Number);
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent",
            $$"""{"client_id":"{{_lab.Client}}","phone_number":"{{Number}}","kind":"express","source":"call"}""");
        var open = await SaysAsync("allow", null, campaign, "+1 (555) 030-0001");
        Assert.Equal((Number, _lab.Client, campaign, null, null, "express"), ((string?)open["to_number"], (string?)open["client_id"],
            (string?)open["campaign_id"], (string?)open["message"], (string?)open["until"],
            (string?)open["evidence"]!["consent"]!["kind"]));

        string entry = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"{{Number}}"}"""))["id"]!;
        var held = await SaysAsync("block", "dnc", campaign, Number);
        Assert.Equal("The number is on the do-not-call list of the account above this one (source: api).", (string?)held["message"]);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", $"/dnc/{entry}?because=he+asked");
        await SaysAsync("allow", null, campaign, Number);
        // What nothing leads to may be called, and cannot.
        string anyone = await _lab.CampaignAsync();
        await SaysAsync("defer", "no_route", anyone, "+12125550100");
        string own = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + own, """{"outbound_allowed":false}""");
        await SaysAsync("defer", "no_from_number", anyone, Number);
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact]
    public async Task Whom_a_national_registry_names_is_blocked_for_what_sells_without_a_written_consent()
    {
        string sells = await _lab.CampaignAsync(), serves = await _lab.CampaignAsync("""{"type":"cs"}""");
        await SaysAsync("allow", null, sells, Number);
        await RegistryAsync(TimeSpan.FromDays(1), Number);
        var held = await SaysAsync("block", "national_dnc", sells, Number);
        Assert.Equal("The number is on a national do-not-call registry, and the account has no written consent of it.",
            (string?)held["message"]);
        await SaysAsync("allow", null, serves, Number);
        string batch = (string)(await _lab.BatchAsync(sells, [Number]))["id"]!;
        await _lab.BecomesAsync(batch, "completed", "failed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("failed", "national_dnc"), ((string?)contact["status"], (string?)contact["block_reason"]));
        Assert.Empty(_lab.Far.Calls);

        await RegistryAsync(TimeSpan.FromDays(32), AgencyLab.Number("busy"));
        await SaysAsync("block", "registry_stale", sells, Number);
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent",
            $$"""{"client_id":"{{_lab.Client}}","phone_number":"{{Number}}","kind":"written","source":"form"}""");
        var open = await SaysAsync("allow", null, sells, Number);
        Assert.Equal(("written", true), ((string?)open["evidence"]!["registry_consent"]!["kind"],
            (bool)open["evidence"]!["registries"]![0]!["stale"]!));
    }

    [Fact, Depth("the gate blocks whom a registry names")]
    public async Task A_preview_counts_whom_a_national_registry_keeps_from_being_called()
    {
        string sells = await _lab.CampaignAsync(), serves = await _lab.CampaignAsync("""{"type":"cs"}"""), other = AgencyLab.Number("busy");
        Assert.Equal((2, 0, 0), await PreviewAsync(sells, other));
        await RegistryAsync(TimeSpan.FromDays(1), Number);
        Assert.Equal((1, 0, 1), await PreviewAsync(sells, other));
        Assert.Equal((2, 0, 0), await PreviewAsync(serves, other));
        // By one that is too old nobody is called.
        await RegistryAsync(TimeSpan.FromDays(32), Number);
        Assert.Equal((0, 0, 2), await PreviewAsync(sells, other));
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent",
            $$"""{"client_id":"{{_lab.Client}}","phone_number":"{{Number}}","kind":"written","source":"form"}""");
        Assert.Equal((1, 0, 1), await PreviewAsync(sells, other));
        string asking = await _lab.CampaignAsync("""{"consent_required":"express"}""");
        Assert.Equal((1, 1, 0), await PreviewAsync(asking, other));
    }

    private async Task<(int Callable, int NoConsent, int Registry)> PreviewAsync(string campaign, string other)
    {
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, [Number, other], """{"hold":true}"""));
        var preview = made["preview"]!;
        return ((int)preview["callable_now"]!, (int)preview["blocked_consent"]!, (int)preview["blocked_registry"]!);
    }

    private async Task RegistryAsync(TimeSpan age, string number)
    {
        var registries = Host.Node.Node.Database.Registries;
        var (at, load, stop) = (DateTimeOffset.UtcNow, Guid.NewGuid(), TestContext.Current.CancellationToken);
        await registries.AddAsync(load, [number], at, stop);
        Assert.NotNull(await registries.ReplaceAsync(new()
        {
            Name = "us", Prefix = "+1", Load = load, WarnsWhenStale = false, TakenAt = at - age, LoadedAt = at,
        }, stop));
    }

    [Fact]
    public async Task Whom_nobody_may_call_is_blocked()
    {
        // Case C09.
        foreach (var (number, reason) in new[]
            {
                ("911", "emergency_number"),
                ("+1911", "emergency_number"),
                ("112", "emergency_number"),
                ("999", "emergency_number"),
                ("+19005550100", "premium_number"),
                (AgencyLab.From, "loop"),
            })
        {
            await SaysAsync("block", reason, await _lab.CampaignAsync(), number);
            var plain = await CheckAsync(Host.OwnerA, new() { ["to_number"] = number });
            Assert.Equal(("block", reason), ((string?)plain["decision"], (string?)plain["reason"]));
        }
    }

    [Fact, Depth("the gate has hours of whom is called at night, and whom nobody may call")]
    public async Task Whoever_may_be_anywhere_is_not_called_and_his_batch_ends()
    {
        // Freephone of the whole world: of no country, and so of no clock.
        const string freephone = "+80012345678";
        string campaign = await _lab.CampaignAsync();
        var said = await CheckAsync(Host.OwnerA, new() { ["to_number"] = freephone, ["campaign_id"] = campaign });
        Assert.Equal(("block", "country_not_allowed", null),
            ((string?)said["decision"], (string?)said["reason"], (string?)said["until"]));
        string batch = (string)(await _lab.BatchAsync(campaign, [freephone]))["id"]!;
        await _lab.BecomesAsync(batch, "completed", "failed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("failed", "country_not_allowed"), ((string?)contact["status"], (string?)contact["block_reason"]));
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Windows_are_those_of_whoever_is_called_at_the_moment_that_is_asked_about()
    {
        // Cases C01, C03, C04 and C05: nobody is called in the last minute of a window.
        string campaign = await _lab.CampaignAsync("""
            {"calling_windows":[{"days":["mon","tue","wed","thu","fri"],"start":"08:00","end":"21:00"}]}
            """);
        foreach (var (number, zone, at, until) in new[]
            {
                (Number, "EST", "2026-01-15T12:30:00Z", "2026-01-15T13:00:00.000Z"), (Number, "EST", "2026-01-15T08:00:00-05:00", null),
                ("+12125550123", null, "2026-01-15T12:30:00Z", "2026-01-15T13:00:00.000Z"),
                ("+18505550123", null, "2026-01-15T13:30:00Z", "2026-01-15T14:00:00.000Z"),
                (Number, "EST", "2026-01-17T15:00:00Z", "2026-01-19T13:00:00.000Z"),
                ("+12125550123", null, "2026-07-16T00:59:30Z", "2026-07-16T12:00:00.000Z"),
                (Number, "America/New_York", "2026-07-16T00:58:59Z", null),
                ("+16025550123", null, "2026-07-15T14:30:00Z", "2026-07-15T15:00:00.000Z"),
            })
        {
            var said = await CheckAsync(Host.OwnerA, new()
            {
                ["to_number"] = number, ["campaign_id"] = campaign, ["timezone"] = zone, ["at"] = at,
            });
            Assert.Equal((until is null ? "allow" : "defer", until is null ? null : "calling_hours", until), ((string?)said["decision"],
                (string?)said["reason"], (string?)said["until"]));
        }
        // Who lives elsewhere than the number says is called by the clock there: what is missing then is a route alone.
        var moved = await CheckAsync(Host.OwnerA, new()
        {
            ["to_number"] = "+18505550123", ["campaign_id"] = campaign, ["timezone"] = "EST", ["at"] = "2026-01-15T13:30:00Z",
        });
        Assert.Equal(("defer", "no_route"), ((string?)moved["decision"], (string?)moved["reason"]));
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact]
    public async Task Nobody_is_called_at_night_or_on_a_sunday_by_a_campaign_that_says_nothing_of_it()
    {
        string campaign = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{_lab.Client}}","name":"Plain","type":"sdr","consent_required":"none"}"""))["id"]!;
        foreach (var (at, until) in new[]
            {
                ("2026-01-15T13:30:00Z", "2026-01-15T14:00:00.000Z"), ("2026-01-15T14:00:00Z", null), ("2026-01-16T00:58:00Z", null),
                ("2026-01-16T00:59:30Z", "2026-01-16T14:00:00.000Z"), ("2026-01-18T15:00:00Z", "2026-01-19T14:00:00.000Z"),
            })
        {
            var said = await CheckAsync(Host.OwnerA, new()
            {
                ["to_number"] = Number, ["campaign_id"] = campaign, ["timezone"] = "EST", ["at"] = at,
            });
            Assert.Equal((until is null ? "allow" : "defer", until), ((string?)said["decision"], (string?)said["until"]));
        }
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Hours_beyond_the_laws_need_an_owner_who_answers_for_them_in_the_trail_and_on_each_attempt()
    {
        const string Any = """{"calling_windows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00","end":"24:00"}]}""";
        string campaign = await _lab.CampaignAsync(), path = "/campaigns/" + campaign;
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        foreach (string hours in new[] { "07:59-12:00", "12:00-21:01", "20:00-02:00" })
        {
            string[] ends = hours.Split('-');
            var error = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", path,
                $$"""{"calling_windows":[{"days":["mon"],"start":"{{ends[0]}}","end":"{{ends[1]}}"}]}""");
            Assert.NotNull(error["details"]!["calling_windows"]);
        }
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"calling_windows":[{"days":["mon"],"start":"08:00","end":"21:00"}]}""");
        await Host.RefusedAsync(403, "forbidden", admin, "PUT", path + "/legal-override", """{"because":"a hurry"}""");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "PUT", path + "/legal-override", """{"because":"a hurry"}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PUT", path + "/legal-override", """{"because":" "}""");

        var given = await Host.DoneAsync(200, Host.OwnerA, "PUT", path + "/legal-override", """{"because":"a night line asked for it"}""");
        Assert.Equal("a night line asked for it", (string?)given["legal_override"]!["because"]);
        Assert.StartsWith("user ", (string?)given["legal_override"]!["by"]);
        await Host.DoneAsync(200, admin, "PATCH", path, Any);
        var noted = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/audit"))["entries"]!.AsArray()
            .Single(one => (string?)one!["action"] is "legal_override_given")!;
        Assert.Equal(campaign, (string?)noted["resource_id"]);
        Assert.Contains("a night line asked for it", noted.ToJsonString(), StringComparison.Ordinal);

        var said = await CheckAsync(Host.OwnerA, new() { ["to_number"] = Number, ["campaign_id"] = campaign });
        Assert.Equal(given["legal_override"]!.ToJsonString(), said["evidence"]!["legal_override"]!.ToJsonString());
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        var attempt = (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/contacts/{contact["id"]}/timeline"))["entries"]!.AsArray()
            .Single(one => (string?)one!["kind"] is "attempt")!;
        Assert.Equal(given["legal_override"]!.ToJsonString(), attempt["evidence"]!["legal_override"]!.ToJsonString());

        // Nobody answers any more: first the hours go.
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", path + "/legal-override");
        await Host.DoneAsync(200, admin, "PATCH", path, """{"calling_windows":null}""");
        await Host.RefusedAsync(403, "forbidden", admin, "DELETE", path + "/legal-override");
        Assert.Null((await Host.DoneAsync(200, Host.OwnerA, "DELETE", path + "/legal-override"))["legal_override"]);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", path, Any);
    }

    [Fact]
    public async Task Whoever_was_called_today_is_called_another_day_and_whoever_was_busy_is_called_again()
    {
        string campaign = await _lab.CampaignAsync(), beside = await _lab.CampaignAsync(client: _lab.OtherClient);
        string declined = AgencyLab.Number("decline"), busy = AgencyLab.Number("busy");
        await _lab.BecomesAsync((string)(await _lab.BatchAsync(campaign, [declined, busy]))["id"]!, "completed");
        await SaysAsync("allow", null, campaign, declined);
        foreach (string one in new[] { campaign, beside })
            await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/campaigns/" + one, """{"daily_attempt_cap_per_contact":1}""");
        var said = await CheckAsync(Host.OwnerA, new() { ["to_number"] = declined, ["campaign_id"] = campaign });
        Assert.Equal(("defer", "frequency_cap"), ((string?)said["decision"], (string?)said["reason"]));
        // Not today, and not within four hours.
        var until = DateTimeOffset.Parse((string)said["until"]!);
        Assert.InRange(until, DateTimeOffset.UtcNow.AddHours(3), DateTimeOffset.UtcNow.AddHours(29));
        await SaysAsync("allow", null, campaign, busy);
        await SaysAsync("allow", null, beside, declined);
        var refused = await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls", $$"""
            {"agent_mapping_id":"{{_lab.Agent}}","from_number":"{{AgencyLab.From}}","to_number":"{{declined}}","campaign_id":"{{campaign}}"}
            """);
        Assert.StartsWith("frequency_cap: ", (string?)refused["message"]);
        // Shut windows are told before the caps.
        var now = DateTimeOffset.UtcNow;
        string sunday = $"{now.AddDays(7 - (int)now.DayOfWeek):yyyy-MM-dd}T15:00:00Z";
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/campaigns/" + campaign, """{"calling_windows":null}""");
        said = await CheckAsync(Host.OwnerA, new()
        {
            ["to_number"] = declined, ["campaign_id"] = campaign, ["timezone"] = "EST", ["at"] = sunday,
        });
        Assert.Equal(("defer", "calling_hours"), ((string?)said["decision"], (string?)said["reason"]));
    }

    [Fact, Depth("two campaigns that never call a number at once are CampaignDiallerTests' in the gate")]
    public async Task Whoever_is_being_called_is_not_called_beside()
    {
        string campaign = await _lab.CampaignAsync(), ringing = AgencyLab.Number("ring");
        await _lab.BatchAsync(campaign, [ringing]);
        await Eventually.TrueAsync(() => _lab.Far.Calls.Count == 1, "an INVITE");
        await SaysAsync("defer", "live_call", campaign, ringing);
        // A person has one telephone, whosever clients want him.
        await SaysAsync("defer", "live_call", await _lab.CampaignAsync(client: _lab.OtherClient), ringing);
        await SaysAsync("allow", null, campaign, Number);
        Assert.Single(_lab.Far.Calls);
    }

    [Fact]
    public async Task Each_asks_about_calls_of_his_own()
    {
        string campaign = await _lab.CampaignAsync(), beside = await _lab.CampaignAsync(client: _lab.OtherClient);
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"{{Number}}","client_id":"{{_lab.Client}}"}""");
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        foreach (var (token, question, decision) in new (string, JsonObject, string)[]
            {
                (Host.OwnerA, new() { ["campaign_id"] = campaign }, "block"), (Host.OwnerA, new() { ["campaign_id"] = beside }, "allow"),
                (Host.OwnerA, new() { ["client_id"] = _lab.Client }, "block"), (Host.OwnerA, [], "allow"),
                (member, new() { ["campaign_id"] = campaign, ["from_number"] = AgencyLab.From }, "block"),
                (_lab.Viewer, new() { ["campaign_id"] = campaign }, "block"), (_lab.Viewer, [], "block"),
                (_lab.OtherViewer, [], "allow"),
            })
        {
            question["to_number"] = Number;
            Assert.Equal(decision, (string?)(await CheckAsync(token, question))["decision"]);
        }
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            foreach (string more in new[] { $$"""{"campaign_id":"{{campaign}}"}""", $$"""{"client_id":"{{_lab.Client}}"}""" })
                await Host.RefusedAsync(404, "not_found", token, "POST", "/compliance/check", QuestionOf(more));
        foreach (string more in new[]
            {
                """{"to_number":"hello"}""", """{"to_number":"sip:x@example.com"}""", """{"at":"soon"}""",
                """{"timezone":"Mars/Olympus"}""",
                $$"""{"from_number":"{{AgencyLab.FromB}}"}""", """{"from":"x"}""",
                $$"""{"campaign_id":"{{campaign}}","client_id":"{{_lab.OtherClient}}"}""",
            })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/compliance/check", QuestionOf(more));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/campaigns/{campaign}/archive");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", "/compliance/check",
            QuestionOf($$"""{"campaign_id":"{{campaign}}"}"""));
        Assert.Empty(_lab.Far.Calls);
    }

    private async Task<JsonObject> SaysAsync(string decision, string? reason, string campaign, string number)
    {
        var said = await CheckAsync(Host.OwnerA, new() { ["to_number"] = number, ["campaign_id"] = campaign });
        Assert.True((string?)said["decision"] == decision && (string?)said["reason"] == reason, said.ToJsonString());
        Assert.Equal(decision is "allow", said["message"] is null);
        return said;
    }

    private Task<JsonObject> CheckAsync(string token, JsonObject question) =>
        Host.DoneAsync(200, token, "POST", "/compliance/check", question.ToJsonString());

    private static string QuestionOf(string more)
    {
        var question = new JsonObject { ["to_number"] = Number };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) question[name] = value?.DeepClone();
        return question.ToJsonString();
    }
}
