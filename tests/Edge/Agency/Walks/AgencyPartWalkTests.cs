using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency.Walks;

[Collection(nameof(AgencyWorldOnSqlite))]
public sealed class AgencyPartWalkOnSqliteTests(AgencyWorldOnSqlite world) : AgencyPartWalkTests(world);

[Collection(nameof(AgencyWorldOnPostgres))]
[Depth("the gate walks on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyPartWalkOnPostgresTests(AgencyWorldOnPostgres world) : AgencyPartWalkTests(world);

/// <summary>Each operation that is in, asked by each part of users: what was agreed decides, and not the node's own tables.</summary>
public abstract class AgencyPartWalkTests(AgencyWorld world)
{
    /// <summary>Of which each client has something, so that its users are shown it.</summary>
    private static readonly string[] OfClients = ["clients", "users", "agents", "campaigns", "batches", "contacts", "imports"];

    [Fact]
    public async Task Each_part_may_what_was_agreed_and_nothing_else()
    {
        // Case R03. A sign-in is ended by AgencyTenancyTests.
        int refused = 0;
        foreach (var operation in AgencyArrangement.Bound.Where(one => !one.IsPublic && one.Id is not "Logout"))
            foreach (var (role, asks) in world.ByPart)
            {
                bool may = AgencyMatrix.May(operation.Id, role);
                int status = await AskAsync(operation, asks, may);
                Assert.True(may ? status is 200 or 400 or 404 or 415 : status is 403, $"{operation} as {role}: {status}");
                if (may && operation.Method is "GET" && operation.PathNames.Count > 0
                        && OfClients.Contains(AgencyArrangement.KindOf(operation)))
                    Assert.True(status == 200, $"{operation} of what it may see as {role}: {status}");
                if (!may) refused++;
            }
        Assert.True(refused > 100, $"{refused}");
    }

    [Fact]
    public async Task An_administrator_of_the_platform_may_what_was_agreed_within_an_agency_and_nothing_of_it_without()
    {
        var (estate, token) = (world.All[0], await world.Host.AdministratorAsync());
        string agency = (string)world.Host.AccountA["id"]!;
        // Files and the stream are asked by other parts.
        string[] others = ["Logout", "Stream", "PutLogo", "ImportContacts"], ofNone = ["ListAgencies", "CreateAgency", "TickWorker",
            "ListVoices", "GetMe", "ChangePassword"];
        foreach (var operation in AgencyArrangement.Bound.Where(one => !one.IsPublic && !others.Contains(one.Id)))
        {
            bool may = AgencyMatrix.CellOf(operation.Id, "admin") is not '-';
            string path = AgencyArrangement.PathOf(operation, estate, may ? Guid.CreateVersion7().ToString() : null);
            if (operation.Id is "DeleteIntegration" or "TickWorker") path = path.Replace("ultravox", "nobodys", StringComparison.Ordinal);
            var body = AgencyArrangement.BodyOf(operation, estate);
            if (may && body is not null) body["nobody_reads_this"] = true;
            var (inside, text) = await world.Host.ActAsync(token, agency, "a complaint", operation.Method, path, body?.ToJsonString());
            Assert.True(may ? inside is 200 or 400 or 404 or 415 : inside is 403, $"{operation} within an agency: {inside} {text}");
            var (outside, said) = await world.Host.ActAsync(token, null, null, operation.Method, path, body?.ToJsonString());
            Assert.True(ofNone.Contains(operation.Id) ? outside is 200 or 400 or 404 : outside is 403, $"{operation}: {outside} {said}");
        }
    }

    /// <summary>
    /// Nothing becomes of it: whoever may names what is nobody's, or says a field that nobody reads, and is refused for that alone.
    /// </summary>
    private static async Task<int> AskAsync(Operation operation, AgencyEstate asks, bool may)
    {
        string? nobodys = may && operation.Method is not "GET" ? Guid.CreateVersion7().ToString() : null;
        string path = AgencyArrangement.PathOf(operation, asks, nobodys);
        switch (operation.Id)
        {
            case "Stream": return await asks.ListenAsync();
            case "PutLogo": return await asks.UploadAsync(path);
            case "ImportContacts": return await asks.UploadAsync(path, ("batch_id", Guid.CreateVersion7().ToString()));
            case "DeleteIntegration" when may: path = "/integrations/nobodys"; break;
            default: break;
        }
        var body = AgencyArrangement.BodyOf(operation, asks);
        if (may && body is not null) body["nobody_reads_this"] = true;
        return (await asks.AskAsync(operation.Method, path, body)).Status;
    }
}
