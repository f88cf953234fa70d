using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Ringwright.Server.Nodes;

/// <summary>
/// What a client sends, with its end held back until all that came before it has been looked at.
/// Kestrel refuses a body that it reads together with the end, though the body is whole: a client that sends its request and is done with
/// sending would be served or not by chance.
/// </summary>
internal sealed class HeldEnd(PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _shown;
    private bool _isHeld, _isTold;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Hold(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        result = Hold(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Who has looked at all of it and wants more is told that nothing more comes.
        if (_isHeld) _isTold = _shown.Slice(examined).IsEmpty;
        (_isHeld, _shown) = (false, default);
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private ReadResult Hold(ReadResult read)
    {
        _isHeld = read.IsCompleted && !read.Buffer.IsEmpty && !_isTold;
        if (!_isHeld) return read;
        _shown = read.Buffer;
        return new(read.Buffer, read.IsCanceled, isCompleted: false);
    }
}
