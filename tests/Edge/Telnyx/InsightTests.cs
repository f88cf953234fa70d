namespace Ringwright.Edge.Telnyx;

/// <summary>Templates of what is to be found out of conversations, and groups of them, over HTTP.</summary>
public sealed class InsightTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Insights = "/v2/ai/conversations/insights", Groups = "/v2/ai/conversations/insight-groups";

    [Fact]
    public async Task A_group_has_the_insights_that_were_assigned_to_it()
    {
        string first = await InsightAsync("mood"), second = await InsightAsync("topic");
        string group = (string)(await host.SendAsync("POST", Groups, """{"name":"after calls","description":"d"}""")).Data["id"]!;
        foreach (string insight in new[] { second, first, second })
            Assert.Equal(200, (await host.SendAsync("POST", $"{Groups}/{group}/insights/{insight}/assign")).Status);
        Assert.Equal(["topic", "mood"], await NamesAsync());

        var changed = await host.SendAsync("PUT", $"{Groups}/{group}", """{"name":"renamed"}""");
        Assert.Equal(("renamed", "d", 2), ((string?)changed.Data["name"], (string?)changed.Data["description"],
            changed.Data["insights"]!.AsArray().Count));
        (await host.SendAsync("POST", $"{Groups}/{group}/insights/{Guid.NewGuid()}/assign")).Refuses(404, "10005");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Groups}/{group}/insights/{second}/unassign")).Status);
        (await host.SendAsync("DELETE", $"{Groups}/{group}/insights/{second}/unassign")).Refuses(404, "10005");
        (await host.SendAsync("GET", $"{Groups}/{group}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        // A template that goes leaves its groups.
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Insights}/{first}")).Status);
        Assert.Empty(await NamesAsync());
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Groups}/{group}")).Status);
        (await host.SendAsync("GET", $"{Groups}/{group}")).Refuses(404, "10005");

        async Task<IEnumerable<string?>> NamesAsync() =>
            (await host.SendAsync("GET", $"{Groups}/{group}")).Data["insights"]!.AsArray().Select(i => (string?)i!["name"]);

        async Task<string> InsightAsync(string name) => (string)(await host.SendAsync("POST", Insights,
            $$"""{"name":"{{name}}","instructions":"Find out.","json_schema":{"type":"object"} }""")).Data["id"]!;
    }

    [Theory, InlineData("""{"name":"n","instructions":" "}""", "10004", "/instructions"),
        InlineData("""{"name":" ","instructions":"i"}""", "10025", "/name"),
        InlineData("""{"name":"n","instructions":"i","json_schema":"[1]"}""", "10015", "/json_schema"),
        InlineData("""{"name":"n","instructions":"i","json_schema":"{"}""", "10015", "/json_schema"),
        InlineData("""{"name":"n","instructions":"i","json_schema":"{\"type\":\"object\",\"type\":\"text\"}"}""", "10015", "/json_schema"),
        InlineData("""{"name":"n","instructions":"i","webhook":"http://127.0.0.1/"}""", "10003", "/webhook")]
    public async Task A_template_that_cannot_be_is_refused(string body, string code, string pointer) =>
        (await host.SendAsync("POST", Insights, body)).Refuses(422, code, pointer);

    [Fact]
    public async Task Each_account_has_three_of_the_nodes_own_that_stay_as_they_are_and_are_assigned_as_any()
    {
        string own = (string)(await host.SendAsync("POST", Insights, """{"name":"n","instructions":"i"}""")).Data["id"]!;
        var all = await host.SendAsync("GET", $"{Insights}?page[size]=100");
        var managed = all.List.Where(insight => (string?)insight!["insight_type"] == "default").ToList();
        Assert.Equal(["Summary", "Agent instruction following", "User satisfaction"], managed.Select(insight => (string?)insight!["name"]));
        // They are the last ones, whatever the pages.
        Assert.Equal("default", (string?)all.List[^1]!["insight_type"]);
        int count = all.List.Count;
        Assert.Equal(count, (int)all.Body["meta"]!["total_results"]!);
        var paged = new List<string?>();
        for (int page = 1; page <= (count + 1) / 2; page++)
            paged.AddRange((await host.SendAsync("GET", $"{Insights}?page[size]=2&page[number]={page}")).List
                .Select(insight => (string?)insight!["id"]));
        Assert.Equal(all.List.Select(insight => (string?)insight!["id"]), paged);

        string id = (string)managed[0]!["id"]!;
        Assert.Equal("Summary", (string?)(await host.SendAsync("GET", $"{Insights}/{id}")).Data["name"]);
        (await host.SendAsync("PUT", $"{Insights}/{id}", """{"name":"Mine"}""")).Refuses(400, "10015");
        (await host.SendAsync("DELETE", $"{Insights}/{id}")).Refuses(400, "10015");
        // Another account has others.
        (await host.SendAsync("GET", $"{Insights}/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        string group = (string)(await host.SendAsync("POST", Groups, """{"name":"all"}""")).Data["id"]!;
        foreach (string insight in new[] { id, own })
            Assert.Equal(200, (await host.SendAsync("POST", $"{Groups}/{group}/insights/{insight}/assign")).Status);
        Assert.Equal(["default", "custom"], (await host.SendAsync("GET", $"{Groups}/{group}")).Data["insights"]!.AsArray()
            .Select(insight => (string?)insight!["insight_type"]));
    }

    [Fact]
    public async Task A_template_is_changed_field_by_field()
    {
        var made = await host.SendAsync("POST", Insights, """{"name":"n","instructions":"i","json_schema":"{\"type\":\"object\"}"}""");
        Assert.Equal(("custom", ""), ((string?)made.Data["insight_type"], (string?)made.Data["webhook"]));
        var changed = await host.SendAsync("PUT", $"{Insights}/{made.Data["id"]}", """{"name":"m"}""");
        Assert.Equal(("m", "i", """{"type":"object"}"""),
            ((string?)changed.Data["name"], (string?)changed.Data["instructions"], (string?)changed.Data["json_schema"]));
    }
}
