namespace Ringwright.MediaHost;

/// <summary>
/// Audio of one recording on its way to the disk, in order: one thread adds, another takes, and neither waits for the other's work.
/// When more waits than may, what comes is lost until all that waits is taken; a gap stands in its place.
/// </summary>
internal sealed class RecordBacklog(RecordBuffers buffers)
{
    /// <param name="Block">To be returned to the buffers; null for a gap.</param>
    /// <param name="Gap">Missing samples, of all channels together.</param>
    public readonly record struct Piece(SampleBlock? Block, long Gap);

    private readonly Lock _gate = new();
    private readonly Queue<SampleBlock> _blocks = new();
    private SampleBlock? _last;
    /// <summary>Samples that wait, and those that are missing behind them.</summary>
    private long _waiting, _gap;
    private bool _isClosed, _isComplete;

    /// <summary>Nothing will be added any more.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate) return _isComplete;
        }
    }

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _blocks.Count == 0 && _gap == 0;
        }
    }

    /// <param name="most">Samples, of all channels together, that may wait.</param>
    /// <returns>False when a gap begins.</returns>
    public bool Add(ReadOnlySpan<short> samples, long most)
    {
        lock (_gate)
        {
            if (_isClosed) return true;
            bool wasWhole = _gap == 0;
            if (wasWhole && _waiting + samples.Length <= most) samples = Append(samples);
            _gap += samples.Length;
            return !wasWhole || _gap == 0;
        }
    }

    /// <summary>So many samples were lost before they came here.</summary>
    public void AddGap(long samples)
    {
        lock (_gate)
        {
            if (!_isClosed) _gap += samples;
        }
    }

    public void Complete()
    {
        lock (_gate) _isComplete = true;
    }

    public bool TryTake(out Piece piece)
    {
        lock (_gate)
        {
            piece = default;
            if (_blocks.TryDequeue(out var block))
            {
                if (block == _last) _last = null;
                _waiting -= block.Written.Length;
                piece = new(block, 0);
                return true;
            }
            if (_gap == 0) return false;
            (piece, _gap) = (new(null, _gap), 0);
            return true;
        }
    }

    /// <summary>Nobody takes any more; what waits goes.</summary>
    public void Close()
    {
        lock (_gate)
        {
            (_isClosed, _gap, _waiting, _last) = (true, 0, 0, null);
            while (_blocks.TryDequeue(out var block)) buffers.Return(block);
        }
    }

    /// <returns>What found no room, for all recordings together have used theirs.</returns>
    private ReadOnlySpan<short> Append(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            if (_last is not { IsFull: false })
            {
                if ((_last = buffers.Rent()) is null) break;
                _blocks.Enqueue(_last);
            }
            int count = _last.Append(samples);
            _waiting += count;
            samples = samples[count..];
        }
        return samples;
    }
}
