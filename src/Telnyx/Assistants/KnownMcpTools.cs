using System.Collections.Concurrent;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// What servers of the Model Context Protocol have said of their tools, in memory: a talk does not ask again what one a moment ago was
/// told, and a server that does not answer has the tools that it had.
/// </summary>
public sealed class KnownMcpTools(IMcpWeb web, TimeProvider time)
{
    /// <summary>Servers; some are forgotten where there are more.</summary>
    private const int Most = 500;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (long At, long Revision, McpFound Found)> _known = new(StringComparer.Ordinal);

    /// <param name="server">As it is now: one that was changed since is asked anew.</param>
    /// <param name="token">With which it is asked; null for none.</param>
    public async ValueTask<McpFound> OfAsync(ResourceRow server, string? token, CancellationToken stop)
    {
        string key = $"{server.Tenant} {server.Id}";
        bool isKnown = _known.TryGetValue(key, out var known) && known.Revision == server.Revision;
        if (isKnown && time.GetElapsedTime(known.At) < Fresh) return known.Found;
        var found = await web.ListAsync(server.Tenant, server.Body.Text("url") ?? "", token, stop);
        if (found.Tools is null) return isKnown ? known.Found : found;
        if (_known.Count >= Most)
            foreach (string other in _known.OrderBy(one => one.Value.At).Take(Most / 10).Select(one => one.Key).ToList())
                _known.TryRemove(other, out _);
        _known[key] = (time.GetTimestamp(), server.Revision, found);
        return found;
    }
}
