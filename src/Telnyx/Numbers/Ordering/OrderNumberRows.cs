using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Numbers of orders. Some wait: whoever decides on one, be it the operator, its account or time, writes its document, and this makes one
/// transaction of all that comes of it: the number or the stock, the part and the order that it is of, money, and who is told.
/// </summary>
internal sealed class OrderNumberRows(NumberParts parts) : IResourceRows
{
    private const string OrderId = "order_request_id", PartId = "sub_number_order_id", Connection = "connection_id";

    private readonly IResourceRows _rows = parts.Store.Documents.Rows(OrderKinds.Numbers);

    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop) =>
        _rows.ListAsync(tenant, query, stop);

    public ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) => _rows.FindAsync(tenant, id, stop);

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        _rows.InsertAsync(row, work, stop);

    public async ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        if (await _rows.FindAsync(row.Tenant, row.Id, stop) is not { } before) return WriteOutcome.Missing;
        if (!IsPending(before) || IsPending(row)) return await _rows.UpdateAsync(row, work, stop);
        if (before.Revision != row.Revision) return WriteOutcome.Stale;
        var outcome = await DecideAsync([row], work ?? new(), stop);
        // Somebody else has the number by now, and nobody is there to say what is to become of the order: it has failed.
        return outcome is WriteOutcome.Taken && work?.Note is { Change: OrderKinds.Granted }
            ? await DecideAsync([With(row, OrderKinds.Failure, row.UpdatedAt)], work, stop) : outcome;
    }

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        _rows.DeleteAsync(tenant, id, work, stop);

    /// <summary>Numbers that wait fail, all of them or none: one transaction, whose price does not rise with the square of them.</summary>
    /// <param name="numbers">Of one part, as they were read; there is one.</param>
    /// <returns>Stale when somebody has decided on one of them.</returns>
    public ValueTask<WriteOutcome> GiveUpAsync(IReadOnlyList<ResourceRow> numbers, DateTimeOffset at, AuditNote note,
        CancellationToken stop)
    {
        List<ResourceRow> failed = [.. numbers.Select(number => With(number, OrderKinds.Failure, at))];
        return DecideAsync(failed, new()
        {
            Note = note,
            Entries = [.. failed.Select(number => new StateEntry(OrderKinds.Number, number.Id, DueAt: null, WaitsSince: null))],
        }, stop);
    }

    /// <param name="numbers">Of one part, with their new status, which is one; each has it by itself, or all of them fail.</param>
    private async ValueTask<WriteOutcome> DecideAsync(IReadOnlyList<ResourceRow> numbers, UnitOfWork work, CancellationToken stop)
    {
        var (documents, number) = (parts.Store.Documents, numbers[0]);
        if (await documents.Rows(OrderKinds.Orders).FindAsync(number.Tenant, number.Body.Text(OrderId) ?? "", stop) is not { } order
            || await documents.Rows(OrderKinds.Parts).FindAsync(number.Tenant, number.Body.Text(PartId) ?? "", stop) is not { } part)
            return WriteOutcome.Missing;
        // Read behind the order, which each decision writes: of two at once the later one finds it changed, and is made again.
        var page = await _rows.ListAsync(number.Tenant,
            new() { Filters = [new(OrderId, "eq", [order.Id])], Limit = NumberOrders.MostNumbers }, stop);
        var decided = numbers.ToDictionary(one => one.Id, StringComparer.Ordinal);
        List<ResourceRow> all = [.. page.Rows.Select(one => decided.GetValueOrDefault(one.Id, one))];
        var partThen = With(part, StatusOf(all.Where(one => one.Body.Text(PartId) == part.Id)), number.UpdatedAt);
        var orderThen = With(order, StatusOf(all), number.UpdatedAt);
        foreach (var item in orderThen.Body["phone_numbers"]!.AsArray())         // an order has some
            if (decided.TryGetValue(item!.AsObject().Text("id") ?? "", out var one))
                item[OrderKinds.Status] = one.Body.Text(OrderKinds.Status);
        List<ResourceRow> then = [.. numbers.Select(Settled)];

        bool isOurs = number.Body.Text(OrderKinds.Status) is OrderKinds.Success;
        string? profile = order.Body.Text(MessagingSettings.Profile);
        bool hasProfile = isOurs && await MessagingSettings.CheckProfileAsync(number.Tenant, profile, parts.Store, stop) is null;
        var decision = new NumberDecision(number.Tenant, [.. numbers.Select(one => one.Body.Text("phone_number") ?? "")],
            number.UpdatedAt, [.. then.Select(one => new DocumentWrite(OrderKinds.Numbers, one)), new(OrderKinds.Orders, orderThen)])
        {
            Number = isOurs ? stock => RowOf(number, stock, orderThen, hasProfile) : null,
        };
        return await parts.Store.StockClaims.DecideAsync(decision, parts.Store.Numbers.Rows(PhoneNumbers.View), work with
        {
            Note = work.Note is { } note ? note with
            {
                After = note.After ?? (note.RecordType is OrderKinds.Part ? partThen : then[0]).Body,
            } : null,
            Documents =
            [
                .. work.Documents, new(OrderKinds.Parts, partThen),
                .. number.Body.Filled(OrderKinds.Reason) is { } reason
                    ? [OrderComments.OfOperator(part, reason, number.UpdatedAt)] : Array.Empty<DocumentWrite>(),
            ],
            Money = [.. work.Money, .. isOurs ? [] : numbers.SelectMany(PaidBack)],
            Messages =
            [
                .. work.Messages,
                .. IsPending(part) && !IsPending(partThen) ? OrderEvents.Updated(orderThen, parts) : [],
                .. IsPending(orderThen) ? [] : OrderEvents.Complete(orderThen, parts),
            ],
        }, stop);
    }

    /// <summary>A connection, or a messaging profile, that was there when it was ordered may be gone.</summary>
    private ResourceRow RowOf(ResourceRow number, StockNumber stock, ResourceRow order, bool hasProfile)
    {
        var row = NumberOrders.NumberRow(number.Body.Text(OrderKinds.NumberId) ?? "", stock, order);
        if (!hasProfile) row.Body.Remove(MessagingSettings.Profile);
        if (row.Body.Id(Connection) is { } id && parts.Store.Routing.Current.FindConnection(order.Tenant, new(id)) is null)
            row.Body.Remove(Connection);
        return row;
    }

    private static IEnumerable<MoneyEntry> PaidBack(ResourceRow number)
    {
        if (number.Body.Child(OrderKinds.Paid) is not { } paid || (long)paid["micros"]! is not (> 0 and var micros)) yield break;   // ours
        yield return new()
        {
            Tenant = number.Tenant, Kind = MoneyKind.Adjustment, Amount = new(micros, paid.Text("currency") ?? Money.UsualCurrency),
            Product = StockClaims.Product, Note = $"{number.Body.Text("phone_number")}, not delivered", At = Times.Cut(number.UpdatedAt),
        };
    }

    /// <summary>Without what is of no more use once it does not wait.</summary>
    private static ResourceRow Settled(ResourceRow number)
    {
        var body = number.Body.DeepClone().AsObject();
        foreach (string kept in OrderKinds.OfWaiting) body.Remove(kept);
        return number with { Body = body };
    }

    private static ResourceRow With(ResourceRow row, string status, DateTimeOffset at)
    {
        var body = row.Body.DeepClone().AsObject();
        body[OrderKinds.Status] = status;
        return row with { Body = body, UpdatedAt = at };
    }

    private static bool IsPending(ResourceRow row) => row.Body.Text(OrderKinds.Status) is OrderKinds.Pending;

    /// <summary>Pending while one of them is, then a success where all are.</summary>
    private static string StatusOf(IEnumerable<ResourceRow> numbers)
    {
        var all = numbers.ToList();
        if (all.Exists(IsPending)) return OrderKinds.Pending;
        return all.TrueForAll(one => one.Body.Text(OrderKinds.Status) is OrderKinds.Success) ? OrderKinds.Success : OrderKinds.Failure;
    }
}
