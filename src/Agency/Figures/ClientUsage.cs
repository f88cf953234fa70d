using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>What a client uses: calls and minutes of some days, what it has now, and how much its agency allows it.</summary>
internal sealed class ClientUsage(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "30d";

    public async ValueTask<Reply> Get(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        if (!scope.Sees(op.Path("id").ToLowerInvariant())
                || await parts.Tenancy.ClientAsync(scope.Agency, op.Path("id"), op.Stop) is not { } client)
            return op.Unknown("id");
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"] ?? client.Timezone, op.Query["month"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var account = new TenantId(client.Id);
        var search = asked.Search! with { Accounts = [account] };       // there is no refusal
        var kpis = Kpis.Of(await parts.Figures.SumAsync(search, op.Stop));
        string id = client.Id.ToString();
        var (_, campaigns) = await parts.Campaigns.ListAsync(scope.Agency, id, "", "", 0, 1, op.Stop);
        var usage = new JsonObject
        {
            ["client_id"] = id, ["period"] = asked.Period!.Write(), ["total_calls"] = kpis.Total, ["attempts"] = kpis.Attempts,
            ["completed_calls"] = kpis.Completed, ["total_duration_seconds"] = kpis.DurationSeconds, ["minutes_billed"] = kpis.Minutes,
            ["agents"] = await parts.Room.CountAgentsAsync(scope.Agency, id, op.Stop), ["campaigns"] = campaigns,
            ["numbers"] = await parts.Room.CountNumbersAsync(scope.Agency, id, op.Stop),
            ["contacts"] = await parts.Tenancy.CountContactsAsync(scope.Agency, id, op.Stop),
            ["minutes_this_month"] = await parts.Room.MinutesOfMonthAsync(scope.Agency, account, op.Now, op.Stop),
            ["limits"] = ClientLimits.Show(client),
            ["max_concurrent_calls"] = op.Routing.FindTenant(account)?.Limits.Channels, ["as_of"] = AgencyText.Time(op.Now),
        };
        await questions.AddCostsAsync(op, usage, search, asked.Period!, kpis);
        return op.Ok(usage);
    }
}
