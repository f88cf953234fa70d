using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>
/// The outbound profile that each account is made with. Its calls go out by it when no connection of the account places them.
/// </summary>
internal sealed class DefaultProfile(Records<OutboundProfile> profiles)
{
    private const string Name = "Default";
    internal const string CountName = "select count(*) from rw_outbound_profile where tenant_id = @tenant and name = @name";
    internal const string Refer = "update rw_tenant set default_profile_id = @id where id = @tenant";
    internal const string SelectLacking = "select id from rw_tenant where default_profile_id is null order by created_at, id";

    private static readonly DateTimeOffset Epoch = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>Its id.</returns>
    public long Write(IDbConnection db, TenantId tenant, DateTimeOffset at)
    {
        long id = FreshId(at);
        // A snapshot may bring a profile of that name.
        string name = db.ExecuteScalar<long>(CountName, new { tenant, name = Name }) == 0 ? Name : $"{Name} {id}";
        profiles.Insert(db, id.ToString(CultureInfo.InvariantCulture), new() { Id = id, Tenant = tenant, Name = name }, at);
        db.Execute(Refer, new { tenant, id });
        return id;
    }

    /// <summary>For accounts that came without one.</summary>
    public void WriteWhereLacking(IDbConnection db, DateTimeOffset at)
    {
        foreach (string id in db.Query<string>(SelectLacking).AsList()) Write(db, new(Guid.Parse(id)), at);
    }

    /// <summary>In the form of all ids of 19 digits: milliseconds since 2015, then 22 bits, which are random here.</summary>
    private static long FreshId(DateTimeOffset at) =>
        ((long)(at - Epoch).TotalMilliseconds << 22) | (long)RandomNumberGenerator.GetInt32(1 << 22);
}
