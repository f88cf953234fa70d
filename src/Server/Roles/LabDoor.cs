using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Roles;

/// <summary>The lab's own door, as the operator's API asks at it.</summary>
internal static class LabDoor
{
    /// <summary>The calls of its people, the oldest first; null where no lab answers.</summary>
    public static async ValueTask<JsonArray?> CallsAsync(string data, CancellationToken stop)
    {
        using var http = new HttpClient(UnixSocketHttp.Handler(() => LabRole.SocketFor(data)));
        try
        {
            return JsonNode.Parse(await http.GetStringAsync(new Uri("http://lab/calls"), stop)) as JsonArray;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
