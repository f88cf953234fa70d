using System.Net.WebSockets;
using Ringwright.Egress;
using Ringwright.Programs.Agents;
using Ringwright.Streams;

namespace Ringwright.Server.Modules;

/// <summary>
/// Sockets of agents go the node's guarded way, and are kept as media streams are; models are the operator's choice.
/// </summary>
internal sealed class AgentSockets(EgressClient egress, TimeProvider time) : IAgentSockets
{
    public ValueTask<(IAgentSocket? Socket, string? Fault)> OpenAsync(string url,
        IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken stop) =>
        OpenAsync(new() { Url = url, Headers = headers }, SocketBounds.Texts, stop);

    public ValueTask<(IAgentSocket? Socket, string? Fault)> OpenToModelAsync(string url,
        IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken stop) =>
        OpenAsync(new() { Url = url, Headers = headers, IsOperatorConfigured = true }, SocketBounds.Voice, stop);

    private async ValueTask<(IAgentSocket? Socket, string? Fault)> OpenAsync(SocketRequest request, SocketBounds bounds,
        CancellationToken stop)
    {
        var opened = await egress.OpenSocketAsync(request, stop);
        return opened.Socket is { } socket ? (new Carried(new CarriedSocket(socket, time, bounds)), null)
            : (null, $"no WebSocket could be opened: {opened.Detail?.TrimEnd('.')}");
    }

    private sealed class Carried(CarriedSocket socket) : IAgentSocket
    {
        public bool Send(ReadOnlyMemory<byte> message, bool isBinary) => socket.Send(message, isBinary);

        public Task<string?> RunAsync(Action<ReadOnlyMemory<byte>, bool> take) => socket.RunAsync(take);

        public void Close(WebSocketCloseStatus status, string words) => socket.Close(status, words);

        public void Dispose() => socket.Dispose();
    }
}
