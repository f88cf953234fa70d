using System.Data;
using System.Text.Json;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>An attempt as its columns have it: in the delivery's row while it is the only one, else in a row of its own.</summary>
internal readonly struct AttemptRow(DeliveryAttempt attempt)
{
    internal const string InsertAttempt = """
        insert into rw_delivery_attempt (message_id, number, tenant_id, url, status, started_at, finished_at, errors, request_headers,
            response_status, response_headers, response_body)
        values (@id, @number, @tenant, @url, @status, @startedAt, @finishedAt, @errors, @requestHeaders, @responseStatus, @responseHeaders, @responseBody)
        """;
    internal const string MoveAttempt = """
        insert into rw_delivery_attempt (message_id, number, tenant_id, url, status, started_at, finished_at, errors, request_headers,
            response_status, response_headers, response_body)
        select message_id, 1, tenant_id, attempt_url, status, started_at, finished_at, attempt_errors, attempt_request_headers,
            attempt_response_status, attempt_response_headers, attempt_response_body
        from rw_delivery where tenant_id = @tenant and id = @id and attempt_url is not null
        """;
    internal const string ClearAttempt = """
        update rw_delivery set attempt_url = null, attempt_errors = null, attempt_request_headers = null,
            attempt_response_status = null, attempt_response_headers = null, attempt_response_body = null
        where tenant_id = @tenant and id = @id and attempt_url is not null
        """;

    private static readonly Statement New = new(InsertAttempt);

    public readonly string StartedAt = Times.Text(attempt.StartedAt), FinishedAt = Times.Text(attempt.FinishedAt),
        Errors = attempt.Errors.Count == 0 ? "[]" : JsonSerializer.Serialize([.. attempt.Errors], DeliveryJson.Default.ListInt32),
        RequestHeaders = JsonLists.WritePairs(attempt.RequestHeaders);
    public readonly string? ResponseHeaders = attempt.ResponseStatus is null ? null : JsonLists.WritePairs(attempt.ResponseHeaders);

    /// <summary>In a row of its own.</summary>
    public void Write(IDbConnection db, string message, string tenant) =>
        New.Post(db, message, attempt.Number, tenant, attempt.Url, attempt.IsDelivered ? "delivered" : "failed", StartedAt, FinishedAt,
            Errors, RequestHeaders, attempt.ResponseStatus, ResponseHeaders, attempt.ResponseBody);

    /// <summary>More attempts of a delivery are to follow: its only one gets a row of its own, as they do.</summary>
    public static void GiveOwn(IDbConnection db, TenantId tenant, Guid delivery)
    {
        var which = new { tenant, id = delivery.ToString() };
        if (db.Execute(MoveAttempt, which) > 0) db.Execute(ClearAttempt, which);
    }
}
