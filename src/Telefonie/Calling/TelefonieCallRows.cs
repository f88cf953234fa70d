using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>The account's calls as the database has them: legs, what they cost, who answered, and what was recorded.</summary>
/// <param name="routing">As it is now: what commands calls of applications.</param>
internal sealed class TelefonieCallRows(Database store, PublicLinks links, RoutingSnapshot routing)
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

    public ValueTask<LegRow?> FindLegAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        store.Legs.FindByUuidAsync(tenant, id, stop);

    public async ValueTask<TelefonieCall> CompleteAsync(LegRow leg, CancellationToken stop) =>
        (await CompleteAsync(leg.Tenant, [leg], stop))[0];

    public async ValueTask<IReadOnlyList<TelefonieCall>> CompleteAsync(TenantId tenant, IReadOnlyList<LegRow> legs, CancellationToken stop)
    {
        if (legs.Count == 0) return [];
        var those = new { tenant, legs = new InList<string>([.. legs.Select(leg => leg.Id.ToString())]) };
        var (records, recordings, verdicts) = await store.Sql.ReadAsync(db => (
            db.Query<ChargedRow>(SelectRecords, those).ToDictionary(row => row.LegId),
            db.Query<RecordedRow>(SelectRecordings, those).ToLookup(row => row.LegId, row => row.Id),
            db.Query<ToldRow>(SelectVerdicts, those).ToLookup(row => row.SubjectId)), stop);
        return [.. legs.Select(leg => StateOf(leg, records.GetValueOrDefault(leg.Id.ToString()), recordings[leg.Id.ToString()],
            verdicts[leg.Id.ToString()]))];
    }

    /// <summary>The party that goes by this alias; null where no call of the account has had one that does.</summary>
    public async ValueTask<string?> FindPartyAsync(TenantId tenant, string alias, CancellationToken stop) =>
        (await store.Sql.ReadAsync(db => db.Query<string>(SelectNameless, new { tenant }).AsList(), stop))
            .FirstOrDefault(party => PartyAlias.Of(party) == alias);

    private TelefonieCall StateOf(LegRow leg, ChargedRow? record, IEnumerable<string> recordings, IEnumerable<ToldRow> verdicts)
    {
        var application = leg.Connection == default ? null : routing.FindConnection(leg.Tenant, leg.Connection);
        return new()
        {
            Id = leg.Uuid,
            Status = TelefonieStatus.Of(leg),
            Direction = leg.Direction,
            From = leg.From,
            To = leg.To,
            AnsweredAt = leg.AnsweredAt,
            EndedAt = leg.EndedAt,
            TalkSeconds = leg.EndedAt is { } end ? record?.TalkSeconds ?? TelefonieCall.Seconds(end - leg.AnsweredAt) : null,
            Cost = record is { CostMicros: { } micros, CostCurrency: { } currency } ? new Money(micros, currency) : null,
            RecordingUrl = recordings.LastOrDefault() is { } recording ? TelefonieRecordings.LinkTo(links, recording) : null,
            Url = application?.WebhookUrl,
            StatusCallback = leg.Labels[TelefonieLabels.StatusCallback] ?? application?.StatusUrl,
            AnsweredBy = leg.AnsweredAt is null ? null : AnsweredByOf(verdicts),
            SipStatus = leg.SipStatus,
        };
    }

    private static string? AnsweredByOf(IEnumerable<ToldRow> verdicts)
    {
        string? who = null;
        foreach (var told in verdicts)
        {
            var body = JsonNode.Parse(told.Body);
            who = told.Type == "machine_detected"
                ? AnsweredBy.Of(Enum.Parse<MachineVerdict>((string?)body?["verdict"] ?? nameof(MachineVerdict.NotSure)))
                : AnsweredBy.Of(Enum.Parse<GreetingEnd>((string?)body?["end"] ?? nameof(GreetingEnd.NotSure))) ?? who;
        }
        return who;
    }

    private sealed record ChargedRow
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
