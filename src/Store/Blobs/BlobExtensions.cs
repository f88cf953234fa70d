namespace Ringwright.Store.Blobs;

public static class BlobExtensions
{
    /// <summary>The whole of a small one; null when there is none.</summary>
    public static async ValueTask<byte[]?> ReadAsync(this IBlobs blobs, BlobKey key, CancellationToken stop)
    {
        if (await blobs.OpenAsync(key, 0, null, stop).ConfigureAwait(false) is not { } content) return null;
        await using (content.ConfigureAwait(false))
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, stop).ConfigureAwait(false);
            return bytes.ToArray();
        }
    }

    public static ValueTask PutAsync(this IBlobs blobs, BlobKey key, ReadOnlyMemory<byte> bytes, CancellationToken stop) =>
        blobs.PutAsync(key, (content, ended) => content.WriteAsync(bytes, ended).AsTask(), stop);

    /// <summary>
    /// Deletes what no row names any more. Should the store be away, a sweep or nobody finds it: that is no reason to fail.
    /// </summary>
    internal static async ValueTask DiscardAsync(this IBlobs blobs, BlobKey key)
    {
        try
        {
            await blobs.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BlobStoreException)
        {
            // The row is written; what is left takes room and nothing else.
        }
    }
}
