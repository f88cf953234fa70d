using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Telling;

/// <summary>Something that has happened in an agency, and is told once.</summary>
/// <param name="Type">As in <see cref="NewsTypes"/>.</param>
/// <param name="Subject">The id of what it happened to.</param>
/// <param name="Key">Another thing that happens, or the same another time, has another.</param>
internal sealed record News(string Type, string Subject, string Key, DateTimeOffset At)
{
    /// <summary>Whose call it is.</summary>
    public TenantId Account { get; init; }
}

/// <summary>What webhooks of an agency are told of; the contract has the same.</summary>
internal static class NewsTypes
{
    public const string CallStarted = "call.started", CallEnded = "call.ended", CallAnalyzed = "call.analyzed",
        BatchCompleted = "batch.completed", BatchPaused = "batch.paused", ContactCompleted = "contact.completed",
        NumberStatusChanged = "number.status_changed", NumberListed = "dnc.added";
}

/// <summary>
/// What has happened in an agency, by the rows that say so, whoever has written them: another API, another node, an earlier start of this
/// one. What has been so for a shorter time than between two looks is not found.
/// </summary>
internal sealed class AgencyNews(AgencyParts parts, TenantId agency)
{
    private readonly AgencyCalls _calls = new(parts);
    private readonly NewsTable _table = new(parts.Store);

    /// <summary>Who sees all of the agency's.</summary>
    private readonly AgencyScope _whole = new(agency, null, AgencyRoles.Owner);

    /// <summary>The agency's, and those of its clients.</summary>
    private IReadOnlyList<TenantId> Accounts => AgencyCalls.AccountsOf(parts.Store.Routing.Current, _whole, null);

    /// <param name="wanted">Of the types.</param>
    /// <param name="since">Earlier things may come, too: calls that are still up.</param>
    public async ValueTask<List<News>> ListAsync(IReadOnlySet<string> wanted, DateTimeOffset since, CancellationToken stop)
    {
        var news = new List<News>();
        if (wanted.Contains(NewsTypes.CallStarted) || wanted.Contains(NewsTypes.CallEnded))
        {
            var moving = await _table.ListCallsAsync(Accounts, since, stop);
            moving.AddRange(await _table.ListRemoteAsync(agency, since, stop));
            foreach (var call in moving)
            {
                Add(NewsTypes.CallStarted, call.Uuid, "", call.StartedAt, call.TenantId);
                if (call.EndedAt is { } ended) Add(NewsTypes.CallEnded, call.Uuid, "", ended, call.TenantId);
            }
        }
        if (wanted.Contains(NewsTypes.CallAnalyzed))
            foreach (var call in await _table.ListAsync(NewsTable.SelectAnalysed, agency, since, stop))
                Add(NewsTypes.CallAnalyzed, call.Id, KeyOf(call), call.At, agency);
        if (wanted.Contains(NewsTypes.BatchPaused) || wanted.Contains(NewsTypes.BatchCompleted))
            foreach (var batch in await _table.ListAsync(NewsTable.SelectBatches, agency, since, stop))
                Add(batch.Word is BatchRow.Paused ? NewsTypes.BatchPaused : NewsTypes.BatchCompleted, batch.Id, KeyOf(batch), batch.At);
        if (wanted.Contains(NewsTypes.ContactCompleted))
            foreach (var contact in await _table.ListContactsAsync(agency, since, stop))
                Add(NewsTypes.ContactCompleted, contact.Id, KeyOf(contact), contact.At);
        if (wanted.Contains(NewsTypes.NumberStatusChanged))
            foreach (var number in await _table.ListAsync(NewsTable.SelectNumbers, agency, since, stop))
                Add(NewsTypes.NumberStatusChanged, number.Id, KeyOf(number), number.At);
        return [.. news.Where(one => wanted.Contains(one.Type)).OrderBy(one => one.At)];

        void Add(string type, string subject, string key, DateTimeOffset at, TenantId account = default) =>
            news.Add(new(type, subject, $"{type} {subject} {key}", at) { Account = account });
    }

