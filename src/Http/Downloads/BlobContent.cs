using Ringwright.Store.Blobs;

namespace Ringwright.Http;

/// <summary>
/// A blob as a stream that can seek, for answers of which a part may be asked: the store is asked for it from the first byte that is read.
/// </summary>
internal sealed class BlobContent(IBlobs blobs, BlobKey key, long length) : Stream
{
    private Stream? _open;
    private long _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position >= length) return 0;
        _open ??= await blobs.OpenAsync(key, _position, length - _position, cancellationToken)
            ?? throw new EndOfStreamException("The file was deleted while it was sent.");
        int read = await _open.ReadAsync(buffer, cancellationToken);
        // Its length has been said: half of it must not look like the whole.
        if (read == 0) throw new EndOfStreamException("The file has fewer bytes than it had a moment ago.");
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        long target = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };
        if (target != _position) Close(target);
        return _position;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is { } open) await open.DisposeAsync();
        _open = null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Close(_position);
    }

    private void Close(long position)
    {
        _open?.Dispose();
        (_open, _position) = (null, position);
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;
    public override long Position { get => _position; set => Seek(value, SeekOrigin.Begin); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is read asynchronously.");
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
