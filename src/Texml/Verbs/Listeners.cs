using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice.Calls;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>
/// Who listens where a document names an engine: the recogniser of that name where the node has one, else the node's usual one, as the
/// call API has it.
/// </summary>
internal static class Listeners
{
    public static ValueTask<TranscriptionTerms> OfAsync(DocumentCall call, VerbValues values, TranscriptionTerms terms) =>
        OfAsync(call, "transcriptionEngine", values.Text("transcriptionEngine"), terms);

    /// <param name="attribute">That names the engine, for the warning.</param>
    public static async ValueTask<TranscriptionTerms> OfAsync(DocumentCall call, string attribute, string engine, TranscriptionTerms terms)
    {
        var (recogniser, model) = TranscriptionMap.RecogniserOf(engine, terms.Model);
        if (recogniser is not null && call.Parts.Transcriber?.ProblemOf(recogniser, terms.Language) is { } problem)
        {
            await call.WarnAsync($"{attribute}: {problem}; the usual one listens");
            return terms with { Model = null };
        }
        return terms with { Recogniser = recogniser, Model = recogniser is null ? terms.Model : model };
    }

    /// <summary>
    /// TwiML's Gather names a model with whose it is in front, deepgram_nova-3. Of others that language says nothing, and the usual one
    /// listens.
    /// </summary>
    private static async ValueTask<TranscriptionTerms> OfModelAsync(DocumentCall call, VerbValues values, TranscriptionTerms terms)
    {
        const string attribute = "speechModel";
        if (values.Filled(attribute)?.Split('_', 2) is not [var vendor, var model]) return terms;
        var heard = await OfAsync(call, attribute, vendor, terms with { Model = model });
        return heard.Recogniser is null ? terms : heard;
    }

    /// <summary>The same of TeXML, which names a model beside its engine. A model of an engine that is not here is nobody's.</summary>
    private static async ValueTask<TranscriptionTerms> OfModelAsync(DocumentCall call, VerbValues values, string attribute,
        TranscriptionTerms terms)
    {
        var heard = await OfAsync(call, values, terms with { Model = values.Filled(attribute) });
        return heard.Recogniser is null ? heard with { Model = null } : heard;
    }

    /// <summary>Who listens to what a Gather asks for.</summary>
    public static ValueTask<TranscriptionTerms> OfGatherAsync(DocumentCall call, VerbValues values, TranscriptionTerms terms) =>
        call.Language.IsTwiml ? OfModelAsync(call, values, terms) : OfModelAsync(call, values, "model", terms);

    /// <summary>Of a recording that asks for a text; null when it does not, or cannot have one, which is told as a warning.</summary>
    public static async ValueTask<RecordTranscription?> OfRecordingAsync(DocumentCall call, VerbValues values, RecordFormat format)
    {
        if (!values.Flag("transcription") && !values.Flag("transcribe")) return null;
        string language = values.Filled("transcriptionLanguage") ?? "en-US";        // TwiML has no word for it
        var terms = await OfModelAsync(call, values, "transcriptionModel", new(language, TapTracks.Said));
        if (call.Parts.Transcriber is { } transcriber
            && (transcriber.ProblemOf(terms.Recogniser, language) ?? transcriber.ProblemOf(format)) is { } problem)
        {
            await call.WarnAsync($"transcription: this cannot be written down here: {problem}");
            return null;
        }
        string? callback = await CallbackAsync(call, values, "transcriptionCallback", format)
            ?? await CallbackAsync(call, values, "transcribeCallback", format);
        return new(language) { Recogniser = terms.Recogniser, Model = terms.Model, Tag = callback is null ? null : TextTag + callback };
    }

    /// <summary>Before a callback that a recording carries for its text: a recording may be of anybody's.</summary>
    private const string TextTag = "texml ";

    /// <summary>Where the text of a recording goes; null where it is not a document's.</summary>
    public static CallbackTarget? TargetOf(string? tag) =>
        tag?.StartsWith(TextTag, StringComparison.Ordinal) is true ? CallbackTarget.Read(tag[TextTag.Length..]) : null;

    /// <summary>With the language of its call, which nobody knows any more when the text is there.</summary>
    private static ValueTask<string?> CallbackAsync(DocumentCall call, VerbValues values, string url, RecordFormat format) =>
        Actions.CallbackAsync(call, values, url, method: null,
            [format is RecordFormat.Wav ? "wav" : "mp3", .. call.Language.IsTwiml ? [call.Leg.Application.Target] : (string[])[]]);

    /// <summary>Whose language the text of a recording is told in; null for TeXML.</summary>
    public static Application? SpeakerOf(CallbackTarget target) =>
        target.Events is [_, var speaker] ? new(ApplicationKind.Document, speaker) : null;
}
