using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media.Native;

namespace Ringwright.Speech.Prompts;

/// <summary>
/// Fetches or speaks, decodes, encodes and caches. The same sound in the same codec is one file, and one run however many ask at once.
/// A source that was fetched or spoken is kept too, so that a second codec costs neither network nor voice.
/// </summary>
public sealed class PromptPreparer : IPrompts
{
    /// <summary>
    /// Which codec a prompt is kept in for each codec of a leg, and its bytes of a second: all its frames must have the same length.
    /// A leg with Opus encodes what it plays itself.
    /// </summary>
    private static readonly FrozenDictionary<string, (string Codec, int BytesPerSecond)> Forms =
        new Dictionary<string, (string, int)>(StringComparer.Ordinal)
        {
            ["PCMU"] = ("PCMU", 8_000),
            ["PCMA"] = ("PCMA", 8_000),
            ["G722"] = ("G722", 8_000),
            ["L16"] = ("L16", 32_000),
            ["OPUS"] = ("L16", 32_000),
        }.ToFrozenDictionary();
    private const int ToneSampleRate = 16_000;

    private readonly SpeechOptions _options;
    private readonly IPromptEncoder _encoder;
    private readonly EgressClient _egress;
    private readonly ISpeechProvider _speech;
    private readonly ISpeechProvider? _standIn;
    private readonly VoiceBook _voices;
    private readonly IMediaLibrary? _library;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly PromptCache _cache;
    private readonly SingleFlight<PromptResult> _prompts = new();
    private readonly SingleFlight<Source> _sources = new();
    private readonly SemaphoreSlim _encoding = new(Environment.ProcessorCount);

    /// <param name="library">Where files that tenants keep are found; null where there are none.</param>
    /// <param name="standIn">Speaks where <paramref name="speech"/> fails and somebody waits; null for nobody.</param>
    public PromptPreparer(SpeechOptions options, IPromptEncoder encoder, EgressClient egress, ISpeechProvider speech,
        IMediaLibrary? library, TimeProvider clock, ILogger<PromptPreparer> log, ISpeechProvider? standIn = null)
    {
        _standIn = standIn;
        (_options, _encoder, _egress, _speech, _library, _clock, _log) = (options, encoder, egress, speech, library, clock, log);
        _cache = new(options, clock, log);
        _voices = new(speech, options);
    }

    public async ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
    {
        if (source is PromptSource.Sequence sequence) return await JoinAsync(tenant, sequence, codec, stop);
        if (source is not PromptSource.Speech speech) return await FindAsync(tenant, source, codec, stop);
        var stand = _voices.Find(speech.Voice);
        if (stand.Refusal is { } why) return PromptResult.Failed(PromptFailure.SpeechUnavailable, why) with { Warning = why };
        var result = await FindAsync(tenant, speech with { Voice = stand.Voice }, codec, stop);
        if (_standIn is null || !speech.HasStandIn || result.Failure is PromptFailure.None or PromptFailure.TooLarge)
            return result with { Warning = stand.Warning };
        var other = speech with { Voice = "", HasStandIn = false, IsByStandIn = true };
        return await FindAsync(tenant, other, codec, stop) with { Warning = $"The voice failed, and {_standIn.Identity} speaks." };
    }

    /// <summary>One file of all that can be had.</summary>
    private async ValueTask<PromptResult> JoinAsync(TenantId tenant, PromptSource.Sequence sequence, string codec, CancellationToken stop)
    {
        var parts = new List<PreparedPrompt>();
        var failed = PromptResult.Failed(PromptFailure.NotFound, "There is nothing to play.");
        string? warning = null;
        foreach (var one in sequence.Parts)
        {
            var result = await PrepareAsync(tenant, one, codec, stop);
            warning ??= result.Prompt is null ? $"A sound is left out: {result.Detail}" : result.Warning;
            if (result.Prompt is not { } prompt) failed = result;
            else if (parts.Sum(part => part.Duration.Ticks) + prompt.Duration.Ticks <= Limits.Sequence.Ticks) parts.Add(prompt);
            else warning ??= $"Together they may last {Limits.Sequence.TotalMinutes:0} minutes: what comes later is left out.";
        }
        if (parts.Count == 0) return failed;
        // Without a form no part of it is ready.
        string kept = Forms[codec].Codec, hash = Hashed(["sequence", .. parts.Select(part => part.Hash)]);
        if (Encoded(hash, kept) is { } ready) return ready with { Warning = warning };
        try
        {
            using var all = new MemoryStream();
            foreach (var part in parts) await all.WriteAsync(await File.ReadAllBytesAsync(part.File, stop), stop);
            string path = _cache.Write(FileName(hash, kept), all.ToArray());
            return PromptResult.Ready(new(hash, path, DurationOf(all.Length, kept))) with { Warning = warning };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PromptResult.Failed(PromptFailure.Failed, $"The prompt cannot be kept: {e.Message}");
        }
    }

