namespace Ringwright.Store.Documents;

/// <summary>Documents that say what was answered under a client's key, for a day.</summary>
public static class RequestKeyRows
{
    public const string Kind = "ai_request_key";

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    internal const string Old = $"""
        delete from rw_resource where tenant_id = @tenant and kind = '{Kind}' and id in (
            select id from rw_resource where tenant_id = @tenant and kind = '{Kind}' and created_at < @before
            order by created_at, id limit @step)
        """;
}
