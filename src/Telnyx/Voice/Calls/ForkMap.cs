using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The commands of forks.</summary>
internal static class ForkMap
{
    private const string Both = "target", Said = "rx", Heard = "tx";

    public static LegCommand? Start(VoiceBody body)
    {
        body.OneOf("stream_type", VoiceErrors.BadRequest, "decrypted");
        var (both, said, heard) = (body.UdpTarget(Both), body.UdpTarget(Said), body.UdpTarget(Heard));
        if (body.Has(Both) && (body.Has(Said) || body.Has(Heard)))
            body.Refuse(VoiceErrors.BadRequest, Both, $"{Both} takes both directions: give it, or {Said} and {Heard}.");
        else if (!body.Has(Both) && !body.Has(Said) && !body.Has(Heard))
            body.Refuse(VoiceErrors.MissingParameter, Both, $"One of {Both}, {Said} and {Heard} is required.");
        return new LegCommand.StartFork(new(both ?? said, both ?? heard)) { CommandId = body.CommandId(), Labels = body.Labels() };
    }

    public static LegCommand Stop(VoiceBody body)
    {
        // The contract's two words for forks of which a call has one.
        body.OneOf("stream_type", VoiceErrors.BadRequest, "raw", "decrypted");
        return new LegCommand.StopFork { CommandId = body.CommandId(), Labels = body.Labels() };
    }
}
