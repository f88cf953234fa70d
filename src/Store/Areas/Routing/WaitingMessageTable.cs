using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// How many messages wait for SIP users. Whatever takes messages writes it here, and nothing else lights a lamp: phones are told from the
/// routing snapshot, at every node.
/// </summary>
public sealed class WaitingMessageTable
{
    private const string Columns = "tenant_id, user_name, new_messages, old_messages, urgent_new, urgent_old";
    internal const string Upsert = """
        insert into rw_waiting_messages (tenant_id, user_name, new_messages, old_messages, urgent_new, urgent_old, updated_at)
        values (@tenant, @user, @waiting, @old, @urgentNew, @urgentOld, @at)
        on conflict (tenant_id, user_name) do update set new_messages = excluded.new_messages, old_messages = excluded.old_messages,
            urgent_new = excluded.urgent_new, urgent_old = excluded.urgent_old, updated_at = excluded.updated_at
        """;
    internal const string Delete = "delete from rw_waiting_messages where tenant_id = @tenant and user_name = @user";
    internal const string Select = $"select {Columns} from rw_waiting_messages where tenant_id = @tenant and user_name = @user";
    internal const string SelectAllTenants = $"select {Columns} from rw_waiting_messages";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal WaitingMessageTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>In place of what was said before; phones of this node are told within a moment, those of others soon after.</summary>
    public async ValueTask SetAsync(WaitingMessages messages, CancellationToken stop)
    {
        var (tenant, user) = (messages.Tenant, messages.User);
        await _sql.WriteAsync(db => messages.AreNone ? db.Execute(Delete, new { tenant, user })
            : db.Execute(Upsert, new
            {
                tenant, user, waiting = messages.New, old = messages.Old, urgentNew = messages.UrgentNew, urgentOld = messages.UrgentOld,
                at = _time.GetUtcNow()
            }), stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
    }

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string UserName { get; init; } = "";
        public int NewMessages { get; init; }
        public int OldMessages { get; init; }
        public int UrgentNew { get; init; }
        public int UrgentOld { get; init; }

        public WaitingMessages ToMessages() =>
            new(TenantId, UserName) { New = NewMessages, Old = OldMessages, UrgentNew = UrgentNew, UrgentOld = UrgentOld };
    }
}
