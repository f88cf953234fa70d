using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Storage;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Inference;

/// <summary>Writes down what is said in a file, by the recogniser that listens to calls too: while the client waits.</summary>
internal static class Transcriptions
{
    private const string File = "file", Url = "file_url", Format = "response_format", Granularity = "timestamp_granularities[]",
        Language = "language", Verbose = "verbose_json";
    private const int LongestLanguage = 35;

    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(5);

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        if (parts.Inference.Listener is not { } listener) return op.NotBuilt("Nobody listens to files on this node.");
        var given = op.ReadObject();
        bool isVerbose = given.Text(Format) is Verbose;
        if (given.Filled(Granularity) is not null && !isVerbose)
            return op.Invalid("/" + Granularity, VoiceErrors.BadRequest, $"{Granularity} needs {Format} to be {Verbose}.");
        if (given.Text(Language) is { Length: > LongestLanguage })
            return op.Invalid("/" + Language, VoiceErrors.BadLength, $"{Language} may have at most {LongestLanguage} characters.");
        var (recogniser, model) = TranscriptionMap.RecogniserOf(given.Text("model") ?? "", model: null);
        var ears = parts.Voice.Transcriber;
        // A recogniser that finds out what is spoken is asked to, where nothing is said of it.
        string language = given.Filled(Language) is { } said ? TranscriptionMap.LanguageOf(said)
            : ears.ProblemOf(recogniser, "und") is null ? "und" : TranscriptionMap.LanguageOf(null);
        if (ears.ProblemOf(recogniser, language) is { } deaf) return Cannot(op, recogniser is null ? "/" + Language : "/model", deaf);

        using var place = parts.Inference.Hearings.TryTake(op.Tenant, op.Caller.Root);
        if (place is null) return ModelErrors.NoPlace(op, "As many files are listened to as may be");
        var (file, pointer, problem) = await FileAsync(op, given, parts);
        if (problem is not null) return op.Fail(problem);
        RecordFormat? format = MagicBytes.TypeOf(file.Span) switch
        {
            "audio/wav" => RecordFormat.Wav,
            "audio/mpeg" => RecordFormat.Mp3,
            _ => null,
        };
        if (format is not { } known)
            return op.Invalid(pointer, VoiceErrors.BadRequest, "10041: only WAV (16-bit PCM) and MP3 files are listened to here.");
        if (ears.ProblemOf(known) is { } unread) return Cannot(op, pointer, unread);
        using var late = new CancellationTokenSource(Whole, parts.Store.Time);
        using var wanted = op.WhileWanted();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, wanted.Token);
        try
        {
            using var content = new MemoryStream(file.ToArray(), writable: false);
            var heard = await listener.HearAsync(content, known, new(language) { Recogniser = recogniser, Model = model }, over.Token);
            return op.Bare(200, Show(heard, isVerbose));
        }
        catch (NotTranscribedException failed) when (failed.IsForGood)
        {
            return Cannot(op, pointer, failed.Message);
        }
        catch (NotTranscribedException failed)
        {
            return op.Fail(new Problem("10007", $"It was not written down: {failed.Message}.") { Status = 502 });
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !op.Stop.IsCancellationRequested)
        {
            return op.Fail(new Problem("10008", $"It was not written down within {Whole.TotalMinutes:0} minutes."));
        }
    }

    private static Reply Cannot(OperationContext op, string pointer, string why) =>
        op.Invalid(pointer, VoiceErrors.BadRequest, $"This cannot be transcribed here: {why}.");

    private static JsonObject Show(HeardFile heard, bool isVerbose)
    {
        var shown = new JsonObject { ["text"] = heard.Text };
        if (!isVerbose) return shown;
        shown["duration"] = Math.Round(heard.Length.TotalSeconds, 3);
        shown["segments"] = new JsonArray([.. heard.Pieces.Select((piece, i) => (JsonNode)new JsonObject
        {
            ["id"] = i, ["start"] = Math.Round(piece.From.TotalSeconds, 3), ["end"] = Math.Round(piece.To.TotalSeconds, 3),
            ["text"] = piece.Text,
        })]);
        return shown;
    }

    /// <summary>What was uploaded, or what the URL has.</summary>
    private static async ValueTask<(ReadOnlyMemory<byte> Bytes, string Pointer, Problem? Problem)> FileAsync(OperationContext op,
        JsonObject given, AssistantParts parts)
    {
        const string inForm = "/" + File, byUrl = "/" + Url;
        var uploaded = op.Files.FirstOrDefault(file => file.Field == File);
        string? url = given.Filled(Url);
        if (uploaded is null && given[File] is not null)
            return (default, inForm, new(VoiceErrors.BadRequest, $"{File} must be a file of the form.") { Pointer = inForm });
        if ((uploaded is null) == (url is null))
            return (default, inForm, new(VoiceErrors.BadRequest, $"Exactly one of {File} and {Url} must be given.") { Pointer = inForm });
        if (url is null) return (uploaded!.Content, inForm, null);      // one of the two is there
        var result = await parts.Egress.SendAsync(new()
        {
            Url = url, Use = TargetUse.Media, Timeout = MediaLimits.FetchTimeout, MaxBytes = MediaLimits.FileBytes,
            MaxRedirects = MediaLimits.Redirects, Account = op.Tenant,
        }, op.Stop);
        if (result.IsSuccess) return (result.Body, byUrl, null);
        string code = result.Failure is EgressFailure.BadUrl or EgressFailure.Forbidden ? VoiceErrors.InvalidUrl : VoiceErrors.BadRequest;
        return (default, byUrl, new(code, $"The file could not be fetched. {result.Detail}") { Pointer = byUrl });
    }
}
