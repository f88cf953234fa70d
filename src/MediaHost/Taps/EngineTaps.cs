using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Media.Taps;

namespace Ringwright.MediaHost.Taps;

/// <summary>The memory of taps that ticks have in hand. Let go of when the tick says that it touches it no more.</summary>
internal sealed class EngineTaps(MediaHostOptions options, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, (TapFile File, TapMemory Memory)> _open = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>Null when its file is not there, or somebody has taken it up already.</summary>
    public TapMemory? Find(TapPlan plan)
    {
        Sweep();
        if (options.TapFolder is not { } folder) return null;
        lock (_lock)
        {
            if (_open.ContainsKey(plan.Id)) return null;
            try
            {
                var file = TapFile.Open(folder, plan);
                var memory = new TapMemory(plan, file.Memory);
                _open.Add(plan.Id, (file, memory));
                return memory;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                logger.TapMissing(plan.Id, e.Message);
                return null;
            }
        }
    }

    /// <summary>Called now and then.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            foreach (var (id, (file, memory)) in _open)
            {
                if (!memory.IsReleased) continue;
                _open.Remove(id);
                ((IDisposable)file).Dispose();
            }
        }
    }

    /// <summary>The ticks have ended.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (file, memory) in _open.Values)
            {
                memory.Release();
                ((IDisposable)file).Dispose();
            }
            _open.Clear();
        }
    }
}
