using System.Collections.Concurrent;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// What servers of the Model Context Protocol have said of their tools, in memory: a talk does not ask again what one a moment ago was
/// told, and a server that does not answer has the tools that it had.
/// </summary>
public sealed class KnownMcpTools(IMcpWeb web, TimeProvider time)
{
    /// <summary>Servers, of all and of one account; the oldest are forgotten where there are more.</summary>
    internal const int Most = 500, MostOfAccount = 20;

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
        if (_known.Count >= Most) ForgetOldest("", beyond: Most - Most / 10);
        if (!_known.ContainsKey(key)) ForgetOldest($"{server.Tenant} ", beyond: MostOfAccount - 1);
        _known[key] = (time.GetTimestamp(), server.Revision, found);
        return found;
    }

    /// <summary>So that what one account names neither fills the memory nor drives out what another one is told.</summary>
    private void ForgetOldest(string account, int beyond)
    {
        var all = _known.Where(one => one.Key.StartsWith(account, StringComparison.Ordinal)).OrderBy(one => one.Value.At).ToList();
        foreach (var (key, _) in all.Take(all.Count - beyond)) _known.TryRemove(key, out var _);
    }
}