    private ISpeechProvider ProviderOf(PromptSource.Speech speech) => speech.IsByStandIn && _standIn is { } other ? other : _speech;

    private ValueTask<PromptResult> FindAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
    {
        if (!Forms.TryGetValue(codec, out var form))
            return new(PromptResult.Failed(PromptFailure.UnsupportedFormat, $"Prompts cannot be played in {codec}."));
        string key = KeyOf(tenant, source);
        return new(_prompts.RunAsync($"{FlightOf(source, key)}.{form.Codec}", () => RunAsync(tenant, source, key, form.Codec), stop));
    }

    private async Task<PromptResult> RunAsync(TenantId tenant, PromptSource source, string key, string codec)
    {
        PromptResult result;
        try
        {
            result = source is PromptSource.Stored or PromptSource.Message or PromptSource.Recording
                ? await PlayStoredAsync(tenant, source, codec)
                : await MakeAsync(tenant, source, key, codec);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            result = PromptResult.Failed(PromptFailure.Failed, $"The prompt cannot be kept: {e.Message}");
        }
        catch (Exception e)
        {
            _log.PromptBroke(e);
            result = PromptResult.Failed(PromptFailure.Failed, "The prompt could not be prepared on this node.");
        }
        if (result.Failure is not PromptFailure.None)
        {
            _log.PromptFailed(result.Failure, result.Detail);
            Metrics.Failed.Add(1, new KeyValuePair<string, object?>("failure", result.Failure.ToString()));
        }
        else Metrics.Prepared.Add(1, new KeyValuePair<string, object?>("kind", source.GetType().Name));
        return result;
    }

    private async Task<PromptResult> MakeAsync(TenantId tenant, PromptSource source, string key, string codec)
    {
        if (source is PromptSource.Tone tone)
            return Encoded(key, codec) ?? await EncodeAsync(key, codec, () => DecodedAudio.Of(_encoder.Render(tone), ToneSampleRate));

        // A key of content is its hash already; a URL or a text may have led to a file before.
        string? hash = source is PromptSource.Content ? key : Referred(source, key);
        if (hash is not null && Encoded(hash, codec) is { } ready) return ready;

        var sound = await _sources.RunAsync(FlightOf(source, key), () => ReadAsync(tenant, source, key, hash), CancellationToken.None);
        if (sound.Audio.Bytes is not { } file)
            return PromptResult.Failed(sound.Audio.Failure, sound.Audio.Detail ?? "The audio could not be read.");
        if (Encoded(sound.Hash, codec) is { } made) return made;
        var result = await EncodeAsync(sound.Hash, codec, () => _encoder.Decode(file));
        // Whoever mends the file at its address is not told for minutes that it is damaged.
        if (result.Failure is not PromptFailure.None) _cache.Remove(ReferenceName(key));
        return result;
    }

    /// <summary>The name is looked up each time: its owner may have put another file under it.</summary>
    private async Task<PromptResult> PlayStoredAsync(TenantId tenant, PromptSource source, string codec)
    {
        var found = _library is null ? null
            : source is PromptSource.Stored stored ? await _library.FindAsync(tenant, stored.Name, CancellationToken.None)
            : source is PromptSource.Message message ? await _library.FindMessageAsync(tenant, message.Id, CancellationToken.None)
            : source is PromptSource.Recording recording
                ? await _library.FindRecordingAsync(tenant, recording.Id, CancellationToken.None)
            : null;
        if (found is null)
            return PromptResult.Failed(PromptFailure.NotFound,
                source is PromptSource.Recording ? "There is no such recording." : "No media file has this name.");
        string hash = BareAudio.IsType(found.ContentType) ? Hashed("bare", found.Hash, found.ContentType ?? "") : found.Hash;
        if (Encoded(hash, codec) is { } ready) return ready;
        if (found.Bytes > _options.FetchBytes)
            return PromptResult.Failed(PromptFailure.TooLarge, $"The recording is larger than {_options.FetchBytes} bytes.");
        byte[]? file;
        try
        {
            file = await found.Read(CancellationToken.None);
        }
        catch (IOException away)
        {
            _log.PromptBroke(away);
            return PromptResult.Failed(PromptFailure.Failed, "The media file cannot be read at the moment.");
        }
        if (file is null) return PromptResult.Failed(PromptFailure.NotFound, "The media file has just been deleted.");
        var (bare, fault) = Bare(file, found.ContentType);
        if (fault is not null) return PromptResult.Failed(PromptFailure.UnsupportedFormat, $"The media file is {fault}.");
        byte[] sound = bare ?? file;
        if (Unplayable(sound) is { } why) return PromptResult.Failed(why.Failure, why.Detail ?? "The audio could not be read.");
        return await EncodeAsync(hash, codec, () => _encoder.Decode(sound));
    }

