using System.Text.Json.Nodes;
using Ringwright.Agency.Providers;
using Ringwright.Http;

namespace Ringwright.Agency.Platform;

/// <summary>
/// What this API does by itself, again and again, by name: an administrator of the platform has one look now. Any node may look at any
/// time, so one more does no harm.
/// </summary>
internal sealed class Workers(AgencyParts parts)
{
    private readonly Dictionary<string, Func<CancellationToken, Task>> _looks = new(StringComparer.Ordinal)
    {
        ["batches"] = parts.FollowBatchesAsync,
        ["webhooks"] = stop => new WebhookFollower(parts).LookAsync(stop),
        ["talks"] = parts.EnrichAsync,
        ["transcripts"] = parts.FetchAsync,
        ["analyses"] = parts.JudgeAsync,
        ["history"] = parts.ReadHistoryAsync,
        ["silent_calls"] = parts.FollowSilentCallsAsync, ["retention"] = parts.KeepAsync,
        ["charges"] = parts.ChargeAsync, ["statistics"] = parts.AddHoursAsync,
        ["numbers"] = parts.FollowOrdersAsync,
    };

    public async ValueTask<Reply> Tick(OperationContext op)
    {
        if (!_looks.TryGetValue(op.Path("name"), out var look))
            return op.Unknown("name", $"There is no worker of this name; there are {string.Join(", ", _looks.Keys)}.");
        var began = op.Now;
        await look(op.Stop);
        return op.Ok(new JsonObject
        {
            ["worker"] = op.Path("name"), ["started_at"] = AgencyText.Time(began), ["finished_at"] = AgencyText.Time(op.Now),
        });
    }
}
