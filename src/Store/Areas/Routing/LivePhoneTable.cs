using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A place where a phone is registered.</summary>
/// <param name="User">As in <see cref="Calls.SipUser.Name"/>.</param>
/// <param name="Contact">URI that requests to it carry.</param>
/// <param name="Transport">udp, tcp, tls, web_socket or secure_web_socket.</param>
/// <param name="Remote">Where its REGISTER came from.</param>
/// <param name="Node">At which it registered last.</param>
public sealed record LivePhone(string User, string Contact, string Transport, string Remote, string UserAgent,
    DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt, int Node);

/// <summary>The phones that are registered, of all accounts and at all nodes of the database: what the operator sees.</summary>
public sealed class LivePhoneTable
{
    private const string Live = "from rw_registration where expires_at > @now";
    private const string Select = $"""
        select user_name, contact, transport, remote, user_agent, registered_at, expires_at, node
        {Live} order by user_name, contact limit @limit offset @offset
        """;
    private const string Count = $"select count(*) {Live}";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal LivePhoneTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>By user. A row is written a moment after its phone was answered.</summary>
    public ValueTask<(IReadOnlyList<LivePhone> Rows, long Total)> ListAsync(int offset, int limit, CancellationToken stop)
    {
        var parameters = new { now = _time.GetUtcNow(), limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<LivePhone>, long)>(db => (
            [.. db.Query<Row>(Select, parameters).Select(row => row.ToPhone())],
            db.ExecuteScalar<long>(Count, parameters)), stop);
    }

    private sealed record Row
    {
        public string UserName { get; init; } = "";
        public string Contact { get; init; } = "";
        public string Transport { get; init; } = "";
        public string Remote { get; init; } = "";
        public string UserAgent { get; init; } = "";
        public DateTimeOffset RegisteredAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public int Node { get; init; }

        public LivePhone ToPhone() => new(UserName, Contact, Transport, Remote, UserAgent, RegisteredAt, ExpiresAt, Node);
    }
}
