using System.Net.WebSockets;

namespace Ringwright.Lab.Visits;

/// <summary>Reads a web socket message by message.</summary>
public static class WholeMessage
{
    /// <param name="into">Takes the whole message.</param>
    /// <returns>
    /// Its kind and how many bytes it has; null when the far end has closed or is gone, and when a message is longer than there is room.
    /// </returns>
    public static async ValueTask<(WebSocketMessageType Kind, int Length)?> ReadAsync(WebSocket socket, Memory<byte> into,
        CancellationToken stop)
    {
        int length = 0;
        try
        {
            while (length < into.Length)
            {
                var part = await socket.ReceiveAsync(into[length..], stop);
                if (part.MessageType is WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage) return (part.MessageType, length);
            }
        }
        catch (WebSocketException)
        {
            // It is gone without a word.
        }
        return null;
    }
}
