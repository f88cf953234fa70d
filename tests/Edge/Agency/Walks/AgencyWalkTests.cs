using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency.Walks;

[Collection(nameof(AgencyWorldOnSqlite))]
public sealed class AgencyWalkOnSqliteTests(AgencyWorldOnSqlite world) : AgencyWalkTests(world);

[Collection(nameof(AgencyWorldOnPostgres))]
[Depth("the gate walks on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyWalkOnPostgresTests(AgencyWorldOnPostgres world) : AgencyWalkTests(world);

/// <summary>
/// The walls between agencies and the pages of lists, by all operations that are in: nothing of one agency is shown to another or changed
/// by it, whatever it asks with, and nobody is called for it.
/// </summary>
public abstract class AgencyWalkTests(AgencyWorld world)
{
    [Fact]
    public async Task Each_list_holds_the_agencys_own_things_and_nothing_of_the_other()
    {
        foreach (var (asks, owner) in world.Pairs)
            foreach (var list in AgencyArrangement.Lists)
            {
                string text = await AgencyWorld.ReadAsync(asks, AgencyArrangement.PathOf(list, asks));
                Assert.True(AgencyWorld.TotalOf(text) > 0, $"{list} is empty for {asks.Mark}");
                AgencyWorld.ShowsNothingOf(owner, text, $"{list} of {asks.Mark}");
            }
    }

    [Fact]
    public async Task A_filter_by_what_the_other_agency_has_finds_what_a_filter_by_nothing_finds()
    {
        int asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var list in AgencyArrangement.Lists)
                foreach (string filter in AgencyArrangement.FiltersOf(list))
                {
                    string theirs = AgencyArrangement.FilterOf(filter, owner), nobodys = AgencyWorld.Unlike(theirs);
                    var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                    string where = $"{list} with {filter}={theirs} as {asks.Mark}";
                    AgencyWorld.ShowsNothingOf(owner, found.Text, where, theirs);
                    Assert.True(AgencyWorld.Plain(found, theirs) == AgencyWorld.Plain(none, nobodys), $"{where}:\n{found}\n{none}");
                    Assert.True(found.Status is not 200 || AgencyWorld.TotalOf(found.Text) == 0, $"{where}: {found}");
                    asked++;

                    Task<(int Status, string Text)> AskAsync(string value) => asks.AskAsync("GET",
                        $"{AgencyArrangement.PathOf(list, asks)}?{filter}={Uri.EscapeDataString(value)}");
                }
        Assert.True(asked > 20, $"{asked}");
    }

    [Fact]
    public async Task An_id_of_the_other_agency_is_answered_as_one_that_never_was_and_changes_nothing()
    {
        var before = await world.SeenAsync();
        int asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var operation in AgencyArrangement.OfThings)
            {
                AgencyArrangement.PathOf(operation, owner);       // says what is not arranged
                string theirs = owner.Ids[AgencyArrangement.KindOf(operation)], nobodys = AgencyWorld.Unlike(theirs);
                var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                string where = $"{operation} with {theirs} of {owner.Mark} as {asks.Mark}";
                Assert.True(found.Status == 404, $"{where}: {found}");
                AgencyWorld.ShowsNothingOf(owner, found.Text, where, theirs);
                Assert.True(AgencyWorld.Plain(found, theirs) == AgencyWorld.Plain(none, nobodys), $"{where}:\n{found}\n{none}");
                asked++;

                Task<(int Status, string Text)> AskAsync(string id) => asks.AskAsync(operation.Method,
                    AgencyArrangement.PathOf(operation, asks, id), AgencyArrangement.BodyOf(operation, asks));
            }
        Assert.True(asked > 60, $"{asked}");
        Assert.Equal(before, await world.SeenAsync());
    }

    [Fact]
    public async Task A_body_that_names_the_other_agencys_thing_is_answered_as_one_that_names_nothing_and_calls_nobody()
    {
        var before = await world.SeenAsync();
        int rung = world.Rung, asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var (operation, field) in AgencyArrangement.Named)
            {
                string theirs = AgencyArrangement.NamedBy(field, owner), nobodys = AgencyWorld.Unlike(theirs);
                var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                string where = $"{operation} with {field} = {theirs} of {owner.Mark} as {asks.Mark}";
                // Of several agents each has its own result.
                Assert.True(found.Status is >= 400 and < 500 || (bool?)JsonNode.Parse(found.Text)!["success"] is false,
                    $"{where}: {found}");
                AgencyWorld.ShowsNothingOf(owner, found.Text, where, theirs);
                Assert.True(AgencyWorld.Plain(found, theirs) == AgencyWorld.Plain(none, nobodys), $"{where}:\n{found}\n{none}");
                asked++;

                Task<(int Status, string Text)> AskAsync(string value)
                {
                    var body = AgencyArrangement.BodyOf(operation, asks)!;      // a field is in a body
                    body[field] = value;
                    return asks.AskAsync(operation.Method, AgencyArrangement.PathOf(operation, asks), body);
                }
            }
        Assert.True(asked > 30, $"{asked}");
        Assert.Equal(before, await world.SeenAsync());
        Assert.Equal(rung, world.Rung);
    }

    [Fact]
    public async Task Tables_and_figures_hold_nothing_of_the_other_agency_by_whichever_path()
    {
        int read = 0;
        foreach (var (asks, owner) in world.Pairs)
        {
            foreach (var whole in AgencyArrangement.Wholes)
                Look(whole, await asks.AskAsync("GET", AgencyArrangement.PathOf(whole, asks)));
            foreach (var whole in AgencyArrangement.WholeFunctions) Look(whole, await asks.FunctionAsync("GET", whole.Path));

            void Look(Operation whole, (int Status, string Text) answer)
            {
                // Some are asked with a filter that they need, or with a provider's key.
                Assert.True(answer.Status is 200 or 400, $"{whole} as {asks.Mark}: {answer}");
                AgencyWorld.ShowsNothingOf(owner, answer.Text, $"{whole} as {asks.Mark}");
                if (answer.Status is 200) read++;
            }
        }
        Assert.True(read > 60, $"{read}");
    }

    [Fact]
    public async Task A_function_that_names_the_other_agencys_thing_answers_as_one_that_names_nothing_and_changes_nothing()
    {
        var before = await world.SeenAsync();
        int rung = world.Rung, asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var (row, field) in AgencyArrangement.Functions)
            {
                string theirs = AgencyArrangement.NamedBy(row, field, owner), nobodys = AgencyWorld.Unlike(theirs);
                var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                string where = $"{row.Name} with {field} = {theirs} of {owner.Mark} as {asks.Mark}";
                // Of several agents each has its own result.
                Assert.True(field == row.Names ? found.Status is 404 : found.Status is >= 400 and < 500
                    || (bool?)JsonNode.Parse(found.Text)!["success"] is false, $"{where}: {found}");
                AgencyWorld.ShowsNothingOf(owner, found.Text, where, theirs);
                Assert.True(AgencyWorld.Plain(found, theirs) == AgencyWorld.Plain(none, nobodys), $"{where}:\n{found}\n{none}");
                asked++;

                Task<(int Status, string Text)> AskAsync(string value)
                {
                    var (path, body) = AgencyArrangement.AskOf(row, asks, field, value);
                    return asks.FunctionAsync(AgencyArrangement.FunctionOf(row).Method, path, body);
                }
            }
        Assert.True(asked > 20, $"{asked}");
        Assert.Equal(before, await world.SeenAsync());
        Assert.Equal(rung, world.Rung);
    }

    public static TheoryData<string> Lists => [.. AgencyArrangement.Lists.Select(list => list.Id)];

    [Theory, MemberData(nameof(Lists))]
    public async Task Pages_of_one_give_each_thing_once_and_agree_on_how_many_there_are(string id)
    {
        var estate = world.All[0];
        string path = AgencyArrangement.PathOf(AgencyArrangement.Lists.Single(list => list.Id == id), estate);
        int most = id is "DashboardCampaigns" ? 100 : 200;
        string whole = await AgencyWorld.ReadAsync(estate, $"{path}?limit={most}");
        int total = AgencyWorld.TotalOf(whole);
        Assert.True(total > 0, $"{path} is empty");
        var met = new List<string>();
        for (int at = 0; at < total; at++)
        {
            string page = await AgencyWorld.ReadAsync(estate, $"{path}?limit=1&offset={at}");
            met.Add(Assert.Single(RowsOf(page)));
            Assert.Equal($$"""{"total":{{total}},"limit":1,"offset":{{at}},"has_more":{{(at + 1 < total ? "true" : "false")}}}""",
                PageOf(page).ToJsonString());
        }
        Assert.Equal(total, met.Distinct().Count());
        Assert.Equal(RowsOf(whole), met.Take(most));

        string past = await AgencyWorld.ReadAsync(estate, $"{path}?limit=1&offset={total}");
        Assert.Empty(RowsOf(past));
        Assert.Equal((total, false), (AgencyWorld.TotalOf(past), (bool)PageOf(past)["has_more"]!));
        foreach (string page in new[] { "limit=0", $"limit={most + 1}", "limit=-1", "limit=x", "offset=-1", "offset=x" })
        {
            var (status, text) = await estate.AskAsync("GET", $"{path}?{page}");
            Assert.True(status == 400, $"{path}?{page}: {status} {text}");
        }
    }

    private static JsonNode PageOf(string list) => JsonNode.Parse(list)!["pagination"]!;

    /// <summary>What tells a row from the others, in the rows' order; of several lists the last before the pages is the one.</summary>
    private static List<string> RowsOf(string list) =>
    [
        .. JsonNode.Parse(list)!.AsObject().TakeWhile(member => member.Key != "pagination").Select(member => member.Value)
            .OfType<JsonArray>().Last().Select(row => (string?)row!["id"] ?? row.ToJsonString()),
    ];
}
