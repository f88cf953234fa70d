using Ringwright.Delivery.Streams;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// The account's events as they are committed, for developers whom no webhook reaches. Ours, not among the 822 operations.
/// </summary>
internal static class EventStreams
{
    public static ValueTask<Reply> Open(OperationContext op, AccountParts parts)
    {
        StreamPosition? after = null;
        if (op.Header("Last-Event-ID") is { Length: > 0 } seen)
        {
            if (!StreamPosition.TryParse(seen, out var last))
                return new(
                    op.Fail(new Problem("10015", "Last-Event-ID must be the id of an event that this stream gave.") { Status = 422 }));
            after = last;
        }
        var wanted = EventFilter.Of(op.Query["type"]);
        if (!parts.Events.TryEnter(op.Tenant))
            return new(op.Fail(Fault.TooManyRequests,
                $"At most {EventStream.MostListeners} listeners may follow an account's events at the same time."));
        var tenant = op.Tenant;
        return new(op.Stream(EventStream.ContentType,
            (into, gone) => parts.Events.WriteAsync(tenant, wanted, after, into, op.IsWelcome, gone)));
    }
}
