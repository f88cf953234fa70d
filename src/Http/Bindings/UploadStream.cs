using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ringwright.Http;

/// <summary>A request's body as it comes, up to so many bytes. What follows is 413, wherever it is read.</summary>
internal sealed class UploadStream(Stream body, long most) : Stream
{
    private long _read;

    /// <summary>The body of an upload, or what is wrong with it before its first byte.</summary>
    public static (UploadStream? Stream, Fault Fault, string Detail) Open(Operation operation, HttpContext http, long most)
    {
        var request = http.Request;
        string mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var media) ? media.MediaType.Value ?? "" : "";
        var content = operation.Body!.Content;      // the binding table has seen to it
        if (operation.Body.Find(mediaType) is null)
            return (null, Fault.UnsupportedMediaType,
                $"'{mediaType}' is not accepted here; use {string.Join(" or ", content.Select(c => c.MediaType))}.");
        if (BodyCoding.Refused(request) is { } coding) return (null, Fault.UnsupportedMediaType, coding);
        if (request.ContentLength > most) return (null, Fault.BodyTooLarge, TooLarge(most));
        // The server counts the framing of a chunked body too; the exact limit is kept here.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = most + most / 64 + BodyReader.FramingBytes;
        return (new(request.Body, most), default, "");
    }

    public static string TooLarge(long most) => string.Create(CultureInfo.InvariantCulture, $"The body may have at most {most} bytes.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await body.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A body is read asynchronously.");

    private int Counted(int read)
    {
        _read += read;
        return _read <= most ? read : throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _read; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
