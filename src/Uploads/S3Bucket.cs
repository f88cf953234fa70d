using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Uploads;

/// <summary>A bucket on Amazon's S3, or on a server that speaks it: requests signed by Signature Version 4.</summary>
internal sealed class S3Bucket : IDisposable
{
    private readonly AmazonS3Client _client;
    private readonly ConnectionBucket _bucket;

    public S3Bucket(ConnectionBucket bucket, GuardedClients clients)
    {
        _bucket = bucket;
        var config = new AmazonS3Config
        {
            HttpClientFactory = clients,
            MaxErrorRetry = 0,
            Timeout = Limits.Request,
            AllowAutoRedirect = false,
            // Servers that are not Amazon's know no newer checksums; what is signed has the content's hash in any case.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // Nothing of the node's environment decides where it goes.
            IgnoreConfiguredEndpointUrls = true,
            UseDualstackEndpoint = false,
            UseFIPSEndpoint = false,
        };
        if (bucket.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (endpoint, bucket.Region, true);
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(bucket.Region);
        _client = new(new BasicAWSCredentials(bucket.AccessKey, bucket.Secret), config);
    }

    /// <summary>Returns when the bucket has all of it; an object of that name is replaced.</summary>
    /// <param name="file">Read front to back, not faster than it is sent.</param>
    /// <exception cref="UploadException">The bucket has not got it.</exception>
    public async ValueTask PutAsync(string key, Stream file, long length, string contentType, CancellationToken stop)
    {
        try
        {
            if (length <= Limits.PartBytes) await PutWholeAsync(key, await ReadAsync(file, (int)length, stop), contentType, stop);
            else await PutPartsAsync(key, file, length, contentType, stop);
        }
        catch (Exception failed) when (failed is not (BlobStoreException or UploadException) && !stop.IsCancellationRequested)
        {
            throw FaultOf(failed);
        }
    }

    /// <summary>Takes an object away; one that is not there is no fault.</summary>
    /// <exception cref="UploadException">It may be there still.</exception>
    public async ValueTask DeleteAsync(string key, CancellationToken stop)
    {
        try
        {
            await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket.Name, Key = key }, stop);
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            throw FaultOf(failed);
        }
    }

    /// <summary>A link by which anybody may fetch an object for a while.</summary>
    public string LinkTo(string key, string fileName) => _client.GetPreSignedURL(new GetPreSignedUrlRequest
    {
        BucketName = _bucket.Name,
        Key = key,
        Verb = HttpVerb.GET,
        // As the library signs: by the wall clock, whatever the node's is.
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime + Limits.Link,
        Protocol = _bucket.Endpoint?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true ? Protocol.HTTP : Protocol.HTTPS,
        ResponseHeaderOverrides = { ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(fileName)}" },
    });

    public void Dispose() => _client.Dispose();

    private async ValueTask PutWholeAsync(string key, byte[] content, string contentType, CancellationToken stop) =>
        Confirm((await _client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _bucket.Name,
            Key = key,
            InputStream = new MemoryStream(content),
            ContentType = contentType,
            UseChunkEncoding = false,
        }, stop)).ETag);

    private async ValueTask PutPartsAsync(string key, Stream file, long length, string contentType, CancellationToken stop)
    {
        var begun = await _client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest
        {
            BucketName = _bucket.Name, Key = key, ContentType = contentType,
        }, stop);
        try
        {
            if (string.IsNullOrEmpty(begun.UploadId)) throw NotTaken();
            var parts = new List<PartETag>();
            for (long at = 0; at < length; at += Limits.PartBytes)
            {
                byte[] part = await ReadAsync(file, (int)Math.Min(Limits.PartBytes, length - at), stop);
                var taken = await _client.UploadPartAsync(new UploadPartRequest
                {
                    BucketName = _bucket.Name,
                    Key = key,
                    UploadId = begun.UploadId,
                    PartNumber = parts.Count + 1,
                    InputStream = new MemoryStream(part),
                    UseChunkEncoding = false,
                }, stop);
                Confirm(taken.ETag);
                parts.Add(new(parts.Count + 1, taken.ETag));
            }
            Confirm((await _client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
            {
                BucketName = _bucket.Name, Key = key, UploadId = begun.UploadId, PartETags = parts,
            }, stop)).ETag);
        }
        catch
        {
            await AbortAsync(key, begun.UploadId);
            throw;
        }
    }

    /// <summary>What was sent costs the customer money until it is thrown away; should this fail too, a rule of the bucket's can.</summary>
    private async ValueTask AbortAsync(string key, string? upload)
    {
        if (string.IsNullOrEmpty(upload)) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _client.AbortMultipartUploadAsync(new() { BucketName = _bucket.Name, Key = key, UploadId = upload }, limit.Token);
        }
        catch (Exception)
        {
            // The fault that led here is the one that is told.
        }
    }

    /// <summary>Whoever has kept an object says which; a server that says yes to everything does not.</summary>
    private static void Confirm(string? etag)
    {
        if (string.IsNullOrEmpty(etag)) throw NotTaken();
    }

    private static UploadException NotTaken() => new(UploadFault.Away, "The server did not answer as S3 does.");

    private static async ValueTask<byte[]> ReadAsync(Stream file, int length, CancellationToken stop)
    {
        byte[] part = new byte[length];
        try
        {
            await file.ReadExactlyAsync(part, stop);
        }
        catch (IOException failed) when (failed is not BlobStoreException)
        {
            throw new BlobStoreException(failed);
        }
        return part;
    }

    private static UploadException FaultOf(Exception failed)
    {
        if (failed is AmazonServiceException { StatusCode: not 0 and var status, ErrorCode: var code } and not AmazonUnmarshallingException)
            return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest
                or HttpStatusCode.MovedPermanently && code is not S3Reasons.WrongClock
                ? new(UploadFault.Refused, $"The bucket refuses it with {(int)status}{S3Reasons.Of(code)}.", failed)
                : new(UploadFault.Away, $"The server answers {(int)status}{S3Reasons.Of(code)}.", failed);
        if (failed is OperationCanceledException or TimeoutException || failed.InnerException is OperationCanceledException)
            return new(UploadFault.Away, $"No answer within {Limits.Request.TotalSeconds:0} s.", failed);
        for (var why = failed; why is not null; why = why.InnerException)
            if (why is HttpRequestException request) return new(UploadFault.Away, EgressClient.Explain(request), failed);
        return new(UploadFault.Away, "The server did not answer as S3 does.", failed);
    }
}
