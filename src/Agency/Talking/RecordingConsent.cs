using Ringwright.Calls;

namespace Ringwright.Agency.Talking;

/// <summary>How a call shows that somebody in it does not want to be recorded. Pure.</summary>
public static class RecordingConsent
{
    internal const string Refused = "refused";

    private const string Label = "agency_recording";

    /// <summary>Stays on the call.</summary>
    public static Labels Refusal { get; } = Labels.Of((Label, Refused));

    internal static bool IsRefusedOn(Labels labels) => labels[Label] is Refused;
}
