using Ringwright.Media.Dsp;

namespace Ringwright.Media.Taps;

/// <summary>
/// One track on its way into a tap: what comes within a tick, whatever its length, leaves as one frame each tick. What is late is
/// silence first and heard after it; what waits is bounded.
/// </summary>
internal sealed class TapTrack(int rate)
{
    /// <summary>Frames that may wait for another thread's late ticks; of more than that the oldest go.</summary>
    private const int MostFrames = 3;

    private readonly int _frame = TapMemory.FrameSamplesOf(rate);
    private readonly short[] _waiting = new short[(MostFrames + 2) * TapMemory.FrameSamplesOf(rate)];
    private readonly short[] _resampled = new short[2 * TapMemory.FrameSamplesOf(rate)];
    private Resampler? _resampler;
    private int _count;

    public void Configure(int portRate) => _resampler = portRate == rate ? null : new(portRate, rate);

    /// <param name="samples">At most 20 ms, at the port's rate.</param>
    public void Put(ReadOnlySpan<short> samples)
    {
        if (_resampler is not null) samples = _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        if (_count + samples.Length > MostFrames * _frame + _frame) Drop(_count + samples.Length - MostFrames * _frame);
        samples.CopyTo(_waiting.AsSpan(_count));
        _count += samples.Length;
    }

    /// <summary>Silence where there is not enough for a frame.</summary>
    public void Take(Span<short> frame)
    {
        if (_count < _frame)
        {
            frame.Clear();
            return;
        }
        _waiting.AsSpan(0, _frame).CopyTo(frame);
        Drop(_frame);
    }

    private void Drop(int samples)
    {
        samples = Math.Min(samples, _count);
        _waiting.AsSpan(samples, _count - samples).CopyTo(_waiting);
        _count -= samples;
    }
}
