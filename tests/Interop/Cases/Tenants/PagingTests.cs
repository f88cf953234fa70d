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
        var ((whole, total), pages) = await SteadyAsync(() => WholeAsync(path, "size"), async reading =>
        {
            var each = new List<Answer>();
            for (int page = 1; page <= reading.Total; page++)
                each.Add((await Customer.GetAsync($"{path}?page[size]=1&page[number]={page}")).Succeeds());
            return each;
        });
        Assert.True(total > 0, $"{list} is empty");
        Assert.Equal(Math.Min(total, MostAtOnce), whole.Count);

        var met = new List<string>();
        foreach (var one in pages)
        {
            met.Add(Identity(Assert.Single(one.Data.AsArray())!));
            Assert.Equal(total, Total(one));
            if (one.Meta["page_number"] is { } number)
                Assert.Equal((met.Count, 1, total), ((int)number, (int)one.Meta["page_size"]!, (int)one.Meta["total_pages"]!));
        }
        Assert.Equal(total, met.Distinct().Count());
        Assert.Equal(whole, met.Take(MostAtOnce));
    }

    [Theory, MemberData(nameof(Lists))] // case 62
    public async Task A_page_past_the_end_is_empty_and_one_that_is_too_large_or_none_at_all_is_refused(string list)
    {
        string path = PathOf(list);
        var (reading, past) = await SteadyAsync(() => WholeAsync(path, "size"),
            async whole => (await Customer.GetAsync($"{path}?page[size]=1&page[number]={whole.Total + 1}")).Succeeds());
        Assert.Empty(past.Data.AsArray());
        Assert.Equal(reading.Total, Total(past));
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
        var ((whole, total), met) = await SteadyAsync(() => WholeAsync(path, "limit"), reading => WalkedAsync(path, reading.Total));
        Assert.Equal(whole, met.Take(MostAtOnce));
        Assert.Equal(total, met.Distinct().Count());
    }

    /// <summary>
    /// The last of what was arranged may still happen and be told: a list is judged by a walk between two readings that are the same.
    /// </summary>
    private static async Task<((IReadOnlyList<string> Rows, int Total) Reading, T Walk)> SteadyAsync<T>(
        Func<Task<(IReadOnlyList<string> Rows, int Total)>> read, Func<(IReadOnlyList<string> Rows, int Total), Task<T>> walk)
    {
        var before = await read();
        for (int walks = 1; ; walks++)
        {
            var walked = await walk(before);
            var behind = await read();
            if (walks == MostWalks || before.Total == behind.Total && before.Rows.SequenceEqual(behind.Rows)) return (before, walked);
            before = behind;
        }
    }

    private async Task<(IReadOnlyList<string> Rows, int Total)> WholeAsync(string path, string size)
    {
        var whole = (await Customer.GetAsync($"{path}?page[{size}]={MostAtOnce}")).Succeeds();
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
