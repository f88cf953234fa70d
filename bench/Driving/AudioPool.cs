using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Driving;

/// <summary>
/// Audio ends that are bound before they are needed. First in, first out: a port rests as long as possible before it is used again.
/// </summary>
internal sealed class AudioPool(uint address, Poller poller) : IDisposable
{
    private readonly List<AudioLeg> _all = [];
    private readonly Queue<AudioLeg> _free = [];
    private ushort _next = (ushort)(33_000 + Environment.ProcessId * 97 % 20_000);

    public IReadOnlyList<AudioLeg> All => _all;

    /// <summary>Most that were in use at once since the last <see cref="Reset"/>.</summary>
    public int MostTaken { get; private set; }

    /// <summary>Makes sure that so many are there, all free, their counts at zero.</summary>
    /// <param name="setting">What they say and expect in the run that begins.</param>
    public void Reset(int count, LegSetting setting)
    {
        while (_all.Count < count)
        {
            var (rtp, rtcp) = UdpPort.OpenPair(address, ref _next);
            _all.Add(new(rtp, rtcp, poller, setting));
        }
        _free.Clear();
        foreach (var leg in _all)
        {
            leg.Reset(setting);
            _free.Enqueue(leg);
        }
        MostTaken = 0;
    }

    /// <returns>Null when all are in use.</returns>
    public AudioLeg? Take()
    {
        if (!_free.TryDequeue(out var leg)) return null;
        MostTaken = Math.Max(MostTaken, _all.Count - _free.Count);
        leg.Renew();
        return leg;
    }

    public void Return(AudioLeg leg)
    {
        leg.End();
        _free.Enqueue(leg);
    }

    public void Dispose()
    {
        foreach (var leg in _all) leg.Dispose();
    }
}
