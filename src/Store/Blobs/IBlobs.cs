namespace Ringwright.Store.Blobs;

/// <summary>
/// The files that a node keeps for its customers, and where: on a disk, or somewhere else that has no paths.
/// A blob is written once and whole; it may be replaced by another, and whoever reads meanwhile reads the one or the other.
/// Each call may take its time: no call path waits for one.
/// </summary>
/// <remarks>
/// Every member throws <see cref="BlobStoreException"/> when the store does not do it; nothing has changed then that a reader could see.
/// </remarks>
public interface IBlobs
{
    /// <summary>What was written is there when this returns; nothing of it is when this throws, or the process dies meanwhile.</summary>
    /// <param name="write">Writes the content, front to back. What it throws comes out here.</param>
    ValueTask PutAsync(BlobKey key, Func<Stream, CancellationToken, Task> write, CancellationToken stop);

    /// <summary>Takes over a finished file of this machine: it is gone when this returns, and still there when this throws.</summary>
    /// <param name="file">Absolute path.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    ValueTask TakeAsync(BlobKey key, string file, CancellationToken stop);

    /// <summary>Null when there is none.</summary>
    ValueTask<BlobFacts?> FindAsync(BlobKey key, CancellationToken stop);

    /// <summary>Null when there is none. The stream is read asynchronously, and cannot seek; the reader closes it.</summary>
    /// <param name="from">First byte that is wanted; behind the end there is nothing.</param>
    /// <param name="length">Bytes that are wanted at most; null for all that follow.</param>
    /// <exception cref="IOException">Also from the stream: the store broke off.</exception>
    ValueTask<Stream?> OpenAsync(BlobKey key, long from, long? length, CancellationToken stop);

    /// <summary>What is not there is no error.</summary>
    ValueTask DeleteAsync(BlobKey key, CancellationToken stop);

    /// <summary>All of an area, in no order; what is put or deleted meanwhile may be among them.</summary>
    IAsyncEnumerable<ListedBlob> ListAsync(BlobArea area, CancellationToken stop);
}

/// <param name="Bytes">Its length.</param>
/// <param name="ChangedAt">When it was put.</param>
public sealed record BlobFacts(long Bytes, DateTimeOffset ChangedAt);

public readonly record struct ListedBlob(BlobKey Key, BlobFacts Facts);

/// <summary>The store of files did not do what it was asked for. It may later.</summary>
public sealed class BlobStoreException(Exception why) : IOException($"The store of files is not available: {why.Message}", why);
