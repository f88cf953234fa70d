using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// Counts the REGISTERs that were refused, each with its reason, and logs them so that a flood of guesses does not flood the log:
/// one line a minute for a user at an address, one for all whom an address tries while it is shut out, none for whoever wants another
/// domain than ours. Safe from any thread.
/// </summary>
internal sealed class RefusedRegisters(ILogger logger, TimeProvider clock)
{
    /// <summary>Users at addresses whose last line is remembered; when there are more, all are forgotten.</summary>
    private const int MostRemembered = 4_096;
    /// <summary>Lines a minute, whoever they are of.</summary>
    private const int MostLines = 120;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(IPAddress Source, string User, string Reason), (long At, long Untold)> _told = [];
    private long _minute;
    private int _lines;

    /// <param name="user">As whoever sent it says; empty when he does not.</param>
    /// <param name="reason">In snake case.</param>
    public void Note(string user, IPAddress source, string reason)
    {
        Metrics.Registers.Add(1, new KeyValuePair<string, object?>("outcome", reason));
        // Somebody else's domain: scanners, by the thousand.
        if (reason is "foreign_domain") return;
        if (user.Length > Limits.GuessedNameCharacters) user = user[..Limits.GuessedNameCharacters];
        // A stranger's word: it is not to move the cursor of whoever reads the log.
        if (user.Any(char.IsControl)) user = string.Concat(user.Select(c => char.IsControl(c) ? '?' : c));
        // Who is shut out may try one name after the other.
        var key = (source.Plain(), reason is "shut_out" ? "" : user, reason);
        if (TryTell(key, out long times)) logger.RegisterRefused(user, source, reason, times);
    }

    private bool TryTell((IPAddress, string, string) key, out long times)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            bool isKnown = _told.TryGetValue(key, out var last);
            times = last.Untold + 1;
            if (_lines == 0 || clock.GetElapsedTime(_minute, now) >= Again) (_minute, _lines) = (now, 0);
            if (isKnown && clock.GetElapsedTime(last.At, now) < Again || _lines >= MostLines)
            {
                if (isKnown) _told[key] = (last.At, times);
                return false;
            }
            _lines++;
            if (_told.Count >= MostRemembered) _told.Clear();
            _told[key] = (now, 0);
            return true;
        }
    }
}
