using System.Net;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Shuts out addresses that guess passwords: after so many failures within a minute for some seconds, twice as long each further time. A right password in
/// between forgives nothing, or one account of his own would let a guesser go on. Remembers a bounded number of addresses.
/// </summary>
internal sealed class FailureLimit
{
    private readonly Dictionary<IPAddress, Record> _seen = [];

    public bool IsShutOut(IPAddress source, Instant now) => _seen.TryGetValue(source, out var record) && record.ShutUntil > now;

    public void Note(IPAddress source, Instant now)
    {
        if (!_seen.TryGetValue(source, out var record) || record.ForgottenAt <= now) record = new(0, 0, now + Limits.FailureMemory, now);
        else if (record.CountsUntil <= now) record = record with { Failures = 0, CountsUntil = now + Limits.FailureMemory };
        record = record with { Failures = record.Failures + 1 };
        if (record.Failures >= Limits.FailuresPerAddress)
        {
            var length = TimeSpan.FromTicks(Math.Min(Limits.FirstShutOut.Ticks << Math.Min(record.Level, 20), Limits.LongestShutOut.Ticks));
            record = new(0, record.Level + 1, now + length + Limits.FailureMemory, now + length);
        }
        if (_seen.Count >= Limits.RefusedSources && !_seen.ContainsKey(source)) MakeRoom(now);
        _seen[source] = record;
    }

    private void MakeRoom(Instant now)
    {
        foreach (var (address, old) in _seen)
            if (old.ForgottenAt <= now) _seen.Remove(address);
        // Guessing from everywhere: those who are not shut out yet are forgotten first.
        if (_seen.Count < Limits.RefusedSources) return;
        foreach (var (address, old) in _seen)
            if (old.ShutUntil <= now) _seen.Remove(address);
        if (_seen.Count >= Limits.RefusedSources) _seen.Clear();
    }

    private readonly record struct Record(int Failures, int Level, Instant CountsUntil, Instant ShutUntil)
    {
        public Instant ForgottenAt => Instant.Max(CountsUntil, ShutUntil + Limits.LongestShutOut);
    }
}
