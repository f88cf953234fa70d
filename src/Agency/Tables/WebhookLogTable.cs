using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>A webhook that came for an agency, and what was answered.</summary>
internal sealed record WebhookLog
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string? ProviderCallId { get; init; }
    /// <summary>Which one has told it; null for the provider of voices.</summary>
    public string? Carrier { get; init; }
    /// <summary>By what the carrier calls the event.</summary>
    public string? EventId { get; init; }
    public string RequestMethod { get; init; } = "POST";
    /// <summary>Without the secret.</summary>
    public string RequestPath { get; init; } = "";
    /// <summary>Some, by name: none that proves anything.</summary>
    public JsonObject RequestHeaders { get; init; } = [];
    /// <summary>Its beginning, where it is long.</summary>
    public string RequestBody { get; init; } = "";
    public string? RemoteIp { get; init; }
    public long ResponseStatus { get; init; }
    /// <summary>A signature was asked for, and was right.</summary>
    public bool IsVerified { get; init; }
    public string? VerificationError { get; init; }
    public bool IsDuplicate { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>The rows of <c>webhook_logs</c>: they are added, and go when they are old.</summary>
internal sealed class WebhookLogTable(Database store)
{
    internal const string Insert = """
        insert into webhook_logs (id, tenant_id, source, provider_call_id, request_method, request_path, request_headers, request_body,
            remote_ip, response_status, verified, verification_error, duplicate, received_at, carrier, event_id)
        values (@Id, @TenantId, 'ultravox', @ProviderCallId, @RequestMethod, @RequestPath, @RequestHeaders, @RequestBody, @RemoteIp,
            @ResponseStatus, @IsVerified, @VerificationError, @IsDuplicate, @ReceivedAt, @Carrier, @EventId)
        """;
    internal const string SelectPage = """
        select id, tenant_id, provider_call_id, request_method, request_path, request_headers, request_body, remote_ip, response_status,
            verified as is_verified, verification_error, duplicate as is_duplicate, received_at, carrier
        from webhook_logs where tenant_id = @tenant order by received_at desc, id desc limit @limit offset @offset
        """;
    internal const string Count = "select count(*) from webhook_logs where tenant_id = @tenant";
    internal const string CountEvent =
        "select count(*) from webhook_logs where tenant_id = @tenant and event_id = @told and received_at > @since";
    internal const string Empty = "update webhook_logs set request_body = '' where tenant_id = @tenant and provider_call_id = @call";
    internal const string DeleteOld = """
        delete from webhook_logs where tenant_id = @tenant and id in (
            select id from webhook_logs where tenant_id = @tenant and received_at < @before order by received_at limit @step)
        """;

    /// <summary>Within a write.</summary>
    internal static void Write(IDbConnection db, WebhookLog log) => db.Execute(Insert, log);

    public async ValueTask AddAsync(WebhookLog log, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        Write(db, log);
        return true;
    }, stop);

    /// <summary>An event that has come since then is the same one again.</summary>
    public async ValueTask AddEventAsync(WebhookLog log, DateTimeOffset since, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        bool isKnown = log.EventId is { } told
            && db.ExecuteScalar<long>(CountEvent, new { tenant = log.TenantId, told, since }) > 0;
        Write(db, log with { IsDuplicate = isKnown });
        return true;
    }, stop);

    public ValueTask<(IReadOnlyList<WebhookLog> Rows, long Total)> ListAsync(TenantId agency, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<WebhookLog>, long)>(
            db => (db.Query<WebhookLog>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }
}
