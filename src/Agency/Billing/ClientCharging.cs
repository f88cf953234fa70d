using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Billing;

/// <summary>
/// Charges clients for what is over and for the numbers that they have, again and again, by whichever node looks: each look may be the
/// first after a crash, and nothing is charged twice.
/// </summary>
internal sealed class ClientCharging(AgencyParts parts)
{
    /// <summary>Of one write: calls write between two.</summary>
    private const int AtOnce = 500;

    public async Task RunAsync(CancellationToken stop) => await RunAsync(await parts.Usage.ListRatedAsync(stop), stop);

    /// <summary>Those of one agency, before what a plan asks changes.</summary>
    public async ValueTask RunAsync(TenantId agency, CancellationToken stop) =>
        await RunAsync(await parts.Usage.ListRatedAsync(agency, stop), stop);

    /// <summary>One client alone, whom somebody asks about.</summary>
    public async ValueTask RunAsync(TenantId agency, Guid client, CancellationToken stop) =>
        await RunAsync((await parts.Usage.ListRatedAsync(agency, stop)).FindAll(one => one.Id == client), stop);

    private async ValueTask RunAsync(List<RatedClient> clients, CancellationToken stop)
    {
        var now = Times.Cut(parts.Store.Time.GetUtcNow());
        foreach (var client in clients)
        {
            // Whoever finds nothing writes nothing.
            if (await parts.Usage.HasUnchargedAsync(client, stop))
                while (await parts.Usage.ChargeCallsAsync(client, AtOnce, now, stop) == AtOnce) { }
        }
        foreach (var agency in clients.Where(client => client.NumberMicros > 0).GroupBy(client => client.TenantId))
        {
            var numbers = (await parts.Numbers.ListAsync(agency.Key, stop))
                .Where(number => number.Status is not (AgencyNumber.Pending or AgencyNumber.Released))
                .ToLookup(number => number.ClientId, number => number.Text);
            foreach (var client in agency) await ChargeNumbersAsync(client, numbers[client.Id.ToString()], now, stop);
        }
    }

    private async ValueTask ChargeNumbersAsync(RatedClient client, IEnumerable<string> numbers, DateTimeOffset now, CancellationToken stop)
    {
        string month = client.MonthOf(now);
        var charged = await parts.Usage.ListNumbersAsync(client, month, stop);
        var lines = numbers.Where(number => !charged.Contains(number)).Select(number => client.LineOf(number, month, now)).ToList();
        if (lines.Count > 0) await parts.Usage.AddAsync(client, lines, now, stop);
    }
}
