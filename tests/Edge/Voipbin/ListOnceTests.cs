using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Lists that have each address once, because they were made so: <c>dedupe</c>.</summary>
public sealed class ListOnceTests : IAsyncLifetime
{
    private const string Taken = "OUTDIAL_TARGET_ALREADY_EXISTS";

    private DialerHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_list_that_rejects_takes_an_address_once_however_it_is_written()
    {
        var list = await _host.DoneAsync("POST", "/outdials", """{"name":"list","dedupe":"reject"}""");
        Assert.Equal("reject", (string?)list["dedupe"]);
        string path = $"/outdials/{list["id"]}/targets";
        var first = await _host.DoneAsync("POST", path, """{"name":"A","destination_0":{"type":"sip","target":"a@example.com"}}""");
        await _host.DoneAsync("POST", path, """
            {"name":"B","destination_1":{"type":"tel","target":"+15550001111"},"destination_2":{"type":"sip","target":"a@example.com"}}
            """);
        foreach (string body in new[]
            {
                """{"name":"A too","destination_0":{"type":"sip","target":"sip:a@EXAMPLE.com"}}""",
                """{"name":"B too","destination_0":{"type":"tel","target":"+15550001111"}}""",
            })
            DialerHost.Refuses(409, Taken, await _host.AskAsync("POST", path, body));
        Assert.Equal(2, await CountAsync(path));

        // Who is changed keeps his own address, gets no other one's, and leaves the one that he had.
        string mine = $"{path}/{first["id"]}";
        await _host.DoneAsync("PUT", mine, """{"name":"A","destination_0":{"type":"sip","target":"a@example.com"}}""");
        DialerHost.Refuses(409, Taken,
            await _host.AskAsync("PUT", mine, """{"name":"A","destination_0":{"type":"tel","target":"+15550001111"}}"""));
        await _host.DoneAsync("PUT", mine, """{"name":"A","destination_0":{"type":"tel","target":"+15550001112"}}""");
        const string free = """{"destination_0":{"type":"sip","target":"a@example.com"}}""";
        var again = await _host.DoneAsync("POST", path, free);
        await _host.DoneAsync("DELETE", $"{path}/{again["id"]}");
        await _host.DoneAsync("POST", path, free);

        // It is so for ever: what changes the list does not say it.
        var renamed = await _host.DoneAsync("PUT", "/outdials/" + list["id"], """{"name":"other"}""");
        Assert.Equal(("other", "reject"), ((string?)renamed["name"], (string?)renamed["dedupe"]));
        DialerHost.Refuses(409, Taken, await _host.AskAsync("POST", path, """{"destination_0":{"type":"tel","target":"+15550001112"}}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/outdials", """{"name":"x","dedupe":"drop"}"""));
        Assert.False((await _host.DoneAsync("POST", "/outdials", """{"name":"plain","dedupe":""}""")).ContainsKey("dedupe"));
    }

    [Fact]
    public async Task A_list_that_skips_answers_with_whom_it_has_already()
    {
        string list = (string)(await _host.DoneAsync("POST", "/outdials", """{"name":"list","dedupe":"skip"}"""))["id"]!;
        string path = $"/outdials/{list}/targets";
        const string body = """{"name":"A","destination_0":{"type":"tel","target":"+15550001111"}}""";
        // At once, too.
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _host.DoneAsync("POST", path, body)));
        string id = Assert.Single(made.Select(target => (string)target["id"]!).Distinct());
        var second = await _host.DoneAsync("POST", path, """{"name":"B","destination_0":{"type":"tel","target":"+15550001111"}}""");
        Assert.Equal((id, "A"), ((string?)second["id"], (string?)second["name"]));
        Assert.Equal(1, await CountAsync(path));

        // The same number in a list of another customer is another one's.
        string theirs = (string)(await _host.DoneAsync("POST", "/outdials", """{"name":"list","dedupe":"skip"}""", _host.Second))["id"]!;
        Assert.NotEqual(id, (string?)(await _host.DoneAsync("POST", $"/outdials/{theirs}/targets", body, _host.Second))["id"]);
        // What is never called is one, too, however long it is.
        string longest = $$"""{"destination_0":{"type":"email","target":"{{new string('x', 20_000)}}@example.com"} }""";
        var called = await _host.DoneAsync("POST", path, longest);
        Assert.Equal((string?)called["id"], (string?)(await _host.DoneAsync("POST", path, longest))["id"]);
    }

    [Theory]
    [InlineData("skip"), InlineData("reject")]
    public async Task Many_at_once_are_taken_once(string dedupe)
    {
        string list = (string)(await _host.DoneAsync("POST", "/outdials", $$"""{"name":"list","dedupe":"{{dedupe}}"}"""))["id"]!;
        string path = $"/outdials/{list}/targets";
        await _host.DoneAsync("POST", path, """{"destination_0":{"type":"tel","target":"+15550001111"}}""");
        var done = await ImportAsync(list, """
            {"name":"A","destination_0":{"type":"tel","target":"+15550001111"}}
            {"name":"B","destination_0":{"type":"tel","target":"+15550001112"}}
            {"name":"B too","destination_0":{"type":"tel","target":"+15550001112"}}
            {"name":"\ud800","destination_0":{"type":"tel","target":"+15550001113"}}
            {"name":"\u0000","destination_0":{"type":"tel","target":"+15550001114"}}
            """);
        bool skips = dedupe == "skip";
        Assert.Equal(1, (int)done["added"]!);
        Assert.Equal(skips ? 2 : (int?)null, (int?)done["skipped_count"]);
        Assert.Equal((int[])(skips ? [4, 5] : [1, 3, 4, 5]), done["refused"]!.AsArray().Select(row => (int)row!["row"]!));
        Assert.Equal(2, await CountAsync(path));
    }

    [Fact]
    public async Task What_an_import_cannot_take_is_told_by_its_row_or_as_a_whole()
    {
        string list = (string)(await _host.DoneAsync("POST", "/outdials", """{"name":"list"}"""))["id"]!;
        var done = await ImportAsync(list, """
            {"destination_0":{"type":"tel","type":"tel","target":"+15550001111"}}
            {"destination_0":{"type":"tel","target":"+15550001112"}}
            """);
        Assert.Equal((1, 1), ((int)done["added"]!, (int)done["refused"]![0]!["row"]!));
        // Neither rows nor lines of names alone are read to the end of a file that is too long.
        foreach (var (type, first) in new[] { ("application/x-ndjson", ""), ("text/csv", "name\n") })
        {
            using var content = new StringContent(first + string.Concat(Enumerable.Repeat("{}\n", TargetImport.MostRows + 1)), null, type);
            using var response = await _host.SendAsync("POST", $"/v1.0/outdials/{list}/targets/bulk?accesskey={_host.First}", content);
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))));
        }
        Assert.Equal(1, await CountAsync($"/outdials/{list}/targets"));
    }

    [Fact]
    public async Task What_ends_a_line_of_prose_may_stand_in_a_line_of_an_import()
    {
        string list = (string)(await _host.DoneAsync("POST", "/outdials", """{"name":"list"}"""))["id"]!;
        const string name = "Anna\u2028second floor\u2029back\u0085door";
        var done = await ImportAsync(list,
            "{\"name\":\"" + name + "\",\"destination_0\":{\"type\":\"tel\",\"target\":\"+15550001111\"}}\r\n"
            + "{\"name\":7}\n{\"name\":\"Bert\",\"destination_0\":{\"type\":\"tel\",\"target\":\"+15550001112\"}}");
        Assert.Equal((2, 1, 2), ((int)done["added"]!, (int)done["refused_count"]!, (int)done["refused"]![0]!["row"]!));
        var targets = (await _host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray();
        Assert.Equal([name, "Bert"], targets.Select(target => (string)target!["name"]!).Order(StringComparer.Ordinal));
    }

    /// <summary>Whoever is called and whoever must not be called would be known by two numbers.</summary>
    [Fact]
    public async Task A_zero_that_is_dialled_at_home_alone_is_told_by_lists_and_do_not_call()
    {
        string list = (string)(await _host.DoneAsync("POST", "/outdials", """{"name":"list"}"""))["id"]!;
        var done = await ImportAsync(list, """
            {"destination_0":{"type":"tel","target":"+4407400123456"}}
            {"destination_0":{"type":"tel","target":"+447400123456"}}
            """);
        Assert.Equal((1, 1), ((int)done["added"]!, (int)done["refused"]![0]!["row"]!));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", $"/outdials/{list}/targets",
            """{"destination_0":{"type":"tel","target":"+4407400123456"}}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/dnc", """{"number":"+4407400123456"}"""));
        Assert.Equal(1, await CountAsync($"/outdials/{list}/targets"));
    }

    private async Task<int> CountAsync(string path) => (await _host.DoneAsync("GET", path))["result"]!.AsArray().Count;

    private async Task<JsonNode> ImportAsync(string list, string lines)
    {
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var response = await _host.SendAsync("POST", $"/v1.0/outdials/{list}/targets/bulk?accesskey={_host.First}", content);
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True((int)response.StatusCode == 200, text);
        return JsonNode.Parse(text)!;
    }
}
