using Ringwright.Core;

namespace Ringwright.MediaHost;

/// <summary>Tells the node's list of own ports which pairs are bound, RTP and RTCP.</summary>
internal sealed class OwnPairs(MediaHostOptions options)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _bound = [];

    /// <param name="index">Of the pair, through all networks.</param>
    public void Add(int index)
    {
        if (options.OwnPorts is not { } own || index >= options.Pairs) return;
        lock (_gate)
        {
            if (!_bound.Add(index)) return;
        }
        var (network, port) = Place(index);
        for (int one = port; one <= port + 1; one++) own.Add(network.Address, one, network.Advertise);
    }

    public void Remove(int index)
    {
        lock (_gate)
        {
            if (!_bound.Remove(index)) return;
        }
        var (network, port) = Place(index);
        for (int one = port; one <= port + 1; one++) options.OwnPorts?.Remove(network.Address, one, network.Advertise);
    }

    /// <summary>None is bound any longer.</summary>
    public void Clear()
    {
        int[] all;
        lock (_gate) all = [.. _bound];
        foreach (int index in all) Remove(index);
    }

    private (MediaNetwork Network, int Port) Place(int index)
    {
        int number = options.NetworkOf(index);
        return (options.Networks[number], options.Networks[number].PortOf(index - options.FirstOf(number)));
    }
}
