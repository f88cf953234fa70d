using System.Globalization;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Egress;
using Ringwright.Programs.Agents;

namespace Ringwright.Server.Modules;

/// <summary>
/// The way out of agents is the node's: models are the operator's choice, as voices and recognisers are; servers of tools are webhooks, and
/// under the target policy.
/// </summary>
/// <param name="signatures">Null where nothing is signed.</param>
internal sealed class AgentWeb(IEgress egress, RequestSignatures? signatures = null) : IAgentWeb
{
    /// <summary>Signed like webhooks of the first API, by which receivers know the node; they judge by their own clock.</summary>
    public static AgentWeb Of(ModuleGround ground) =>
        new(ground.Egress, new(ground.Database, NodeModules.WebhookFormats[0], TimeProvider.System));

    public async ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
    {
        if (await SignAsync(ask, stop) is not { } signed) return new(null, "not_signed", default);
        var result = await egress.SendAsync(new()
        {
            Url = ask.Url,
            Use = ask.IsOperatorConfigured ? TargetUse.Document : TargetUse.Webhook,
            IsOperatorConfigured = ask.IsOperatorConfigured,
            // A tool books and orders; an answer of a model is only made anew.
            IsSentOnce = !ask.IsOperatorConfigured && !ask.MayBeTwice,
            Method = ask.Method,
            // Whoever writes the headers of a tool signs nothing.
            Headers =
            [
                .. ask.Headers.Where(one => signed.All(other => !other.Key.Equals(one.Key, StringComparison.OrdinalIgnoreCase))), .. signed,
            ],
            Body = ask.Body.IsEmpty ? (ReadOnlyMemory<byte>?)null : ask.Body,
            ContentType = ask.Body.IsEmpty ? null : "application/json",
            Timeout = ask.Timeout,
            MaxBytes = ask.MaxBytes,
            IsBodyCut = ask.Arrives is null,
            Arrives = ask.Arrives,
            // A server that lets all hang takes the way out from nobody but whoever named it.
            Account = ask.IsOperatorConfigured ? null : ask.Account ?? ask.SignedFor,
            IsEnough = ask.IsEnough,
        }, stop);
        bool isWhole = result.Failure is EgressFailure.None or EgressFailure.HttpStatus;
        return new(result.Status, isWhole ? null : SnakeName.Of(result.Failure), result.Body)
        {
            ContentType = result.ContentType, RetryAfter = RetryAfterOf(result), McpSession = result.Header("Mcp-Session-Id"),
            Location = result.Header("Location"),
        };
    }

    /// <summary>
    /// In milliseconds, as servers of models say it beside the other, in seconds with or without a part of one, or by a date of the wall's
    /// clock, which is theirs; one that is past is none.
    /// </summary>
    private static TimeSpan? RetryAfterOf(EgressResult result)
    {
        if (WholeOf(result, "Retry-After-Ms") is { } milliseconds) return TimeSpan.FromMilliseconds(milliseconds);
        if (decimal.TryParse(result.Header("Retry-After"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out decimal seconds) && seconds <= int.MaxValue) return TimeSpan.FromSeconds((double)seconds);
        return result.RetryAfter(TimeProvider.System.GetUtcNow()) is { } rest && rest > TimeSpan.Zero ? rest : null;
    }

    private static int? WholeOf(EgressResult result, string header) =>
        int.TryParse(result.Header(header), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <returns>Null where the keys are not to be had: whoever waits for the answer is told so, and nothing goes out unsigned.</returns>
    private async ValueTask<IReadOnlyList<KeyValuePair<string, string>>?> SignAsync(WebAsk ask, CancellationToken stop)
    {
        if (ask.SignedFor is not { } tenant || signatures is null) return [];
        try
        {
            return await signatures.OfAsync(tenant, ask.Body, stop);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return null;
        }
    }
}
