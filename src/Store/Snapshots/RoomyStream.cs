namespace Ringwright.Store.Snapshots;

/// <summary>
/// Writes a file and leaves room on its disk: the database may be on the same one, and takes no call when there is none. Only written to.
/// </summary>
/// <param name="free">Bytes that the disk has free at this moment.</param>
internal sealed class RoomyStream(Stream inner, Func<long> free) : Stream
{
    /// <summary>Bytes that are left.</summary>
    public const long Least = 256L << 20;

    /// <summary>Bytes between two looks at the disk.</summary>
    private const long Between = 16L << 20;

    private long _written, _next;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="IOException">The disk would have less left; or it refuses.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_written >= _next)
        {
            if (free() < Least) throw new IOException($"its disk has less than {Least >> 20} MB free, which are left for the database");
            _next = _written + Between;
        }
        inner.Write(buffer);
        _written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
