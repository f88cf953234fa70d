using System.Data;
using System.Net;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Registrations over a restart. Nobody waits for these rows: a phone whose row was lost registers again within the hour, and whoever calls it before
/// gets the same answer as if it were switched off.
/// </summary>
public sealed class RegistrationTable : IRegistrationStore
{
    private const string Columns = "user_name, contact, transport, remote, call_id, cseq, quality, user_agent, registered_at, expires_at";
    internal const string SelectLive = $"select {Columns} from rw_registration where expires_at > @now order by registered_at";
    internal const string DeleteExpired = "delete from rw_registration where expires_at <= @now";
    internal const string Upsert = $"""
        insert into rw_registration ({Columns})
        values (@UserName, @Contact, @Transport, @Remote, @CallId, @Cseq, @Quality, @UserAgent, @RegisteredAt, @ExpiresAt)
        on conflict (user_name, contact) do update set transport = excluded.transport, remote = excluded.remote, call_id = excluded.call_id, cseq = excluded.cseq,
            quality = excluded.quality, user_agent = excluded.user_agent, registered_at = excluded.registered_at, expires_at = excluded.expires_at
        """;
    internal const string Delete = "delete from rw_registration where user_name = @user and contact = @contact";

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal RegistrationTable(Sql sql, TimeProvider time, ILogger logger) => (_sql, _time, _logger) = (sql, time, logger);

    public async ValueTask<IReadOnlyList<Registration>> LoadAsync(CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        await _sql.WriteAsync(db => db.Execute(DeleteExpired, new { now }), stop).ConfigureAwait(false);
        return [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectLive, new { now }), stop).ConfigureAwait(false)).Select(r => r.ToRegistration())];
    }

    public void Save(Registration registration) => _ = WriteAsync(db => db.Execute(Upsert, Row.Of(registration)));

    public void Remove(string user, string contact) => _ = WriteAsync(db => db.Execute(Delete, new { user, contact }));

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

        public static Row Of(Registration registration) => new()
        {
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
        };
    }
}
