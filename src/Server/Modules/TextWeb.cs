using Ringwright.Campaigns.Carriers;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Server.Modules;

/// <summary>The way out of texts by HTTP is the node's; carriers are the operator's choice, and their addresses with them.</summary>
internal sealed class TextWeb(IEgress egress, TimeProvider time) : ITextHttp
{
    private const int MostBytes = 64 * 1024;

    public async ValueTask<TextHttpAnswer> PostAsync(TextHttpAsk ask, CancellationToken stop)
    {
        var result = await egress.SendAsync(new()
        {
            Url = ask.Url, Use = TargetUse.Webhook, IsOperatorConfigured = true, Method = "POST", Headers = ask.Headers, Body = ask.Body,
            ContentType = ask.ContentType, Timeout = ask.Timeout, MaxBytes = MostBytes, IsBodyCut = true,
            // Whether a text that has no answer goes again, the carrier's setting says.
            IsSentOnce = true,
        }, stop);
        bool hasLeft = result.Failure is not (EgressFailure.BadUrl or EgressFailure.Forbidden or EgressFailure.Dns or EgressFailure.Connect
            or EgressFailure.Tls);
        // A status without its whole body is no answer.
        bool isWhole = result.Failure is EgressFailure.None or EgressFailure.HttpStatus;
        return new(isWhole ? result.Status : null, hasLeft, isWhole ? null : result.Detail ?? SnakeName.Of(result.Failure), result.Body,
            result.RetryAfter(time.GetUtcNow()));
    }
}
