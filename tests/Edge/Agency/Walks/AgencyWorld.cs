using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Audit;

namespace Ringwright.Edge.Agency.Walks;

/// <summary>The walks on one database ask the same node, in turns.</summary>
[CollectionDefinition(nameof(AgencyWorldOnSqlite))]
public sealed class AgencyWalksOnSqlite : ICollectionFixture<AgencyWorldOnSqlite>;

[CollectionDefinition(nameof(AgencyWorldOnPostgres))]
public sealed class AgencyWalksOnPostgres : ICollectionFixture<AgencyWorldOnPostgres>;

public sealed class AgencyWorldOnSqlite() : AgencyWorld(Product.Sqlite);

public sealed class AgencyWorldOnPostgres() : AgencyWorld(Product.Postgres);

/// <summary>Two agencies beside each other, each with two of everything. The walks ask and change nothing, and so share them.</summary>
public abstract partial class AgencyWorld(Product product) : IAsyncLifetime
{
    internal const string NobodysNumber = "+15550999999";

    private AgencyLab _lab = null!;       // set before each test, like the next

    internal IReadOnlyList<AgencyEstate> All { get; private set; } = [];

    /// <summary>Who asks, and whose it is.</summary>
    internal IEnumerable<(AgencyEstate Asks, AgencyEstate Owner)> Pairs => [(All[0], All[1]), (All[1], All[0])];

    /// <summary>Part → who has it in the first agency; those of clients are the first client's, and name what that one has.</summary>
    internal IReadOnlyDictionary<string, AgencyEstate> ByPart { get; private set; } = new Dictionary<string, AgencyEstate>();

    internal AgencyHost Host => _lab.Host;

    /// <summary>INVITEs that have reached the far end.</summary>
    internal int Rung => _lab.Far.Calls.Count;

    public async ValueTask InitializeAsync()
    {
        _lab = await AgencyLab.StartAsync(product, settings => settings with { ApiRate = 1000 });
        var host = _lab.Host;
        await new OperatorClient(host.Node).DataAsync("PATCH", $"/accounts/{host.AccountB["id"]}", """{"request_rate":1000}""");
        All = [new(host, "zircon", host.OwnerA, AgencyLab.From), new(host, "basalt", host.OwnerB, AgencyLab.FromB)];
        foreach (var (estate, account) in All.Zip(new[] { host.AccountA, host.AccountB }))
            for (int nth = 1; nth <= 2; nth++)
            {
                await estate.FillAsync(nth);
                estate.Add("calls", await _lab.DialAsync((string)account["telnyx_key"]!, "busy", from: estate.Number));
                await _lab.EndsAsync(estate.Ids["calls"], estate.Token);
                await QueueAsync(estate, new(Guid.Parse((string)account["id"]!)));
                await AddJobAsync(estate, new(Guid.Parse((string)account["id"]!)));
            }
        ByPart = await PartsAsync(All[0]);
    }

    /// <summary>An agent has talked in the newest call, and nobody has said anything to it.</summary>
    private async Task QueueAsync(AgencyEstate estate, TenantId agency)
    {
        var (database, stop) = (_lab.Host.Node.Node.Database, TestContext.Current.CancellationToken);
        var (call, now) = (estate.Ids["calls"], Times.Cut(DateTimeOffset.UtcNow));
        await new TurnTable(database).BeginAsync(agency, null, "outbound", call, now, stop);
        var (rows, _) = await new EnrichmentQueueTable(database).ListAsync(agency, "", "", 0, 1, stop);
        // The node may have done so already; nothing becomes of it afterwards.
        await new EnrichmentTable(database).WriteDownAsync(new() { Id = rows[0].Id, TenantId = agency, CallId = call }, now, stop);
        estate.Add("queues", rows[0].Id.ToString());
    }

    /// <summary>The history of the agency's calls was to be read, and is not any more.</summary>
    private async Task AddJobAsync(AgencyEstate estate, TenantId agency)
    {
        var (jobs, stop) = (new SyncJobTable(_lab.Host.Node.Node.Database), TestContext.Current.CancellationToken);
        var now = Times.Cut(DateTimeOffset.UtcNow);
        var job = new SyncJob { Id = Guid.CreateVersion7(now), TenantId = agency, DateTo = now, CreatedBy = estate.Mark, CreatedAt = now };
        var note = new AuditNote
        {
            Tenant = agency, At = now, By = AuditActor.Node, Change = "started", RecordType = "agency_sync_job", ResourceId = $"{job.Id}",
        };
        Assert.True(await jobs.StartAsync(job, note, stop));
        Assert.True(await jobs.CancelAsync(agency, job.Id, now, note with { Change = "cancelled" }, stop));
        estate.Add("sync-jobs", job.Id.ToString());
    }

    private async Task<Dictionary<string, AgencyEstate>> PartsAsync(AgencyEstate estate)
    {
        var (host, parts) = (_lab.Host, new Dictionary<string, AgencyEstate> { ["agency_owner"] = estate });
        foreach (string role in new[] { "agency_admin", "agency_member" })
            parts[role] = estate.As((await host.UserAsync(estate.Token, $"{estate.Mark}-{role}", role)).Token, estate.Ids);
        string client = estate.First["clients"];
        foreach (string role in new[] { "client_admin", "client_viewer" })
            parts[role] = estate.As((await host.UserAsync(estate.Token, $"{estate.Mark}-{role}", role, client)).Token, estate.First);
        await new OperatorClient(host.Node).DataAsync("PATCH", $"/accounts/{client}", """{"request_rate":1000}""");
        return parts;
    }

    /// <summary>Each thing of both agencies, and how many there are of each kind, as their owners read them.</summary>
    internal async Task<List<string>> SeenAsync()
    {
        var seen = new List<string>();
        foreach (var estate in All)
        {
            foreach (var one in AgencyArrangement.OfThings.Where(one => one.Method is "GET" && one.Path.EndsWith('}')))
                seen.Add(await ReadAsync(estate, AgencyArrangement.PathOf(one, estate)));
            foreach (var list in AgencyArrangement.Lists)
                seen.Add($"{estate.Mark} {list} {TotalOf(await ReadAsync(estate, AgencyArrangement.PathOf(list, estate)))}");
        }
        return seen;
    }

    internal static async Task<string> ReadAsync(AgencyEstate estate, string path)
    {
        var (status, text) = await estate.AskAsync("GET", path);
        Assert.True(status == 200, $"{path} of {estate.Mark}: {status} {text}");
        return text;
    }

    internal static int TotalOf(string list) => (int)JsonNode.Parse(list)!["pagination"]!["total"]!;

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    /// <summary>As well-formed, and nobody's.</summary>
    internal static string Unlike(string value) =>
        Guid.TryParse(value, out _) ? Guid.CreateVersion7().ToString() : value.StartsWith('+') ? NobodysNumber : "nobody's";

    /// <summary>Without what was asked for and without what is new with each request.</summary>
    internal static string Plain((int Status, string Text) answer, string said) =>
        $"{answer.Status} {Ids().Replace(answer.Text.Replace(said, "~", StringComparison.OrdinalIgnoreCase), "~")}";

    /// <param name="said">What whoever asks has said himself.</param>
    internal static void ShowsNothingOf(AgencyEstate owner, string text, string where, string said = "")
    {
        if (said.Length > 0) text = text.Replace(said, "", StringComparison.OrdinalIgnoreCase);
        foreach (string secret in owner.Secrets)
            Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{where} shows '{secret}' of {owner.Mark}:\n{text}");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\"request_id\": ?\"[^\"]*\"", RegexOptions.IgnoreCase)]
    private static partial Regex Ids();
}
