using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Noise suppression: its beginning, which a second one changes, and its end.</summary>
internal static class SuppressionActions
{
    private const string Engine = "noise_suppression_engine";

    public static LegCommand Start(VoiceBody body)
    {
        // A and its newer name: a network of the vendor's; here a suppressor of our own does what it is for.
        if (body.Text(Engine) is not (null or "A" or "Denoiser"))
            body.Refuse(VoiceErrors.BadRequest, Engine, "10041: of the engines only A (Denoiser) is built here.");
        string direction = body.OneOf("direction", VoiceErrors.BadRequest, "inbound", "outbound", "both") ?? "inbound";
        return new LegCommand.SuppressNoise(direction is "inbound" or "both", direction is "outbound" or "both")
        {
            CommandId = body.CommandId(), Labels = body.Labels()
        };
    }

    public static LegCommand Stop(VoiceBody body) =>
        new LegCommand.SuppressNoise(IsOfSaid: false, IsOfHeard: false) { CommandId = body.CommandId(), Labels = body.Labels() };
}
