using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Ringwright.MediaHost;

/// <summary>
/// Room for recorded samples, outside the garbage collector's heap: what a disk that stands still makes
/// pile up must cost the ticks no collection.
/// </summary>
internal sealed unsafe class SampleBlock : IDisposable
{
    /// <summary>A quarter of a second of both parties, narrowband.</summary>
    public const int Samples = 4_096;
    public const int Bytes = Samples * sizeof(short);

    private short* _memory = (short*)NativeMemory.Alloc(Bytes);
    private int _used;

    public ReadOnlySpan<short> Written => new(_memory, _used);

    public bool IsFull => _used == Samples;

    /// <returns>How many of them found room.</returns>
    public int Append(ReadOnlySpan<short> samples)
    {
        int count = Math.Min(samples.Length, Samples - _used);
        samples[..count].CopyTo(new(_memory + _used, count));
        _used += count;
        return count;
    }

    public void Clear() => _used = 0;

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}

/// <summary>
/// The blocks that all recordings of a process share: as many as are needed, up to a limit, and a few kept ready. Any thread but a tick's.
/// </summary>
internal sealed class RecordBuffers(long mostBytes) : IDisposable
{
    /// <summary>Kept when nobody needs them: a block each for as many recordings.</summary>
    private const int MostReady = 256;

    private readonly ConcurrentBag<SampleBlock> _ready = [];
    private readonly long _most = Math.Max(1, mostBytes / SampleBlock.Bytes);
    private long _rented;

    /// <returns>Null when the limit is reached, or the machine's.</returns>
    public SampleBlock? Rent()
    {
        if (Interlocked.Increment(ref _rented) > _most)
        {
            Interlocked.Decrement(ref _rented);
            return null;
        }
        if (_ready.TryTake(out var block)) return block;
        try
        {
            return new();
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref _rented);
            return null;
        }
    }

    public void Return(SampleBlock block)
    {
        Interlocked.Decrement(ref _rented);
        block.Clear();
        if (_ready.Count < MostReady) _ready.Add(block);
        else block.Dispose();
    }

    public void Dispose()
    {
        while (_ready.TryTake(out var block)) block.Dispose();
    }
}
