using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>Figures of each agent and of each number by itself, and what is up at this moment.</summary>
internal sealed class EachFigures(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "30d";

    /// <summary>Calls of an agent are those of its batches.</summary>
    public async ValueTask<Reply> Agents(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (search, scope) = (asked.Search!, AgencyScope.Of(op));        // there is no refusal
        var (rows, total) = await parts.Agents.ListAsync(scope.Agency, new(scope.Narrow(op.Query["client_id"]?.ToLowerInvariant())),
            op.List.Offset, op.List.Size, op.Stop);
        var sums = await parts.Figures.SumOfAgentsAsync(search, [.. rows.Select(row => row.Id.ToString())], op.Stop);
        return Answer(op, asked.Period!, "agents", total, sums, rows.Select(row => With(new()
        {
            ["id"] = row.Id.ToString(), ["name"] = row.Name, ["client_id"] = row.ClientId,
        }, Kpis.Of(sums[row.Id.ToString()]))));
    }

    /// <summary>Calls of a number are those from it and those to it.</summary>
    public async ValueTask<Reply> Numbers(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (search, scope) = (asked.Search!, AgencyScope.Of(op));        // there is no refusal
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        var held = (await parts.Numbers.ListAsync(scope.Agency, op.Stop))
            .Where(number => number.Status is not AgencyNumber.Released && (client.Length == 0 || number.ClientId == client)).ToList();
        var rows = held.Skip(op.List.Offset).Take(op.List.Size).ToList();
        var sums = await parts.Figures.SumOfNumbersAsync(search, [.. rows.Select(row => row.Text)], op.Stop);
        return Answer(op, asked.Period!, "numbers", held.Count, sums, rows.Select(row => With(new()
        {
            ["id"] = row.Id.ToString(), ["phone_number"] = row.Text, ["friendly_name"] = row.FriendlyName, ["client_id"] = row.ClientId,
        }, Kpis.Of(sums[row.Text]))));
    }

    /// <summary>
    /// Of each account that the request may see: calls that are up, and how many may be; batches that are not over; and the queues, for
    /// whoever looks after them.
    /// </summary>
    public async ValueTask<Reply> Live(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var accounts = AgencyCalls.AccountsOf(op.Routing, scope, op.Query["client_id"]);
        var up = (await parts.Moving.ListAsync(accounts, op.Now, op.Stop)).Where(call => call.IsUp).ToLookup(call => call.TenantId);
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        var open = (await parts.Batches.ListOpenAsync(scope.Agency, op.Stop))
            .Where(batch => !batch.IsOver && (client.Length == 0 || batch.ClientId == client)).ToList();
        // The agency's own first, and then as they were made: their ids grow.
        var shown = accounts.OrderBy(account => account != scope.Agency).ThenBy(account => account.ToString(), StringComparer.Ordinal);
        int calls = up.Sum(account => account.Count());
        var limited = accounts.Count == 1 ? accounts[0] : scope.Client ?? scope.Agency;
        var reply = new JsonObject
        {
            ["calls_in_progress"] = calls,
            ["slots"] = new JsonObject
            {
                ["used"] = calls, ["limit"] = op.Routing.FindTenant(limited)?.Limits.Channels,
            },
            ["accounts"] = new JsonArray([.. shown.Select(account => (JsonNode)new JsonObject
            {
                ["client_id"] = account == scope.Agency ? null : account.ToString(), ["calls_in_progress"] = up[account].Count(),
                ["max_concurrent_calls"] = op.Routing.FindTenant(account)?.Limits.Channels,
            })]),
            ["batches"] = new JsonObject(open.GroupBy(batch => batch.Status).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count()))),
            ["as_of"] = AgencyText.Time(op.Now),
        };
        if (Permissions.May(scope.Role, "queues.read"))
        {
            var (webhooks, enrichments) = await parts.QueueHealth.ReadAsync(scope.Agency, op.Stop);
            reply["queues"] = new JsonObject
            {
                [WebhookQueue.Name] = Show(webhooks, op.Now), [EnrichmentQueue.Name] = Show(enrichments, op.Now),
            };
        }
        return op.Ok(reply);
    }

    private static JsonObject Show(QueueHealth health, DateTimeOffset now) => new()
    {
        ["pending"] = health.Pending, ["processing"] = health.Processing, ["retryable"] = health.Retryable, ["dead"] = health.Dead,
        ["oldest_pending_age_seconds"] = health.Oldest is { } oldest ? Math.Max(0, (long)(now - oldest).TotalSeconds) : null,
    };

    private static JsonNode With(JsonObject row, Kpis kpis)
    {
        foreach (var (name, value) in kpis.Write()) row[name] = value?.DeepClone();
        return row;
    }

    private static Reply Answer(OperationContext op, FigurePeriod period, string noun, long total, ILookup<string?, CallSum> sums,
        IEnumerable<JsonNode> rows)
    {
        var shown = new JsonArray([.. rows]);
        return op.Ok(new JsonObject
        {
            ["period"] = period.Write(), [noun] = shown,
            ["pagination"] = AgencyForm.PageOf(op.List, shown.Count, total),
            ["as_of"] = AgencyText.Time(op.Now), ["pending_analysis"] = Kpis.Of(sums.SelectMany(one => one)).Unjudged,
        });
    }
}
