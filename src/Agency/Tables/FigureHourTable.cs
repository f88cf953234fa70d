using System.Data;
using Dapper;
using Ringwright.Agency.Figures;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>An hour of an account in which something has changed since its calls were added up.</summary>
internal sealed record MarkedHour
{
    public TenantId TenantId { get; init; }
    /// <summary>The account above it; itself where it is the agency's.</summary>
    public TenantId Agency { get; init; }
    public DateTimeOffset StartsAt { get; init; }
}

/// <summary>
/// Adds the calls of marked hours up, each hour whole and by the statement that figures without kept hours are read by. Marks come from
/// triggers of the database (migration 45).
/// </summary>
internal sealed class FigureHourTable(Database store)
{
    /// <summary>Hours that are looked for at once. Each is a write of its own: calls write between two.</summary>
    private const int Most = 500;

    /// <summary>Of the sums that are kept: whoever adds a figure to them makes it null in a migration.</summary>
    private const int Form = 1;

    private static readonly string[] Directions = ["inbound", "outbound"];

    internal const string SelectMarkedAllTenants = """
        select m.tenant_id, coalesce(t.parent_id, t.id) as agency, m.starts_at
        from (select tenant_id, starts_at from agency_hour_marks
            union select tenant_id, starts_at from agency_hours where form is null) m join rw_tenant t on t.id = m.tenant_id
        order by m.starts_at desc, m.tenant_id limit @most
        """;
    /// <summary>Before anything of the hour is read: another node that adds it up waits for this one.</summary>
    internal const string Take = """
        insert into agency_hours (tenant_id, starts_at, added_at) values (@tenant, @starts, @now)
        on conflict (tenant_id, starts_at) do update set added_at = excluded.added_at
        """;
    internal const string KeepAttempts = """
        update agency_hours set attempts = @attempts, beyond_hours = @beyond, overridden = @overridden, zoneless = @zoneless, form = @form
        where tenant_id = @tenant and starts_at = @starts
        """;
    /// <summary>They are added up anew, and until then are as they were.</summary>
    internal const string Reopen = "update agency_hours set form = null where tenant_id = @tenant";
    internal const string DeleteMarks = "delete from agency_hour_marks where tenant_id = @tenant and starts_at = @starts";
    internal const string DeleteSums = "delete from agency_hour_sums where tenant_id = @tenant and starts_at = @starts";
    internal const string DeleteCosts = "delete from agency_hour_costs where tenant_id = @tenant and starts_at = @starts";
    internal const string DeleteTools = "delete from agency_hour_tools where tenant_id = @tenant and starts_at = @starts";
    internal const string InsertTool = """
        insert into agency_hour_tools (tenant_id, starts_at, direction, tool, uses, failed, took_ms)
        values (@tenant, @starts, @direction, @tool, @uses, @failed, @took)
        """;
    internal const string InsertSum = """
        insert into agency_hour_sums (tenant_id, starts_at, direction, answered, ended, cause, disposition, calls, talk, billed, analyzed,
            judged, talked, scripted, adherence, interruptions, objections, handled, signals, leads, booked, positive, neutral, negative,
            resolved, escalated, rated, stars, retried, llm_micros)
        values (@tenant, @starts, @direction, @answered, @ended, @cause, @disposition, @calls, @talk, @billed, @analyzed,
            @judged, @talked, @scripted, @adherence, @interruptions, @objections, @handled, @signals, @leads, @booked, @positive, @neutral,
            @negative, @resolved, @escalated, @rated, @stars, @retried, @llm)
        """;
    internal const string InsertCost = """
        insert into agency_hour_costs (tenant_id, starts_at, direction, currency, micros)
        values (@tenant, @starts, @direction, @currency, @micros)
        """;

    private readonly FigureTable _figures = new(store);

    /// <summary>Until no hour is marked, or nearly none: calls mark their hours again meanwhile.</summary>
    public async Task AddAsync(CancellationToken stop)
    {
        int found;
        do
        {
            var marked = await store.Sql.ReadAsync(
                db => db.Query<MarkedHour>(SelectMarkedAllTenants, new { most = Most }).AsList(), stop);
            foreach (var hour in marked) await store.Sql.WriteAsync(db => Add(db, hour), stop);
            found = marked.Count;
        }
        while (found == Most);
    }

    /// <summary>Marks go first: what is committed after that marks the hour again, and what was before is read.</summary>
    private bool Add(IDbConnection db, MarkedHour hour)
    {
        var which = new { tenant = hour.TenantId, starts = hour.StartsAt, now = store.Time.GetUtcNow() };
        db.Execute(Take, which);
        db.Execute(DeleteMarks, which);
        db.Execute(DeleteSums, which);
        db.Execute(DeleteCosts, which);
        db.Execute(DeleteTools, which);
        var search = new FigureSearch(hour.Agency, [hour.TenantId]) { From = hour.StartsAt, Before = hour.StartsAt.AddHours(1) };
        foreach (var sum in _figures.ListSums(db, search))
        {
            db.Execute(InsertSum, new
            {
                which.tenant, which.starts, direction = sum.Direction, answered = sum.Answered, ended = sum.Ended, cause = sum.Cause,
                disposition = sum.Disposition, calls = sum.Calls, talk = sum.Talk, billed = sum.Billed, analyzed = sum.Analyzed,
                judged = sum.Judged, talked = sum.Talked, scripted = sum.Scripted, adherence = sum.Adherence,
                interruptions = sum.Interruptions, objections = sum.Objections, handled = sum.Handled, signals = sum.Signals,
                leads = sum.Leads, booked = sum.Booked, positive = sum.Positive, neutral = sum.Neutral, negative = sum.Negative,
                resolved = sum.Resolved, escalated = sum.Escalated, rated = sum.Rated, stars = sum.Stars, retried = sum.Retried,
                llm = sum.LlmMicros,
            });
        }
        var hours = ComplianceTable.CountAttempts(db, search);
        db.Execute(KeepAttempts, new
        {
            which.tenant, which.starts, attempts = hours.Attempts, beyond = hours.BeyondHours, overridden = hours.Overridden,
            zoneless = hours.Zoneless, form = Form,
        });
        foreach (string direction in Directions)
        {
            foreach (var cost in FigureTable.ListCosts(db, search with { Direction = direction }))
                db.Execute(InsertCost, new { which.tenant, which.starts, direction, currency = cost.Currency, micros = cost.Micros });
            foreach (var tool in FigureTable.ListTools(db, search with { Direction = direction }))
                db.Execute(InsertTool, new
                {
                    which.tenant, which.starts, direction, tool = tool.Tool, uses = tool.Uses, failed = tool.Failed, took = tool.Took,
                });
        }
        return true;
    }
}
