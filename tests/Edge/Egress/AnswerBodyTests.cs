using System.IO.Compression;
using System.Text;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Edge.Egress;

/// <summary>Bodies and media types as servers send them.</summary>
public sealed class AnswerBodyTests
{
    private const string Document = "<Response><Say>Hello</Say></Response>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip", "gzip"), InlineData("GZIP", "gzip"), InlineData("x-gzip", "gzip"), InlineData("br", "br")]
    [InlineData("deflate", "zlib"), InlineData("deflate", "deflate")]
    public async Task A_packed_body_is_unpacked_though_nobody_asked_for_one(string coding, string format)
    {
        var result = await AskAsync("text/xml", coding, Packed(Encoding.UTF8.GetBytes(Document), format));
        Assert.Equal((EgressFailure.None, Document), (result.Failure, Encoding.UTF8.GetString(result.Body.Span)));
    }

    [Theory, InlineData("gzip"), InlineData("deflate"), InlineData("identity"), InlineData("klingon")]
    public async Task A_body_that_is_not_in_the_coding_that_it_names_stays_as_it_is(string coding)
    {
        var result = await AskAsync("text/xml", coding, Encoding.UTF8.GetBytes(Document));
        Assert.Equal(Document, Encoding.UTF8.GetString(result.Body.Span));
    }

    [Theory, InlineData(1_000, EgressFailure.None), InlineData(1_001, EgressFailure.TooLarge)]
    public async Task A_packed_body_counts_unpacked(int length, EgressFailure expected)
    {
        var result = await AskAsync("text/xml", "gzip", Packed(new byte[length], "gzip"));
        Assert.Equal((expected, expected is EgressFailure.None ? length : 0), (result.Failure, result.Body.Length));
    }

    [Theory]
    [InlineData("text/xml", "text/xml"), InlineData("text/xml; charset=utf-8", "text/xml; charset=utf-8")]
    [InlineData("audio/mpeg;", "audio/mpeg"), InlineData("text/plain charset=utf-8", "text/plain charset=utf-8"), InlineData("xml", "xml")]
    public async Task A_media_type_is_told_though_it_is_badly_written(string written, string told) =>
        Assert.StartsWith(told, (await AskAsync(written, null, Encoding.UTF8.GetBytes(Document))).ContentType);

    private static byte[] Packed(byte[] plain, string format)
    {
        using var packed = new MemoryStream();
        using (Stream into = format switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress),
            "br" => new BrotliStream(packed, CompressionMode.Compress),
            "zlib" => new ZLibStream(packed, CompressionMode.Compress),
            _ => new DeflateStream(packed, CompressionMode.Compress),
        }) into.Write(plain);
        return packed.ToArray();
    }

    private static async Task<EgressResult> AskAsync(string type, string? coding, byte[] body)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.Headers.ContentType = type;
            if (coding is not null) context.Response.Headers.ContentEncoding = coding;
            return context.Response.Body.WriteAsync(body, Stop).AsTask();
        });
        using var client = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        return await client.SendAsync(new() { Url = sink.Url, Use = TargetUse.Document, MaxBytes = 1_000 }, Stop);
    }
}