    /// <summary>From the cache, or from where it comes from; then it is kept.</summary>
    private async Task<Source> ReadAsync(TenantId tenant, PromptSource source, string key, string? hash)
    {
        if (hash is not null && source is not PromptSource.Content && _cache.Read(SourceName(hash)) is { } kept)
            return new(hash, AudioResult.Of(kept));

        var audio = source switch
        {
            PromptSource.Content content => ReadContent(content),
            PromptSource.Url url => await FetchAsync(tenant, url),
            PromptSource.Speech speech => await SpeakAsync(speech),
            PromptSource.Tone or PromptSource.Stored or PromptSource.Message or PromptSource.Recording or PromptSource.Sequence =>
                AudioResult.Failed(PromptFailure.Failed, "This kind of prompt has no file."),
            _ => throw new UnreachableException(),
        };
        if (audio.Bytes is not { } bytes) return new("", audio);
        if (Unplayable(bytes) is { } why) return new("", why);
        if (source is PromptSource.Content) return new(key, audio);
        string found = PromptCache.Hash(bytes);
        _cache.Write(SourceName(found), bytes);
        _cache.Write(ReferenceName(key), new PromptReference(found, _clock.GetUtcNow()).ToBytes());
        return new(found, audio);
    }

    /// <summary>Why the file is not even tried; null when it looks like audio that we read.</summary>
    private static AudioResult? Unplayable(ReadOnlySpan<byte> file)
    {
        if (AudioFormat.IsWav(file) || Mp3Reader.IsMp3(file)) return null;
        return AudioFormat.OtherFormat(file) is { } format
            ? AudioResult.Failed(PromptFailure.UnsupportedFormat, $"The file is {format}; only WAV and MP3 can be played.")
            : AudioResult.Failed(PromptFailure.BadAudio, "The file is neither WAV nor MP3.");
    }

    private AudioResult ReadContent(PromptSource.Content content) => content.Bytes.Length <= _options.ContentBytes
        ? AudioResult.Of(content.Bytes.ToArray())
        : AudioResult.Failed(PromptFailure.TooLarge, $"The file is larger than {_options.ContentBytes} bytes.");

    private async Task<AudioResult> FetchAsync(TenantId tenant, PromptSource.Url url)
    {
        var result = await _egress.SendAsync(new()
        {
            Url = url.Address,
            Use = TargetUse.Media,
            Timeout = _options.FetchTimeout,
            MaxBytes = _options.FetchBytes,
            MaxRedirects = Limits.Redirects,
            Account = tenant,
        }, CancellationToken.None);
        if (result.IsSuccess) return OfFile(result);
        var failure = result.Failure switch
        {
            EgressFailure.BadUrl or EgressFailure.Forbidden => PromptFailure.Forbidden,
            EgressFailure.TimedOut => PromptFailure.TimedOut,
            EgressFailure.TooLarge => PromptFailure.TooLarge,
            EgressFailure.HttpStatus when result.Status is 404 or 410 => PromptFailure.NotFound,
            _ => PromptFailure.Failed,
        };
        return AudioResult.Failed(failure, $"The audio could not be fetched. {result.Detail}");
    }

    /// <summary>
    /// What says itself what it is counts first: others call sounds by wrong names. Silence of bare samples looks like an MP3's head.
    /// </summary>
    /// <inheritdoc cref="BareAudio.Read"/>
    private static (byte[]? File, string? Fault) Bare(ReadOnlySpan<byte> file, string? contentType) =>
        !AudioFormat.IsWav(file) && !Mp3Frames.Begin(file) && AudioFormat.OtherFormat(file) is null or "AU"
            ? BareAudio.Read(file, contentType) : (null, null);

