using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>Where media came from before a description moved it: what trails from there is not heard for a while.</summary>
internal sealed class BarredSources
{
    /// <summary>Empty until a description moves something.</summary>
    private Entry[] _entries = [];
    private int _next;
    /// <summary>No bar lasts longer, so that a packet is compared with none most of the time.</summary>
    private Instant _until;

    /// <param name="source">Its SSRC, when it was heard.</param>
    public void Add(MediaAddress address, uint? source, Instant now)
    {
        if (address.IsNone) return;
        if (_entries.Length == 0) _entries = new Entry[Limits.BarredSources];
        _until = now + Limits.BarredFor;
        _entries[_next] = new(address, source, _until);
        _next = (_next + 1) % _entries.Length;
    }

    /// <summary>The address is signalled again: it counts, and so does its stream.</summary>
    public void Lift(MediaAddress address)
    {
        for (int i = 0; i < _entries.Length; i++)
            if (_entries[i].Address == address) _entries[i] = default;
    }

    /// <summary>An old address, or an old stream anywhere but at the address that is signalled now.</summary>
    public bool Has(MediaAddress from, uint source, MediaAddress signalled, Instant now)
    {
        if (now >= _until || from == signalled) return false;
        foreach (ref readonly var entry in _entries.AsSpan())
            if (now < entry.Until && (entry.Address == from || entry.Source == source)) return true;
        return false;
    }

    public void Clear()
    {
        Array.Clear(_entries);
        (_next, _until) = (0, default);
    }

    private readonly record struct Entry(MediaAddress Address, uint? Source, Instant Until);
}
