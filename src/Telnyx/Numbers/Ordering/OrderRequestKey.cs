using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// An order that may be asked for again: under the same <see cref="IdempotencyKey"/>, for the same numbers and within a day, it gets the
/// first reply. Key and numbers make the order's id; of two at once one has the numbers.
/// </summary>
internal sealed record OrderRequestKey(TenantId Tenant, string Key, string Numbers)
{
    /// <summary>Null for a request without a key.</summary>
    public static OrderRequestKey? Of(OperationContext op, IReadOnlyList<string> numbers) =>
        IdempotencyKey.Of(op) is { } key ? new(op.Tenant, key, string.Join(',', numbers)) : null;

    public Problem? Fault => IdempotencyKey.FaultOf(Key) is { } tooLong ? new(VoiceErrors.BadRequest, tooLong) : null;

    public Guid IdAt(DateTimeOffset at)
    {
        long day = at.ToUnixTimeSeconds() / (long)IdempotencyKey.Kept.TotalSeconds;
        return NamedUuid.Of($"{OrderKinds.Order}\n{Tenant}\n{day}\n{Key}\n{Numbers}");
    }

    /// <summary>The order that it made; null when it has made none for a day.</summary>
    public async ValueTask<ResourceRow?> FindAsync(OperationContext op, NumberParts parts, DateTimeOffset now)
    {
        foreach (var at in (DateTimeOffset[])[now, now - IdempotencyKey.Kept])
            if (await parts.Store.Documents.Rows(OrderKinds.Orders).FindAsync(Tenant, IdAt(at).ToString(), op.Stop) is { } order
                && order.CreatedAt > now - IdempotencyKey.Kept) return order;
        return null;
    }
}
