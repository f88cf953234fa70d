using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>Whether, where to and how much connections of an account may call.</summary>
internal static class AccountProfiles
{
    public static AccountRecords<OutboundProfile> Of(Database store) =>
        new("profile", store.OutboundProfiles.Records, Fields, Read, (account, id, _) => new() { Id = id, Tenant = account, Name = "" })
        {
            BeforeDelete = (op, account, profile) => new(op.Routing.FindTenant(account)?.DefaultProfile == profile.Id
                ? new Problem("in_use", "This is the account's default profile, by which calls go out that no connection places.") : null),
        };

    private static JsonObject Fields(OutboundProfile profile) => new()
    {
        ["name"] = profile.Name,
        ["enabled"] = profile.IsEnabled,
        ["destinations"] = new JsonArray([.. profile.Destinations.Select(country => (JsonNode)country)]),
        ["concurrent_call_limit"] = profile.ConcurrentCallLimit,
        ["daily_spend_limit_micros"] = profile.DailySpendLimitMicros,
        ["max_rate_micros"] = profile.MaxRateMicros,
    };

    private static OutboundProfile Read(OperationContext op, TenantId account, JsonObject body, OutboundProfile profile,
        List<Problem> problems)
    {
        foreach (var (name, value) in body)
            profile = name switch
            {
                "name" => profile with { Name = (string)value! },
                "enabled" => profile with { IsEnabled = (bool)value! },
                "destinations" => profile with { Destinations = [.. value!.AsArray().Select(country => (string)country!)] },
                "concurrent_call_limit" => profile with { ConcurrentCallLimit = (int?)(double?)value },
                "daily_spend_limit_micros" => profile with { DailySpendLimitMicros = (long?)(double?)value },
                "max_rate_micros" => profile with { MaxRateMicros = (long?)(double?)value },
                _ => profile,       // the schema knows no other
            };
        if (string.IsNullOrWhiteSpace(profile.Name)) problems.Add(new("invalid", "name may not be blank.") { Pointer = "/name" });
        return profile;
    }
}
