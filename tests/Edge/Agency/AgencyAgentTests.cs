using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyAgentsOnSqliteTests() : AgencyAgentTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyAgentsOnPostgresTests() : AgencyAgentTests(Product.Postgres);

/// <summary>Agents as definitions: what is kept of them, who sees them, and who may do what.</summary>
public abstract class AgencyAgentTests(Product product) : IAsyncLifetime
{
    private AgencyHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(product);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_agent_is_kept_as_it_was_said_and_changed_by_field()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", $$"""
            {"name":"Anna","system_prompt":"Be kind.","voice":"alto","language_hint":"de","temperature":0.25,"first_speaker_text":"Hello.",
            "max_duration_seconds":600,"client_id":"{{client}}","default_direction":"outbound"}
            """);
        string id = (string)made["id"]!;
        var got = await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents/" + id);
        Assert.Equal(made.ToJsonString(), got.ToJsonString());
        Assert.Equal(("Anna", "Be kind.", "alto", "de", "Hello."), ((string?)got["name"], (string?)got["system_prompt"],
            (string?)got["voice"], (string?)got["language_hint"], (string?)got["first_speaker_text"]));
        Assert.Equal((0.25m, 600, client, "outbound", id, "internal"), ((decimal)got["temperature"]!, (int)got["max_duration_seconds"]!,
            (string?)got["client_id"], (string?)got["default_direction"], (string?)got["ultravox_agent_id"],
            (string?)got["voice_provider"]));

        var after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agents/" + id,
            """{"voice":null,"temperature":1,"default_direction":"inbound"}""");
        Assert.Null(after["voice"]);
        Assert.Equal((1m, "inbound", "Be kind.", "Anna"), ((decimal)after["temperature"]!, (string?)after["default_direction"],
            (string?)after["system_prompt"], (string?)after["name"]));

        // As forms send what nobody has chosen any more.
        after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agents/" + id, """{"client_id":"","default_direction":""}""");
        Assert.Equal((null, null), ((string?)after["client_id"], (string?)after["default_direction"]));
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/campaigns",
            """{"client_id":"","name":"x","type":"sdr"}""");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agents/" + id,
            $$"""{"client_id":"{{client}}","default_direction":"inbound"}""");
        // As Java, PHP and Python name a locale.
        after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agents/" + id, """{"language_hint":"pt_BR"}""");
        Assert.Equal("pt-BR", (string?)after["language_hint"]);

        var plain = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", """{"name":"Bert"}""");
        Assert.Equal((0.4m, 3600, "en"), ((decimal)plain["temperature"]!, (int)plain["max_duration_seconds"]!,
            (string?)plain["language_hint"]));
        Assert.Equal([id, (string)plain["id"]!], await IdsAsync(_host.OwnerA));
        Assert.Equal([id], await IdsAsync(_host.OwnerA, "?direction=inbound"));
        Assert.Equal([id], await IdsAsync(_host.OwnerA, "?client_id=" + client));
        Assert.Equal([id], await IdsAsync(_host.OwnerA, "?search=ANN&managed=true"));
        Assert.Empty(await IdsAsync(_host.OwnerA, "?managed=false"));
        Assert.Equal([(string)plain["id"]!], await IdsAsync(_host.OwnerA, "?limit=1&offset=1"));
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_change_that_was_made_of_an_older_version_undoes_nothing()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var agent = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", """{"name":"Anna"}""");
        var campaign = await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{client}}","name":"spring","type":"sdr"}""");
        foreach (var (path, made) in new[] { ("/agents/" + agent["id"], agent), ("/campaigns/" + campaign["id"], campaign) })
        {
            string version = $"\"{made["version"]}\"";
            var first = await _host.ChangeAsync(_host.OwnerA, path, """{"name":"first"}""", version);
            Assert.Equal((200, $"\"{first.Body!["version"]}\""), (first.Status, first.Version));
            Assert.True((long)first.Body!["version"]! > (long)made["version"]!);
            var second = await _host.ChangeAsync(_host.OwnerA, path, """{"name":"second"}""", version);
            Assert.Equal((409, "version_conflict"), (second.Status, (string?)second.Body!["error"]!["code"]));
            Assert.Equal("first", (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", path))["name"]);
            // Of two at once one is made.
            var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(n =>
                _host.ChangeAsync(_host.OwnerA, path, $$"""{"name":"n{{n}}"}""", first.Version)));
            Assert.Equal([200, 409], both.Select(one => one.Status).Order());
            foreach (string? any in new[] { "*", null })
                Assert.Equal(200, (await _host.ChangeAsync(_host.OwnerA, path, """{"name":"third"}""", any)).Status);
        }
    }

    [Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    [Theory, InlineData("?keep_ultravox=true", false), InlineData("?keep_ultravox=false", true), InlineData("", true)]
    public async Task An_agent_that_is_deleted_leaves_at_its_provider_what_is_to_be_kept(string query, bool isDeleted)
    {
        string path = "/agents/" + (await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", """{"name":"Anna"}"""))["id"];
        var done = await _host.DoneAsync(200, _host.OwnerA, "DELETE", path + query);
        Assert.Equal((isDeleted, true), ((bool)done["ultravox_deleted"]!, (bool)done["local_mapping_deleted"]!));
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "GET", path);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task An_agent_says_what_becomes_of_a_machine_and_leaves_no_message_that_it_does_not_have()
    {
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", """{"name":"Anna"}""");
        Assert.Equal(("hangup", null), ((string?)made["voicemail_policy"], (string?)made["voicemail_message"]));
        string path = "/agents/" + made["id"];
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/agents",
            """{"name":"Bert","voicemail_policy":"leave_message"}""");
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, """{"voicemail_policy":"leave_message"}""");
        await _host.RefusedAsync(400, "invalid_enum", _host.OwnerA, "PATCH", path, """{"voicemail_policy":"shout"}""");
        var after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", path,
            """{"voicemail_policy":"leave_message","voicemail_message":"Call us back."}""");
        Assert.Equal(("leave_message", "Call us back."), ((string?)after["voicemail_policy"], (string?)after["voicemail_message"]));
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, """{"voicemail_message":null}""");
        var hangsUp = await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"voicemail_policy":"hangup","voicemail_message":null}""");
        Assert.Equal(hangsUp.ToJsonString(), (await _host.DoneAsync(200, _host.OwnerA, "GET", path)).ToJsonString());
    }

    [Fact]
    public async Task Whom_an_agent_may_ring_has_a_name_of_his_own_and_a_number_and_no_user_of_a_client_sees_him()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", $$"""
            {"name":"Anna","client_id":"{{client}}","transfers":[{"name":"sales","phone_number":"+1 212 555 0100"}]}
            """);
        string path = "/agents/" + made["id"];
        var ringing = Assert.Single((await _host.DoneAsync(200, _host.OwnerA, "GET", path))["transfers"]!.AsArray())!;
        Assert.Equal(("sales", "+12125550100"), ((string?)ringing["name"], (string?)ringing["phone_number"]));
        Assert.False((await _host.DoneAsync(200, viewer, "GET", path)).ContainsKey("transfers"));
        foreach (string wrong in new[]
            {
                """[{"name":"sales","phone_number":"sip:x@example.com"}]""", """[{"name":" ","phone_number":"+12125550100"}]""",
                """[{"name":"sales","phone_number":"+12125550100"},{"name":"Sales","phone_number":"+12125550101"}]""",
                """[{"name":"sales","phone_number":"+12125550100","queue":"x"}]""",
            })
            await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, $$"""{"transfers":{{wrong}} }""");
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"transfers":[]}"""))["transfers"]!.AsArray());
    }

    [Fact]
    public async Task An_agent_has_a_script_or_a_prompt_and_no_user_of_a_client_sees_it()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        const string script = """{"start":"a","steps":{"a":{"say":"Hello.","outcome":"resolved","hangup":true}}}""";
        // Whoever wants no more calls in the first step would be forgotten by the third.
        const string doubted = """
            {"script":{"start":"a","steps":{"a":{"say":"Never again.","outcome":"dnc_requested","go":"b"},
             "b":{"say":"Sure?","ask":{"choices":[{"words":["no"],"go":"c"}],"otherwise":"d"}},
             "c":{"say":"Fine.","outcome":"resolved","hangup":true},"d":{"hangup":true} } } }
            """;
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents",
            $$"""{"name":"Robo","client_id":"{{client}}","script":{{script}} }""");
        string path = "/agents/" + made["id"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(script), (await _host.DoneAsync(200, _host.OwnerA, "GET", path))["script"]));
        Assert.False((await _host.DoneAsync(200, viewer, "GET", path)).ContainsKey("script"));
        foreach (string wrong in new[]
            {
                """{"system_prompt":"Be kind."}""", """{"script":{"start":"b","steps":{"a":{"hangup":true}}}}""",
                """{"script":{"start":"a","steps":{"a":{"transfer":{"to":"sales","failed":"a"}}}}}""",
                doubted,
            })
            await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, wrong);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, doubted.Replace("resolved", "dnc_requested", StringComparison.Ordinal));
        var after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"script":null,"system_prompt":"Be kind."}""");
        Assert.Null(after["script"]);
        Assert.Equal("Be kind.", (string?)after["system_prompt"]);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task The_voices_of_the_node_are_everybodys_and_found_by_language_and_word()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        var joanna = Assert.Single(await VoicesAsync(viewer, "?search=polly.joanna"));
        Assert.Equal(("AWS.Polly.Joanna", "en-US"), ((string?)joanna["id"], (string?)joanna["primary_language"]));
        Assert.Single(await VoicesAsync(_host.OwnerB, "?search=JOANNA&language=en"));
        Assert.Empty(await VoicesAsync(_host.OwnerA, "?search=joanna&language=de"));
        Assert.All(await VoicesAsync(_host.OwnerA, "?language=de"),
            one => Assert.StartsWith("de", (string?)one["primary_language"], StringComparison.Ordinal));
        Assert.Single(await VoicesAsync(_host.OwnerA, "?limit=1&offset=1"));
    }

    private async Task<List<JsonObject>> VoicesAsync(string token, string query) =>
        [.. (await _host.DoneAsync(200, token, "GET", "/voices" + query))["voices"]!.AsArray().Select(one => one!.AsObject())];

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task Tools_are_kept_given_to_agents_and_stay_while_one_has_them()
    {
        var made = await _host.DoneAsync(201, _host.OwnerA, "POST", "/tools", """
            {"name":"book_slot","description":"Books.","definition":{"url":"https://example.com/book",
            "parameters":{"type":"object","properties":{"day":{"type":"string"}},"required":["day"]}}}
            """);
        string id = (string)made["id"]!;
        Assert.Equal(("POST", 5000, "object"), ((string?)made["definition"]!["method"], (int)made["definition"]!["timeout_ms"]!,
            (string?)made["definition"]!["parameters"]!["type"]));
        foreach (var (code, body) in new[]
            {
                ("validation_error", """{"name":"has space","definition":{"url":"https://example.com/"}}"""),
                ("validation_error", """{"name":"x","definition":{"url":"https://169.254.169.254/latest"}}"""),
                ("validation_error", """{"name":"x","definition":{"url":"https://example.com/","headers":{"X-Key":"1"}}}"""),
                ("validation_error", """{"name":"x","definition":{"url":"https://example.com/","parameters":{"type":"array"}}}"""),
                ("validation_error", """{"name":"x"}"""),
                ("validation_error", """{"name":"mark_do_not_call","definition":{"url":"https://example.com/"}}"""),
                // No agent could talk with such.
                ("validation_error", """{"name":"x","definition":{"url":"https://ann:secret@example.com/"}}"""),
                ("validation_error", """
                    {"name":"x","definition":{"url":"https://example.com/","method":"GET",
                     "parameters":{"type":"object","properties":{"":{"type":"string"}}}}}
                    """),
            })
            await _host.RefusedAsync(400, code, _host.OwnerA, "POST", "/tools", body);
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/tools",
            """{"name":"Book_Slot","definition":{"url":"https://example.com/"}}""");
        var changed = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/tools/" + id, """{"description":null}""");
        Assert.Null(changed["description"]);
        Assert.Equal("https://example.com/book", (string?)changed["definition"]!["url"]);
        Assert.Single(await ToolsAsync(_host.OwnerA, "?search=SLOT"));
        Assert.Empty(await ToolsAsync(_host.OwnerA, "?search=%25"));
        Assert.Empty(await ToolsAsync(_host.OwnerB, ""));

        string agent = (string)(await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents",
            $$"""{"name":"Anna","tools":["{{id}}","{{id}}"]}"""))["id"]!;
        var seen = await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents/" + agent);
        Assert.Equal(id, (string?)Assert.Single(seen["tools"]!.AsArray()));
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "PATCH", "/agents/" + agent, $$"""{"tools":["{{agent}}"]}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "POST", "/agents", $$"""{"name":"Bert","tools":["{{id}}"]}""");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "DELETE", "/tools/" + id);
        var (_, member) = await _host.UserAsync(_host.OwnerA, "mA", "agency_member");
        Assert.Single(await ToolsAsync(member, ""));
        await _host.RefusedAsync(403, "forbidden", member, "DELETE", "/tools/" + id);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agents/" + agent, """{"tools":[]}""");
        await _host.DoneAsync(204, _host.OwnerA, "DELETE", "/tools/" + id);
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "DELETE", "/tools/" + id);
    }

    private async Task<List<JsonObject>> ToolsAsync(string token, string query) =>
        [.. (await _host.DoneAsync(200, token, "GET", "/tools" + query))["tools"]!.AsArray().Select(one => one!.AsObject())];

    [Fact]
    public async Task A_client_sees_its_own_agents_without_what_they_are_told_and_another_agency_sees_none()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), other = await _host.ClientAsync(_host.OwnerA, "Client two");
        string own = await AgentAsync(client), beside = await AgentAsync(other), nobodys = await AgentAsync(null);
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "ca1", "client_admin", client);
        foreach (string token in new[] { viewer, admin })
        {
            Assert.Equal([own], await IdsAsync(token));
            Assert.Empty(await IdsAsync(token, "?client_id=" + other));
            var seen = await _host.DoneAsync(200, token, "GET", "/agents/" + own);
            foreach (string hidden in new[] { "system_prompt", "tools", "ultravox_agent_id", "ultravox_agent_name" })
                Assert.False(seen.ContainsKey(hidden), hidden);
            await _host.RefusedAsync(404, "not_found", token, "GET", "/agents/" + beside);
            await _host.RefusedAsync(404, "not_found", token, "GET", "/agents/" + nobodys);
            await _host.RefusedAsync(403, "forbidden", token, "PATCH", "/agents/" + own, """{"name":"mine"}""");
        }
        Assert.Empty(await IdsAsync(_host.OwnerB));
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "GET", "/agents/" + own);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "PATCH", "/agents/" + own, """{"name":"mine"}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "DELETE", "/agents/" + own);
        // A client of another agency is nobody, and so is a campaign that there is not.
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "POST", "/agents", $$"""{"name":"x","client_id":"{{client}}"}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "POST", "/agents",
            $$"""{"name":"x","campaign_id":"{{Guid.CreateVersion7()}}"}""");
    }

    [Fact]
    public async Task An_owner_alone_deletes_an_agent_which_leaves_its_numbers_and_no_open_batch()
    {
        // Cases R04 and B23, of rows as they are in the database.
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), agent = await AgentAsync(client);
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        string agency = (string)_host.AccountA["id"]!, campaign = Guid.CreateVersion7().ToString(),
            batch = Guid.CreateVersion7().ToString();
        var sql = _host.Node.Node.Database.Sql;
        var rows = new { id = Guid.CreateVersion7(), agency, client, agent, campaign, batch, at = DateTimeOffset.UtcNow };
        await sql.WriteAsync(db => db.Execute("""
            insert into campaigns (id, tenant_id, client_id, name, type, status, retry_policy, max_attempts, consent_required, created_at,
                updated_at)
            values (@campaign, @agency, @client, 'k', 'sdr', 'active', '{}', 1, 'none', @at, @at)
            """, rows) + db.Execute("""
            insert into call_batches (id, tenant_id, client_id, campaign_id, agent_mapping_id, from_number, mode, status, calls_per_minute,
                max_concurrent, total_contacts, list_id, created_at, updated_at)
            values (@batch, @agency, @client, @campaign, @agent, '+12125550100', 'immediate', 'paused', 1, 1, 0, @batch, @at, @at)
            """, rows) + db.Execute("""
            insert into agency_phone_numbers (id, tenant_id, phone_number, agent_mapping_id, status, created_at, updated_at)
            values (@id, @agency, '+12125550100', @agent, 'active', @at, @at)
            """, rows), Stop);
        await _host.RefusedAsync(403, "forbidden", admin, "DELETE", "/agents/" + agent);
        await _host.RefusedAsync(409, "agent_in_use", _host.OwnerA, "DELETE", "/agents/" + agent);
        var listed = Assert.Single((await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents"))["agents"]!.AsArray())!;
        Assert.Equal((agent, 1), ((string?)listed["id"], (int)listed["live_batches"]!));
        Assert.Equal(1, await HeldAsync());
        await sql.WriteAsync(db => db.Execute("update call_batches set status = 'completed' where id = @batch", rows), Stop);
        var gone = await _host.DoneAsync(200, _host.OwnerA, "DELETE", "/agents/" + agent);
        Assert.Equal("""{"ultravox_deleted":true,"local_mapping_deleted":true,"was_managed":true}""", gone.ToJsonString());
        Assert.Empty(await IdsAsync(_host.OwnerA));
        Assert.Equal(0, await HeldAsync());
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "GET", "/agents/" + agent);
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "DELETE", "/agents/" + agent);

        async Task<long> HeldAsync() => await sql.ReadAsync(db => db.ExecuteScalar<long>(
            "select count(*) from agency_phone_numbers where tenant_id = @agency and agent_mapping_id = @agent", rows), Stop);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task Each_assignment_is_done_by_itself()
    {
        // Case F01.
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), agent = await AgentAsync(null),
            stranger = Guid.CreateVersion7().ToString();
        var some = await _host.DoneAsync(200, _host.OwnerA, "POST", "/agents/assign", $$"""
            {"assignments":[{"agent_id":"{{agent}}","client_id":"{{client}}"},{"agent_id":"{{stranger}}","client_id":"{{client}}"}]}
            """);
        Assert.False((bool)some["success"]!);
        Assert.Equal("""{"total":2,"successful":1,"failed":1}""", some["summary"]!.ToJsonString());
        Assert.Equal([(agent, true), (stranger, false)],
            some["results"]!.AsArray().Select(one => ((string)one!["agent_id"]!, (bool)one["success"]!)));
        Assert.Equal([agent], await IdsAsync(_host.OwnerA, "?client_id=" + client));
        var single = await _host.DoneAsync(200, _host.OwnerA, "POST", "/agents/assign", $$"""{"agent_id":"{{agent}}","client_id":null}""");
        Assert.True((bool)single["success"]!);
        Assert.Empty(await IdsAsync(_host.OwnerA, "?client_id=" + client));
        var foreign = await _host.DoneAsync(200, _host.OwnerB, "POST", "/agents/assign", $$"""{"agent_id":"{{agent}}"}""");
        Assert.False((bool)foreign["success"]!);
        foreach (string body in new[]
            {
                "{}", $$"""{"agent_id":"{{agent}}","assignments":[{"agent_id":"{{agent}}"}]}""",
                $$"""{"assignments":[{"agent_id":"{{agent}}","name":"x"}]}""",
            })
            await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/agents/assign", body);
    }

    [Fact]
    public async Task What_is_no_agent_is_refused()
    {
        foreach (var (code, body) in new[]
            {
                ("validation_error", """{"name":" "}"""),
                ("validation_error", """{"voice":"alto"}"""),
                ("validation_error", """{"name":"x","temperature":0.123}"""),
                ("validation_error", """{"name":"x","temperature":1.01}"""),
                ("validation_error", """{"name":"x","max_duration_seconds":0}"""),
                ("validation_error", """{"name":"x","max_duration_seconds":86401}"""),
                ("validation_error", """{"name":"x","recording_enabled":true}"""),
                ("invalid_enum", """{"name":"x","default_direction":"sideways"}"""),
            })
        {
            await _host.RefusedAsync(400, code, _host.OwnerA, "POST", "/agents", body);
            Assert.Empty(await IdsAsync(_host.OwnerA));
        }
    }

    private async Task<string> AgentAsync(string? client) => (string)(await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents",
        new JsonObject { ["name"] = "Anna", ["system_prompt"] = "Be kind.", ["client_id"] = client }.ToJsonString()))["id"]!;

    private async Task<string[]> IdsAsync(string token, string query = "") =>
        [.. (await _host.DoneAsync(200, token, "GET", "/agents" + query))["agents"]!.AsArray().Select(row => (string)row!["id"]!)];
}
