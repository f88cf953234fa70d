using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Programs.Agents;

namespace Ringwright.Server.Modules;

/// <summary>
/// The way out of agents is the node's: models are the operator's choice, as voices and recognisers are; servers of tools are webhooks, and
/// under the target policy.
/// </summary>
internal sealed class AgentWeb(IEgress egress) : IAgentWeb
{
    public async ValueTask<WebAnswer> PostAsync(WebPost post, CancellationToken stop)
    {
        var result = await egress.SendAsync(new()
        {
            Url = post.Url,
            Use = post.IsOperatorConfigured ? TargetUse.Document : TargetUse.Webhook,
            IsOperatorConfigured = post.IsOperatorConfigured,
            Method = "POST",
            Headers = post.Headers,
            Body = post.Body,
            ContentType = "application/json",
            Timeout = post.Timeout,
            MaxBytes = post.MaxBytes,
            IsBodyCut = post.Arrives is null,
            Arrives = post.Arrives,
        }, stop);
        bool isWhole = result.Failure is EgressFailure.None or EgressFailure.HttpStatus;
        return new(result.Status, isWhole ? null : SnakeName.Of(result.Failure), result.Body);
    }
}
