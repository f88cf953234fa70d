using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Answer
{
    public static LegCommand Map(VoiceBody body) => Map(body, recording: null);

    /// <summary>The same with an assistant, which talks from the answer on.</summary>
    public static async ValueTask<Mapped> WithAssistantAsync(OperationContext op, VoiceParts parts, VoiceBody body,
        LegCommand.Answer answer, AnsweringAssistant assistants)
    {
        const string call = "call_control_id";
        OrderedCall? ordered = null;
        string use = "";
        if (parts.Ids.TryReadCallControl(op.Path(call), op.Tenant, out var leg)
            && await parts.Store.Legs.FindAsync(op.Tenant, leg, op.Stop) is { } row)
            (ordered, use) = (OrderedCall.Of(row, op.Path(call)), $"answer {leg} {answer.CommandId}");
        var order = await assistants.ReadAsync(op, body, ordered, answer.CommandId is null ? null : use, answer.Record);
        if (body.Problems.Count > 0) return Mapped.Refused(body.Problems);
        // The call is not there: it says so itself.
        if (order is null) return answer;
        bool isNew = await assistants.KeepAsync(op, order);
        Mapped mapped = answer with { Agent = order.Terms };
        return isNew ? mapped with { OnRefused = refusal => assistants.WithdrawAsync(op, order, refusal) } : mapped;
    }

    /// <summary>The id that the recording of this call has, when this request, or another like it, began one.</summary>
    public static async ValueTask<Guid?> FindRecordingAsync(OperationContext op, VoiceParts parts, VoiceBody body)
    {
        if (!body.Has("record") || body.WrittenCommandId is null
            || !parts.Ids.TryReadCallControl(op.Path("call_control_id"), op.Tenant, out var leg)) return null;
        return await parts.Store.Legs.FindAsync(op.Tenant, leg, op.Stop) is { } row
            && Guid.TryParse(row.Labels[TelnyxLabels.Recording], out var id) ? id : null;
    }

    /// <param name="recording">Of an earlier request that this one repeats.</param>
    public static LegCommand.Answer Map(VoiceBody body, Guid? recording)
    {
        var record = RecordMap.FromAnswer(body);
        if (record is not null && recording is { } known) record = record with { Id = known };
        return new()
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
