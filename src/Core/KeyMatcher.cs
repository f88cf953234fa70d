namespace Ringwright.Core;

/// <summary>Ways in which a far end says that a key is pressed.</summary>
[Flags]
public enum KeyWays : byte { None, Event = 1, Tone = 2, Signalling = 4, Media = Event | Tone }

/// <summary>
/// One key is one key, in however many ways a far end tells of it: what comes in another way a moment later is the same one.
/// What comes again in the same way is the next one. Who presses without end is not heard. Allocates nothing.
/// </summary>
public sealed class KeyMatcher
{
    /// <summary>A key told by signalling is often told when it is let go.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);
    private const int Kept = 8;

    private readonly (char Key, KeyWays Seen, Instant At)[] _keys = new (char, KeyWays, Instant)[Kept];
    private readonly Ration _pace = new(CallLimits.KeysAtOnce, CallLimits.KeysASecond);
    private int _next;

    /// <summary>True when it is a key that was not told of yet, and not one too many.</summary>
    /// <param name="milliseconds">How long it had been down when it was told.</param>
    public bool IsNew(char key, KeyWays way, int milliseconds, Instant now)
    {
        var held = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, 10_000));
        for (int back = 0; back < Kept; back++)
        {
            // the oldest first: keys come in their order in each of the ways
            ref var known = ref _keys[(_next + back) % Kept];
            if (known.Seen is KeyWays.None || known.Key != key || (known.Seen & way) != 0 || now - known.At > Apart + held) continue;
            known.Seen |= way;
            return false;
        }
        if (!_pace.TryTake(now)) return false;
        _keys[_next] = (key, way, now);
        _next = (_next + 1) % Kept;
        return true;
    }

    public void Clear() => Array.Clear(_keys);
}
