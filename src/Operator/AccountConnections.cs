using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>What is behind an account's numbers: applications, which command their calls, and SIP equipment.</summary>
internal static class AccountConnections
{
    private const string NameOfApplications = "application", Short = "short", Long = "long";

    /// <summary>How each event is told, and how it is told how calls of documents stand: a connection has one of the two.</summary>
    private static readonly string[] OfEvents = ["webhook_version", "webhook_timeout_seconds", "webhook_retry_schedule"],
        OfStatus = ["status_url", "status_method"];

    public static AccountRecords<Connection> Of(Database store) => new("connection", store.Connections.Records, Fields, Read, Blank)
    {
        BeforeDelete = async (op, account, connection) =>
            await store.Legs.ListLiveAsync(account, connection.Id, new() { Limit = 1 }, op.Stop) is { Total: > 0 and var live }
            ? new Problem("in_use", $"{live} {(live == 1 ? "call is" : "calls are")} live on this connection: hang up first.") : null,
    };

    private static Connection Blank(TenantId account, long id, JsonObject body)
    {
        string kind = (string)body["kind"]!;    // required
        var connection = new Connection
        {
            Id = new(id), Tenant = account, Name = "",
            Kind = kind switch
            {
                "document" => ConnectionKind.Document,
                "credential" => ConnectionKind.Credential,
                "ip" => ConnectionKind.Ip,
                "fqdn" => ConnectionKind.Fqdn,
                _ => ConnectionKind.CallControl,        // the schema knows no other but that of applications
            },
        };
        if (connection.Kind is ConnectionKind.Document) return connection with { Application = new(ApplicationKind.Document) };
        if (!connection.IsEquipment) return connection;
        return connection with { Sip = new() { Origination = new() { IsDigestRequired = connection.Kind is ConnectionKind.Credential } } };
    }

    private static JsonObject Fields(Connection connection) => new()
    {
        ["kind"] = connection.Kind is ConnectionKind.CallControl ? NameOfApplications : SnakeName.Of(connection.Kind),
        ["name"] = connection.Name,
        ["enabled"] = connection.IsActive,
        ["application"] = new JsonObject { ["kind"] = connection.Application.Kind, ["target"] = connection.Application.Target },
        ["webhook_url"] = connection.WebhookUrl,
        ["webhook_failover_url"] = connection.WebhookFailoverUrl,
        ["webhook_version"] = connection.Events?.Version,
        ["webhook_timeout_seconds"] = connection.Events?.Timeout is { } timeout ? (int)timeout.TotalSeconds : null,
        ["webhook_retry_schedule"] = connection.Events?.Retries switch
        {
            RetrySchedule.Short => Short,
            RetrySchedule.Long => Long,
            _ => null,
        },
        ["status_url"] = connection.Events is null ? connection.StatusUrl : null,
        ["status_method"] = connection.Events is null ? connection.StatusMethod : null,
        ["outbound_profile_id"] = connection.OutboundProfile?.ToString(CultureInfo.InvariantCulture),
        ["inbound_channel_limit"] = connection.InboundChannelLimit,
        ["outbound_channel_limit"] = connection.OutboundChannelLimit,
        ["user_name"] = connection.Sip?.UserName,
        ["sip_uri_calling"] = connection.Sip?.UriCalling.ToString().ToLowerInvariant(),
        ["may_refer"] = connection.IsEquipment ? connection.MayRefer(isUser: connection.Kind is ConnectionKind.Credential) : null,
    };

