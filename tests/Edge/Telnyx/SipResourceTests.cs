using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>
/// What each resource around SIP connections owes its callers: the round of its life, bad input, strangers, paging, filters, sort.
/// </summary>
public sealed class SipResourceTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static int _counter = 20;

    public static TheoryData<int> Resources => [.. Enumerable.Range(0, SipResource.All.Length)];

    [Theory, MemberData(nameof(Resources))]
    public async Task It_is_made_got_changed_and_deleted(int index)
    {
        var resource = SipResource.All[index];
        var (name, made) = await MakeAsync(resource);
        string path = $"{resource.Path}/{made["id"]}";
        Assert.Equal(resource.RecordType, (string?)made["record_type"]);
        Assert.Matches("^2025-03-04T.*Z$", (string?)made["created_at"]);
        Assert.True(JsonNode.DeepEquals(made, (await host.SendAsync("GET", path)).Data));

        var changed = await host.SendAsync("PATCH", path, await FillAsync(resource.Patch, name));
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(resource.Patched.Value.Replace("@", name), (string?)changed.Data[resource.Patched.Name]);
        Assert.True(JsonNode.DeepEquals(changed.Data, (await host.SendAsync("GET", path)).Data));

        var gone = await host.SendAsync("DELETE", path);
        Assert.Equal((200, (string?)made["id"]), (gone.Status, (string?)gone.Data["id"]));
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", path)).Refuses(404, "10005");
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task A_missing_field_and_a_wrong_value_are_refused_with_a_pointer(int index)
    {
        var resource = SipResource.All[index];
        var missing = await host.SendAsync("POST", resource.Path, await FillAsync(resource.Missing, Next()));
        Assert.Equal((422, resource.MissingPointer), (missing.Status, missing.Pointer));
        (await host.SendAsync("POST", resource.Path, await FillAsync(resource.Wrong, Next())))
            .Refuses(422, resource.WrongCode.Code, resource.WrongCode.Pointer);
        (await host.SendAsync("POST", resource.Path, "{")).Refuses(400, "10023");
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task Another_accounts_is_not_found_and_neither_is_an_unknown_id(int index)
    {
        var resource = SipResource.All[index];
        var (name, made) = await MakeAsync(resource);
        string patch = await FillAsync(resource.Patch, name);
        foreach (var (path, key) in new[]
        {
            ($"{resource.Path}/{made["id"]}", TelnyxHost.OtherTenantKey), ($"{resource.Path}/1293384261075731499", TelnyxHost.Key),
            ($"{resource.Path}/nonsense", TelnyxHost.Key), ($"{resource.Path}/6a09cdc3-8948-47f0-aa62-74ac943d6c58", TelnyxHost.Key),
        })
        {
            (await host.SendAsync("GET", path, key: key)).Refuses(404, "10005");
            (await host.SendAsync("PATCH", path, patch, key)).Refuses(404, "10005");
            (await host.SendAsync("DELETE", path, key: key)).Refuses(404, "10005");
        }
        Assert.Equal(200, (await host.SendAsync("GET", $"{resource.Path}/{made["id"]}")).Status);
        Assert.DoesNotContain((await host.SendAsync("GET", resource.Path, key: TelnyxHost.OtherTenantKey)).List,
            r => (string?)r!["id"] == (string?)made["id"]);
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task Its_list_is_filtered_paged_and_bounded(int index)
    {
        var resource = SipResource.All[index];
        var (name, made) = await MakeAsync(resource);
        await MakeAsync(resource);
        var found = await host.SendAsync("GET", $"{resource.Path}?{resource.Filter.Replace("@", name)}");
        Assert.Equal((string?)made["id"], (string?)Assert.Single(found.List)!["id"]);
        Assert.True(JsonNode.DeepEquals(made, found.List[0]));
        (await host.SendAsync("GET", $"{resource.Path}?filter[colour]=red")).Refuses(400, "10031");

        var met = new HashSet<string>();
        int total = (int)(await host.SendAsync("GET", resource.Path)).Body["meta"]!["total_results"]!;
        for (int number = 1; number <= total; number++)
        {
            var page = await host.SendAsync("GET", $"{resource.Path}?page[number]={number}&page[size]=1");
            Assert.Equal((total, total, number, 1), ((int?)page.Body["meta"]!["total_results"], (int?)page.Body["meta"]!["total_pages"],
                (int?)page.Body["meta"]!["page_number"], (int?)page.Body["meta"]!["page_size"]));
            Assert.True(met.Add((string)Assert.Single(page.List)!["id"]!));
        }
        Assert.Empty((await host.SendAsync("GET", $"{resource.Path}?page[number]={total + 1}&page[size]=1")).List);
        (await host.SendAsync("GET", $"{resource.Path}?page[size]=251")).Refuses(422, "10015");
        (await host.SendAsync("GET", $"{resource.Path}?page[number]=0")).Refuses(422, "10015");
    }

    [Theory]
    [InlineData("/v2/credential_connections"), InlineData("/v2/ip_connections"), InlineData("/v2/fqdn_connections"),
        InlineData("/v2/connections")]
    public async Task A_list_of_connections_is_sorted_by_what_the_contract_names(string path)
    {
        var resource = SipResource.All.FirstOrDefault(r => r.Path == path) ?? SipResource.All[1];
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var (first, _) = await MakeAsync(resource, "zz");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var (second, _) = await MakeAsync(resource, "aa");
        Assert.Equal([first, second], await Names(""));
        Assert.Equal([second, first], await Names("&sort=-created_at"));
        Assert.Equal([second, first], await Names("&sort=connection_name"));
        Assert.Equal([first, second], await Names("&sort=active"));
        (await host.SendAsync("GET", $"{path}?sort=colour")).Refuses(400, "10018");

        async Task<string[]> Names(string query) => [.. (await host.SendAsync("GET", $"{path}?page[size]=250{query}")).List
            .Select(c => (string)c!["connection_name"]!).Where(n => n == first || n == second)];
    }

    private static string Next() => Interlocked.Increment(ref _counter).ToString();

    private async Task<(string Name, JsonObject Data)> MakeAsync(SipResource resource, string prefix = "")
    {
        string name = prefix + Next();
        var made = await host.SendAsync("POST", resource.Path, await FillAsync(resource.Body, name));
        Assert.True(made.Status == 201, made.Text);
        return (name, made.Data);
    }

    private async Task<string> FillAsync(string text, string name)
    {
        text = text.Replace("@", name);
        foreach (string kind in (string[])["credential", "ip", "fqdn"])
            if (text.Contains("$" + kind)) text = text.Replace("$" + kind, await host.ConnectionAsync(kind));
        return text;
    }
}
