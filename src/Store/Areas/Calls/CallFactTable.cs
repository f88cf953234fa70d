using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What is known of a leg beside its row: what it cost, who answered, and what was recorded.</summary>
/// <param name="TalkSeconds">Answered seconds, rounded up; null before the leg was rated.</param>
/// <param name="Cost">Null where no price was found, and before.</param>
/// <param name="Recordings">Those of the leg that are saved, oldest first.</param>
/// <param name="Verdict">Of answering-machine detection; null where it said none.</param>
/// <param name="Greeting">How the machine's greeting ended; null where nothing was told.</param>
public sealed record CallFacts(
    int? TalkSeconds, Money? Cost, IReadOnlyList<string> Recordings, MachineVerdict? Verdict, GreetingEnd? Greeting)
{
    public static readonly CallFacts None = new(null, null, [], null, null);
}

/// <summary>Reads <see cref="CallFacts"/> of many legs by few statements.</summary>
public sealed class CallFactTable
{
    internal const string SelectRecords = """
        select leg_id, talk_seconds, cost_micros, cost_currency from rw_call_record where tenant_id = @tenant and leg_id in @legs
        """;
    internal const string SelectRecordings = """
        select leg_id, id from rw_recording where tenant_id = @tenant and leg_id in @legs and state = 'saved' and mailbox is null
            and conference_id is null order by created_at, id
        """;
    internal const string SelectVerdicts = """
        select subject_id, type, body from rw_ledger where tenant_id = @tenant and subject_kind = 'leg' and subject_id in @legs
            and type in ('machine_detected', 'machine_greeting_ended') order by seq
        """;
    internal const string SelectNameless = """
        select from_party from rw_leg where tenant_id = @tenant and from_party not like '+%'
        union select to_party from rw_leg where tenant_id = @tenant and to_party not like '+%'
        """;

    private readonly Sql _sql;

    internal CallFactTable(Sql sql) => _sql = sql;

    /// <summary>By the leg's id; each of <paramref name="legs"/> has its own.</summary>
    public async ValueTask<IReadOnlyDictionary<LegId, CallFacts>> OfAsync(
        TenantId tenant, IReadOnlyList<LegId> legs, CancellationToken stop)
    {
        if (legs.Count == 0) return new Dictionary<LegId, CallFacts>();
        var those = new { tenant, legs = new InList<string>([.. legs.Select(leg => leg.ToString())]) };
        var (records, recordings, verdicts) = await _sql.ReadAsync(db => (
            db.Query<RecordRow>(SelectRecords, those).ToDictionary(row => row.LegId),
            db.Query<RecordedRow>(SelectRecordings, those).ToLookup(row => row.LegId, row => row.Id),
            db.Query<ToldRow>(SelectVerdicts, those).ToLookup(row => row.SubjectId)), stop).ConfigureAwait(false);
        return legs.Distinct().ToDictionary(leg => leg, leg =>
        {
            string id = leg.ToString();
            var record = records.GetValueOrDefault(id);
            var cost = record is { CostMicros: { } micros, CostCurrency: { } currency } ? new Money(micros, currency) : (Money?)null;
            return new CallFacts(record?.TalkSeconds, cost, [.. recordings[id]],
                Last<MachineVerdict>(verdicts[id], "machine_detected", "verdict"),
                Last<GreetingEnd>(verdicts[id], "machine_greeting_ended", "end"));
        });
    }

    /// <summary>Parties of the account's calls that are no numbers in international form.</summary>
    public ValueTask<IReadOnlyList<string>> ListNamelessAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<string>>(db => db.Query<string>(SelectNameless, new { tenant }).AsList(), stop);

    private static T? Last<T>(IEnumerable<ToldRow> told, string type, string member) where T : struct, Enum =>
        told.LastOrDefault(row => row.Type == type) is { } row && Enum.TryParse((string?)JsonNode.Parse(row.Body)?[member], out T value)
            ? value : null;

    private sealed record RecordRow
    {
        public string LegId { get; init; } = "";
        public int TalkSeconds { get; init; }
        public long? CostMicros { get; init; }
        public string? CostCurrency { get; init; }
    }

    private sealed record RecordedRow
    {
        public string LegId { get; init; } = "";
        public string Id { get; init; } = "";
    }

    private sealed record ToldRow
    {
        public string SubjectId { get; init; } = "";
        public string Type { get; init; } = "";
        public string Body { get; init; } = "{}";
    }
}
