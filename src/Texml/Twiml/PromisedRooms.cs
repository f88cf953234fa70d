using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Conferences of a new name into which somebody is being dialled: nobody is there yet, and who is dialled next is told of the same one.
/// Known at this node alone.
/// </summary>
internal sealed class PromisedRooms
{
    private const int Most = 10_000;

    /// <summary>From an answer until its conference is in the store, and some for a call that is slow to ring.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly RecentMap<(TenantId Tenant, string Name), (Guid Uuid, DateTimeOffset Until)> _rooms = new(Most);
    private readonly Lock _turn = new();

    /// <summary>Null where none is promised.</summary>
    public Guid? Find(TenantId tenant, string name, DateTimeOffset now) =>
        _rooms.TryGet((tenant, name), out var known) && known.Until > now ? known.Uuid : null;

    /// <summary>The one that is promised, else a new one from now on.</summary>
    /// <param name="rings">So long the promise stands at least.</param>
    /// <param name="over">A promised one that has been there.</param>
    public Guid Promise(TenantId tenant, string name, DateTimeOffset now, TimeSpan rings, Guid? over = null)
    {
        lock (_turn)
        {
            var (uuid, until) = (Guid.CreateVersion7(now), now + rings + Margin);
            if (_rooms.TryGet((tenant, name), out var known) && known.Until > now && known.Uuid != over)
                (uuid, until) = (known.Uuid, until > known.Until ? until : known.Until);
            _rooms.Set((tenant, name), (uuid, until));
            return uuid;
        }
    }
}
