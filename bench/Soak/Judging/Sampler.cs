using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Soak.Judging;

/// <summary>Looks at a node: its metrics, and its processes in /proc.</summary>
internal sealed class Sampler(NodeProcess node)
{
    private readonly long _began = Environment.TickCount64;

    public async Task<Sample> TakeAsync(long calls, CancellationToken stop)
    {
        var gauges = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            var reading = await node.MetricsAsync(stop);
            foreach (var group in reading.Values.GroupBy(v => v.Key.Split('{')[0])) gauges[group.Key] = group.Sum(v => v.Value);
        }
        catch (HttpRequestException)
        {
            // It is just being started anew.
        }
        return new(TimeSpan.FromMilliseconds(Environment.TickCount64 - _began), calls, Processes(gauges), gauges);
    }

    private Dictionary<string, ProcessLevels> Processes(Dictionary<string, double> gauges)
    {
        var found = new Dictionary<string, ProcessLevels>(StringComparer.Ordinal);
        double? heap = gauges.TryGetValue("dotnet_gc_last_collection_heap_size_bytes", out double bytes) ? bytes / 1e6 : null;
        foreach (var member in node.Tree.Members())
        {
            if (NodeRoles.Of(node, member.Id) is not { } role) continue;
            var (files, ports) = Count(member.Id);
            found[role] = new(member.Id, ProcessTree.ResidentBytes(member.Id) / 1e6, member.Threads, files, ports,
                role == NodeRoles.Api ? heap : null);
        }
        return found;
    }

    /// <summary>Descriptors of a process, and how many of them are UDP sockets.</summary>
    private static (int Files, int Ports) Count(int process)
    {
        try
        {
            // The program's own code is opened when it is first needed.
            List<string> open = [.. new DirectoryInfo($"/proc/{process}/fd").EnumerateFileSystemInfos()
                .Select(file => file.LinkTarget ?? "").Where(target => !target.EndsWith(".dll", StringComparison.Ordinal))];
            // The kernel hands its table out by the page, each from the n-th entry on:
            // a socket that anybody closes meanwhile hides another at each page's edge.
            var udp = new HashSet<string>(StringComparer.Ordinal);
            int ports = 0;
            for (int unchanged = 0; unchanged < 3; unchanged++)
            {
                udp.UnionWith(UdpSockets());
                int seen = open.Count(udp.Contains);
                if (seen > ports) (ports, unchanged) = (seen, 0);
            }
            return (open.Count - ports, ports);
        }
        catch (IOException)
        {
            return default;     // it ended meanwhile
        }
    }

    /// <summary>As the links of descriptors name them.</summary>
    private static IEnumerable<string> UdpSockets()
    {
        const int inode = 9;
        return File.ReadLines("/proc/net/udp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > inode).Select(words => $"socket:[{words[inode]}]");
    }
}
