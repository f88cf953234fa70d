using System.Text;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What one run asks other servers: by the guarded way out, and so much at once.</summary>
internal sealed class FlowRequests(FlowRunner run)
{
    private int _running;

    /// <summary>The answer, for as long as the run wants it.</summary>
    /// <exception cref="LegOverException">The call is over.</exception>
    public async ValueTask<EgressResult> AskAsync(EgressRequest request)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Interrupted, run.Call?.Stop ?? CancellationToken.None);
        try
        {
            return await SendAsync(request, either.Token);
        }
        catch (OperationCanceledException)
        {
            throw run.Interrupted.IsCancellationRequested ? new FlowInterruptedException() : new LegOverException();
        }
    }

    /// <summary>Nobody waits for the answer. It is sent also when the run ends meanwhile.</summary>
    /// <param name="what">Of which a failure is told.</param>
    /// <returns>Why it is not sent, as part of a sentence; null when it is.</returns>
    public string? Post(EgressRequest request, string what)
    {
        if (Interlocked.Increment(ref _running) <= FlowLimits.RequestsAtOnce)
        {
            _ = FollowAsync(request, what);
            return null;
        }
        Interlocked.Decrement(ref _running);
        return $"{FlowLimits.RequestsAtOnce} requests that nobody waits for are on their way";
    }

    /// <summary>A request of a flow's; what it says of the answer holds for each.</summary>
    /// <param name="body">Null for none.</param>
    public static EgressRequest Request(string url, TargetUse use, string method, string? body, string type) => new()
    {
        Url = url, Use = use, Method = method,
        Body = body is null || method is "GET" ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(body),
        ContentType = body is null || method is "GET" ? null : type, Headers = [new("user-agent", "ringwright-voipbin")],
        Timeout = FlowLimits.Answer, MaxBytes = FlowLimits.AnswerBytes, MaxRedirects = FlowLimits.Redirects,
    };

    private ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop) =>
        run.Parts.Egress.SendAsync(request with { Account = run.Tenant }, stop);

    private async Task FollowAsync(EgressRequest request, string what)
    {
        try
        {
            var result = await SendAsync(request, CancellationToken.None);
            if (!result.IsSuccess) await run.WarnAsync($"{what}: {result.Detail}");
        }
        catch (LegOverException)
        {
            // Nobody reads of it any more.
        }
        catch (Exception fault)
        {
            run.Parts.Log.FlowBroke(fault, run.Order.Id);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
