using System.Text.RegularExpressions;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Audit;

namespace Ringwright.Edge.Agency.Walks;

/// <summary>Two agencies beside each other, each with two of everything. The walks ask and change nothing, and so share them.</summary>
public sealed partial class AgencyWorld : IAsyncLifetime
{
    internal const string NobodysNumber = "+15550999999";

    private AgencyLab _lab = null!;       // set before each test, like the next

    internal IReadOnlyList<AgencyEstate> All { get; private set; } = [];

    /// <summary>Who asks, and whose it is.</summary>
    internal IEnumerable<(AgencyEstate Asks, AgencyEstate Owner)> Pairs => [(All[0], All[1]), (All[1], All[0])];

    /// <summary>INVITEs that have reached the far end.</summary>
    internal int Rung => _lab.Far.Calls.Count;

    public async ValueTask InitializeAsync()
    {
        _lab = await AgencyLab.StartAsync(Product.Sqlite);
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
                await ReadAsync(estate, new(Guid.Parse((string)account["id"]!)));
            }
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
    private async Task ReadAsync(AgencyEstate estate, TenantId agency)
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
