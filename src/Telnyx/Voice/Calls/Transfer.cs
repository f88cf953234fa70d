using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Transfer
{
    /// <summary>The new leg's webhooks go where this one's go, unless the command says otherwise: what it says is for the new leg alone.</summary>
    private static readonly string[] Inherited = [TelnyxLabels.WebhookUrl, TelnyxLabels.WebhookMethod];

    public static LegCommand Map(VoiceBody body)
    {
        body.RefuseUnbuilt(
            ("sound_modifications", "Sound modifications are"));
        var (user, password) = DialMap.Credentials(body);
        return new LegCommand.Transfer
        {
            To = Destination.To(body),
            From = body.Has("from") ? Destination.From(body) : null,
            IsPrivate = DialMap.IsPrivate(body),
            CallerName = DialMap.Name(body),
            RingTimeout = DialMap.RingTimeout(body),
            TimeLimit = DialMap.TimeLimit(body),
            HearsEarlyMedia = !body.Has("early_media") || body.Flag("early_media"),
            PromptOnAnswer = AudioSource.Read(body),
            MachineDetection = MachineDetectionMap.Map(body),
            ParksAfterUnbridge = body.ParksAfterUnbridge(),
            Mute = body.MuteDigits(),
            TargetLabels = body.Labels("target_leg_client_state", hasWebhook: true) ?? Labels.Empty,
            InheritedLabels = Inherited,
            Headers = body.Headers(),
            Transport = Destination.Transport(body),
            AuthUser = user,
            AuthPassword = password,
            Encryption = body.Encryption(),
            CommandId = body.CommandId(),
            Labels = body.Labels(),
        };
    }
}
