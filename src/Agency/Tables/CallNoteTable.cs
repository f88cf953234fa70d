using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Calling;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What is said of a call beside what the ledger says.</summary>
internal sealed record CallNote
{
    /// <summary>How a call came to be known, and where its transcript and analysis stand, while nobody has said anything else.</summary>
    public const string Live = "webhook", Waiting = "pending";

    /// <summary>The UUID of the leg.</summary>
    public string Id { get; init; } = "";
    public string Source { get; init; } = Live;
    public string TranscriptStatus { get; init; } = Waiting;
    public string AnalysisStatus { get; init; } = Waiting;
    public string? Disposition { get; init; }
    /// <summary>The agent who answered a call that came in; null for any other.</summary>
    public string? Agent { get; init; }
    /// <summary>Words of people, as a JSON array; null for none.</summary>
    public string? Tags { get; init; }
    /// <summary>What was found in what was said; null while nobody has looked, where nothing was said, and once it was deleted.</summary>
    public JsonObject? Analysis { get; init; }
    public string? AnalysisModel { get; init; }
    public long AnalysisVersion { get; init; }
    public DateTimeOffset? AnalyzedAt { get; init; }
    /// <summary>What models have said that it cost to judge the call, in millionths of a US dollar; null where none has.</summary>
    public long? AnalysisCostMicros { get; init; }
    /// <summary>Nothing of what was said in it is kept since then.</summary>
    public DateTimeOffset? RedactedAt { get; init; }
    /// <summary>All that is kept of it stays until somebody takes that back.</summary>
    public bool IsHeld { get; init; }
    /// <summary>Its recording went because it was old.</summary>
    public DateTimeOffset? RecordingDeletedAt { get; init; }
}

/// <summary>The rows of <c>calls</c>: a call without one is known by the ledger alone.</summary>
internal sealed class CallNoteTable(Database store)
{
    internal const string SelectMany = """
        select id, cast(source as text) as source, cast(transcript_status as text) as transcript_status,
            cast(analysis_status as text) as analysis_status, disposition, redacted_at, analysis, analysis_model, analysis_version,
            analyzed_at, analysis_cost_micros, legal_hold as is_held, recording_deleted_at, cast(tags as text) as tags,
            agent_mapping_id as agent
        from calls where tenant_id = @tenant and id in @ids
        """;
    internal const string Say = """
        insert into calls (id, tenant_id, client_id, direction, disposition, tags, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @disposition, @tags, @at, @at)
        on conflict (id) do update set disposition = case when @saysDisposition = 1 then excluded.disposition else calls.disposition end,
            tags = case when @saysTags = 1 then excluded.tags else calls.tags end, updated_at = excluded.updated_at
        where calls.tenant_id = @tenant
        """;
    /// <summary>
    /// By the sound a machine is known, and by an agent's steps what they have come to, better than any model finds it in the words; what a
    /// person says stays.
    /// </summary>
    internal const string SayOutcome = """
        insert into calls (id, tenant_id, client_id, direction, disposition, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @disposition, @at, @at)
        on conflict (id) do update set disposition = excluded.disposition, analysis_disposition = null, updated_at = excluded.updated_at
        where calls.tenant_id = @tenant and (calls.disposition is null or calls.disposition = calls.analysis_disposition)
        """;

    internal const string Redact = """
        insert into calls (id, tenant_id, client_id, direction, redacted_at, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @at, @at, @at)
        on conflict (id) do update set redacted_at = coalesce(calls.redacted_at, excluded.redacted_at), updated_at = excluded.updated_at,
            analysis = null, tags = null
        where calls.tenant_id = @tenant
        """;
    internal const string DeleteWritten = "delete from call_notes where tenant_id = @tenant and call_id = @id";
    internal const string DeleteSaid = "delete from call_turns where tenant_id = @tenant and call_id = @id";

    public ValueTask<List<CallNote>> ListAsync(TenantId agency, IReadOnlyList<string> ids, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CallNote>(SelectMany, new { tenant = agency, ids = new InList<string>(ids) }).AsList(), stop);

    /// <param name="fields">Those that are said: others stay as they are by then.</param>
    public async ValueTask SayAsync(TenantId agency, string? client, string direction, CallNote said, IReadOnlySet<string> fields,
        DateTimeOffset at, AuditNote note, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(Say, new
        {
            tenant = agency, id = said.Id, client, direction, disposition = said.Disposition, tags = said.Tags, at,
            saysDisposition = fields.Contains(AgencyCalls.DispositionField) ? 1 : 0,
            saysTags = fields.Contains(AgencyCalls.TagsField) ? 1 : 0,
        });
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>A machine has answered a call that was placed.</summary>
    public async ValueTask SayMachineAsync(TenantId agency, string? client, string call, DateTimeOffset at, CancellationToken stop) =>
        await SayOutcomeAsync(agency, client, AgencyCall.DirectionOf(Direction.Outbound), call, ContactRow.Voicemail, at, stop);

    /// <summary>A talk of an agent that thinks by steps is over.</summary>
    public async ValueTask SayOutcomeAsync(TenantId agency, string? client, string direction, string call, string outcome,
        DateTimeOffset at, CancellationToken stop) => await store.Sql.WriteAsync(
        db => db.Execute(SayOutcome, new { tenant = agency, id = call, client, direction, disposition = outcome, at }), stop);

    /// <summary>What people have written of the call goes, what agents and people have said in it, and what a provider has told.</summary>
    /// <returns>How many notes there were.</returns>
    public ValueTask<int> RedactAsync(AgencyCall redacted, string call, DateTimeOffset at, AuditNote note,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var agency = redacted.Agency;
        db.Execute(Redact, new
        {
            tenant = agency, id = call, client = redacted.Client, direction = AgencyCall.DirectionOf(redacted.Leg), at,
        });
        if (redacted.Remote is { } told) ProviderCallTable.Redact(db, agency, call, told.ProviderCallId);
        db.Execute(DeleteSaid, new { tenant = agency, id = call });
        int written = db.Execute(DeleteWritten, new { tenant = agency, id = call });
        AuditTable.Write(db, note);
        return written;
    }, stop);
}
