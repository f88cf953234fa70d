using System.Net.WebSockets;
using Ringwright.Egress;
using Ringwright.Programs.Agents;
using Ringwright.Streams;

namespace Ringwright.Server.Modules;

/// <summary>Sockets of agents go the node's guarded way, and are kept as media streams are.</summary>
internal sealed class AgentSockets(EgressClient egress, TimeProvider time) : IAgentSockets
{
    public async ValueTask<(IAgentSocket? Socket, string? Fault)> OpenAsync(string url,
        IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken stop)
    {
        var opened = await egress.OpenSocketAsync(new() { Url = url, Headers = headers }, stop);
        return opened.Socket is { } socket ? (new Carried(new TextSocket(socket, time)), null)
            : (null, $"no WebSocket could be opened: {opened.Detail?.TrimEnd('.')}");
    }

    private sealed class Carried(TextSocket socket) : IAgentSocket
    {
        public bool Send(ReadOnlyMemory<byte> message) => socket.Send(message);

        public Task<string?> RunAsync(Action<ReadOnlyMemory<byte>> take) => socket.RunAsync(take);

        public void Close(WebSocketCloseStatus status, string words) => socket.Close(status, words);

        public void Dispose() => socket.Dispose();
    }
}
