using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Where a user is registered: each phone rings once, by its best flow, and another flow of the same phone is tried when that one has
/// failed (RFC 5626 section 5.3).
/// </summary>
internal sealed class PhoneFlows
{
    private readonly Dictionary<SipFlow, string> _instances = [];
    private readonly List<ContactBinding> _others = [];

    /// <summary>Those to be rung.</summary>
    /// <param name="bindings">Best first.</param>
    public List<ContactBinding> Begin(IReadOnlyList<ContactBinding> bindings)
    {
        _instances.Clear();
        _others.Clear();
        List<ContactBinding> first = [];
        foreach (var binding in bindings)
        {
            if (binding.Outbound is { } outbound && first.Exists(b => b.Outbound?.Instance == outbound.Instance)) _others.Add(binding);
            else first.Add(binding);
            if (binding.Outbound is { } flow) _instances[Reach.Of(binding)] = flow.Instance;
        }
        return first;
    }

    /// <summary>The next flow of the phone that the failed one belongs to; null when it has none.</summary>
    public ContactBinding? TakeOther(SipFlow failed)
    {
        if (!_instances.TryGetValue(failed, out string? instance)) return null;
        int index = _others.FindIndex(b => b.Outbound?.Instance == instance);
        if (index < 0) return null;
        var binding = _others[index];
        _others.RemoveAt(index);
        return binding;
    }
}
