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
    private readonly LogTurns<(IPAddress Source, string User, string Reason)> _turns = new(clock);

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
        if (_turns.TryTell(key, out long times)) logger.RegisterRefused(user, source, reason, times);
    }
}
