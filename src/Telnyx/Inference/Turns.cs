using Ringwright.Core;

namespace Ringwright.Telnyx.Inference;

/// <summary>Whose turn it is in a conversation, on this node: one is answered, a few wait for it in their order.</summary>
public sealed class Turns
{
    /// <summary>With the one that is answered.</summary>
    private const int Most = 8;

    private readonly Dictionary<(TenantId, string), Line> _lines = [];

    /// <summary>Waits for the turn, which ends by its disposal. Null when too many wait already.</summary>
    public async ValueTask<IDisposable?> TakeAsync(TenantId account, string conversation, CancellationToken stop)
    {
        Line? line;
        lock (_lines)
        {
            if (!_lines.TryGetValue((account, conversation), out line)) _lines.Add((account, conversation), line = new());
            if (line.Users >= Most) return null;
            line.Users++;
        }
        var turn = new Turn(this, (account, conversation), line);
        try
        {
            await line.Free.WaitAsync(stop);
            turn.HasCome = true;
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Its semaphore has no wait handle, so nothing of it must be disposed.</summary>
    private sealed class Line
    {
        public SemaphoreSlim Free { get; } = new(1);
        /// <summary>Under the lock.</summary>
        public int Users { get; set; }
    }

    private sealed class Turn(Turns turns, (TenantId, string) key, Line line) : IDisposable
    {
        public bool HasCome { get; set; }

        public void Dispose()
        {
            if (HasCome) line.Free.Release();
            lock (turns._lines)
                if (--line.Users == 0) turns._lines.Remove(key);
        }
    }
}
