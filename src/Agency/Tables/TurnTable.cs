using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>Something that was said in a call, or that a tool was asked or has answered.</summary>
internal sealed record TurnRow
{
    /// <summary>
    /// How a talk tells of the key by which a person wants no more calls, where nothing else was said with it. Older calls have it as a
    /// turn.
    /// </summary>
    public const string OptOutKey = "pressed 9";

    /// <summary>The body of a person's turn of which the recogniser has understood nothing.</summary>
    public const string Unrecognised = "[unrecognised]";

    public const string User = "user", Agent = "agent", ToolCall = "tool_call", ToolResult = "tool_result";

    /// <summary>From 0.</summary>
    public long Place { get; init; }
    public string Role { get; init; } = User;
    public string Body { get; init; } = "";
    /// <summary>Of a call: the tool's name.</summary>
    public string? Tool { get; init; }
    /// <summary>A call and its result have the same one.</summary>
    public string? InvocationId { get; init; }
    /// <summary>Of a result that is to be written: nothing came of it; and how long it took, null where nobody knows.</summary>
    public bool HasFailed { get; init; }
    public TimeSpan? Took { get; init; }
    /// <summary>When an agent's turn began to be heard, and when a person's was over.</summary>
    public DateTimeOffset SaidAt { get; init; }
}

/// <summary>Talks on calls: that there is one, and what was said in it.</summary>
internal sealed class TurnTable(Database store)
{
    internal const string InsertCall = """
        insert into calls (id, tenant_id, client_id, direction, agent_mapping_id, created_at, updated_at)
        values (@call, @tenant, @client, @direction, @agent, @at, @at) on conflict (id) do nothing
        """;
    internal const string InsertJob = """
        insert into enrichment_queue (id, tenant_id, call_id, type, max_attempts, created_at)
        select @id, @tenant, @call, 'transcript', @most, @at
        where not exists (select 1 from enrichment_queue where tenant_id = @tenant and call_id = @call and type = 'transcript')
        """;
    internal const string Insert = """
        insert into call_turns (id, tenant_id, call_id, place, role, body, tool, invocation_id, said_at)
        select @id, @tenant, @call, coalesce(max(place), -1) + 1, @role, @body, @tool, @invocation, @at
        from call_turns where tenant_id = @tenant and call_id = @call
        """;
    internal const string CountRedacted =
        "select count(*) from calls where tenant_id = @tenant and id = @call and redacted_at is not null";
    internal const string SelectMany = """
        select place, role, body, tool, invocation_id, said_at from call_turns
        where tenant_id = @tenant and call_id = @call order by place
        """;

    /// <summary>A talk begins: its transcript is waited for from now on, whatever becomes of the node.</summary>
    /// <param name="agent">Who answered; null in a call that was placed.</param>
    public async ValueTask BeginAsync(TenantId agency, string? client, string direction, string call, DateTimeOffset at,
        CancellationToken stop, Guid? agent = null) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(InsertCall, new { tenant = agency, client, direction, agent, call, at });
        return db.Execute(InsertJob, new
        {
            tenant = agency, id = Guid.CreateVersion7(at), call, most = EnrichmentTable.TranscriptAttempts, at,
        });
    }, stop);

    /// <summary>
    /// Behind all that is there. Of a call that was redacted meanwhile nothing more is kept, but which tools were asked.
    /// </summary>
    public async ValueTask AddAsync(TenantId agency, string call, IReadOnlyList<TurnRow> turns, CancellationToken stop) =>
        await store.Sql.WriteAsync(db =>
        {
            ToolUseTable.Write(db, agency, call, turns);
            return Write(db, agency, call, turns);
        }, stop);

    /// <summary>Within a write.</summary>
    internal static int Write(IDbConnection db, TenantId agency, string call, IReadOnlyList<TurnRow> turns)
    {
        if (db.ExecuteScalar<long>(CountRedacted, new { tenant = agency, call }) > 0) return 0;
        foreach (var turn in turns)
            db.Execute(Insert, new
            {
                id = Guid.CreateVersion7(turn.SaidAt), tenant = agency, call, role = turn.Role, body = turn.Body, tool = turn.Tool,
                invocation = turn.InvocationId, at = turn.SaidAt,
            });
        return turns.Count;
    }

    public ValueTask<List<TurnRow>> ListAsync(TenantId agency, string call, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<TurnRow>(SelectMany, new { tenant = agency, call }).AsList(), stop);
}
