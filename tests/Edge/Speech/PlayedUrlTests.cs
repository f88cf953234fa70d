using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.MediaHost;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>What a URL that is played may answer with, and what may be kept, beside a plain WAV.</summary>
public sealed class PlayedUrlTests
{
    private static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("audio/ulaw"), InlineData("audio/basic"), InlineData("audio/x-mulaw"), InlineData("audio/PCMU; rate=8000")]
    public async Task Samples_are_played_as_the_server_names_them(string type)
    {
        // Silence first, which looks like the beginning of an MP3.
        byte[] samples = [.. Enumerable.Repeat((byte)0xFF, 160), .. Enumerable.Range(0, 160).Select(i => (byte)(0x80 + i % 128))];

        Assert.Equal(samples, await PlayedAsync(samples, type));
    }

    [Fact]
    public async Task An_AU_file_is_played_whatever_the_server_calls_it()
    {
        byte[] samples = [.. Enumerable.Range(0, 160).Select(i => (byte)(0x80 + i % 128))];
        byte[] head = Convert.FromHexString("2E736E6400000018000000A00000000100001F4000000001");

        Assert.Equal(samples, await PlayedAsync([.. head, .. samples], "application/octet-stream"));
    }

    [Fact]
    public async Task A_file_that_says_what_it_is_is_played_as_that() =>
        Assert.Equal(Enumerable.Repeat((byte)0xFF, 160), await PlayedAsync(Wav.Make(160, value: 0), "audio/basic"));

    [Fact]
    public async Task A_WAV_with_sizes_of_64_bits_is_played()
    {
        byte[] plain = Wav.Make(160, value: 0);
        byte[] file = [.. "RF64"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVEds64"u8, 28, 0, 0, 0, .. new byte[28], .. plain.AsSpan(12)];
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(28), 320);

        Assert.Equal(Enumerable.Repeat((byte)0xFF, 160), await PlayedAsync(file, "audio/wav"));
    }

    [Fact]
    public async Task A_kept_file_of_samples_is_played_as_its_owner_names_it()
    {
        byte[] samples = [.. Enumerable.Range(0, 160).Select(i => (byte)(0x80 + i % 128))];
        var shelf = new Shelf(samples) { ContentType = "audio/basic" };
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var preparer = Preparer(folder, egress, shelf);
        var source = new PromptSource.Stored("welcome");

        Assert.Equal(samples, (await PrepareAsync(preparer, source)).Played);
        shelf.ContentType = "audio/pcma";
        byte[] other = (await PrepareAsync(preparer, source)).Played;
        Assert.Equal(160, other.Length);
        Assert.NotEqual(samples, other);
        shelf.ContentType = "application/octet-stream";
        Assert.Equal(PromptFailure.BadAudio, (await PrepareAsync(preparer, source)).Result.Failure);
    }

    [Theory]
    [InlineData("audio/L16", "E803E903", "does not say at which rate")]
    [InlineData("audio/basic", "2E736E6400000018000000040000000100001F4000000002FFFF7F7F", "more than one channel")]
    [InlineData("audio/basic", "4F67675300020000", "Ogg")]
    [InlineData("audio/wav", "1A45DFA39F4286810142F7810142F281", "WebM")]
    public async Task What_nobody_can_play_is_told_by_its_name(string type, string sent, string why)
    {
        var (result, _) = await PrepareAsync(Convert.FromHexString(sent), type);

        Assert.Equal(PromptFailure.UnsupportedFormat, result.Failure);
        Assert.Contains(why, result.Detail, StringComparison.Ordinal);
    }

    private static async Task<byte[]> PlayedAsync(byte[] sent, string type)
    {
        var (result, played) = await PrepareAsync(sent, type);
        Assert.Equal((PromptFailure.None, null), (result.Failure, result.Detail));
        return played;
    }

    private static async Task<(PromptResult Result, byte[] Played)> PrepareAsync(byte[] sent, string type)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.ContentType = type;
            return c.Response.Body.WriteAsync(sent).AsTask();
        });
        using var folder = new TempFolder();
        using var egress = new EgressClient(new TargetPolicy { IsLoopbackAllowed = true }, TimeProvider.System);
        return await PrepareAsync(Preparer(folder, egress, library: null), new PromptSource.Url(server.Url));
    }

    private static async Task<(PromptResult Result, byte[] Played)> PrepareAsync(PromptPreparer preparer, PromptSource source)
    {
        var result = await preparer.PrepareAsync(Tenant, source, "PCMU", Stop);
        return (result, result.Prompt is { } prompt ? await File.ReadAllBytesAsync(prompt.File, Stop) : []);
    }

    private static PromptPreparer Preparer(TempFolder folder, EgressClient egress, IMediaLibrary? library)
    {
        var options = new SpeechOptions { Folder = folder.Path };
        return new(options, new PromptEncoder(), egress, SpeechProviders.Create(options, egress, NullLogger.Instance), library,
            TimeProvider.System, NullLogger<PromptPreparer>.Instance);
    }

    /// <summary>One file under every name.</summary>
    private sealed class Shelf(byte[] file) : IMediaLibrary
    {
        public string? ContentType { get; set; }

        public ValueTask<StoredMedia?> FindAsync(TenantId tenant, string name, CancellationToken stop) =>
            new(new StoredMedia(PromptCache.Hash(file), _ => new(file)) { ContentType = ContentType });

        public ValueTask<StoredMedia?> FindMessageAsync(TenantId tenant, Guid message, CancellationToken stop) => default;

        public ValueTask<StoredMedia?> FindRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop) => default;
    }
}
