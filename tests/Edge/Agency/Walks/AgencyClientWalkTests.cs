using Ringwright.Testing;

namespace Ringwright.Edge.Agency.Walks;

[Collection(nameof(AgencyWorldOnSqlite))]
public sealed class AgencyClientWalkOnSqliteTests(AgencyWorldOnSqlite world) : AgencyClientWalkTests(world);

[Collection(nameof(AgencyWorldOnPostgres))]
[Depth("the gate walks on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyClientWalkOnPostgresTests(AgencyWorldOnPostgres world) : AgencyClientWalkTests(world);

/// <summary>
/// The wall between the clients of an agency, by all operations that are in: the first client's users are shown nothing of the second's
/// and nothing that is the agency's own, and change none of it, whatever they ask with.
/// </summary>
public abstract class AgencyClientWalkTests(AgencyWorld world)
{
    /// <summary>Of which no client has anything: what the agency has made is its own.</summary>
    private static readonly string[] OfAgency = ["tools", "dnc", "calls", "queues", "sync-jobs", "numbers", "rate-plans"];

    /// <summary>Filters by what a client has; a number and a word may be anybody's.</summary>
    private static readonly string[] Filters = ["client_id", "campaign_id", "batch_id", "agent_id"];

    private AgencyEstate Owner => world.All[0];

    private IEnumerable<AgencyEstate> Users => [world.ByPart["client_admin"], world.ByPart["client_viewer"]];

    [Fact]
    public async Task An_id_of_another_client_or_of_the_agency_is_answered_as_one_that_never_was_and_changes_nothing()
    {
        var before = await world.SeenAsync();
        int asked = 0;
        foreach (var asks in Users)
            foreach (var operation in AgencyArrangement.OfThings)
            {
                string theirs = Owner.Ids[AgencyArrangement.KindOf(operation)], nobodys = AgencyWorld.Unlike(theirs);
                var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                string where = $"{operation} with {theirs}";
                Assert.True(found.Status is 403 or 404, $"{where}: {found}");
                ShowsNothing(found.Text, where, theirs);
                Assert.True(AgencyWorld.Plain(found, theirs) == AgencyWorld.Plain(none, nobodys), $"{where}:\n{found}\n{none}");
                asked++;

                Task<(int Status, string Text)> AskAsync(string id) => asks.AskAsync(operation.Method,
                    AgencyArrangement.PathOf(operation, asks, id), AgencyArrangement.BodyOf(operation, asks));
            }
        Assert.True(asked > 60, $"{asked}");
        Assert.Equal(before, await world.SeenAsync());
    }

    [Fact]
    public async Task Lists_show_the_clients_own_things_alone_whatever_they_are_filtered_by()
    {
        // Case R02.
        int shown = 0;
        foreach (var asks in Users)
            foreach (var list in AgencyArrangement.Lists)
            {
                string path = AgencyArrangement.PathOf(list, asks);
                var (status, text) = await asks.AskAsync("GET", path);
                Assert.True(status is 200 or 403, $"{list}: {status} {text}");
                ShowsNothing(text, $"{list}");
                if (status is 403) continue;
                shown++;
                foreach (string filter in AgencyArrangement.FiltersOf(list).Intersect(Filters))
                {
                    string theirs = AgencyArrangement.FilterOf(filter, Owner);
                    var found = await asks.AskAsync("GET", $"{path}?{filter}={theirs}");
                    ShowsNothing(found.Text, $"{list} with {filter}", theirs);
                    Assert.True(found.Status is not 200 || AgencyWorld.TotalOf(found.Text) == 0, $"{list} with {filter}: {found}");
                }
            }
        Assert.True(shown > 15, $"{shown}");
    }

    [Fact]
    public async Task A_body_that_names_another_clients_thing_is_answered_as_one_that_names_nothing_and_calls_nobody()
    {
        var before = await world.SeenAsync();
        int rung = world.Rung, asked = 0;
        foreach (var asks in Users)
            // The agency's numbers are for its clients to call by.
            foreach (var (operation, field) in AgencyArrangement.Named.Where(one => one.Field is not "from_number"))
            {
                string theirs = AgencyArrangement.NamedBy(field, Owner), nobodys = AgencyWorld.Unlike(theirs);
                var (found, none) = (await AskAsync(theirs), await AskAsync(nobodys));
                string where = $"{operation} with {field} = {theirs}";
                Assert.True(found.Status is >= 400 and < 500, $"{where}: {found}");
                ShowsNothing(found.Text, where, theirs);
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
    public async Task Tables_figures_and_functions_show_nothing_of_another_client_and_change_none_of_it()
    {
        var before = await world.SeenAsync();
        int rung = world.Rung, asked = 0;
        foreach (var asks in Users)
        {
            foreach (var whole in AgencyArrangement.Wholes)
                Look($"{whole}", await asks.AskAsync("GET", AgencyArrangement.PathOf(whole, asks)));
            foreach (var whole in AgencyArrangement.WholeFunctions) Look($"{whole}", await asks.FunctionAsync("GET", whole.Path));
            // The agency's numbers are for its clients to call by.
            foreach (var (row, field) in AgencyArrangement.Functions.Where(one => one.Field is not "from_number"))
            {
                string theirs = AgencyArrangement.NamedBy(row, field, Owner);
                var (path, body) = AgencyArrangement.AskOf(row, asks, field, theirs);
                var found = await asks.FunctionAsync(AgencyArrangement.FunctionOf(row).Method, path, body);
                Assert.True(found.Status is >= 400 and < 500, $"{row.Name} with {field} = {theirs}: {found}");
                Look($"{row.Name} with {field}", found, theirs);
            }
        }
        Assert.True(asked > 100, $"{asked}");
        Assert.Equal(before, await world.SeenAsync());
        Assert.Equal(rung, world.Rung);

        void Look(string where, (int Status, string Text) answer, string said = "")
        {
            Assert.True(answer.Status is 200 or >= 400 and < 500, $"{where}: {answer}");
            ShowsNothing(answer.Text, where, said);
            asked++;
        }
    }

    /// <param name="said">What whoever asks has said himself.</param>
    private void ShowsNothing(string text, string where, string said = "")
    {
        if (said.Length > 0) text = text.Replace(said, "", StringComparison.OrdinalIgnoreCase);
        foreach (string secret in Owner.Ids.Values.Concat(OfAgency.Select(kind => Owner.First[kind])))
            Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{where} shows '{secret}':\n{text}");
    }
}