    private static Connection Read(OperationContext op, TenantId account, JsonObject body, Connection connection, List<Problem> problems)
    {
        foreach (var (name, value) in body)
            connection = name switch
            {
                "name" => connection with { Name = (string)value! },
                "enabled" => connection with { IsActive = (bool)value! },
                "application" => connection with { Application = new((string)value!["kind"]!, (string?)value["target"] ?? "") },
                "webhook_url" => connection with { WebhookUrl = Url((string?)value, "/webhook_url", problems) },
                "webhook_failover_url" => connection with { WebhookFailoverUrl = Url((string?)value, "/webhook_failover_url", problems) },
                "webhook_version" => connection with { WebhookVersion = (string)value! },
                "webhook_timeout_seconds" => connection with { WebhookTimeout = Seconds((double?)value) },
                "webhook_retry_schedule" => connection with { WebhookRetries = Schedule((string?)value) },
                "status_url" => connection with { StatusUrl = Url((string?)value, "/status_url", problems) },
                "status_method" => connection with { StatusMethod = (string)value! },
                "outbound_profile_id" => connection with { OutboundProfile = Profile(op, account, (string?)value, problems) },
                "inbound_channel_limit" => connection with { InboundChannelLimit = (int?)(double?)value },
                "outbound_channel_limit" => connection with { OutboundChannelLimit = (int?)(double?)value },
                "user_name" or "password" or "sip_uri_calling" =>
                    connection with { Sip = Equipment(connection, name, (string)value!, problems) },
                "may_refer" => connection with { Sip = Referring(connection, (bool)value!, problems) },
                _ => connection,    // the schema knows no other but kind, which is read once
            };
        string why = connection.Events is null ? "Documents command these calls, and it is told how they stand"
            : "Each event of these calls is told to webhook_url";
        foreach (string name in (connection.Events is null ? OfEvents : OfStatus).Where(body.ContainsKey))
            problems.Add(new("invalid", $"{why}: there is no {name}.") { Pointer = Pointers.Of(name) });
        if (string.IsNullOrWhiteSpace(connection.Name)) problems.Add(new("invalid", "name may not be blank.") { Pointer = "/name" });
        if (connection.Kind is ConnectionKind.Credential && connection.Sip is not { UserName: not null, Password: not null })
            problems.Add(new("missing", "A credential connection needs user_name and password.") { Pointer = "/user_name" });
        if (connection is { Kind: ConnectionKind.Credential, Sip: { UserName: { } user } sip }
                && SipUserName.Fault(user, sip.UriCalling is not SipUriCalling.Disabled) is { } fault)
            problems.Add(new("invalid", $"user_name {fault}") { Pointer = "/user_name" });
        if (connection.IsEquipment && connection.Application.Kind is not ApplicationKind.Webhook)
            problems.Add(new("invalid", "Equipment answers its calls itself: only an application can be commanded from inside.")
            {
                Pointer = "/application"
            });
        return connection;
    }

    private static SipConnection? Equipment(Connection connection, string name, string text, List<Problem> problems)
    {
        if (connection is not { Kind: ConnectionKind.Credential, Sip: { } sip })
        {
            problems.Add(new("invalid", $"Only a credential connection has a {name}.") { Pointer = Pointers.Of(name) });
            return connection.Sip;
        }
        if (name is "password" && text.Any(char.IsControl))
            problems.Add(new("invalid", "password may not hold control characters.") { Pointer = "/password" });
        return name switch
        {
            "user_name" => sip with { UserName = text },
            "password" => sip with { Password = text },
            _ => sip with
            {
                UriCalling = text switch
                {
                    "internal" => SipUriCalling.Internal,
                    "unrestricted" => SipUriCalling.Unrestricted,
                    _ => SipUriCalling.Disabled
                },
            },
        };
    }

    private static SipConnection? Referring(Connection connection, bool mayRefer, List<Problem> problems)
    {
        if (connection.Sip is { } sip) return sip with { MayRefer = mayRefer };
        problems.Add(new("invalid", "An application refers by its command: only equipment has may_refer.") { Pointer = "/may_refer" });
        return null;
    }

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static RetrySchedule? Schedule(string? value) => value switch
    {
        Short => RetrySchedule.Short,
        Long => RetrySchedule.Long,
        _ => null,
    };

    /// <summary>Whether it may be called is asked whenever it is.</summary>
    private static string? Url(string? text, string pointer, List<Problem> problems)
    {
        if (text is not null && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            problems.Add(new("invalid", "A webhook's URL begins with http:// or https://.") { Pointer = pointer });
        return text;
    }

    private static long? Profile(OperationContext op, TenantId account, string? text, List<Problem> problems)
    {
        if (text is null) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && op.Routing.FindProfile(account, id) is not null) return id;
        problems.Add(
            new("unknown_reference", "outbound_profile_id names no profile of this account.") { Pointer = "/outbound_profile_id" });
        return null;
    }
}
