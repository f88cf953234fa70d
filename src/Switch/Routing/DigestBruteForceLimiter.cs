using System.Net;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Keeps whoever guesses passwords from being heard: after so many wrong ones within a minute for one name from one address,
/// or for all names from there, for some seconds, twice as long each further time. Only what proves its address is
/// told to it (<see cref="Sip.Auth.DigestVerdict.Wrong"/>). Behind a NAT a guesser and honest phones have one address and different ports:
/// meanwhile a port that has not been wrong is heard all the same, at a bounded pace. A right password in between forgives nothing but its
/// port, or one account of his own would let a guesser go on. Remembers a bounded number of addresses and names.
/// </summary>
internal sealed class DigestBruteForceLimiter
{
    private const string Everybody = "";

    private readonly Dictionary<(IPAddress Source, string Name), Record> _seen = [];

    public bool MayTry(IPEndPoint from, string user, Instant now) =>
        IsHeard((from.Address, NameOf(user)), from.Port, Limits.FreshTriesPerName, now)
        && IsHeard((from.Address, Everybody), from.Port, Limits.FreshTriesPerAddress, now);

    public void NoteWrong(IPEndPoint from, string user, Instant now)
    {
        Count((from.Address, NameOf(user)), from.Port, Limits.FailuresPerName, now);
        Count((from.Address, Everybody), from.Port, Limits.FailuresPerAddress, now);
    }

    public void NoteRight(IPEndPoint from, string user)
    {
        if (_seen.TryGetValue((from.Address, NameOf(user)), out var name)) name.WrongPorts.Remove(from.Port);
        if (_seen.TryGetValue((from.Address, Everybody), out var all)) all.WrongPorts.Remove(from.Port);
    }

    /// <summary>Cut, because a stranger decides how long it is.</summary>
    private static string NameOf(string user) =>
        "=" + (user.Length <= Limits.GuessedNameCharacters ? user : user[..Limits.GuessedNameCharacters]);

    private bool IsHeard((IPAddress, string) who, int port, int perSecond, Instant now)
    {
        if (!_seen.TryGetValue(who, out var record) || record.ShutUntil <= now) return true;
        if (record.WrongPorts.Contains(port)) return false;
        if (record.FreshUntil <= now) (record.FreshUntil, record.Fresh) = (now + TimeSpan.FromSeconds(1), 0);
        return ++record.Fresh <= perSecond;
    }

    private void Count((IPAddress, string) who, int port, int limit, Instant now)
    {
        if (!_seen.TryGetValue(who, out var record) || record.ForgottenAt <= now)
        {
            if (_seen.Count >= Limits.GuessingSources && !_seen.ContainsKey(who)) MakeRoom(now);
            _seen[who] = record = new() { CountsUntil = now + Limits.FailureMemory };
        }
        else if (record.CountsUntil <= now) (record.Failures, record.CountsUntil) = (0, now + Limits.FailureMemory);
        if (record.WrongPorts.Count < Limits.WrongPorts) record.WrongPorts.Add(port);
        // One that is shut out already is heard now and then; that counts towards the next time.
        if (++record.Failures < limit) return;
        var length = TimeSpan.FromTicks(Math.Min(Limits.FirstShutOut.Ticks << Math.Min(record.Level, 20), Limits.LongestShutOut.Ticks));
        (record.Failures, record.Level, record.CountsUntil, record.ShutUntil) = (0, record.Level + 1,
            now + length + Limits.FailureMemory, now + length);
    }

    private void MakeRoom(Instant now)
    {
        foreach (var (who, old) in _seen)
            if (old.ForgottenAt <= now) _seen.Remove(who);
        // Guessing from everywhere: those who are not shut out yet are forgotten first.
        if (_seen.Count < Limits.GuessingSources) return;
        foreach (var (who, old) in _seen)
            if (old.ShutUntil <= now) _seen.Remove(who);
        if (_seen.Count >= Limits.GuessingSources) _seen.Clear();
    }

    private sealed class Record
    {
        public int Failures { get; set; }
        public int Level { get; set; }
        public required Instant CountsUntil { get; set; }
        public Instant ShutUntil { get; set; }
        /// <summary>Ports that were heard in this second though the address is shut out.</summary>
        public int Fresh { get; set; }
        public Instant FreshUntil { get; set; }
        public HashSet<int> WrongPorts { get; } = [];
        public Instant ForgottenAt => Instant.Max(CountsUntil, ShutUntil + Limits.LongestShutOut);
    }
}
