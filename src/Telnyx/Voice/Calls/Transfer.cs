using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Transfer
{
    /// <summary>
    /// The new leg's webhooks go where this one's go, unless the command says otherwise: what it says is for the new leg alone.
    /// </summary>
    private static readonly string[] Inherited = [TelnyxLabels.WebhookUrl, TelnyxLabels.WebhookMethod];
    private static readonly string[] InheritedOfTypes = [.. Inherited, TelnyxLabels.WebhookMethodOfTypes,
        .. TelnyxProjector.EventTypes.Select(type => TelnyxLabels.WebhookUrlOf + type)];

    public static LegCommand Map(VoiceBody body)
    {
        var (user, password) = DialMap.Credentials(body);
        var record = RecordMap.FromAnswer(body);
        string to = DialDestination.To(body);
        DialMap.CheckRegion(body);
        return new LegCommand.Transfer
        {
            To = to,
            From = body.Json.Filled("from") is not null ? DialDestination.From(body) : null,
            IsPrivate = DialMap.IsPrivate(body),
            CallerName = DialMap.Name(body),
            RingTimeout = DialMap.RingTimeout(body),
            TimeLimit = DialMap.TimeLimit(body),
            HearsEarlyMedia = !body.Has("early_media") || body.Flag("early_media"),
            PromptOnAnswer = AudioSource.Read(body),
            DigitsOnAnswer = SendDtmf.OnAnswer(body),
            PreferredCodecs = body.Codecs(),
            Record = record,
            Stream = StreamMap.FromAnswer(body),
            Sound = SoundMap.Map(body),
            MachineDetection = MachineDetectionMap.Map(body),
            ParksAfterUnbridge = body.ParksAfterUnbridge(),
            Mute = body.MuteDigits(),
            TargetLabels = TelnyxLabels.With(body.Labels("target_leg_client_state", hasWebhook: true), record) ?? Labels.Empty,
            InheritedLabels = body.Json.Filled("webhook_url") is not null || body.Has("webhook_urls") ? Inherited : InheritedOfTypes,
            Headers = body.Headers(),
            Transport = DialDestination.Transport(body),
            AuthUser = user,
            AuthPassword = password,
            Encryption = DialDestination.Encryption(body, [to]),
            CommandId = body.CommandId(),
            Labels = body.Labels(),
        };
    }
}