    /// <summary>What it happened to as it is now, and whose that is; without what is gone meanwhile.</summary>
    public async ValueTask<Dictionary<News, (string? Client, JsonObject Data)>> ShowAsync(IReadOnlyCollection<News> news,
        CancellationToken stop)
    {
        var shown = new Dictionary<News, (string?, JsonObject)>();
        var calls = news.Where(one => one.Type is NewsTypes.CallStarted or NewsTypes.CallEnded or NewsTypes.CallAnalyzed).ToList();
        if (calls.Count > 0)
        {
            var owned = await AccountsAsync(calls, stop);
            var read = (await _calls.ReadAsync(agency, owned, stop)).ToDictionary(call => call.Leg.Uuid.ToString());
            foreach (var one in calls)
                if (read.GetValueOrDefault(one.Subject) is { } call)
                    shown[one] = (call.Client, one.Type is NewsTypes.CallAnalyzed ? CallExtras.WithAnalysis(call) : call.Write());
        }
        foreach (var one in news.Where(one => one.Type is NewsTypes.BatchPaused or NewsTypes.BatchCompleted))
            if (await parts.Batches.FindAsync(agency, Guid.Parse(one.Subject), stop) is { } batch)
                shown[one] = (batch.ClientId, await new AgencyBatches(parts).ShowAsync(batch, stop));
        await ShowContactsAsync([.. news.Where(one => one.Type is NewsTypes.ContactCompleted)], shown, stop);
        if (news.Any(one => one.Type is NewsTypes.NumberStatusChanged))
        {
            var numbers = (await parts.Numbers.ListAsync(agency, stop)).ToDictionary(number => number.Id.ToString());
            foreach (var one in news.Where(one => one.Type is NewsTypes.NumberStatusChanged))
                if (numbers.GetValueOrDefault(one.Subject) is { } number)
                    shown[one] = (number.ClientId, AgencyNumbers.Show(number, _whole));
        }
        return shown;
    }

    /// <summary>The account of each call: of one that was judged only its id is said.</summary>
    private async ValueTask<List<(TenantId Account, string Id)>> AccountsAsync(List<News> calls, CancellationToken stop)
    {
        var known = calls.Where(one => one.Type is not NewsTypes.CallAnalyzed).Select(one => (one.Account, one.Subject)).ToHashSet();
        var judged = calls.Select(one => one.Subject).Except(known.Select(one => one.Subject)).ToList();
        var accounts = Accounts;
        foreach (string id in judged)
        {
            var search = new AgencyCallSearch(agency, accounts) { Id = id };
            known.UnionWith((await search.RunAsync(parts.Store, stop)).Found);
        }
        return [.. known];
    }

    private async ValueTask ShowContactsAsync(IReadOnlyList<News> contacts, Dictionary<News, (string?, JsonObject)> shown,
        CancellationToken stop)
    {
        if (contacts.Count == 0) return;
        var rows = (await _table.ReadContactsAsync(agency, [.. contacts.Select(one => one.Subject)], stop))
            .ToDictionary(row => row.Id.ToString());
        var clients = new Dictionary<Guid, string?>();
        foreach (var one in contacts)
        {
            if (rows.GetValueOrDefault(one.Subject) is not { } row) continue;
            if (!clients.TryGetValue(row.CampaignId, out string? client))
                clients[row.CampaignId] = client = (await parts.Campaigns.FindAsync(agency, row.CampaignId, stop))?.ClientId;
            shown[one] = (client, AgencyContacts.Show(row, isMasked: false, phase: null));
        }
    }

    /// <summary>The same thing may happen once more.</summary>
    private static string KeyOf(RowMoment row) => $"{row.Word} {AgencyText.Time(row.At)}";
}
