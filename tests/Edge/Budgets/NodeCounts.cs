using System.Buffers.Binary;
using System.Globalization;
using Ringwright.Bench.Nodes;

namespace Ringwright.Edge.Budgets;

/// <summary>
/// What the signalling process of a node has done since its start, as its runtime, its kernel and its database count it for everybody:
/// the program itself counts nothing for this. For a node on SQLite.
/// </summary>
internal sealed class NodeCounts(NodeProcess node)
{
    /// <summary>By their names in <c>tests/budgets.tsv</c>.</summary>
    public const string Bytes = "bytes", Waits = "waits", HandOvers = "hand-overs", Commits = "commits", Pages = "pages",
        Datagrams = "datagrams", Connections = "connections";

    /// <summary>It compiles when it likes, and for no call.</summary>
    private const string CompilerThread = ".NET Tiered";
    private const int HeadBytes = 48;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>By thread; one that has ended keeps what was seen of it last.</summary>
    private readonly Dictionary<string, long> _waits = [];

    /// <summary>What two looks at the metrics allocate by themselves.</summary>
    private double _lookBytes;

    /// <summary>For one unit of what <paramref name="run"/> does, by measure.</summary>
    public async Task<Dictionary<string, double>> OfAsync(int units, Func<Task> run, CancellationToken stop)
    {
        var before = await MetricsAsync(stop);
        var (waitsBefore, commitsBefore) = (ReadWaits(), ReadLog().Commits);
        double pages = await CountPagesAsync(run);
        var (waits, commits) = (ReadWaits(), ReadLog().Commits);
        var after = await MetricsAsync(stop);
        var used = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Bytes] = after.Bytes - before.Bytes - _lookBytes,
            [Waits] = waits - waitsBefore,
            [HandOvers] = after.HandOvers - before.HandOvers,
            [Commits] = commits - commitsBefore,
            [Pages] = pages,
            [Datagrams] = after.Datagrams - before.Datagrams,
        };
        return used.ToDictionary(u => u.Key, u => u.Value / units, StringComparer.Ordinal);
    }

    /// <summary>Finds out what looking costs, so that it is nobody's. Once, before the first count.</summary>
    public async Task LearnAsync(CancellationToken stop)
    {
        await OfAsync(1, () => Task.CompletedTask, stop);
        _lookBytes = (await OfAsync(1, () => Task.CompletedTask, stop))[Bytes];
    }

    private async Task<(double Bytes, double HandOvers, double Datagrams)> MetricsAsync(CancellationToken stop)
    {
        var read = await node.MetricsAsync(stop);
        return (Of("dotnet_gc_heap_total_allocated_bytes_total"), Of("dotnet_thread_pool_work_item_count_total"),
            (read["ringwright_sip_datagrams_received_total"] ?? 0) + (read["ringwright_sip_datagrams_sent_total"] ?? 0));

        double Of(string name) => read[name] ?? throw new InvalidOperationException($"/metrics has no {name}");
    }

    /// <summary>How often its threads went to sleep: proc_pid_status(5).</summary>
    private long ReadWaits()
    {
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{node.Tree.Root}/task"))
        {
            try
            {
                if (!File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(CompilerThread, StringComparison.Ordinal))
                    _waits[thread] = Field(Path.Combine(thread, "status"), "voluntary_ctxt_switches:");
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
        return _waits.Values.Sum();
    }

    /// <summary>
    /// The log begins again when all of it has been copied into the file, every four seconds at most: it is looked at more often.
    /// </summary>
    private async Task<double> CountPagesAsync(Func<Task> run)
    {
        double pages = 0;
        var last = ReadLog();
        var running = run();
        for (bool isOver = false; !isOver;)
        {
            await Task.WhenAny(running, Task.Delay(BetweenLooks, CancellationToken.None));
            isOver = running.IsCompleted;
            var log = ReadLog();
            pages += log.Salt == last.Salt ? (double)log.Frames - last.Frames : log.Frames;
            last = log;
        }
        await running;
        return pages;
    }

    /// <summary>
    /// The head of the log's index, which SQLite shares with all who open the database: https://sqlite.org/walformat.html, 2.1.
    /// Commits since the file is there, the log's pages, and the salt by which one log differs from the next. It is there twice: while
    /// it is written the two differ.
    /// </summary>
    private (uint Commits, uint Frames, uint Salt) ReadLog()
    {
        using var index = new FileStream(Path.Combine(node.DataFolder, "ringwright.db-shm"), FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite, bufferSize: 0);
        Span<byte> head = stackalloc byte[2 * HeadBytes];
        do
        {
            index.Position = 0;
            index.ReadExactly(head);
        }
        while (!head[..HeadBytes].SequenceEqual(head[HeadBytes..]));
        return (At(head, 8), At(head, 16), At(head, 32));

        static uint At(ReadOnlySpan<byte> head, int place) => BinaryPrimitives.ReadUInt32LittleEndian(head[place..]);
    }

    private static long Field(string file, string name)
    {
        string line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
