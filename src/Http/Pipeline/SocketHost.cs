using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>
/// Accepts the web sockets of a dialect, so many for one account, and closes each whose caller would no longer
/// be let in, and all when the node stops.
/// </summary>
internal sealed class SocketHost(Dialect dialect, PipelineServices services, ILogger logger)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<TenantId, int> _open = new();

    /// <summary>Runs until the socket is closed.</summary>
    /// <returns>A problem when it was not opened.</returns>
    public async ValueTask<Reply> RunAsync(HttpContext http, OperationContext op, Binding.Socket binding)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            var problem = dialect.Errors.Problem(Fault.BadParameter, "This is a web socket: ask for an upgrade to it.");
            return op.Fail(problem with { Status = StatusCodes.Status426UpgradeRequired }).With("upgrade", "websocket");
        }
        if (_open.AddOrUpdate(op.Tenant, 1, static (_, open) => open + 1) > Limits.SocketsOfAccount)
        {
            Leave(op.Tenant);
            return op.Fail(Fault.TooManyRequests, $"At most {Limits.SocketsOfAccount} sockets of an account may be open at the same time.");
        }
        try
        {
            using var web = await http.WebSockets.AcceptWebSocketAsync();
            await ServeAsync(http, op, binding, new MessageSocket(web, binding.MostBytes));
        }
        finally
        {
            Leave(op.Tenant);
        }
        return new() { Status = StatusCodes.Status101SwitchingProtocols, IsSent = true };
    }

    private async Task ServeAsync(HttpContext http, OperationContext op, Binding.Socket binding, MessageSocket socket)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var watch = WatchAsync(op, socket, end);
        try
        {
            await binding.Handler(op, socket, end.Token);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, null);
        }
        catch (Exception gone) when (gone is WebSocketException or ConnectionResetException)
        {
            // The other end; what was done is done.
        }
        catch (Exception fault)
        {
            logger.Failed(fault, op.RequestId, op.Operation.Id);
            await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, $"Something went wrong on our side. Request {op.RequestId}.");
        }
        await socket.DrainAsync();
        await end.CancelAsync();
        await watch;
    }

    private async Task WatchAsync(OperationContext op, MessageSocket socket, CancellationTokenSource end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, services.Closing);
        try
        {
            using var timer = new PeriodicTimer(BetweenLooks, services.Time);
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                if (await IsWelcomeAsync(op, either.Token)) continue;
                await CloseAsync(WebSocketCloseStatus.PolicyViolation, "Your key may no longer be used here.");
                return;
            }
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The node stops.");
        }
        catch (OperationCanceledException)
        {
            // The socket is closed.
        }

        async Task CloseAsync(WebSocketCloseStatus status, string why)
        {
            await socket.CloseAsync(status, why);
            // The handler hears of it by the other end's close, or by this: a read that is cut off would take our close with it.
            end.CancelAfter(MessageSocket.Grace);
        }
    }

    private static async ValueTask<bool> IsWelcomeAsync(OperationContext op, CancellationToken stop)
    {
        try
        {
            return await op.IsWelcome(stop);
        }
        catch (Store.StoreUnavailableException)
        {
            // Who cannot be asked about is let be, as with every request.
            return true;
        }
    }

    private void Leave(TenantId tenant)
    {
        if (_open.AddOrUpdate(tenant, 0, static (_, open) => open - 1) == 0) _open.TryRemove(new(tenant, 0));
    }
}
