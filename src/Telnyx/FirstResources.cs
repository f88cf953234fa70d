using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>
/// Resources that a node makes for itself, for example for the lab: as a client of the API would make them, but without a webhook URL, which the API demands.
/// What exists under the name or number is left alone.
/// </summary>
public static class FirstResources
{
    /// <summary>The outbound voice profile of that name; made with <paramref name="freshId"/> when there is none. It allows what the default profile does, North America, where the lab's numbers are.</summary>
    public static async ValueTask<long> ProfileAsync(Database store, TenantId tenant, string name, long freshId, DateTimeOffset at, CancellationToken stop)
    {
        var row = await FindOrAddAsync(store.OutboundProfiles.Rows(OutboundVoiceProfiles.View), tenant, "name", name, freshId, DefaultProfile.Document(name), at, stop);
        return long.Parse(row.Id, CultureInfo.InvariantCulture);
    }

    /// <summary>The call control application of that name; made with <paramref name="freshId"/> when there is none.</summary>
    public static async ValueTask<ConnectionId> ApplicationAsync(Database store, TenantId tenant, string name, long profile, long freshId, DateTimeOffset at, CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["active"] = true,
            ["application_name"] = name,
            ["dtmf_type"] = "RFC 2833",
            ["first_command_timeout"] = false,
            ["first_command_timeout_secs"] = 30,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile.ToString(CultureInfo.InvariantCulture) },
            ["redact_dtmf_debug_logging"] = false,
            ["tags"] = new JsonArray(),
            ["webhook_api_version"] = "2",
            ["webhook_event_failover_url"] = "",
            ["webhook_event_url"] = "",
        };
        var rows = store.Connections.Rows(ConnectionKind.CallControl, CallControlApplications.View);
        var row = await FindOrAddAsync(rows, tenant, "application_name", name, freshId, body, at, stop);
        return new(long.Parse(row.Id, CultureInfo.InvariantCulture));
    }

    /// <summary>Adds the numbers that nobody has yet, attached to the connection.</summary>
    public static ValueTask<int> NumbersAsync(Database store, TenantId tenant, IEnumerable<string> numbers, ConnectionId connection, Func<long> freshId, DateTimeOffset at, CancellationToken stop) =>
        store.Numbers.ImportAsync([.. numbers.Select(number => PhoneNumbers.Create(new Number(number, tenant, connection), freshId(), at, "US"))], stop);

    private static async ValueTask<ResourceRow> FindOrAddAsync(IResourceRows rows, TenantId tenant, string field, string name, long freshId, JsonObject body, DateTimeOffset at, CancellationToken stop)
    {
        var found = await rows.ListAsync(tenant, new() { Filters = [new(field, "eq", [name])], Limit = 1 }, stop);
        if (found.Rows is [var known, ..]) return known;
        var row = new ResourceRow { Id = freshId.ToString(CultureInfo.InvariantCulture), Tenant = tenant, Body = body, CreatedAt = at, UpdatedAt = at };
        await rows.InsertAsync(row, stop);
        return row;
    }
}
