using System.Data;
using Dapper;
using Ringwright.Core;

namespace Ringwright.Agency.Tables;

/// <summary>How often a tool was asked, how often nothing came of it, and how long all of that took.</summary>
internal sealed record ToolSum
{
    public string Tool { get; init; } = "";
    public long Uses { get; init; }
    public long Failed { get; init; }
    /// <summary>Milliseconds.</summary>
    public long Took { get; init; }

    /// <summary>Of several sums those of each tool together, the one that was asked the most first.</summary>
    public static List<ToolSum> Join(IEnumerable<ToolSum> sums) =>
    [
        .. sums.GroupBy(sum => sum.Tool, StringComparer.Ordinal).Select(same => new ToolSum
        {
            Tool = same.Key, Uses = same.Sum(one => one.Uses), Failed = same.Sum(one => one.Failed), Took = same.Sum(one => one.Took),
        }).OrderByDescending(sum => sum.Uses).ThenBy(sum => sum.Tool, StringComparer.Ordinal),
    ];
}

/// <summary>
/// Which tools were asked in calls of the node. Written with the turns of a talk, and kept when those go: it has nothing of what was said.
/// </summary>
internal static class ToolUseTable
{
    internal const string Insert = """
        insert into agency_tool_uses (tenant_id, call_id, invocation_id, tool, used_at) values (@tenant, @call, @invocation, @tool, @at)
        on conflict (tenant_id, call_id, invocation_id) do nothing
        """;
    internal const string End = """
        update agency_tool_uses set is_failed = @failed, took_ms = @took
        where tenant_id = @tenant and call_id = @call and invocation_id = @invocation and is_failed is null
        """;
    /// <summary>Its hour is added up anew: whatever changes a call's row says so.</summary>
    internal const string Mark = "update calls set updated_at = updated_at where tenant_id = @tenant and id = @call";

    /// <summary>Within a write.</summary>
    public static void Write(IDbConnection db, TenantId agency, string call, IReadOnlyList<TurnRow> turns)
    {
        int changed = 0;
        foreach (var turn in turns.Where(turn => turn.InvocationId is not null))
            changed += turn.Role switch
            {
                TurnRow.ToolCall => db.Execute(Insert, new
                {
                    tenant = agency, call, invocation = turn.InvocationId, tool = turn.Tool ?? "", at = turn.SaidAt,
                }),
                TurnRow.ToolResult => db.Execute(End, new
                {
                    tenant = agency, call, invocation = turn.InvocationId, failed = turn.HasFailed,
                    took = (long?)turn.Took?.TotalMilliseconds,
                }),
                _ => 0,
            };
        if (changed > 0) db.Execute(Mark, new { tenant = agency, call });
    }
}
