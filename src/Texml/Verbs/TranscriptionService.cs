using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>What is said is written down while it is said.</summary>
internal static class TranscriptionService
{
    /// <inheritdoc cref="StreamService.BeginAsync"/>
    public static async ValueTask<bool> BeginAsync(DocumentCall call, VerbValues values)
    {
        bool isTwiml = call.Language.IsTwiml;
        var id = Guid.CreateVersion7();
        string? callback = isTwiml
            ? await Actions.CallbackAsync(call, values, "statusCallbackUrl", "statusCallbackMethod", ["transcription", id.ToString("N")])
            : await Actions.CallbackAsync(call, values, "transcriptionCallback", "transcriptionCallbackMethod", ["transcription"]);
        var tracks = values.Text(isTwiml ? "track" : "transcriptionTracks") switch
        {
            "both" or "both_tracks" => TapTracks.Said | TapTracks.Heard,
            "outbound" or "outbound_track" => TapTracks.Heard,
            _ => TapTracks.Said,
        };
        var terms = new TranscriptionTerms(values.Text(isTwiml ? "languageCode" : "language"), tracks)
        {
            HasInterim = values.Flag(isTwiml ? "partialResults" : "interimResults"),
            Model = values.Filled(isTwiml ? "speechModel" : "model"),
            Hints = [.. values.Text("hints").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
        terms = await Listeners.OfAsync(call, values, terms);
        // A model of an engine that is not here is nobody's.
        if (isTwiml && terms.Recogniser is null) terms = terms with { Model = null };
        return await call.TrySendAsync(new LegCommand.StartTranscription(terms)
        {
            Id = id,
            Labels = Labels.Of((TexmlLabels.Transcription, callback), (TexmlLabels.TranscriptionSid, ""),
                (TexmlLabels.TranscriptionName, values.Filled("name") ?? ""),
                // Of an earlier one nothing stays.
                (TexmlLabels.InboundTrack, isTwiml ? values.Text("inboundTrackLabel") : ""),
                (TexmlLabels.OutboundTrack, isTwiml ? values.Text("outboundTrackLabel") : "")),
        }, "Transcription");
    }
}
