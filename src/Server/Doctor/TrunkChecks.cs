using System.Text.Json.Nodes;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Do calls reach the trunks of the node that runs?</summary>
internal static class TrunkChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(AdminClient admin, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return Of(await TrunkCommand.AllAsync(admin, TrunkCommand.Path, limit.Token));
        }
        catch (Exception away) when (away is StartRefused or HttpRequestException
            || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            string why = away is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : away.Message.TrimEnd('.');
            return [Finding.Warning("trunks", $"the node does not say how they stand: {why}", "look at its log lines")];
        }
    }

    /// <param name="trunks">As the operator's API shows them.</param>
    internal static IReadOnlyList<Finding> Of(IEnumerable<JsonNode> trunks)
    {
        var on = trunks.Where(trunk => (bool)trunk["enabled"]!).ToList();       // our own node answers so, here and below
        var ill = on.Where(trunk => trunk["targets"]!.AsArray().Any(target => (string?)target!["state"] is "passed_over" or "on_trial"));
        var failed = on.Where(trunk => (string?)trunk["registration"]?["state"] is "failed");
        Finding[] found =
        [
            .. ill.Select(trunk => Finding.Warning("trunk", $"calls at {trunk["name"]} fail: {TrunkCommand.Targets(trunk)}",
                $"ringwright trunk test {trunk["name"]} asks it now")),
            .. failed.Select(trunk => Finding.Warning("trunk",
                $"{trunk["name"]} does not take our registration: {TrunkCommand.Registered(trunk)}",
                "look at its user name, its password and its registrar")),
        ];
        return found.Length > 0 || on.Count == 0 ? found
            : [Finding.Good("trunks", $"{on.Count}, and calls pass over none of them")];
    }
}
