using Ringwright.Egress;

namespace Ringwright.Texml.Run;

/// <summary>What documents of one call ask other servers: so many and no more, so that no document makes a flood of one call.</summary>
internal sealed class DocumentRequests(DocumentCall call)
{
    private int _sent, _running;

    /// <summary>The answer, waited for as long as the call wants it.</summary>
    /// <returns>Null when it may not be asked, which is told as a warning.</returns>
    public async ValueTask<EgressResult?> AskAsync(EgressRequest request) =>
        await MayAsync() ? await call.AskAsync(stop => SendAsync(request, stop)) : null;

    /// <summary>Nobody waits for the answer. It is sent also when the call ends meanwhile.</summary>
    public async ValueTask SendAsync(EgressRequest request)
    {
        if (!await MayAsync()) return;
        if (Interlocked.Increment(ref _running) <= Limits.RequestsAtOnce)
        {
            _ = FollowAsync(request);
            return;
        }
        Interlocked.Decrement(ref _running);
        await call.WarnAsync($"HttpRequest was not sent: {Limits.RequestsAtOnce} that nobody waits for are on their way");
    }

    private ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop) =>
        call.Parts.Egress.SendAsync(request with { Account = call.Leg.Tenant }, stop);

    private async ValueTask<bool> MayAsync()
    {
        if (_sent < Limits.Requests)
        {
            _sent++;
            return true;
        }
        await call.WarnAsync($"HttpRequest was not sent: documents of this call have sent {Limits.Requests}");
        return false;
    }

    private async Task FollowAsync(EgressRequest request)
    {
        try
        {
            var result = await SendAsync(request, CancellationToken.None);
            if (!result.IsSuccess) await call.WarnAsync($"HttpRequest: {result.Detail} ({DocumentFetch.Shown(request.Url)})");
        }
        catch (Exception over) when (over is CallOverException or ObjectDisposedException or InvalidOperationException)
        {
            // Nobody reads of it any more.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
