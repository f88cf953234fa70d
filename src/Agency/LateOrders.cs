using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Agency;

/// <summary>
/// Numbers that were ordered, and that nobody has made ready in time: nobody waits for ever. They go back to the stock, and what they have
/// cost comes back in the same transaction.
/// </summary>
internal sealed class LateOrders(AgencyParts parts)
{
    /// <summary>What is not confirmed so long after the order is not to be had.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromHours(72);

    public async Task RunAsync(CancellationToken stop)
    {
        var at = Times.Cut(parts.Store.Time.GetUtcNow());
        // What is ready by now was not late.
        if (!await parts.Numbers.FollowOrdersAsync(at, stop)) return;
        foreach (var agency in await parts.Numbers.ListWaitingAsync(at - Patience, stop)) await GiveBackAsync(agency, at, stop);
    }

    /// <summary>Those of one agency, which wants to know where they stand.</summary>
    public async ValueTask RunAsync(TenantId agency, CancellationToken stop)
    {
        var at = Times.Cut(parts.Store.Time.GetUtcNow());
        if (!await parts.Numbers.FollowOrdersAsync(agency, at, stop)) return;
        await GiveBackAsync(agency, at, stop);
    }

    private async ValueTask GiveBackAsync(TenantId agency, DateTimeOffset at, CancellationToken stop)
    {
        foreach (var number in await parts.Numbers.ListAsync(agency, stop))
            if (number is { Status: AgencyNumber.Pending, Account: not null } && number.CreatedAt <= at - Patience)
                await GiveBackAsync(agency, number, at, stop);
    }

    private async ValueTask GiveBackAsync(TenantId agency, AgencyNumber number, DateTimeOffset at, CancellationToken stop)
    {
        var account = number.Account!.Value;         // whoever asks has looked
        // The charges of an order are as old as its numbers: they are the first.
        var paid = await parts.Store.Money.ListAsync(account,
            new MoneyQuery { From = number.CreatedAt ?? at, Kind = MoneyKind.Charge }, stop);
        var after = number with { Status = AgencyNumber.Released, Account = null, Agent = null, ReleasedAt = at, UpdatedAt = at };
        var whole = new AgencyScope(agency, null, AgencyRoles.Owner);
        await parts.Numbers.ReleaseAsync(agency, number, after, new UnitOfWork
        {
            Note = new AuditNote
            {
                Tenant = agency, At = at, By = AuditActor.Node, Change = "released", RecordType = AgencyNumbers.RecordType,
                ResourceId = number.Id.ToString(), Before = AgencyNumbers.Show(number, whole),
                After = new JsonObject { ["status"] = after.Status, ["released_because"] = "not_ready_in_time" },
            },
            Money =
            [
                .. paid.Where(entry => entry.Product == StockClaims.Product
                        && entry.Note.StartsWith(number.Text + ",", StringComparison.Ordinal))
                    .Select(entry => new MoneyEntry
                    {
                        Tenant = account, Kind = MoneyKind.Adjustment, Amount = new Money(-entry.Amount.Micros, entry.Amount.Currency),
                        Product = StockClaims.Product, Note = $"{number.Text}, not ready in time", At = at,
                    }),
            ],
        }, stop);
    }
}
