using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;

namespace Ringwright.Switch.Subscriptions;

/// <summary>
/// The calls of this node's SIP users, in memory, for all shards: legs say what they are at, and whoever tells others of it reads it. Legs
/// of nobody's phone never come here.
/// </summary>
public sealed class LineBoard
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<LegId, LineCall>> _lines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _watched = new(StringComparer.Ordinal);

    /// <summary>Users with calls.</summary>
    internal int Count => _lines.Count;

    /// <summary>The user's calls, in no order.</summary>
    internal IEnumerable<LineCall> Of(string user) => _lines.TryGetValue(user, out var calls) ? calls.Values : [];

    /// <summary>Takes the place of what the leg was at before. Costs little for a user with thousands of calls too.</summary>
    /// <returns>Somebody wants to be told.</returns>
    internal bool Put(string user, LineCall call)
    {
        _lines.AddOrUpdate(user, static (_, added) => ImmutableDictionary<LegId, LineCall>.Empty.Add(added.Leg, added),
            static (_, calls, added) => calls.SetItem(added.Leg, added), call);
        return IsWatched(user);
    }

    /// <inheritdoc cref="Put"/>
    internal bool Remove(string user, LegId leg)
    {
        while (_lines.TryGetValue(user, out var calls))
        {
            var left = calls.Remove(leg);
            if (left.IsEmpty ? _lines.TryRemove(new(user, calls)) : _lines.TryUpdate(user, left, calls)) break;
        }
        return IsWatched(user);
    }

    /// <summary>From now on whoever changes the user's calls learns that somebody wants to be told. By one shard.</summary>
    internal void Watch(string user) => _watched[user] = true;

    internal void Unwatch(string user) => _watched.TryRemove(user, out _);

    /// <summary>Whoever begins to watch reads after that, and whoever writes asks after that: one of them sees the other.</summary>
    private bool IsWatched(string user)
    {
        Interlocked.MemoryBarrier();
        return _watched.ContainsKey(user);
    }
}

/// <summary>What one call of a SIP user is at (RFC 4235 section 3.7.1), as the user's phone sees it.</summary>
/// <param name="Id">The leg's, as its account knows it.</param>
/// <param name="IsInitiator">The phone has called.</param>
/// <param name="Remote">User part of who is at the other end; null is not shown.</param>
/// <param name="Dialog">By which another phone takes the call (RFC 3891); null of one that cannot be taken.</param>
internal sealed record LineCall(LegId Leg, Guid Id, Instant Since, bool IsInitiator, LineState State, string? Remote, string? RemoteName,
    LineDialog? Dialog)
{
    /// <summary>As the leg has it, whoever may take it; null while it has none.</summary>
    public DialogId? Own { get; init; }
}

/// <summary>The tags are what the phone calls local and remote, so the remote one is ours.</summary>
internal readonly record struct LineDialog(string CallId, string LocalTag, string RemoteTag);

internal enum LineState { Trying, Early, Confirmed }
