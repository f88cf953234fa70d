using System.Text.Json.Nodes;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Do texts reach the carriers of the node that runs?</summary>
internal static class TextCarrierChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(AdminClient admin, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return Of(await TrunkCommand.AllAsync(admin, TextCarrierCommand.Path, limit.Token));
        }
        catch (Exception away) when (away is StartRefused or HttpRequestException
            || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            // Who asks for trunks is told already that the node says nothing.
            return [];
        }
    }

    /// <param name="carriers">As the operator's API shows them.</param>
    internal static IReadOnlyList<Finding> Of(IEnumerable<JsonNode> carriers)
    {
        var on = carriers.Where(carrier => (bool)carrier["enabled"]!).ToList();       // our own node answers so
        Finding[] found =
        [
            .. on.Where(carrier => (string?)carrier["bind"]?["state"] is not ("bound" or "paused"))
                .Select(carrier => Finding.Warning("text carrier",
                    $"no texts go by {carrier["name"]}: {TextCarrierCommand.Bind(carrier["bind"])}",
                    "look at its host, its system id and its password; it is tried again by itself unless it is halted")),
        ];
        return found.Length > 0 || on.Count == 0 ? found : [Finding.Good("text carriers", $"{on.Count}, and all are bound")];
    }
}
