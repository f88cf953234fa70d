using Ringwright.Core;

namespace Ringwright.Net;

/// <summary><see cref="LogTurns{TKey}"/> by a clock. Safe from any thread.</summary>
internal sealed class LoggedTurns<TKey>(TimeProvider clock) where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly LogTurns<TKey> _turns = new();

    /// <param name="times">How often it happened since the last line, with this time.</param>
    public bool TryTell(TKey key, out long times)
    {
        lock (_gate) return _turns.TryTell(key, EngineClock.At(clock), out times);
    }
}
