using Ringwright.Core;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>An answer that was begun, or asked for, and does not come: a server that forgets one leaves the caller in silence.</summary>
/// <param name="longest">Until the first of it is heard.</param>
internal sealed class AnswerWait(TimeSpan longest)
{
    private Instant _since = Instant.Never;

    /// <param name="isAwaited">It is being made, nothing of it is heard, and nothing else is waited for.</param>
    /// <returns>True once, when that has lasted too long.</returns>
    public bool IsOver(bool isAwaited, Instant now)
    {
        if (!isAwaited)
        {
            _since = Instant.Never;
            return false;
        }
        if (_since == Instant.Never) _since = now;
        if (now - _since < longest) return false;
        _since = Instant.Never;
        return true;
    }
}
