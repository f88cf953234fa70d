using Ringwright.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>What began a recording, and where callbacks of it go: a label of its plan.</summary>
internal static class RecordingSource
{
    public const string CallApi = "StartCallRecordingAPI", ConferenceApi = "StartConferenceRecordingAPI", Outbound = "OutboundAPI";

    /// <param name="callback">As <see cref="TexmlLabels.Of"/> writes it; null where there is none.</param>
    public static Labels Of(string source, string? callback) => Labels.Of((TexmlLabels.Recording + source, callback ?? ""));

    /// <summary>In the contract's word. Whatever is begun otherwise is begun by an API.</summary>
    public static string Of(RecordPlan plan) => Find(plan.Labels)?.Source ?? (plan.Conference is null ? CallApi : ConferenceApi);

    /// <summary>Where callbacks of it go; null where they go nowhere.</summary>
    public static (string Source, CallbackTarget Target)? TargetOf(RecordPlan plan) =>
        Find(plan.Labels) is var (source, label) && CallbackTarget.Read(label) is { } target ? (source, target) : null;

    private static (string Source, string Label)? Find(Labels? labels)
    {
        foreach (var (name, label) in (labels ?? Labels.Empty).Values)
            if (name.StartsWith(TexmlLabels.Recording, StringComparison.Ordinal)) return (name[TexmlLabels.Recording.Length..], label);
        return null;
    }
}
