namespace Ringwright.Edge.Telnyx;

/// <summary>Lists of assistants as the vendor's own pages ask for them.</summary>
public sealed class AssistantListTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Path = "/v2/ai/assistants";

    /// <summary>Four assistants: three have one tag, one of these another too, and the fourth one of its own; as their names say.</summary>
    public async ValueTask InitializeAsync()
    {
        if ((await host.SendAsync("GET", Path)).List.Count > 0) return;
        foreach (string[] tags in (string[][])[["tag-b"], ["tag-a", "tag-b"], ["tag-b"], ["tag-c"]])
        {
            var made = await host.SendAsync("POST", Path,
                $$"""{"name":"Desk {{string.Join(" ", tags)}}","model":"some/model","instructions":"Be brief."}""");
            Assert.True(made.Status == 200, made.Text);
            string id = (string)made.Body["id"]!;
            foreach (string tag in tags)
                Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/tags", $$"""{"tag":"{{tag}}"}""")).Status);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("filter[tags]=tag-a", 1), InlineData("filter%5Btags%5D=tag-b", 3), InlineData("filter[tags]=tag-a,tag-b", 1)]
    [InlineData("filter[tags][]=tag-a&filter[tags][]=tag-c", 0), InlineData("filter[tags]=does-not-exist", 0)]
    [InlineData("filter[tags]=", 4)]
    // As the vendor's own tools for agents look for one, in what a name holds.
    [InlineData("filter[name]=desk%20TAG-a", 1), InlineData("filter%5Bname%5D=tag-b", 3), InlineData("filter[name]=", 4)]
    [InlineData("filter[name]=Desk&filter[tags]=tag-c", 1), InlineData("filter[name]=tag-a&filter[tags]=tag-c", 0)]
    [InlineData("filter[name]=%25", 0)]
    public async Task Those_are_listed_that_have_all_the_tags_and_the_name(string query, int count)
    {
        var found = await host.SendAsync("GET", $"{Path}?page%5Bnumber%5D=1&page%5Bsize%5D=25&{query}");
        Assert.True(found.Status == 200, found.Text);
        Assert.Equal((count, count), (found.List.Count, (int)found.Body["meta"]!["total_results"]!));
    }

    [Theory, InlineData("", 4), InlineData("&filter[tags]=tag-b", 3)]
    public async Task They_come_in_pages(string filter, int count)
    {
        var second = await host.SendAsync("GET", $"{Path}?page[size]=2&page[number]=2{filter}");
        Assert.True(second.Status == 200, second.Text);
        var meta = second.Body["meta"]!;
        Assert.Equal((count - 2, 2, 2, 2, count), (second.List.Count, (int)meta["page_number"]!, (int)meta["page_size"]!,
            (int)meta["total_pages"]!, (int)meta["total_results"]!));
        Assert.Empty((await host.SendAsync("GET", $"{Path}?page[size]=2&page[number]=2147483647{filter}")).List);
    }

    [Fact]
    public async Task Who_asks_for_no_page_gets_all_of_them()
    {
        var all = await host.SendAsync("GET", Path);
        Assert.Equal((4, 1, 1, 4), (all.List.Count, (int)all.Body["meta"]!["page_number"]!, (int)all.Body["meta"]!["total_pages"]!,
            (int)all.Body["meta"]!["total_results"]!));
    }

    [Theory]
    [InlineData("page[size]=0", 422, "10015"), InlineData("page[size]=1001", 422, "10015"), InlineData("page[number]=x", 422, "10015")]
    [InlineData("filter[colour]=red", 400, "10031"), InlineData("filter[tags][contains]=tag", 400, "10031")]
    [InlineData("filter[tags][ne]=tag-a", 400, "10031"), InlineData("filter[tags]x=tag-a", 400, "10031")]
    [InlineData("filter[name][eq]=desk", 400, "10031")]
    public async Task What_is_no_page_and_no_filter_is_said(string query, int status, string code) =>
        (await host.SendAsync("GET", $"{Path}?{query}")).Refuses(status, code);
}
