using System.Collections.Concurrent;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>
/// How often each script was played, and how often it could not go on: that is no failure of the node by itself,
/// for far ends and faults end calls as they like.
/// </summary>
internal sealed class ScriptLog
{
    private readonly ConcurrentDictionary<string, ScriptRow> _rows = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _crashes = new();

    public IReadOnlyCollection<ScriptRow> Rows => [.. _rows.Values.OrderBy(r => r.Name, StringComparer.Ordinal)];

    /// <summary>Mistakes of the soak itself.</summary>
    public IReadOnlyCollection<string> Crashes => _crashes;

    public async Task RunAsync(string name, Func<Task> play, CancellationToken stop)
    {
        try
        {
            await play();
            Note(name, "");
        }
        catch (CallOver over)
        {
            Note(name, over.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The whole run is given up.
        }
        catch (Exception crash)
        {
            _crashes.Enqueue($"{name}: {crash}");
        }
    }

    /// <param name="broken">Why it could not go on; empty when it could.</param>
    public void Note(string name, string broken) => _rows.GetOrAdd(name, static key => new(key)).Note(broken);
}

/// <summary>One script's line.</summary>
internal sealed class ScriptRow(string name)
{
    private readonly ConcurrentDictionary<string, int> _broken = new(StringComparer.Ordinal);
    private int _played;

    public string Name => name;
    public int Played => _played;
    public IReadOnlyDictionary<string, int> Broken => _broken;

    public void Note(string broken)
    {
        Interlocked.Increment(ref _played);
        if (broken.Length > 0) _broken.AddOrUpdate(broken, 1, static (_, count) => count + 1);
    }
}
