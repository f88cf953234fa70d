using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Answer
{
    public static LegCommand Map(VoiceBody body)
    {
        body.RefuseUnbuilt(
            ("billing_group_id", "Billing groups are"),
            ("record", "Recording is"),
            ("sound_modifications", "Sound modifications are"),
            ("stream_url", "Media streaming is"),
            ("transcription", "Transcription is"));
        return new LegCommand.Answer
        {
            PreferredCodecs = body.Codecs(),
            Headers = body.Headers(),
            CommandId = body.CommandId(),
            Labels = body.Labels(hasWebhook: true),
        };
    }
}
