using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ringwright.Store.Blobs;

namespace Ringwright.Edge.Store.Blobs;

/// <summary>
/// A store that has no paths, as one across a network: slow, away when a test says so, and cut off in the middle of what it sends or takes.
/// </summary>
internal sealed class RemoteBlobs(TimeProvider? time = null) : IBlobs
{
    private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(3);

    private readonly ConcurrentDictionary<BlobKey, (byte[] Bytes, DateTimeOffset At)> _blobs = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private volatile bool _isAway;
    private int _asked;

    /// <summary>Whatever is asked fails.</summary>
    public bool IsAway { get => _isAway; set => _isAway = value; }

    /// <summary>Whatever is asked fails so, in a way that nobody has foreseen.</summary>
    public Exception? Fault { get; set; }

    /// <summary>A blob that is put breaks off behind so many bytes.</summary>
    public int? TakesAtMost { get; set; }

    /// <summary>A blob that is read breaks off behind so many bytes.</summary>
    public int? GivesAtMost { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public IReadOnlyList<string> Names => [.. _blobs.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal)];

    public async ValueTask PutAsync(BlobKey key, Func<Stream, CancellationToken, Task> write, CancellationToken stop)
    {
        await GoAsync(stop);
        using var bytes = new Cut(new MemoryStream(), TakesAtMost);
        await write(bytes, stop);
        await GoAsync(stop);
        _blobs[key] = (((MemoryStream)bytes.Inner).ToArray(), _time.GetUtcNow());
    }

    public async ValueTask TakeAsync(BlobKey key, string file, CancellationToken stop)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file, stop);
        await PutAsync(key, (content, ended) => content.WriteAsync(bytes, ended).AsTask(), stop);
        File.Delete(file);
    }

    public async ValueTask<BlobFacts?> FindAsync(BlobKey key, CancellationToken stop)
    {
        await GoAsync(stop);
        return _blobs.TryGetValue(key, out var blob) ? new(blob.Bytes.Length, blob.At) : null;
    }

    public async ValueTask<Stream?> OpenAsync(BlobKey key, long from, long? length, CancellationToken stop)
    {
        await GoAsync(stop);
        if (!_blobs.TryGetValue(key, out var blob)) return null;
        int begin = (int)Math.Min(from, blob.Bytes.Length);
        return new Cut(new MemoryStream(blob.Bytes, begin, (int)Math.Min(length ?? long.MaxValue, blob.Bytes.Length - begin),
            writable: false), GivesAtMost);
    }

    public async ValueTask DeleteAsync(BlobKey key, CancellationToken stop)
    {
        await GoAsync(stop);
        _blobs.TryRemove(key, out _);
    }

    public async IAsyncEnumerable<ListedBlob> ListAsync(BlobArea area, [EnumeratorCancellation] CancellationToken stop)
    {
        await GoAsync(stop);
        foreach (var (key, blob) in _blobs)
            if (key.Area == area) yield return new(key, new(blob.Bytes.Length, blob.At));
    }

    private async ValueTask GoAsync(CancellationToken stop)
    {
        Interlocked.Increment(ref _asked);
        await Task.Delay(Way, stop);
        if (IsAway) throw Gone();
        if (Fault is { } fault) throw fault;
    }

    private static BlobStoreException Gone() => new(new HttpRequestException("the bucket's secret place does not answer"));

    /// <summary>Asynchronous, without a way back, and some day at its end.</summary>
    private sealed class Cut(Stream inner, int? most) : Stream
    {
        private long _left = most ?? long.MaxValue;

        public Stream Inner => inner;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            int read = inner.Read(buffer.Span);
            if ((_left -= read) < 0) throw Gone();
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if ((_left -= buffer.Length) < 0) throw Gone();
            inner.Write(buffer.Span);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override bool CanRead => inner.CanRead;
        public override bool CanSeek => false;
        public override bool CanWrite => inner.CanWrite;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => throw new NotSupportedException();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
