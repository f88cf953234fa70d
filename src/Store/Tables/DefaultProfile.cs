using System.Data;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>The outbound profile that each account is made with. Its calls go out by it when no connection of the account places them.</summary>
public static class DefaultProfile
{
    private const string Name = "Default";
    internal const string Insert = """
        insert into rw_outbound_profile (tenant_id, id, unique_name, name, is_enabled, destinations, doc, revision, created_at, updated_at)
        values (@tenant, @id, cast(@id as text), @name, true, @destinations, @doc, 1, @at, @at)
        """;
    internal const string CountName = "select count(*) from rw_outbound_profile where tenant_id = @tenant and name = @name";
    internal const string Refer = "update rw_tenant set default_profile_id = @id where id = @tenant";
    internal const string SelectLacking = "select id from rw_tenant where default_profile_id is null order by created_at, id";

    private static readonly DateTimeOffset Epoch = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Nearest home and nowhere dear: the countries that a profile allows when its maker names none.</summary>
    private static readonly string[] Destinations = ["US", "CA"];

    /// <returns>Its id.</returns>
    internal static long Write(IDbConnection db, TenantId tenant, DateTimeOffset at)
    {
        long id = FreshId(at);
        // A snapshot may bring a profile of that name.
        string name = db.ExecuteScalar<long>(CountName, new { tenant, name = Name }) == 0 ? Name : $"{Name} {id}";
        db.Execute(Insert, new { tenant, id, name, destinations = JsonLists.Write(Destinations), doc = Document(name).ToJsonString(), at });
        db.Execute(Refer, new { tenant, id });
        return id;
    }

    /// <summary>For accounts that came without one.</summary>
    internal static void WriteWhereLacking(IDbConnection db, DateTimeOffset at)
    {
        foreach (string id in db.Query<string>(SelectLacking).AsList()) Write(db, new(Guid.Parse(id)), at);
    }

    /// <summary>In the form of all ids of 19 digits: milliseconds since 2015, then 22 bits, which are random here.</summary>
    private static long FreshId(DateTimeOffset at) => ((long)(at - Epoch).TotalMilliseconds << 22) | (long)RandomNumberGenerator.GetInt32(1 << 22);

    /// <summary>What the account's API shows of it; migration 22 writes the same.</summary>
    public static JsonObject Document(string name) => new()
    {
        ["name"] = name,
        ["enabled"] = true,
        ["concurrent_call_limit"] = null,
        ["daily_spend_limit_enabled"] = false,
        ["service_plan"] = "global",
        ["tags"] = new JsonArray(),
        ["traffic_type"] = "conversational",
        ["usage_payment_method"] = "rate-deck",
        ["whitelisted_destinations"] = new JsonArray([.. Destinations.Select(country => JsonValue.Create(country))]),
        ["call_recording"] = new JsonObject { ["call_recording_type"] = "none", ["call_recording_caller_phone_numbers"] = new JsonArray() },
    };
}
