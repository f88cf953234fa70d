using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Media;
using Ringwright.Media.Native;

namespace Ringwright.Streams;

/// <summary>
/// Does what the application's messages ask for. What it does not understand is answered by an error frame, and the stream goes on.
/// </summary>
/// <param name="queue">Null when nothing may come in.</param>
/// <param name="codec">Of what comes in as RTP payloads.</param>
/// <param name="longestSeconds">Of audio in one such payload.</param>
internal sealed class StreamInput(StreamInjection injection, PlayQueue? queue, StreamCodec? codec, int rate, OutFrames answers,
    TimeProvider time, int longestSeconds)
    : IDisposable
{
    private const int ShownCharacters = 40;
    /// <summary>So much more on the average says nothing: the one sample that a half makes before silence.</summary>
    private const double SameJump = 16;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };
    private static readonly TimeSpan BetweenFiles = TimeSpan.FromSeconds(1);

    private readonly IAudioDecoder? _decoder = codec?.CreateDecoder();
    private long? _lastFile;
    /// <summary>Less than a frame, which waits for more: media takes whole ones, and plays silence for what is not there in time.</summary>
    private short[] _rest = [];
    /// <summary>The first byte of a sample of which the other has not come.</summary>
    private byte? _half;

    /// <param name="message">Whole; may be used again when this returns.</param>
    public void Handle(ReadOnlyMemory<byte> message, bool isText)
    {
        // Writers of text put a mark before it; and libraries that send bytes send them as binary, whatever they are.
        if (message.Span.StartsWith("\uFEFF"u8)) message = message[3..];
        bool isFrame = isText || message.Span.StartsWith("{"u8);
        if ((isFrame ? Judge(message) : StreamFault.Malformed("Frames are JSON in text messages; this message was binary.")) is { } fault)
            Tell(fault);
    }

    /// <summary>Hands on what the tap has room for; true when something still waits.</summary>
    public bool Feed()
    {
        if (queue is null) return false;
        bool isWaiting = queue.Feed(out bool isTorn);
        if (isTorn) Tell(StreamFault.InvalidMedia("An MP3 file is damaged: what came after its last good frame was not played."));
        return isWaiting;
    }

    public void Dispose() => (_decoder as IDisposable)?.Dispose();

    public void Tell(StreamFault fault)
    {
        Metrics.Errors.Add(1, new KeyValuePair<string, object?>("code", fault.Code));
        answers.Add(new(OutKind.Error) { Fault = fault });
    }

    private StreamFault? Judge(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, Strict);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object) return StreamFault.Malformed("A frame is a JSON object.");
            if (TextOf(root, "event") is not { } name) return StreamFault.Malformed("The frame has no event.");
            return name switch
            {
                "media" => Media(root),
                "mark" => Mark(root),
                "clear" => Clear(),
                _ => StreamFault.Malformed($"There is no event {Shown(name)}; there are media, mark and clear."),
            };
        }
        catch (JsonException)
        {
            return StreamFault.Malformed("The frame is no JSON.");
        }
        catch (InvalidOperationException)
        {
            // Text that JSON can write and no encoding can hold: half a surrogate.
            return StreamFault.Malformed("A text of the frame is no Unicode.");
        }
    }

    private StreamFault? Media(JsonElement frame)
    {
        if (Part(frame, "media") is not { } media || !media.TryGetProperty("payload", out var payload)
            || payload.ValueKind is not JsonValueKind.String) return StreamFault.Malformed("A media frame has a text media.payload.");
        if (queue is null) return StreamFault.InvalidMedia("This stream takes no audio: it was started without a direction back.");
        // Before the text is read: a file too many is not worth the work.
        if (injection is StreamInjection.Mp3 && _lastFile is { } last && time.GetElapsedTime(last) < BetweenFiles)
            return StreamFault.RateLimit("One MP3 file a second may be sent; this one was not played.");
        if (!PayloadText.TryRead(payload, out byte[]? bytes)) return StreamFault.InvalidMedia("The payload is no base64.");
        return injection is StreamInjection.Mp3 ? File(queue, bytes) : Payloads(queue, bytes);
    }

    private StreamFault? File(PlayQueue to, byte[] file)
    {
        if (file.Length > Limits.Mp3Bytes) return StreamFault.InvalidMedia($"An MP3 file may have {Limits.Mp3Bytes} bytes.");
        _lastFile = time.GetTimestamp();
        if (!StreamFormats.HasMp3) return StreamFault.Unknown(Mp3Reader.Missing);
        if (!Mp3Source.TryOpen(file, rate, out var mp3, out string? problem)) return StreamFault.InvalidMedia(problem);
        if (to.TryAdd(mp3)) return null;
        mp3.Dispose();
        return StreamFault.RateLimit($"More than {Limits.QueuedMp3Bytes} bytes of MP3 would wait; this file was not played.");
    }

    /// <summary>One message: it may have the heads of several files. All of it is played, or nothing.</summary>
    private StreamFault? Payloads(PlayQueue to, byte[] bytes)
    {
        var payloads = new List<(ReadOnlyMemory<byte> Payload, int Samples)>();
        ReadOnlyMemory<byte> rest = bytes;
        while (PayloadFile.HeadBehind(rest.Span) is > 0 and var head)
        {
            if (Judge(rest[..head], payloads) is { } fault) return fault;
            rest = rest[head..];
        }
        if (Judge(rest, payloads) is { } last) return last;
        return payloads.Count == 0 ? null : Play(to, payloads);
    }

    /// <summary>Adds what is to be decoded of one file's part, or of bare samples.</summary>
    private StreamFault? Judge(ReadOnlyMemory<byte> part, List<(ReadOnlyMemory<byte> Payload, int Samples)> payloads)
    {
        var bytes = part.Span;
        var sent = bytes;
        if (PayloadFile.KindOf(bytes) is { } kind)
        {
            // A file begins with a whole sample.
            _half = null;
            if (kind is not PayloadFile.Wav || !PayloadFile.TryRead(bytes, codec!, out sent)) // there is one for payloads
                return StreamFault.InvalidMedia(
                    $"The payload is a file ({kind}), and not samples of {codec!.Encoding} at {codec.SampleRate} Hz. It was not played.");
            // Its samples come in the next frames.
            if (sent.IsEmpty) return null;
        }
        var payload = codec!.WithoutHeader(sent);
        bytes.Overlaps(payload, out int at);
        var whole = part.Slice(at, payload.Length);
        if (codec.HasHalves) whole = Whole(whole);
        // Half a sample, and no more.
        if (whole.IsEmpty && !payload.IsEmpty) return null;
        if (codec.Count(whole.Span, longestSeconds) is not { } count)
            return StreamFault.InvalidMedia(
                $"{bytes.Length} bytes are not audio of {codec.Encoding}, or more than {longestSeconds} s.");
        payloads.Add((whole, count));
        return null;
    }

    /// <summary>
    /// Services of voices send samples as the network cuts them: half of one at the end waits for the next frame. Whether that goes on with
    /// it is told by its sound, for halves of two samples together are noise.
    /// </summary>
    private ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> payload)
    {
        if (_half is { } half)
        {
            byte[] joined = [half, .. payload.Span];
            // In doubt it goes on: what is put together wrongly there is so for this frame alone.
            if (codec!.JumpOf(joined) <= codec.JumpOf(payload.Span) + SameJump) payload = joined;
        }
        int cut = payload.Length % sizeof(short);
        _half = cut == 0 ? null : payload.Span[^1];
        return payload[..^cut];
    }

    private StreamFault? Play(PlayQueue to, List<(ReadOnlyMemory<byte> Payload, int Samples)> payloads)
    {
        var samples = new short[_rest.Length + payloads.Sum(payload => payload.Samples)];
        _rest.CopyTo(samples, 0);
        int length = _rest.Length;
        foreach (var (payload, count) in payloads) length += _decoder!.Decode(payload.Span, samples.AsSpan(length, count));
        _rest = [];
        if (length < samples.Length) samples = samples[..length];
        if (length < codec!.FrameSamples)
        {
            _rest = samples;
            return null;
        }
        if (to.TryAdd(samples)) return null;
        int seconds = Limits.QueuedSamples / codec.SampleRate;
        return StreamFault.RateLimit($"More than {seconds} s of audio would wait; this frame was not played.");
    }

    private StreamFault? Mark(JsonElement frame)
    {
        if (Part(frame, "mark") is not { } mark || TextOf(mark, "name") is not { } name)
            return StreamFault.Malformed("A mark frame has a text mark.name.");
        if (name.Length > Limits.MarkCharacters)
            return StreamFault.Malformed($"A mark's name may have {Limits.MarkCharacters} characters.");
        // Nothing is ever queued where nothing may come in.
        if (queue is null) answers.Add(new(OutKind.Mark) { Text = name });
        else if (!TryMark(queue, name)) return StreamFault.RateLimit($"{Limits.Marks} marks wait already; this one is not kept.");
        return null;
    }

    /// <summary>Behind all that came before it, be it less than a frame.</summary>
    private bool TryMark(PlayQueue to, string name)
    {
        if (_rest.Length > 0) to.TryAdd(_rest);     // where too much waits, so little is not missed
        _rest = [];
        return to.TryMark(name);
    }

    private StreamFault? Clear()
    {
        (_rest, _half) = ([], null);
        queue?.Clear();
        return null;
    }

    private static string Shown(string name) => name[..Math.Min(name.Length, ShownCharacters)];

    private static JsonElement? Part(JsonElement of, string name) =>
        of.TryGetProperty(name, out var part) && part.ValueKind is JsonValueKind.Object ? part : null;

    /// <exception cref="InvalidOperationException">It is no Unicode.</exception>
    private static string? TextOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
}