    private static AudioResult OfFile(EgressResult result)
    {
        byte[] file = result.Body.ToArray();
        var (bare, fault) = Bare(file, result.ContentType);
        if (bare is not null) return AudioResult.Of(bare);
        if (fault is not null) return AudioResult.Failed(PromptFailure.UnsupportedFormat, $"The URL answered with {fault}.");
        // Links that are shared for people (of Dropbox, Google Drive and the like) lead to a page, and with 200.
        return IsPage(result) && Unplayable(file) is not null
            ? AudioResult.Failed(PromptFailure.BadAudio, "The URL answered with a web page, and not with a file of sound.")
            : AudioResult.Of(file);
    }

    private static bool IsPage(EgressResult result) =>
        result.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true;

    private async Task<AudioResult> SpeakAsync(PromptSource.Speech speech)
    {
        if (speech.Text.Length > Limits.TextCharacters)
            return AudioResult.Failed(PromptFailure.TooLarge, $"The text is longer than {Limits.TextCharacters} characters.");
        // A document says how fast without knowing who speaks.
        var provider = ProviderOf(speech);
        var (slowest, fastest) = provider.Speeds;
        return await provider.RenderAsync(speech with { Speed = Math.Clamp(speech.Speed, slowest, fastest) }, CancellationToken.None);
    }

    private async Task<PromptResult> EncodeAsync(string hash, string codec, Func<DecodedAudio> decode)
    {
        await _encoding.WaitAsync();
        try
        {
            var audio = decode();
            if (audio.Failure is not PromptFailure.None)
                return PromptResult.Failed(audio.Failure, $"The audio cannot be read. {audio.Detail}");
            if (audio.Samples.Length == 0) return PromptResult.Failed(PromptFailure.BadAudio, "The file holds no audio.");
            byte[] frames = _encoder.Encode(audio.Samples, audio.SampleRate, codec);
            string path = _cache.Write(FileName(hash, codec), frames);
            return PromptResult.Ready(new(hash, path, DurationOf(frames.Length, codec)));
        }
        finally
        {
            _encoding.Release();
        }
    }

    private PromptResult? Encoded(string hash, string codec) =>
        _cache.Find(FileName(hash, codec)) is { } file ? PromptResult.Ready(new(hash, file.Path, DurationOf(file.Bytes, codec))) : null;

    /// <summary>Who wants a fresh copy never joins a run that may read the cache.</summary>
    private static string FlightOf(PromptSource source, string key) =>
        source is PromptSource.Url { IsCached: false } ? $"{key}.fresh" : key;

    private string? Referred(PromptSource source, string key)
    {
        if (source is PromptSource.Url { IsCached: false } || PromptReference.From(_cache.Read(ReferenceName(key))) is not { } found)
            return null;
        if (source is not PromptSource.Url) return found.Hash;
        // From the future: the wall clock has been set back since, and nobody knows how old this is.
        var age = _clock.GetUtcNow() - found.At;
        return age < TimeSpan.Zero || age >= _options.UrlLifetime ? null : found.Hash;
    }

    private static string FileName(string hash, string codec) => $"{hash}.{codec.ToLowerInvariant()}";

    private static string SourceName(string hash) => $"{hash}.audio";

    private static string ReferenceName(string key) => $"{key}.ref";

    private static TimeSpan DurationOf(long bytes, string codec) =>
        TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / Forms[codec].BytesPerSecond);

    /// <summary>What makes two requests the same. URLs are apart by tenant: whoever may fetch one is its owner's business.</summary>
    private string KeyOf(TenantId tenant, PromptSource source) => source switch
    {
        PromptSource.Content content => PromptCache.Hash(content.Bytes.Span),
        PromptSource.Url url => Hashed("url", tenant.ToString(), url.Address),
        PromptSource.Stored stored => Hashed("stored", tenant.ToString(), stored.Name),
        PromptSource.Message message => Hashed("message", tenant.ToString(), message.Id.ToString()),
        PromptSource.Recording recording => Hashed("recording", tenant.ToString(), recording.Id.ToString()),
        PromptSource.Speech s => Hashed("speech", ProviderOf(s).Identity, s.Voice, s.Language ?? "", s.IsSsml ? "ssml" : "text",
            s.Speed.ToString("R", CultureInfo.InvariantCulture), s.Text),
        PromptSource.Tone t => Hashed("tone", $"{t.Hertz},{t.SecondHertz},{t.OnMilliseconds},{t.OffMilliseconds},{t.TotalMilliseconds}"),
        PromptSource.Sequence => throw new UnreachableException("Each of its sounds has a key of its own."),
        _ => throw new UnreachableException(),
    };

    /// <summary>With lengths, so that no two lists of parts look alike.</summary>
    private static string Hashed(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts) text.Append(part.Length).Append(':').Append(part);
        return PromptCache.Hash(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private readonly record struct Source(string Hash, AudioResult Audio);
}
