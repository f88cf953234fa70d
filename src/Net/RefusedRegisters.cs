using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// Counts the REGISTERs that were refused, each with its reason, and logs them so that a flood of guesses does not flood the log:
/// one line a minute for a user at an address, one for all whom an address tries while it is shut out, none for whoever wants another
/// domain than ours. It remembers them for the operator: twenty rows of each of the two hundred addresses that tried last. Safe from
/// any thread.
/// </summary>
internal sealed class RefusedRegisters(ILogger logger, TimeProvider clock) : IRefusedRegistrations
{
    public const int MostSources = 200, MostOfSource = 20;
    /// <summary>Addresses that get a place in a second, however many there are: sources of datagrams are easily made up.</summary>
    public const int MostNewSources = 20;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LoggedTurns<(IPAddress Source, string User, string Reason)> _turns = new(clock);
    private readonly Lock _gate = new();
    private readonly RecentRows<IPAddress, RefusedRegistration> _rows = new(MostSources, MostOfSource, static row => row.At);
    private long _second;
    private int _newSources;

    /// <param name="user">As whoever sent it says; empty when he does not. Of another domain than ours that domain, behind an @.</param>
    /// <param name="reason">In snake case.</param>
    public void Note(string user, IPAddress source, string reason)
    {
        Metrics.Registers.Add(1, new KeyValuePair<string, object?>("outcome", reason));
        user = StrangersWord.Of(user, Limits.GuessedNameCharacters);
        Remember(user, source.Plain(), reason);
        // Somebody else's domain: scanners, by the thousand.
        if (reason is "foreign_domain") return;
        // Who is shut out may try one name after the other.
        var key = (source.Plain(), reason is "shut_out" ? "" : user, reason);
        if (_turns.TryTell(key, out long times)) logger.RegisterRefused(user, source, reason, times);
    }

    public IReadOnlyList<RefusedRegistration> List()
    {
        lock (_gate) return _rows.List();
    }

    private void Remember(string user, IPAddress source, string reason)
    {
        lock (_gate)
        {
            if (!_rows.Has(source))
            {
                long now = clock.GetTimestamp();
                if (clock.GetElapsedTime(_second, now) >= Second) (_second, _newSources) = (now, 0);
                if (_newSources >= MostNewSources) return;
                _newSources++;
            }
            _rows.Put(source, row => row.User == user && row.Reason == reason,
                before => new(clock.GetUtcNow(), source, user, reason, (before?.Times ?? 0) + 1));
        }
    }
}
