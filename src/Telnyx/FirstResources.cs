using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Connections;
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

    /// <summary>
    /// The account's credential connection of that user name; made with <paramref name="freshId"/> and a password of its own when there is none. Others of the account may call it by its SIP address.
    /// </summary>
    /// <returns>The connection, with its user name and password; null where the user name is another account's, or the name another connection's.</returns>
    public static async ValueTask<Connection?> SipUserAsync(Database store, TenantId tenant, string name, string userName, long profile, long freshId, DateTimeOffset at, CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["active"] = true,
            ["connection_name"] = name,
            ["user_name"] = userName,
            ["password"] = RandomNumberGenerator.GetHexString(16, lowercase: true),
            ["sip_uri_calling_preference"] = "internal",
            ["inbound"] = new JsonObject(),
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile.ToString(CultureInfo.InvariantCulture) },
            ["tags"] = new JsonArray(),
            ["webhook_api_version"] = "2",
            ["webhook_event_failover_url"] = "",
            ["webhook_event_url"] = "",
        };
        var rows = store.Connections.Rows(ConnectionKind.Credential, CredentialConnections.View);
        var row = await FindAsync(rows, tenant, "user_name", userName, stop) ?? await AddAsync(rows, tenant, freshId, body, at, stop);
        return row is null ? null : CredentialConnections.View.Read(row);
    }

    /// <summary>Adds the numbers that nobody has yet, attached to the connection.</summary>
    public static ValueTask<int> NumbersAsync(Database store, TenantId tenant, IEnumerable<string> numbers, ConnectionId connection, Func<long> freshId, DateTimeOffset at, CancellationToken stop) =>
        store.Numbers.ImportAsync([.. numbers.Select(number => PhoneNumbers.Create(new Number(number, tenant, connection), freshId(), at, "US"))], stop);

    private static async ValueTask<ResourceRow> FindOrAddAsync(IResourceRows rows, TenantId tenant, string field, string name, long freshId, JsonObject body, DateTimeOffset at, CancellationToken stop) =>
        await FindAsync(rows, tenant, field, name, stop) ?? await AddAsync(rows, tenant, freshId, body, at, stop) ?? throw new InvalidOperationException($"{name} is there and cannot be found");

    private static async ValueTask<ResourceRow?> FindAsync(IResourceRows rows, TenantId tenant, string field, string value, CancellationToken stop) =>
        (await rows.ListAsync(tenant, new() { Filters = [new(field, "eq", [value])], Limit = 1 }, stop)).Rows.FirstOrDefault();

    /// <returns>Null when what may stand once is taken.</returns>
    private static async ValueTask<ResourceRow?> AddAsync(IResourceRows rows, TenantId tenant, long freshId, JsonObject body, DateTimeOffset at, CancellationToken stop)
    {
        var row = new ResourceRow { Id = freshId.ToString(CultureInfo.InvariantCulture), Tenant = tenant, Body = body, CreatedAt = at, UpdatedAt = at };
        return await rows.InsertAsync(row, stop) == WriteOutcome.Done ? row : null;
    }
}
