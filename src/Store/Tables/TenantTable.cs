using System.Security.Cryptography;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>A tenant as it was made; <paramref name="WebhookSecret"/> (<c>whsec_…</c>) is to be shown once.</summary>
public sealed record NewTenant(Tenant Tenant, string WebhookSecret);

public sealed class TenantTable
{
    internal const string Insert = "insert into rw_tenant (id, name, channel_limit, created_at) values (@Id, @Name, @ChannelLimit, @at)";
    internal const string SelectByName = "select id, name, channel_limit from rw_tenant where name = @name";
    internal const string SelectAllTenants = "select id, name, channel_limit from rw_tenant order by created_at, id";
    internal const string UpdateLimit = "update rw_tenant set channel_limit = @limit where id = @tenant";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal TenantTable(Sql sql, Routing routing, SecretBox box, TimeProvider time) => (_sql, _routing, _box, _time) = (sql, routing, box, time);

    /// <summary>Makes the tenant with its signing key and webhook secret.</summary>
    /// <returns>Null when the name is taken.</returns>
    public async ValueTask<NewTenant?> CreateAsync(string name, int? channelLimit, CancellationToken stop)
    {
        var tenant = new Tenant(new(Guid.CreateVersion7(_time.GetUtcNow())), name, channelLimit);
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        string secret = SigningKeyTable.NewWebhookSecret();
        var made = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<TenantRow>(SelectByName, new { name }) is not null) return null;
            var at = _time.GetUtcNow();
            db.Execute(Insert, new { tenant.Id, tenant.Name, tenant.ChannelLimit, at });
            SigningKeyTable.Write(db, _box, tenant.Id, seed, secret, at);
            return new NewTenant(tenant, secret);
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return made;
    }

    public async ValueTask<Tenant?> FindByNameAsync(string name, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<TenantRow>(SelectByName, new { name }), stop).ConfigureAwait(false))?.ToTenant();

    /// <summary>All, oldest first; the first one owns the bootstrap key.</summary>
    public async ValueTask<IReadOnlyList<Tenant>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<TenantRow>(SelectAllTenants), stop).ConfigureAwait(false)).Select(r => r.ToTenant())];

    /// <summary>Sets or, with null, lifts the limit of simultaneous legs.</summary>
    public async ValueTask<WriteOutcome> SetChannelLimitAsync(TenantId tenant, int? limit, CancellationToken stop)
    {
        int changed = await _sql.WriteAsync(db => db.Execute(UpdateLimit, new { tenant, limit }), stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
    }

    internal sealed record TenantRow
    {
        public TenantId Id { get; init; }
        public string Name { get; init; } = "";
        public int? ChannelLimit { get; init; }

        public Tenant ToTenant() => new(Id, Name, ChannelLimit);
    }
}
