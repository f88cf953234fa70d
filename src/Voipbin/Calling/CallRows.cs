using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Calling;

/// <summary>The account's calls as the database has them: legs, what the ledger says of them, and which were deleted here.</summary>
internal sealed class CallRows(Database store)
{
    internal const string SelectTold = """
        select subject_id, type, at, body from rw_ledger where tenant_id = @tenant and subject_kind = 'leg' and subject_id in @legs
            and type in ('leg_initiated', 'leg_ringing', 'recording_started', 'recording_saved', 'recording_failed') order by seq
        """;

    /// <summary>There is a row for each call that was deleted; the call itself stays, for it costs and is looked for.</summary>
    public static readonly ResourceKind Deleted = new("voipbin_call");

    public ValueTask<LegRow?> FindLegAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        store.Legs.FindByUuidAsync(tenant, id, stop);

    public async ValueTask<CallState?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await FindLegAsync(tenant, id, stop) is { } leg ? (await CompleteAsync(tenant, [leg], stop))[0] : null;

    /// <summary>Newest first; one more than asked tells that there are more.</summary>
    public async ValueTask<IReadOnlyList<CallState>> ListAsync(TenantId tenant, DateTimeOffset? before, int limit, CancellationToken stop)
    {
        var found = await store.Legs.SearchAsync(tenant, new() { Started = new(null, before), Limit = limit }, stop);
        return found is null ? [] : await CompleteAsync(tenant, found.Rows, stop);
    }

    public ValueTask<bool> IsOthersAsync(TenantId tenant, Guid id, CancellationToken stop) => store.Legs.IsOthersAsync(tenant, id, stop);

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, Guid id, DateTimeOffset at, Func<Store.Work.UnitOfWork> work,
        CancellationToken stop) => store.Documents.Rows(Deleted).InsertAsync(
            new() { Id = id.ToString(), Tenant = tenant, Body = [], CreatedAt = at, UpdatedAt = at }, work(), stop);

    private async ValueTask<IReadOnlyList<CallState>> CompleteAsync(TenantId tenant, IReadOnlyList<LegRow> legs, CancellationToken stop)
    {
        if (legs.Count == 0) return [];
        var told = (await store.Sql.ReadAsync(db => db.Query<Told>(SelectTold,
            new { tenant, legs = new InList<string>([.. legs.Select(leg => leg.Id.ToString())]) }).AsList(), stop))
            .ToLookup(t => t.SubjectId);
        var deleted = (await store.Documents.Rows(Deleted).ListAsync(tenant, new()
        {
            Filters = [new("id", "in", [.. legs.Select(leg => leg.Uuid.ToString())])], Limit = legs.Count,
        }, stop)).Rows.ToDictionary(row => row.Id, row => row.CreatedAt);
        return [.. legs.Select(leg => StateOf(leg, told[leg.Id.ToString()]) with
        {
            DeletedAt = deleted.TryGetValue(leg.Uuid.ToString(), out var at) ? at : null,
        })];
    }

    private static CallState StateOf(LegRow leg, IEnumerable<Told> told)
    {
        Application? application = null;
        DateTimeOffset? ringing = leg.Direction is Direction.Inbound ? leg.StartedAt : null;
        List<string> recordings = [], running = [];
        foreach (var event_ in told)
        {
            if (event_.Type == "leg_ringing") ringing ??= event_.At;
            else if (event_.Type == "recording_started")
            {
                if ((string?)JsonNode.Parse(event_.Body)?["plan"]?["id"] is not { } id) continue;
                recordings.Add(id);
                running.Add(id);
            }
            else if (event_.Type is "recording_saved" or "recording_failed")
            {
                var over = JsonNode.Parse(event_.Body);
                string? ended = (string?)over?["recording"] ?? (string?)over?["plan"]?["id"];
                running.RemoveAll(one => one == ended);
            }
            else if (JsonNode.Parse(event_.Body)?["leg"]?["application"] is JsonObject named)
                application = new((string?)named["kind"] ?? "", (string?)named["target"] ?? "");
        }
        return new()
        {
            Id = leg.Uuid, Tenant = leg.Tenant, Direction = leg.Direction, From = leg.From, To = leg.To, CallerName = leg.CallerName,
            Labels = leg.Labels, Application = application, Recordings = recordings, Recording = running.Count > 0 ? running[^1] : null,
            StartedAt = leg.StartedAt, RingingAt = ringing, AnsweredAt = leg.AnsweredAt, EndedAt = leg.EndedAt, Cause = leg.Cause,
            By = leg.By,
        };
    }

    private sealed record Told
    {
        public string SubjectId { get; init; } = "";
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Body { get; init; } = "{}";
    }
}
