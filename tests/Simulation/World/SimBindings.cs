using Ringwright.Calls;
using Ringwright.Sip.Registrar;

namespace Ringwright.Simulation;

/// <summary>What the database holds of registrations: it outlives each start of the node, as the product's does.</summary>
internal sealed class SimBindings
{
    private readonly Dictionary<(string User, string Contact), Registration> _kept = [];

    public int Count => _kept.Count;

    public void Keep(Registration registration, BindingFate fate)
    {
        var key = (registration.User, registration.Contact);
        if (fate is BindingFate.Registered) _kept[key] = registration;
        else _kept.Remove(key);
    }

    /// <summary>For a start: what has not lapsed while no node was there.</summary>
    public IReadOnlyList<Registration> Load(DateTimeOffset now)
    {
        foreach (var (key, registration) in _kept)
            if (registration.ExpiresAt <= now) _kept.Remove(key);
        return [.. _kept.Values];
    }
}
