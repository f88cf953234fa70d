using System.Threading.Channels;

namespace Ringwright.Streams;

/// <summary>Wakes the one who waits; set twice before he looks, it wakes him once.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Nobody waits from now on.</summary>
    public void End() => _channel.Writer.TryComplete();

    /// <returns>False when it has ended.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        if (!await _channel.Reader.WaitToReadAsync(stop)) return false;
        _channel.Reader.TryRead(out _);
        return true;
    }
}
