using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Interop.Cases;

/// <summary>Every list that is there, walked one by one. Case 62.</summary>
[Collection(nameof(Neighbours))]
public sealed class PagingTests(Neighbours world)
{
    private const int MostAtOnce = 250, MostWalks = 5;

    public static TheoryData<string> Lists => [.. All.Select(o => o.Id)];

    private static IEnumerable<Operation> All =>
        Arrangement.Lists.Concat(Arrangement.ListsBelow).Where(o => o.FindQuery("page") is not null);

    private Customer Customer => world.Root.Customer;

    private string PathOf(string id)
    {
        var list = All.Single(o => o.Id == id);
        return list.PathNames.Count == 0 ? list.Path.TrimStart('/') : Arrangement.PathOf(list, Customer.Application);
    }

    [Theory, MemberData(nameof(Lists))] // case 62
    public async Task Pages_of_one_give_each_thing_once_and_agree_on_how_many_there_are(string list)
    {
        string path = PathOf(list);
        var whole = (await Customer.GetAsync($"{path}?page[size]={MostAtOnce}")).Succeeds();
        int total = Total(whole);
        Assert.True(total > 0, $"{list} is empty");
        Assert.Equal(Math.Min(total, MostAtOnce), whole.Data.AsArray().Count);

        var met = new List<string>();
        for (int page = 1; page <= total; page++)
        {
            var one = (await Customer.GetAsync($"{path}?page[size]=1&page[number]={page}")).Succeeds();
            met.Add(Identity(Assert.Single(one.Data.AsArray())!));
            Assert.Equal(total, Total(one));
            if (one.Meta["page_number"] is { } number)
                Assert.Equal((page, 1, total), ((int)number, (int)one.Meta["page_size"]!, (int)one.Meta["total_pages"]!));
        }
        Assert.Equal(total, met.Distinct().Count());
        Assert.Equal(whole.Data.AsArray().Select(row => Identity(row!)), met.Take(MostAtOnce));
    }

    [Theory, MemberData(nameof(Lists))] // case 62
    public async Task A_page_past_the_end_is_empty_and_one_that_is_too_large_or_none_at_all_is_refused(string list)
    {
        string path = PathOf(list);
        int total = Total((await Customer.GetAsync(path)).Succeeds());
        var past = (await Customer.GetAsync($"{path}?page[size]=1&page[number]={total + 1}")).Succeeds();
        Assert.Empty(past.Data.AsArray());
        Assert.Equal(total, Total(past));
        foreach (string page
                in new[] { "page[size]=251", "page[size]=0", "page[size]=-1", "page[size]=x", "page[number]=0", "page[number]=-1" })
            (await Customer.GetAsync($"{path}?{page}")).Refuses(422, "10015");
    }

    [Theory, MemberData(nameof(Lists))] // case 62
    public async Task Where_a_cursor_leads_on_it_leads_to_the_same_things(string list)
    {
        string path = PathOf(list);
        var first = (await Customer.GetAsync($"{path}?page[limit]=1")).Succeeds();
        if (first.Meta["cursors"] is null) return;      // a list by numbers
        var (whole, total) = await WholeAsync(path);
        var met = await WalkedAsync(path, total);
        // The last deliveries of what was arranged may still be told: it is judged by a walk between two readings that are the same.
        for (int walks = 1; walks < MostWalks && await WholeAsync(path) is var (behind, totalBehind)
            && (total != totalBehind || !whole.SequenceEqual(behind)); walks++)
        {
            (whole, total) = (behind, totalBehind);
            met = await WalkedAsync(path, total);
        }
        Assert.Equal(whole, met.Take(MostAtOnce));
        Assert.Equal(total, met.Distinct().Count());
    }

    private async Task<(IReadOnlyList<string> Rows, int Total)> WholeAsync(string path)
    {
        var whole = (await Customer.GetAsync($"{path}?page[limit]={MostAtOnce}")).Succeeds();
        return ([.. whole.Data.AsArray().Select(row => Identity(row!))], Total(whole));
    }

    private async Task<IReadOnlyList<string>> WalkedAsync(string path, int total)
    {
        var met = new List<string>();
        string? after = null;
        do
        {
            var page = (await Customer.GetAsync(
                $"{path}?page[limit]=1{(after is null ? "" : $"&page[after]={Uri.EscapeDataString(after)}")}")).Succeeds();
            met.AddRange(page.Data.AsArray().Select(row => Identity(row!)));
            after = (string?)page.Meta["cursors"]!["after"];
        }
        while (after is not null && met.Count <= total);
        return met;
    }

    // one of the two is in every list
    private static int Total(Answer answer) => (int)(answer.Meta["total_results"] ?? answer.Meta["total_items"])!;

    /// <summary>What tells a row from the others; an event of a call has no name of its own.</summary>
    private static string Identity(JsonNode row) =>
        (string?)(row["id"] ?? row["media_name"] ?? row["call_control_id"]) ?? row.ToJsonString();
}
