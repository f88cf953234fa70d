using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Do-not-call lists and consents by the operator's API, and what a customer's calls meet.</summary>
public sealed class DoNotCallRouteTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private string _account = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        _account = (string)(await _client.DataAsync("GET", "/accounts"))[0]!["id"]!;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_number_is_added_found_and_removed_with_a_reason_in_the_trail()
    {
        var made = await _client.DataAsync("POST", "/do_not_call",
            $$"""{"account_id":"{{_account}}","phone_number":"+12125550123","reason":"litigator","evidence":"=letter","added_by":"legal"}""");
        Assert.Equal(("account", "litigator", "operator", "legal"),
            ((string?)made["scope"], (string?)made["reason"], (string?)made["source"], (string?)made["added_by"]));
        var found = await _client.DataAsync("GET", $"/do_not_call/%2B12125550123?account_id={_account}");
        Assert.True((bool?)found["held"]);
        Assert.Equal((string?)made["id"], (string?)found["entry"]!["id"]);
        Assert.False((bool?)(await _client.DataAsync("GET", "/do_not_call/%2B12125550123"))["held"]);      // not by the platform's
        Assert.Empty((await _client.DataAsync("GET", "/do_not_call")).AsArray());
        Assert.Single((await _client.DataAsync("GET", $"/do_not_call?account_id={_account}&phone_number=%2B12125550123")).AsArray());

        string removed = $"/do_not_call/%2B12125550123?account_id={_account}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _client.AskAsync("DELETE", removed)).Status);
        await _client.DataAsync("DELETE", removed + "&because=wrong%20number");
        Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("DELETE", removed + "&because=again")).Status);
        Assert.False((bool?)(await _client.DataAsync("GET", $"/do_not_call/%2B12125550123?account_id={_account}"))["held"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/audit_events?page[size]=250")
        {
            Headers = { Authorization = new("Bearer", RunningNode.Key) }
        };
        using var trail = await _node.Api.SendAsync(request, Stop);
        Assert.Contains("wrong number", await trail.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"phone_number":"12125550123"}""", "phone_number must be")]
    [InlineData("""{"phone_number":"+12125550123","expires_at":"soon"}""", "expires_at must be")]
    [InlineData("""{"phone_number":"+12125550123","account_id":"nobody"}""", "names no account")]
    public async Task What_is_wrong_is_refused_by_name(string body, string sentence) =>
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, sentence, "POST", "/do_not_call", body);

    [Fact]
    public async Task Of_an_import_each_row_is_told()
    {
        string body = $$"""
            {"account_id":"{{_account}}","reason":"national","entries":[{"phone_number":"+12125550123"},{"phone_number":"hello"},
            {"phone_number":"+12125550123"},{"phone_number":"+12125550124","expires_at":"never"},{"phone_number":"+12125550125","reason":"other"}]}
            """;
        var done = await _client.DataAsync("POST", "/do_not_call/actions/import", body);
        Assert.Equal((2, 0, 3), ((int?)done["added"], (int?)done["known"], (int?)done["skipped"]));
        Assert.Equal(["added", "skipped", "skipped", "skipped", "added"], done["rows"]!.AsArray().Select(row => (string?)row!["result"]));
        Assert.Equal("the number was there before", (string?)done["rows"]![2]!["reason"]);
        done = await _client.DataAsync("POST", "/do_not_call/actions/import", body);
        Assert.Equal((0, 2, 3), ((int?)done["added"], (int?)done["known"], (int?)done["skipped"]));
        Assert.Equal(["national", "other"], (await _client.DataAsync("GET", $"/do_not_call?account_id={_account}")).AsArray()
            .Select(row => (string?)row!["reason"]));
    }

    [Fact]
    public async Task Consents_are_added_and_revoked_and_stay()
    {
        string path = $"/accounts/{_account}/consents";
        var made = await _client.DataAsync("POST", path,
            """{"phone_number":"+12125550123","kind":"written","source":"web form","text_version":"2026-1","given_at":"2026-01-31"}""");
        Assert.Equal(("written", "voice", "2026-01-31T00:00:00.000Z", null),
            ((string?)made["kind"], (string?)made["channel"], (string?)made["given_at"], (string?)made["revoked_at"]));
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "not one that is to come", "POST", path,
            """{"phone_number":"+12125550123","kind":"express","source":"x","given_at":"2999-01-01"}""");
        string revoke = """{"phone_number":"+12125550123","revoked_by":"the callee"}""";
        Assert.Equal(1, (int?)(await _client.DataAsync("POST", path + "/actions/revoke", revoke))["revoked"]);
        Assert.Equal(0, (int?)(await _client.DataAsync("POST", path + "/actions/revoke", revoke))["revoked"]);
        var row = Assert.Single((await _client.DataAsync("GET", path + "?phone_number=%2B12125550123")).AsArray())!;
        Assert.NotNull((string?)row["revoked_at"]);
        Assert.Equal("the callee", (string?)row["revoked_by"]);
    }

    [Fact]
    public async Task A_registry_is_brought_in_by_pieces_and_takes_its_place_whole()
    {
        string load = Guid.NewGuid().ToString();
        var done = await AddAsync(load, "+12125550123", "+498912345678", "hello", "+12125550123");
        Assert.Equal((1, 1, 2), ((int)done["added"]!, (int)done["known"]!, (int)done["skipped"]!));
        Assert.Equal(["the number does not begin with +1", "the number is not in +E.164 form"],
            done["rows"]!.AsArray().Select(row => (string?)row!["reason"]));
        Assert.Equal((1, 1), ((int)(done = await AddAsync(load, "+12125550123", "+12125550124"))["added"]!, (int)done["known"]!));
        Assert.Empty((await _client.DataAsync("GET", "/registries")).AsArray());
        string body = $$"""{"load_id":"{{load}}","prefix":"+1","taken_at":"2026-01-31"}""";
        var made = await _client.DataAsync("PUT", "/registries/us", body);
        Assert.Equal(("us", "+1", 2, "block", true, "2026-01-31T00:00:00.000Z"), ((string?)made["id"], (string?)made["prefix"],
            (int)made["phone_numbers"]!, (string?)made["when_stale"], (bool)made["stale"]!, (string?)made["taken_at"]));
        foreach (var (wrong, sentence) in new[]
            {
                (("+1", "1x"), "prefix must be"), (("2026-01-31", "2999-01-01"), "not one that is to come"),
                ((load, "x"), "must be a UUID"), ((load, $"{Guid.NewGuid()}"), "No number was brought in"),
            })
            await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, sentence, "PUT", "/registries/us",
                body.Replace(wrong.Item1, wrong.Item2, StringComparison.Ordinal));
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "already", "POST", "/registries/actions/add_numbers",
            $$"""{"load_id":"{{load}}","prefix":"+1","phone_numbers":["+12125550125"]}""");
        Assert.Equal(2, (int)Assert.Single((await _client.DataAsync("GET", "/registries")).AsArray())!["phone_numbers"]!);
        await _client.DataAsync("DELETE", "/registries/us");
        Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("DELETE", "/registries/us")).Status);
    }

    [Fact]
    public async Task A_list_of_nothing_but_numbers_of_a_country_is_imported_as_it_is()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "dnc.txt");
        await File.WriteAllTextAsync(file, "12125550123\n(212) 555-0124\nhello\n", Stop);
        var (exit, output, errors) = await CommandRun.RunAsync("dnc", "import", file, "--country", "US",
            "--data", _node.Node.Settings.Data);
        Assert.True(exit == 1, errors);     // not all of it is there
        Assert.Equal("2 added, 1 skipped:\n  line 3: 'hello': it is no number in +E.164 form\n",
            output.ReplaceLineEndings("\n"));
        Assert.Equal(["+12125550123", "+12125550124"],
            (await _client.DataAsync("GET", "/do_not_call")).AsArray().Select(row => (string?)row!["phone_number"]));

        // A number that stands there twice is on the list.
        await File.WriteAllTextAsync(file, "12125550123\n12125550123\n", Stop);
        (exit, output, errors) = await CommandRun.RunAsync("dnc", "import", file, "--country", "US", "--data", _node.Node.Settings.Data);
        Assert.True(exit == 0, errors);
        Assert.Equal("0 added, 1 were there already, 1 skipped:\n  line 2: '12125550123': the number was there before\n",
            output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_list_of_several_countries_is_read_by_each_rows_own()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "dnc.csv");
        await File.WriteAllTextAsync(file,
            "Phone Number,Country,evidence\n07400 123456,GB,a letter\n(212) 555-0124,,a letter\n07400 123457,GB,a letter, a call\n", Stop);
        var (exit, output, errors) = await CommandRun.RunAsync("dnc", "import", file, "--country", "US",
            "--data", _node.Node.Settings.Data);
        Assert.True(exit == 1, errors);
        Assert.Equal("2 added, 1 skipped:\n  line 4: '07400 123457': the row has more cells than there are columns: what has a comma in it "
            + "stands between quotes\n", output.ReplaceLineEndings("\n"));
        Assert.Equal(["+12125550124", "+447400123456"],
            (await _client.DataAsync("GET", "/do_not_call")).AsArray().Select(row => (string?)row!["phone_number"])
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_two_rows_for_a_number_the_one_that_holds_longer_stays()
    {
        string soon = "2999-01-01", late = "2999-06-01";
        var done = await _client.DataAsync("POST", "/do_not_call/actions/import", $$"""
            {"entries":[{"phone_number":"+12125550123","expires_at":"{{soon}}"},{"phone_number":"+12125550123"},
            {"phone_number":"+12125550124"},{"phone_number":"+12125550124","expires_at":"{{soon}}"},
            {"phone_number":"+12125550125","expires_at":"{{late}}"},{"phone_number":"+12125550125","expires_at":"{{soon}}"}]}
            """);
        Assert.Equal((3, 0, 3), ((int?)done["added"], (int?)done["known"], (int?)done["skipped"]));
        Assert.Equal(["added", "skipped", "added", "skipped", "added", "skipped"],
            done["rows"]!.AsArray().Select(row => (string?)row!["result"]));

        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "dnc.csv");
        await File.WriteAllTextAsync(file, $"number,expires_at\n+12125550126,{soon}\n+12125550126,\n", Stop);
        var (exit, output, errors) = await CommandRun.RunAsync("dnc", "import", file, "--data", _node.Node.Settings.Data);
        Assert.True(exit == 1, errors);     // the two contradict each other
        Assert.Equal("1 added, 1 skipped:\n  line 3: '+12125550126': the number was there before\n", output.ReplaceLineEndings("\n"));
        // Whose last day that is in New York.
        Assert.Equal([null, null, "2999-06-02T04:00:00.000Z", null], (await _client.DataAsync("GET", "/do_not_call")).AsArray()
            .Select(row => (string?)row!["expires_at"]));
    }

    [Fact]
    public async Task A_registrys_file_is_read_as_it_is_downloaded()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "registry.csv");
        await File.WriteAllTextAsync(file,
            "area,number\n212,5550123\n\n2125550124,2020-01-01\n+12125550125\nhello 1\n+498912345678\n212|5550126\n", Stop);
        var (exit, output, errors) = await CommandRun.RunAsync("registry", "load", "us", file, "--prefix", "+1", "--country", "US",
            "--taken-at", "2026-01-31", "--warn-when-stale", "--data", _node.Node.Settings.Data);
        Assert.True(exit == 1, errors);     // not all of it is there
        Assert.Equal("""
            registry us: 4 numbers below +1, 2 skipped:
              line 6: 'hello 1': it is no number
              line 7: '+498912345678': the number does not begin with +1

            """.ReplaceLineEndings("\n"), output.ReplaceLineEndings("\n"));
        var registries = _node.Node.Database.Registries;
        foreach (string number in (string[])["+12125550123", "+12125550124", "+12125550125", "+12125550126"])
            Assert.True(Assert.Single(await registries.AskAsync(number, Stop)).IsListed, number);
        Assert.True(Assert.Single(await registries.ListAsync(Stop)).WarnsWhenStale);
    }

    /// <summary>The FTC's registry is downloaded as a full list, or as what has changed since the last time.</summary>
    [Fact]
    public async Task A_list_of_changes_is_no_registry()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "changes.txt");
        await File.WriteAllTextAsync(file, "212,5550123,2026-01-02,A\n212,5550124,2026-01-02,D\n", Stop);
        var (exit, _, errors) = await CommandRun.RunAsync("registry", "load", "us", file, "--prefix", "+1", "--country", "US",
            "--taken-at", "2026-01-31", "--data", _node.Node.Settings.Data);
        Assert.Equal(2, exit);
        Assert.Contains("line 1 says that a number was added or deleted (A or D)", errors, StringComparison.Ordinal);
        Assert.Empty(await _node.Node.Database.Registries.ListAsync(Stop));
    }

    private Task<JsonNode> AddAsync(string load, params string[] numbers) => _client.DataAsync("POST", "/registries/actions/add_numbers",
        new JsonObject
        {
            ["load_id"] = load, ["prefix"] = "+1", ["phone_numbers"] = new JsonArray([.. numbers.Select(one => (JsonNode)one)]),
        }.ToJsonString());

    [Fact]
    public async Task No_key_of_an_account_reads_or_writes_a_list()
    {
        foreach (string? key in new[] { null, RunningNode.Key })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await _client.AskAsync("GET", "/do_not_call", null, key)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized,
                (await _client.AskAsync("POST", "/do_not_call", """{"phone_number":"+12125550123"}""", key)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await _client.AskAsync("DELETE", "/do_not_call/1?because=x", null, key)).Status);
        }
        Assert.Empty(((await _client.DataAsync("GET", "/do_not_call")) as JsonArray)!);
    }
}
