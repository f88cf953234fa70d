using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Answer
{
    public static LegCommand Map(VoiceBody body) => Map(body, recording: null);

    /// <summary>The id that the recording of this call has, when this request, or another like it, began one.</summary>
    public static async ValueTask<Guid?> FindRecordingAsync(OperationContext op, VoiceParts parts, VoiceBody body)
    {
        if (!body.Has("record") || !body.Has("command_id")
            || !parts.Ids.TryReadCallControl(op.Path("call_control_id"), op.Tenant, out var leg)) return null;
        return await parts.Store.Legs.FindAsync(op.Tenant, leg, op.Stop) is { } row
            && Guid.TryParse(row.Labels[TelnyxLabels.Recording], out var id) ? id : null;
    }

    /// <param name="recording">Of an earlier request that this one repeats.</param>
    public static LegCommand Map(VoiceBody body, Guid? recording)
    {
        var record = RecordMap.FromAnswer(body);
        if (record is not null && recording is { } known) record = record with { Id = known };
        return new LegCommand.Answer
        {
            Record = record,
            Stream = StreamMap.FromAnswer(body),
            Transcription = TranscriptionMap.FromAnswer(body, record),
            PreferredCodecs = body.Codecs(),
            OmitsSilence = !body.Flag("send_silence_when_idle"),
            Sound = SoundMap.Map(body),
            Headers = body.Headers(),
            CommandId = body.CommandId(),
            Labels = TelnyxLabels.With(body.Labels(hasWebhook: true), record, body.Json.Filled("billing_group_id")),
        };
    }
}
