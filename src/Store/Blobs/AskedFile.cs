namespace Ringwright.Store.Blobs;

/// <summary>
/// A file that is read or written front to back, and whose faults are the store's: so nobody takes them for his own source's.
/// </summary>
/// <param name="most">Bytes that are read at most; null for all.</param>
internal sealed class AskedFile(FileStream file, long? most = null) : Stream
{
    private long _left = most ?? long.MaxValue;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await AskedAsync(() => file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)],
            cancellationToken)).ConfigureAwait(false);
        _left -= read;
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await AskedAsync(async () =>
        {
            await file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);

    public override async Task FlushAsync(CancellationToken cancellationToken) => await AskedAsync(async () =>
    {
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    /// <summary>Returns when what was written outlives a power cut.</summary>
    public void FlushToDisk() => DiskBlobs.Asked(() =>
    {
        file.Flush(flushToDisk: true);
        return true;
    });

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask DisposeAsync() => file.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
    }

    public override bool CanRead => file.CanRead;
    public override bool CanSeek => false;
    public override bool CanWrite => file.CanWrite;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => throw OnlyAsync();
    public override int Read(byte[] buffer, int offset, int count) => throw OnlyAsync();
    public override void Write(byte[] buffer, int offset, int count) => throw OnlyAsync();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private static NotSupportedException OnlyAsync() => new("A blob is read and written asynchronously.");

    private static async ValueTask<T> AskedAsync<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException(refused);
        }
    }
}
