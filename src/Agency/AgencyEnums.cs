namespace Ringwright.Agency;

/// <summary>The fourteen enumerations of this API: their values, in their order. The database has the same, and no others.</summary>
internal static class AgencyEnums
{
    public static readonly IReadOnlyDictionary<string, string[]> All = new Dictionary<string, string[]>
    {
        ["user_role"] = [AgencyRoles.Owner, AgencyRoles.Admin, AgencyRoles.Member, AgencyRoles.ClientAdmin, AgencyRoles.ClientViewer,
            AgencyRoles.Platform],
        ["call_direction"] = ["inbound", "outbound"],
        ["phone_number_status"] = ["pending", "active", "inactive", "released"],
        ["batch_status"] = ["pending", "scheduled", "processing", "paused", "completed", "failed"],
        ["batch_mode"] = ["immediate", "scheduled"],
        ["call_source"] = ["webhook", "historical_sync"],
        ["transcript_status"] = ["pending", "fetching", "completed", "failed"],
        ["analysis_status"] = ["pending", "processing", "completed", "failed"],
        ["enrichment_type"] = ["transcript", "analysis"],
        ["processing_status"] = ["pending", "processing", "completed", "failed"],
        ["sync_job_status"] = ["pending", "in_progress", "completed", "failed", "cancelled"],
        ["campaign_type"] = ["sdr", "cs"],
        ["contact_status"] = ["pending", "scheduled", "calling", "completed", "failed"],
        ["contact_outcome"] = ["no_answer", "answered", "voicemail", "busy", "declined", "callback_scheduled"],
    };

    /// <summary>In the order of the enumeration that has just these values; by the alphabet when none has.</summary>
    public static IReadOnlyList<string> OrderOf(IReadOnlyCollection<string> values) =>
        All.Values.FirstOrDefault(all => all.Length == values.Count && all.All(values.Contains))
        ?? [.. values.Order(StringComparer.Ordinal)];
}
