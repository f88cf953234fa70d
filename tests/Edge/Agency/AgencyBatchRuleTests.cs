using System.Text;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyBatchRulesOnSqliteTests() : AgencyBatchRuleTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyBatchRulesOnPostgresTests() : AgencyBatchRuleTests(Product.Postgres);

/// <summary>What is no batch, whose it may not be of, and who stops one.</summary>
public abstract class AgencyBatchRuleTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has a batch of five to its end, consents and their end, and who must not be called")]
    public async Task What_is_no_batch_is_refused_and_what_is_no_contact_is_told_by_row()
    {
        // Cases B02 and R12.
        string campaign = await _lab.CampaignAsync(), number = AgencyLab.Number("busy");
        foreach (string more in new[]
            {
                """{"contacts":[]}""", """{"contacts":[{"phone_number":"12"}]}""", """{"calls_per_minute":0}""",
                """{"calls_per_minute":61}""", """{"max_concurrent":101}""", """{"from_number":"+15550999999"}""",
                $$"""{"from_number":"{{AgencyLab.FromB}}"}""", """{"agency_id":"00000000-0000-7000-8000-000000000000"}""",
                """{"contacts":[{"phone_number":"+15550300011","phone":"x"}]}""",
            })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, [number], more));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, Enumerable.Repeat(number, 10_001)));
        // What is another agency's is not there, and what is another client's is not this one's.
        string strange = (string)(await Host.DoneAsync(201, Host.OwnerB, "POST", "/agents", """{"name":"B's"}"""))["id"]!;
        string clientB = await Host.ClientAsync(Host.OwnerB, "Client of B");
        string foreign = (string)(await Host.DoneAsync(201, Host.OwnerB, "POST", "/campaigns",
            $$"""{"client_id":"{{clientB}}","name":"B's","type":"sdr"}"""))["id"]!;
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [number], $$"""{"agent_mapping_id":"{{strange}}"}"""));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "POST", "/batches", _lab.BatchOf(foreign, [number]));
        string beside = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents",
            $$"""{"name":"two's","client_id":"{{_lab.OtherClient}}"}"""))["id"]!;
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [number], $$"""{"agent_mapping_id":"{{beside}}"}"""));
        string own = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + own, """{"outbound_allowed":false}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, [number]));
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + own,
            $$"""{"outbound_allowed":true,"client_id":"{{_lab.OtherClient}}"}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, [number]));
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + own, """{"client_id":null}""");
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/batches"))["batches"]!.AsArray());

        var some = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, [], """
            {"hold":true,"contacts":[{"phone_number":"+1 (555) 030-0011","timezone":"EST","custom_data":{"deal":7}},
             {"phone_number":"+15550300011"},{"phone_number":"1.2125E+10"},{"phone_number":"5550300011"},
             {"phone_number":"+15550300012","timezone":"Mars/Olympus"}]}
            """));
        Assert.Equal("""{"received":5,"accepted":1,"duplicates":1,"invalid":3,"suppressed":0}""", some["contacts"]!.ToJsonString());
        Assert.Equal(["3 spreadsheet_number_format", "4 invalid_number", "5 invalid_timezone"],
            some["invalid_sample"]!.AsArray().Select(row => $"{row!["row"]} {row["reason"]}"));
        var contact = Assert.Single(await _lab.ContactsAsync((string)some["batch"]!["id"]!));
        Assert.Equal(("+15550300011", "America/New_York", """{"deal":7}""", "pending", null), ((string?)contact["phone_number"],
            (string?)contact["timezone"], contact["custom_data"]!.ToJsonString(), (string?)contact["status"], (string?)contact["phase"]));
    }

    /// <summary>As a table, PHP and programs without types write it: one such value is no reason to refuse ten thousand contacts.</summary>
    [Fact]
    public async Task Numbers_come_as_texts_texts_as_numbers_and_an_object_without_members_as_a_list()
    {
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(await _lab.CampaignAsync(), [], """
            {"hold":"true","calls_per_minute":"7","default_country":"US","contacts":[
             {"phone_number":12125550116,"external_id":4711,"priority":"3","custom_data":[]},{"phone_number":12125550117.0,
             "consent_kind":"","consent_source":"","consent_at":"","timezone":""},
             {"phone_number":1},{"phone_number":"+15550300011","custom_data":{"deal":7}}]}
            """));
        Assert.Equal(("paused", 7), ((string?)made["batch"]!["status"], (int)made["batch"]!["calls_per_minute"]!));
        Assert.Equal(["3 invalid_number"], made["invalid_sample"]!.AsArray().Select(row => $"{row!["row"]} {row["reason"]}"));
        var contacts = await _lab.ContactsAsync((string)made["batch"]!["id"]!);
        string[] kept = [.. contacts.Select(one =>
            $"{one["phone_number"]} {one["external_id"]} {one["priority"]} {one["custom_data"]!.ToJsonString()}")];
        Assert.Equal(["+12125550116 4711 3 {}", "+12125550117  0 {}", """+15550300011  0 {"deal":7}"""],
            kept.Order(StringComparer.Ordinal));
        foreach (string wrong in new[]
            {
                """{"calls_per_minute":"fast"}""", """{"hold":"maybe"}""", """{"name":["x"]}""", """{"contacts":{} }""",
            })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
                _lab.BatchOf((string)made["batch"]!["campaign_id"]!, ["+15550300012"], wrong));
    }

    /// <summary>As integrations send the rows of a CRM on; what one has as a column, another has among a contact's own data.</summary>
    [Fact]
    public async Task Of_whom_a_list_says_that_nobody_is_to_call_him_is_told_and_never_called()
    {
        const string contacts = """
            "contacts":[{"phone_number":"+15550300011","custom_data":{"DoNotCall":true}},
                {"phone_number":"+15550300012","custom_data":{"Do not allow Phone Calls":"Do Not Allow"}},
                {"phone_number":"+15550300013","custom_data":{"do_not_call":false,"dnc":0,"dnd":null,"DNC":""}}]
            """;
        string campaign = await _lab.CampaignAsync();
        string body = _lab.BatchOf(campaign, [], $$"""{"hold":true,{{contacts}}}""");
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", body);
        const string told = """
            [{"row":1,"phone_number":"\u002B15550300011","reason":"do_not_call"},{"row":2,"phone_number":"\u002B15550300012","reason":"do_not_call"}]
            """;
        string held = (string)(await _lab.BatchAsync(campaign, ["+15550300014"], """{"hold":true}"""))["id"]!;
        foreach (var answer in new[]
            {
                made, await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{held}/contacts", $$"""{{{contacts}}}"""),
                await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", $$"""{{{contacts}}}"""),
            })
        {
            Assert.Equal((1, 2), ((int)answer["contacts"]!["accepted"]!, (int)answer["contacts"]!["invalid"]!));
            Assert.Equal(told, answer["invalid_sample"]!.ToJsonString());
        }
    }

    /// <summary>As a CRM sends on what has changed of one: kept as any other word, it would have kept no call away.</summary>
    [Fact]
    public async Task A_contact_of_whom_a_change_says_that_nobody_is_to_call_him_is_refused_with_what_does()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300015"], """{"hold":true}"""))["id"]!;
        string path = "/contacts/" + Assert.Single(await _lab.ContactsAsync(batch))["id"];
        foreach (string data in (string[])["\"do_not_call\":true", "\"DoNotCall\":\"yes\"", "\"deal\":7,\"DNC\":1"])
        {
            var refused = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", path,
                $$$"""{"custom_data":{ {{{data}}} }}""");
            Assert.Contains("POST /dnc", refused.ToJsonString(), StringComparison.Ordinal);
        }
        Assert.Null(Assert.Single(await _lab.ContactsAsync(batch))["custom_data"]!["deal"]);
        var changed = await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"custom_data":{"do_not_call":false,"deal":7}}""");
        Assert.Equal((false, 7), ((bool)changed["custom_data"]!["do_not_call"]!, (int)changed["custom_data"]!["deal"]!));
    }

    /// <summary>As GoHighLevel has it of each channel.</summary>
    [Fact]
    public async Task Who_is_to_be_left_in_peace_by_calls_is_told_and_never_called()
    {
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(await _lab.CampaignAsync(), [], """
            {"hold":true,"contacts":[
                {"phone_number":"+15550300011","custom_data":{"dnd":false,"dndSettings":{"Call":{"status":"active"}}}},
                {"phone_number":"+15550300012","custom_data":{"dnd_settings":{"all":{"status":"permanent","message":"STOP"}}}},
                {"phone_number":"+15550300013","custom_data":{"phone_dnc":"Yes"}},
                {"phone_number":"+15550300014","custom_data":{"dndSettings":{"Call":{"status":"inactive"},"SMS":{"status":"active"}}}}]}
            """));
        Assert.Equal(["1 do_not_call", "2 do_not_call", "3 do_not_call"],
            made["invalid_sample"]!.AsArray().Select(row => $"{row!["row"]} {row["reason"]}"));
        Assert.Equal(1, (int)made["contacts"]!["accepted"]!);
    }

    /// <summary>A CRM sends on who has asked for it since: he waits in the list that it sent before.</summary>
    [Fact]
    public async Task Of_whom_a_later_list_says_that_nobody_is_to_call_him_none_of_before_is_called()
    {
        const string number = "+15550300011", other = "+15550300012", longer = "+5215512345678", shorter = "+525512345678";
        string campaign = await _lab.CampaignAsync(), later = await _lab.CampaignAsync(),
            neighbours = await _lab.CampaignAsync(client: _lab.OtherClient);
        string first = (string)(await _lab.BatchAsync(campaign, [number, other, longer], """{"hold":true}"""))["id"]!;
        string theirs = (string)(await _lab.BatchAsync(neighbours, [number], """{"hold":true}"""))["id"]!;
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts",
            $$"""{"contacts":[{"phone_number":"{{number}}"}]}""");
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(later, [], $$$"""
            {"hold":true,"contacts":[{"phone_number":"{{{number}}}","custom_data":{"DNC":true}},{"phone_number":"+15550300013"}]}
            """));
        Assert.Equal((1, 1, 2), ((int)made["contacts"]!["accepted"]!, (int)made["contacts"]!["invalid"]!,
            (int)made["contacts"]!["taken_out"]!));
        Assert.Equal(["failed dnc_by_list", "pending ", "pending "], await StandAsync($"/batches/{first}/contacts"));
        Assert.Equal(["failed dnc_by_list", "failed dnc_by_list", "pending ", "pending "],
            await StandAsync($"/campaigns/{campaign}/contacts"));
        Assert.Equal(["pending "], await StandAsync($"/batches/{theirs}/contacts"));

        // By the other number of his telephone, where he would be laid over who is there, in a list of nobody else.
        string refusing = $$$"""
            {"on_duplicate":"update","contacts":[{"phone_number":"{{{shorter}}}","custom_data":{"do_not_call":"yes"}}]}
            """;
        var refused = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", $"/batches/{first}/contacts", refusing);
        Assert.Contains("1 who waited", refused.ToJsonString(), StringComparison.Ordinal);
        // Said again it changes nothing.
        refused = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", $"/campaigns/{later}/contacts", refusing);
        Assert.DoesNotContain("who waited", refused.ToJsonString(), StringComparison.Ordinal);
        byte[] list = Encoding.UTF8.GetBytes($"phone,DNC\n{other},Yes\n");
        var (status, file) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", list, ("campaign_id", later), ("dry_run", "true"));
        Assert.True(status == 202 && (int?)file!["taken_out"] == 1, file?.ToJsonString());
        Assert.Equal(["failed dnc_by_list", "failed dnc_by_list", "pending "], await StandAsync($"/batches/{first}/contacts"));
        (status, file) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", list, ("campaign_id", later));
        Assert.True(status == 202, file?.ToJsonString());
        Assert.Equal((0, 1, 1), ((int)file!["accepted"]!, (int)file["invalid"]!, (int)file["taken_out"]!));
        Assert.Equal(1, (int?)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/imports/" + file["id"]))["taken_out"]);
        Assert.Equal(["failed dnc_by_list", "failed dnc_by_list", "failed dnc_by_list"], await StandAsync($"/batches/{first}/contacts"));

        // A batch that takes who waited with his campaign does not call him; one that comes later and says nothing of it does.
        var taken = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{await HeldAsync(campaign)}/contacts",
            """{"of_campaign":true}""");
        Assert.Equal((1, 1), ((int)taken["contacts"]!["accepted"]!, (int)taken["contacts"]!["suppressed"]!));
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/dnc"))["entries"]!.AsArray());
        string again = (string)(await _lab.BatchAsync(campaign, [number], """{"hold":true}"""))["id"]!;
        Assert.Equal(["pending "], await StandAsync($"/batches/{again}/contacts"));
    }

    [Fact]
    public async Task A_batch_all_of_whom_are_not_to_be_called_any_more_takes_those_who_come_with_that()
    {
        string at = Times.Text(DateTimeOffset.UtcNow.AddDays(1)), number = AgencyLab.Number("busy");
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [number], $$"""{"scheduled_for":"{{at}}"}"""))["id"]!;
        var grown = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", $$$"""
            {"contacts":[{"phone_number":"{{{number}}}","custom_data":{"DNC":1}},{"phone_number":"+15550300014"}]}
            """);
        Assert.Equal((1, 1, "scheduled"), ((int)grown["contacts"]!["accepted"]!, (int)grown["contacts"]!["taken_out"]!,
            (string?)grown["batch"]!["status"]));
        Assert.Equal(["failed dnc_by_list", "pending "], await StandAsync($"/batches/{batch}/contacts"));
    }

    private async Task<string> HeldAsync(string campaign) =>
        (string)(await _lab.BatchAsync(campaign, ["+15550300019"], """{"hold":true}"""))["id"]!;

    private async Task<List<string>> StandAsync(string path) =>
        [.. (await Host.DoneAsync(200, Host.OwnerA, "GET", path))["contacts"]!.AsArray()
            .Select(one => $"{one!["status"]} {one["block_reason"]}").Order(StringComparer.Ordinal)];

    /// <summary>Another file has the 1 that nobody dials any more.</summary>
    [Fact]
    public async Task A_batch_has_a_telephone_once_whichever_of_its_numbers_comes()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+525512345678"], """{"hold":true}"""))["id"]!;
        var grown = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts",
            """{"contacts":[{"phone_number":"+5215512345678"},{"phone_number":"+525512345679"}]}""");
        Assert.Equal("""{"received":2,"accepted":1,"duplicates":1,"invalid":0,"suppressed":0}""", grown["contacts"]!.ToJsonString());
        Assert.Equal(["+525512345678", "+525512345679"],
            (await _lab.ContactsAsync(batch)).Select(contact => (string)contact["phone_number"]!).Order(StringComparer.Ordinal));
        // Who is there is who is meant, by either number.
        grown = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts",
            """{"on_duplicate":"update","contacts":[{"phone_number":"+5215512345678","first_name":"Ana"}]}""");
        Assert.Equal((0, 1, 1), ((int)grown["contacts"]!["accepted"]!, (int)grown["contacts"]!["duplicates"]!,
            (int)grown["contacts"]!["updated"]!));
        Assert.Equal("Ana", (string?)(await _lab.ContactsAsync(batch))
            .Single(contact => (string?)contact["phone_number"] == "+525512345678")["first_name"]);
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", $"/batches/{batch}/contacts",
            """{"on_duplicate":"refuse","contacts":[{"phone_number":"+5215512345678"}]}""");
    }

    [Fact, Depth("the gate has a batch of five, who must not be called, and a try of its own that is never made twice")]
    public async Task Who_administers_a_client_pauses_its_batches_and_the_operator_stops_any()
    {
        string campaign = await _lab.CampaignAsync();
        string[] numbers = [.. Enumerable.Range(100, 60).Select(n => $"+15550300{n}")];
        string batch = (string)(await _lab.BatchAsync(campaign, numbers))["id"]!;
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        await _lab.BecomesAsync(batch, "processing");
        await Host.RefusedAsync(404, "not_found", neighbour, "POST", $"/batches/{batch}/pause");
        await Host.DoneAsync(200, admin, "POST", $"/batches/{batch}/pause");
        await Host.RefusedAsync(403, "forbidden", admin, "POST", $"/batches/{batch}/resume");
        await Host.RefusedAsync(403, "forbidden", admin, "POST", $"/batches/{batch}/cancel");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        // The same campaign is what the operator has of it.
        await new OperatorClient(Host.Node).DataAsync("POST", $"/accounts/{_lab.Client}/campaigns/{batch}/actions/stop");
        var stopped = await _lab.BecomesAsync(batch, "paused");
        Assert.Equal("requested", (string?)stopped["failure_code"]);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        Assert.Equal("failed", (string?)(await _lab.GetAsync(batch))["status"]);
    }
}
