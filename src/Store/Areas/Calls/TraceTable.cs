using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>The call traces: SIP messages and commands of each call, in the order in which they were seen.</summary>
public sealed class TraceTable : ITraceStore
{
    internal const string Insert = """
        insert into rw_trace (tenant_id, leg_id, at, kind, is_outgoing, transport, local, remote, name, command_id, outcome, message, entries)
        values (@tenant, @leg, @at, @kind, @isOutgoing, @transport, @local, @remote, @name, @commandId, @outcome, @message, @entries)
        """;
    internal const string SelectLeg = """
        select tenant_id, leg_id, at, kind, is_outgoing, transport, local, remote, name, command_id, outcome, message, entries from rw_trace
        where tenant_id = @tenant and leg_id = @leg order by at, seq
        """;
    internal const string SelectGathers = """
        select min(at) from rw_trace
        where tenant_id = @tenant and leg_id = @leg and kind = 'command' and name = 'gather' and outcome = 'accepted'
        group by coalesce(command_id, cast(seq as text)) order by 1
        """;
    // Rows come nearly in the order of their times, so the oldest are the first, and no index of times is needed.
    // Those that a wrong clock dated into the future go with them: they would be in the way for as long as it was wrong.
    internal const string PruneAllTenants = """
        delete from rw_trace where (at < @before or at > @tomorrow) and seq in (select seq from rw_trace order by seq limit @limit)
        """;
    /// <summary>Rows that one transaction looks at and removes, so that nothing waits long behind it.</summary>
    private const int PruneStep = 2_000;
    /// <summary>What is farther from the first gets a row of its own: rows are forgotten by their first entry's time.</summary>
    private static readonly TimeSpan PackSpan = TimeSpan.FromSeconds(1);

    private static readonly Statement New = new(Insert);

    private readonly Sql _sql;

    private readonly TimeProvider _time;

    internal TraceTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    public async ValueTask WriteAsync(IReadOnlyList<TraceEntry> entries, CancellationToken stop)
    {
        // Before the writer's turn: calls that begin wait for that.
        List<(TraceEntry First, Utf8Text? Pack)> rows =
            [.. RowsOf(entries).Select(row => (row[0], row.Count > 1 ? TracePack.Write(row) : null))];
        await _sql.WriteAsync(db =>
        {
            foreach (var (entry, pack) in rows)
            {
                bool isPack = pack is not null;
                New.Post(db, entry.Tenant.ToString(), entry.Leg.ToString(), Times.Text(entry.At), Names<TraceKind>.Of(entry.Kind),
                    entry.IsOutgoing, entry.Transport is { } transport ? Names<SipTransport>.Of(transport) : null, entry.Local,
                    entry.Remote, isPack ? "" : entry.Name, entry.CommandId, entry.Outcome, isPack ? null : entry.Text, pack);
            }
            return entries.Count;
        }, stop, CommitPriority.Later).ConfigureAwait(false);
    }

    /// <summary>Forgets what is older.</summary>
    public async ValueTask PruneAsync(DateTimeOffset before, CancellationToken stop)
    {
        var tomorrow = _time.GetUtcNow().AddDays(1);
        while (await _sql.WriteAsync(db => db.Execute(PruneAllTenants, new { before, tomorrow, limit = PruneStep }),
            stop).ConfigureAwait(false) == PruneStep)
        {
        }
    }

    public async ValueTask<IReadOnlyList<TraceEntry>> ListLegAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectLeg, new { tenant, leg }), stop).ConfigureAwait(false))
            .SelectMany(r => r.ToEntries()).OrderBy(e => e.At)];

    /// <summary>When the leg accepted each of its gathers; one that was asked for twice is one.</summary>
    internal ValueTask<IReadOnlyList<DateTimeOffset>> ListGathersAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<DateTimeOffset>>(db => [.. db.Query<DateTimeOffset>(SelectGathers, new { tenant, leg })], stop);

    /// <summary>What a pack takes shares a row with what was seen of the same call about then.</summary>
    private static List<List<TraceEntry>> RowsOf(IReadOnlyList<TraceEntry> entries)
    {
        var rows = new List<List<TraceEntry>>();
        var open = new Dictionary<(TenantId, LegId), List<TraceEntry>>();
        foreach (var entry in entries)
        {
            if (!TracePack.Takes(entry)) rows.Add([entry]);
            else if (open.TryGetValue((entry.Tenant, entry.Leg), out var pack) && (entry.At - pack[0].At).Duration() < PackSpan)
                pack.Add(entry);
            else rows.Add(open[(entry.Tenant, entry.Leg)] = [entry]);
        }
        return rows;
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public LegId LegId { get; init; }
        public DateTimeOffset At { get; init; }
        public string Kind { get; init; } = "";
        public bool IsOutgoing { get; init; }
        public string? Transport { get; init; }
        public string? Local { get; init; }
        public string? Remote { get; init; }
        public string Name { get; init; } = "";
        public string? CommandId { get; init; }
        public string? Outcome { get; init; }
        public string? Message { get; init; }
        public string? Entries { get; init; }

        public IEnumerable<TraceEntry> ToEntries() => Entries is null ? [ToEntry()] : TracePack.Read(Entries, ToEntry());

        private TraceEntry ToEntry() => new()
        {
            Tenant = TenantId,
            Leg = LegId,
            At = At,
            Kind = Names<TraceKind>.Parse(Kind),
            IsOutgoing = IsOutgoing,
            Transport = Transport is null ? null : Names<SipTransport>.Parse(Transport),
            Local = Local,
            Remote = Remote,
            Name = Name,
            CommandId = CommandId,
            Outcome = Outcome,
            Text = Message,
        };
    }
}
