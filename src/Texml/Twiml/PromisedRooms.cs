using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Conferences of a new name into which somebody is being dialled: nobody is there yet, and who is dialled next is told of the same one.
/// Known at this node alone.
/// </summary>
internal sealed class PromisedRooms
{
    /// <summary>Of one account: who dials into many new ones drives out his own alone.</summary>
    internal const int MostOfAccount = 1_000;

    /// <summary>From an answer until its conference is in the store, and some for a call that is slow to ring.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TenantId, RecentMap<string, (Guid Uuid, DateTimeOffset Until)>> _rooms = new();
    private readonly Lock _turn = new();

    /// <summary>Null where none is promised.</summary>
    public Guid? Find(TenantId tenant, string name, DateTimeOffset now) =>
        _rooms.TryGetValue(tenant, out var rooms) && rooms.TryGet(name, out var known) && known.Until > now ? known.Uuid : null;

    /// <summary>The one that is promised, else a new one from now on.</summary>
    /// <param name="rings">So long the promise stands at least.</param>
    /// <param name="over">A promised one that has been there.</param>
    public Guid Promise(TenantId tenant, string name, DateTimeOffset now, TimeSpan rings, Guid? over = null)
    {
        var rooms = _rooms.GetOrAdd(tenant, static _ => new(MostOfAccount));
        lock (_turn)
        {
            var (uuid, until) = (Guid.CreateVersion7(now), now + rings + Margin);
            if (rooms.TryGet(name, out var known) && known.Until > now && known.Uuid != over)
                (uuid, until) = (known.Uuid, until > known.Until ? until : known.Until);
            rooms.Set(name, (uuid, until));
            return uuid;
        }
    }
}
