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
    public async ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
    {
        var result = await egress.SendAsync(new()
        {
            Url = ask.Url,
            Use = ask.IsOperatorConfigured ? TargetUse.Document : TargetUse.Webhook,
            IsOperatorConfigured = ask.IsOperatorConfigured,
            Method = ask.Method,
            Headers = ask.Headers,
            Body = ask.Body.IsEmpty ? (ReadOnlyMemory<byte>?)null : ask.Body,
            ContentType = ask.Body.IsEmpty ? null : "application/json",
            Timeout = ask.Timeout,
            MaxBytes = ask.MaxBytes,
            IsBodyCut = ask.Arrives is null,
            Arrives = ask.Arrives,
        }, stop);
        bool isWhole = result.Failure is EgressFailure.None or EgressFailure.HttpStatus;
        return new(result.Status, isWhole ? null : SnakeName.Of(result.Failure), result.Body) { ContentType = result.ContentType };
    }
}
