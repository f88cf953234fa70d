using System.Net.WebSockets;

namespace Ringwright.Programs.Agents;

/// <summary>
/// The way out over WebSockets that agents have: to programs of customers, under the target policy, and to models of the operator's.
/// </summary>
public interface IAgentSockets
{
    /// <summary>Never throws for what the network or the far end does; only when stopped.</summary>
    /// <returns>Null and why, as part of a sentence and without anything of what the far end said, when there is none.</returns>
    ValueTask<(IAgentSocket? Socket, string? Fault)> OpenAsync(string url, IReadOnlyList<KeyValuePair<string, string>> headers,
        CancellationToken stop);

    /// <summary>The same to a model that hears and speaks itself: audio comes by it, at length, and its address is not checked.</summary>
    ValueTask<(IAgentSocket? Socket, string? Fault)> OpenToModelAsync(string url, IReadOnlyList<KeyValuePair<string, string>> headers,
        CancellationToken stop);
}

/// <summary>An open socket that carries messages. Who reads nothing, sends too much or is silent is given up.</summary>
public interface IAgentSocket : IDisposable
{
    /// <returns>False when too many wait already, and it is not sent.</returns>
    bool Send(ReadOnlyMemory<byte> message, bool isBinary = false);

    /// <summary>Until it is closed, by whichever side.</summary>
    /// <param name="take">Given one message after the other, each valid until it returns, and whether it is binary.</param>
    /// <returns>Why it was lost, as part of a sentence; null when we have closed it.</returns>
    Task<string?> RunAsync(Action<ReadOnlyMemory<byte>, bool> take);

    /// <summary>Says what waits, and goodbye.</summary>
    void Close(WebSocketCloseStatus status, string words);
}
