using System.Data;
using System.Net;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Registrations over a restart. Nobody waits for these rows: a phone whose row was lost registers again within the hour, and whoever
/// calls it before gets the same answer as if it were switched off. Where nodes share a database each row is of the node at which the phone
/// registered last: only that one loads it and takes it away, and what a node that never comes back has left lapses.
/// </summary>
public sealed class RegistrationTable : IRegistrationStore
{
    private const string Columns = "user_name, contact, transport, remote, call_id, cseq, quality, user_agent, registered_at, expires_at, "
        + "path, instance, reg_id, network";
    internal const string SelectLive =
        $"select {Columns} from rw_registration where expires_at > @now and (node = @node or @isAlone) order by registered_at";
    internal const string SelectElsewhere =
        $"select {Columns} from rw_registration where user_name = @user and expires_at > @now and node <> @node order by registered_at";
    // The clocks of two nodes differ by less than a day.
    internal const string DeleteExpired =
        "delete from rw_registration where expires_at <= @now and (node = @node or @isAlone) or expires_at <= @dayAgo";
    internal const string TakeStray = "update rw_registration set node = @node where node = 0";
    internal const string SelectTouched =
        $"select {Columns}, node from rw_registration where touched >= @since and (expires_at > @now or @since > 0)";
    /// <summary>Milliseconds that a node may take to commit a row; what was heard within is heard again.</summary>
    private const long Late = 10_000;
    /// <summary>Milliseconds for which a registration that was taken back is kept for others to hear of it.</summary>
    private const long Mourned = 60_000;
    internal const string Delete = "delete from rw_registration where user_name = @user and contact = @contact";

    private readonly string _upsert, _end, _prune, _clock;
    private readonly Sql _sql;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _node;
    /// <summary>Whatever is in the database is this node's.</summary>
    private readonly bool _isAlone;

    internal RegistrationTable(Sql sql, int node, TimeProvider time, ILogger logger)
    {
        (_sql, _node, _time, _logger, _isAlone) = (sql, node, time, logger, !sql.Engine.IsShared);
        string clock = sql.Engine.ClockMillis;
        _upsert = UpsertOn(sql.Engine);
        _clock = $"select {clock}";
        _end = $"update rw_registration set expires_at = @now, touched = {clock} where user_name = @user and contact = @contact and node = "
            + "@node";
        _prune = $"delete from rw_registration where node = @node and expires_at <= @now and touched < {clock} - {Mourned}";
    }

    public async ValueTask<IReadOnlyList<Registration>> LoadAsync(CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        var mine = new { now, dayAgo = now.AddDays(-1), node = _node, isAlone = _isAlone };
        await _sql.WriteAsync(db => db.Execute(TakeStray, mine) + db.Execute(DeleteExpired, mine), stop).ConfigureAwait(false);
        return [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectLive, mine), stop).ConfigureAwait(false))
            .Select(r => r.ToRegistration())];
    }

    public void Save(Registration registration) => _ = WriteAsync(db => db.Execute(_upsert, Row.Of(registration, _node)));

    public void Remove(string user, string contact) => _ = WriteAsync(db =>
    {
        if (_isAlone) return db.Execute(Delete, new { user, contact });
        var now = _time.GetUtcNow();
        return db.Execute(_end, new { user, contact, node = _node, now }) + db.Execute(_prune, new { node = _node, now });
    });

    public async ValueTask<RegistrationNews?> HearAsync(long since, CancellationToken stop) => _isAlone ? null : await _sql.ReadAsync(db =>
    {
        long mark = db.ExecuteScalar<long>(_clock);
        return new RegistrationNews(mark - Late, [.. db.Query<Row>(SelectTouched, new { since, now = _time.GetUtcNow() })
            .Select(row => new RegistrationAt(row.Node == _node ? 0 : row.Node, row.ToRegistration()))]);
    }, stop).ConfigureAwait(false);

    /// <summary>What a node knows of its own, and for whom it knows nothing alive what another node of the database has written.</summary>
    public IRegistrations Among(IRegistrations own) => _isAlone ? own : new Everywhere(this, own);

    private async ValueTask<Registration?> FindElsewhereAsync(string user, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.Query<Row>(SelectElsewhere, new { user, now = _time.GetUtcNow(), node = _node }).LastOrDefault(),
            stop).ConfigureAwait(false))?.ToRegistration();

    private static string UpsertOn(IEngine engine) => $"""
        insert into rw_registration ({Columns}, node, touched)
        values (@UserName, @Contact, @Transport, @Remote, @CallId, @Cseq, @Quality, @UserAgent, @RegisteredAt, @ExpiresAt,
            @Path, @Instance, @RegId, @Network, @Node, {engine.ClockMillis})
        on conflict (user_name, contact) do update set transport = excluded.transport, remote = excluded.remote, call_id = excluded.call_id, cseq = excluded.cseq,
            quality = excluded.quality, user_agent = excluded.user_agent, registered_at = excluded.registered_at, expires_at = excluded.expires_at,
            path = excluded.path, instance = excluded.instance, reg_id = excluded.reg_id, network = excluded.network, node = excluded.node, touched = excluded.touched
        """;

    private async Task WriteAsync(Func<IDbConnection, int> write)
    {
        try
        {
            await _sql.WriteAsync(write, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Said once, by the writer. The phone registers again; only who restarts before that loses it.
        }
        catch (Exception failed)
        {
            _logger.RegistrationNotWritten(failed);
        }
    }

    private sealed class Everywhere(RegistrationTable table, IRegistrations own) : IRegistrations
    {
        public async ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop)
        {
            var known = await own.FindStatusAsync(user, stop).ConfigureAwait(false);
            if (known.State is RegistrationState.Registered
                || await table.FindElsewhereAsync(user, stop).ConfigureAwait(false) is not { } elsewhere) return known;
            return new(RegistrationState.Registered, elsewhere);
        }
    }

    private sealed record Row
    {
        public string UserName { get; init; } = "";
        public string Contact { get; init; } = "";
        public string Transport { get; init; } = "";
        public string Remote { get; init; } = "";
        public string CallId { get; init; } = "";
        public long Cseq { get; init; }
        public int Quality { get; init; }
        public string UserAgent { get; init; } = "";
        public DateTimeOffset RegisteredAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public string Path { get; init; } = "[]";
        public string? Instance { get; init; }
        public long RegId { get; init; }
        public string? Network { get; init; }

        public int Node { get; init; }

        public static Row Of(Registration registration, int node) => new()
        {
            Node = node,
            UserName = registration.User,
            Contact = registration.Contact,
            Transport = Names<SipTransport>.Of(registration.Transport),
            Remote = registration.Remote.ToString(),
            CallId = registration.CallId,
            Cseq = registration.CSeq,
            Quality = registration.Quality,
            UserAgent = registration.UserAgent,
            RegisteredAt = registration.RegisteredAt,
            ExpiresAt = registration.ExpiresAt,
            Path = JsonLists.Write(registration.Path),
            Instance = registration.Instance,
            RegId = registration.RegId,
            Network = registration.Network,
        };

        public Registration ToRegistration() => new()
        {
            User = UserName,
            Contact = Contact,
            Transport = Names<SipTransport>.Parse(Transport),
            Remote = IPEndPoint.Parse(Remote),
            CallId = CallId,
            CSeq = (uint)Cseq,
            Quality = Quality,
            UserAgent = UserAgent,
            RegisteredAt = RegisteredAt,
            ExpiresAt = ExpiresAt,
            Path = JsonLists.Read(Path),
            Instance = Instance,
            RegId = (uint)RegId,
            Network = Network,
        };
    }
}
